"""`comity demo --web`: the story, then more cases in other states, and the nodes left running for a browser.

Nothing of it is shown before it happened: every case was drafted, sent, received and answered by the nodes themselves.
"""

import time
from typing import Final

import msgspec

from comity.base.errors import Unavailable
from comity.cases.case import Case
from comity.cli import output
from comity.cli.demo.account import Account
from comity.cli.demo.story import Story
from comity.cli.demo.world import PROVIDER, XA, XB, World
from comity.treaty.request import Offence, Request, Screens
from comity.workflows import draft_request, order_provider, read_cases

_LOOK_SECONDS: Final = 0.5
_LAW: Final = "Electronic Evidence Act of XB, section 4 (invented)"


def show(world: World, account: Account) -> None:
    """Play, add cases, say where the pages are, and stay until Ctrl-C. Raises Unavailable if a node ends by itself."""
    story = Story(world, account)
    story.run()
    _more(story)
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


def _more(story: Story) -> None:
    """Cases beside the story's own: drafts, one that waits for a decision, one to order, one the provider doubts."""
    urgent = story.request("preservation.toml")
    _draft(story, _about(urgent, "Investigation 2026-0502 into ransomware at a hospital", article="10"))
    said = _about(urgent, "Investigation 2026-0511 into a false report", article="13")
    _draft(
        story, msgspec.structs.replace(said, screens=Screens(expression=True, protected_ground=False, research=False))
    )
    _send(story, _about(urgent, "Investigation 2026-0520 into an online auction", article="13"))
    theirs = _send(story, _about(urgent, "Investigation 2026-0515 into phishing of a bank's customers", article="13"))
    order_provider.order(
        story.office(XB), "dan", theirs.id, provider=PROVIDER, legal_basis=_LAW, reasons="an urgent request of XA"
    )
    at_provider = _arrived(story, PROVIDER, theirs.id)
    order_provider.object_to_order(
        story.office(PROVIDER), "lee", at_provider.id, ground="too broad", reasons="It names no account of ours."
    )
    story.world.wait(lambda: story.case(XB, theirs.id).state == "objected", "the objection at XB")


def _about(request: Request, subject: str, *, article: str) -> Request:
    offence = Offence(
        article=article, name=subject.partition(" into ")[2], law=request.offence.law, max_penalty_years=8
    )
    return msgspec.structs.replace(request, subject=subject, offence=offence)


def _draft(story: Story, request: Request) -> Case:
    return draft_request.draft(story.office(XA), "anna", request, XB)


def _send(story: Story, request: Request) -> Case:
    """Draft, approve, and wait until it is there: the case at XB."""
    ours = draft_request.approve(story.office(XA), "bo", _draft(story, request).id)
    return _arrived(story, XB, ours.id)


def _arrived(story: Story, node: str, their_case: str) -> Case:
    def found() -> list[Case]:
        return [one for one in read_cases.all_cases(story.office(node)) if one.their_case == their_case]

    story.world.wait(lambda: bool(found()), f"the case at {node}")
    return found()[0]
