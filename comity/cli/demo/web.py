"""`comity demo --web`: the story, then more cases in other states, and the nodes left running for a browser.

Nothing of it is shown before it happened: every case was drafted, sent, received and answered by the nodes themselves.
"""

import time
from typing import Final

from comity.base.errors import Unavailable
from comity.cli import output
from comity.cli.demo.account import Account
from comity.cli.demo.emergency import Emergency
from comity.cli.demo.gallery import Gallery, about
from comity.cli.demo.story import Story
from comity.cli.demo.world import World
from comity.workflows import watch_deadlines

_LOOK_SECONDS: Final = 0.5


def show(world: World, account: Account) -> None:
    """Play, add cases, say where the pages are, and stay until Ctrl-C. Raises Unavailable if a node ends by itself."""
    story = Story(world, account)
    world.past = about(story.request("preservation.toml"), 419, "an auction of forged tickets")
    story.run()
    Emergency(story).run()
    with account.step("more cases, in every state", "the people of all nodes", ""):
        Gallery(story).fill()
        for one in world.nodes.values():
            watch_deadlines.end_what_ran_out(one.office)
    output.result("")
    output.result("[bold]Open in a browser on this machine[/] (one click signs you in; Ctrl-C ends it all):")
    for node, opened in world.nodes.items():
        people = ", ".join(sorted(opened.office.people))
        output.result(f"  {output.clean(world.url(node))}  {output.clean(opened.office.name)}: {output.clean(people)}")
    try:
        while not (ended := [node for node, process in world.processes.items() if process.poll() is not None]):
            time.sleep(_LOOK_SECONDS)
    except KeyboardInterrupt:
        output.say("stopped")
        return
    raise Unavailable(f"{ended[0]} ended by itself", hint="run again with --keep DIR, see serve.log")
