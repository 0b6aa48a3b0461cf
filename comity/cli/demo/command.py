"""The command itself: a temporary folder, Ctrl-C, and the exit code."""

import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from comity.adapters.files import disk_error
from comity.base.errors import Conflict
from comity.cli import output
from comity.cli.demo.account import Account
from comity.cli.demo.emergency import Emergency
from comity.cli.demo.proofs import prove_all
from comity.cli.demo.refusals import Refusals
from comity.cli.demo.story import Story
from comity.cli.demo.web import show
from comity.cli.demo.world import ENDING, XA, World
from comity.cli.options import Json


def demo(
    keep: Annotated[
        Path | None, typer.Option("--keep", metavar="DIR", help="Keep the four nodes in this new folder.")
    ] = None,
    as_json: Json = False,
    web: Annotated[
        bool, typer.Option("--web", help="Leave the nodes running, with pages for a browser, until Ctrl-C.")
    ] = False,
) -> None:
    """Play one whole case between two invented States, a service provider and a witness: four processes on loopback.

    Then an emergency between them, with its two approvals and its call-back; then try everything that must be refused,
    and prove every log entry. Exit code 0 only if all came out as it must.

    \b
    Example: comity demo --keep /tmp/comity-demo
    """
    account = Account(quiet=as_json)
    if not as_json:
        output.say("[bold]EXERCISE[/] between the invented States XA and XB: an online investment scam (art. 13)")
    with _ended_by_signal() as undisturbed, _folder(keep) as folder:
        world = World(folder)
        try:
            if web:
                show(world, account)
                raise typer.Exit(0)
            story = Story(world, account)
            story.run()
            account.part("an emergency, in another matter: a child was taken (art. 2(o))")
            Emergency(story).run()
            account.part("what must be refused:")
            Refusals(world, account, story).run()
            prove_all(world, account)
        finally:
            undisturbed()
            world.stop()
    if as_json:
        output.emit_json(account.as_json())
    else:
        output.result()
        account.show()
        if keep is not None:
            options = f"--config {world.place(XA) / 'comity.toml'} --passphrase-file {world.passphrase_file}"
            output.say(f"kept in {output.clean(str(keep))}: the logs are under */log; the cases of {XA}:")
            output.say(f"  comity case list {output.clean(options)}")
    raise typer.Exit(0 if account.is_ok else 1)


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    """A new folder: the one asked for, or a temporary one that is removed whatever happens."""
    if keep is None:
        folder = Path(tempfile.mkdtemp(prefix="comity-demo-"))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return
    if keep.exists() and (not keep.is_dir() or any(keep.iterdir())):
        raise Conflict("the folder is not empty", where=str(keep), hint="name a new one; nothing is written over")
    try:
        keep.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise disk_error(error, keep) from None
    yield keep.resolve()


@contextmanager
def _ended_by_signal() -> Iterator[Callable[[], None]]:
    """SIGTERM and a closed terminal end the demo as Ctrl-C does: no process stays behind.

    Gives the function that says that clearing up begins. From then on, and once one signal came, further ones are
    ignored: a second Ctrl-C would leave processes and the folder.
    """

    def undisturbed() -> None:
        for number in ENDING:
            signal.signal(number, signal.SIG_IGN)

    def stop(_number: int, _frame: FrameType | None) -> None:
        undisturbed()
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in ENDING}
    try:
        yield undisturbed
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
