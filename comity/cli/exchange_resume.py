"""`comity exchange resume`: after a backup was restored, ask the peers what they have."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Final

import typer

from comity.adapters.files import write_whole
from comity.base.counted import counted
from comity.cli import output
from comity.cli.options import Config, Json, PassphraseFile
from comity.cli.session import opened
from comity.exchange.directory import Use
from comity.workflows import resume_channels

UNASKED: Final = 3
"""The exit code while a peer is still to be asked."""

app = typer.Typer()


@app.command("resume")
def resume(
    config: Config,
    person: Annotated[
        str, typer.Option("--as", help="Who acts: needed to take documents out, or to waive a peer.")
    ] = "",
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="A folder for our own documents that peers gave back.")
    ] = None,
    waive: Annotated[
        str, typer.Option(help="A peer that need not be asked: you know that nothing was sent to it since the backup.")
    ] = "",
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """After a restore: ask each peer what it has, so that no message number is used twice.

    Until it was asked, no message is sent to a peer.

    What a peer sent since the backup, it brings again. What this node sent since is not in its case files any more: the
    peer gives the documents back, and a person reads them. Ends with 3 while a peer is still to be asked.

    \b
    Example: comity exchange resume --config xa/comity.toml --as bo -o given-back
    """
    with opened(config, passphrase_file, unlock=(Use.TRANSPORT, Use.AUTHORITY)) as node:
        if waive:
            resume_channels.waive(node.office, person, waive)
        done = resume_channels.resume(node.office)
        left = [one.peer for one in resume_channels.waiting(node.office)]
        lost = resume_channels.lost(node.office, person) if out is not None else ()
        if out is not None:
            for one in lost:
                write_whole(out / f"{one.peer.replace('/', '-')}-{one.id}.jws", one.document, mode=0o600)
    if as_json:
        asked = [asdict(one) for one in done.resumed]
        output.emit_json({"ok": not left, "asked": asked, "waiting": left, "written": len(lost)})
    else:
        for said in done.resumed:
            output.result(
                f"{output.clean(said.peer)}: {counted(said.channels, 'channel goes', 'channels go')} on after what it "
                f"has; in {said.brought} it brings its own again; "
                f"{counted(said.lost, 'document of ours is', 'documents of ours are')} not in our files"
            )
        why = dict(done.failed)
        for peer in left:
            output.result(f"still to be asked: {output.clean(peer)} ({output.clean(why.get(peer, ''))})")
        if not left:
            output.result("every peer was asked")
        else:
            output.say("a running node asks again each minute; one that cannot be asked: --waive PEER --as YOU")
    if left:
        raise typer.Exit(UNASKED)
