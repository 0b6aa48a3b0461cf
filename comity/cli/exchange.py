"""`comity exchange`: how the lines to the peers are, and messages carried by hand when they are down."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from comity.adapters.files import check_new, read_limited, write_whole
from comity.base.counted import counted
from comity.cli import exchange_doubts, exchange_peers, exchange_resume, output
from comity.cli.options import Config, Json, PassphraseFile, Person
from comity.cli.session import opened
from comity.exchange.directory import Use
from comity.exchange.envelope import BATCH_LIMIT
from comity.exchange.problems import PROBLEMS
from comity.workflows import carry_by_hand
from comity.workflows.ask_version import ask_version
from comity.workflows.peer_line import SKEW_TO_TELL_SECONDS
from comity.workflows.show_lines import PeerLine, line_row, lines

app = typer.Typer(no_args_is_help=True, help="The lines to the peers, and messages carried by hand.")
app.command("outbox")(exchange_peers.outbox)
app.command("poll")(exchange_peers.poll)
app.command("suspend")(exchange_peers.suspend)
app.command("readmit")(exchange_peers.readmit)
app.command("doubts")(exchange_doubts.doubts)
app.command("settle-doubt")(exchange_doubts.settle_doubt)
app.add_typer(exchange_resume.app)


@app.command("status")
def status(config: Config, passphrase_file: PassphraseFile = None, as_json: Json = False) -> None:
    """Show for each peer whether it answers, what waits for it and since when, and how far its clock is from ours.

    \b
    Example: comity exchange status --config xa/comity.toml
    """
    with opened(config, passphrase_file) as node:
        found = lines(node.office)
    if as_json:
        output.emit_json({"ok": True, "peers": [line_row(one) for one in found]})
        return
    rows = [(one.peer, _state(one), str(one.waiting), str(one.oldest or ""), _skew(one)) for one in found]
    output.table(("Peer", "Line", "Waiting", "Since", "Its clock"), rows)


def _state(one: PeerLine) -> str:
    if one.stuck:
        return f"stuck: {_wait(one.stuck)} too long"
    if one.failures:
        return f"{counted(one.failures, 'failure')} in a row ({output.clean(one.reason)})"
    return f"answered {one.last_answer}" if one.last_answer else "not called yet"


def _wait(number: int) -> str:
    return counted(number, "message waits", "messages wait")


def _skew(one: PeerLine) -> str:
    if abs(one.skew) <= SKEW_TO_TELL_SECONDS:
        return "as ours"
    return f"{abs(one.skew)} s {'ahead' if one.skew > 0 else 'behind'}"


@app.command("ask")
def ask(
    peer: Annotated[str, typer.Argument(help="The node to ask.")],
    config: Config,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Ask a peer which versions and kinds of message it takes: the first thing to try when a line does not work.

    \b
    Example: comity exchange ask XB/central-authority --config xa/comity.toml
    """
    with opened(config, passphrase_file) as node:
        found = ask_version(node.office, peer)
    if as_json:
        output.emit_json({"ok": True, **msgspec.to_builtins(found)})
        return
    output.result(f"{found.node} answers; its directory is at sequence {found.directory}")
    output.result(f"versions {', '.join(map(str, found.versions))}; kinds {output.clean(', '.join(found.kinds))}")


@app.command("export")
def export(
    peer: Annotated[str, typer.Argument(help="The node the file is carried to.")],
    config: Config,
    person: Person,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="The file to write, by custom NAME.comity; it must not exist yet.")
    ],
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Write the messages that wait for a peer into one file, to be carried by hand. They are sealed as they are.

    \b
    Example: comity exchange export XB/central-authority --config xa/comity.toml --as bo -o for-xb.comity
    """
    with opened(config, passphrase_file) as node:
        done = carry_by_hand.pack(node.office, person, peer)
    write_whole(out, done.data, replace=False)
    if as_json:
        output.emit_json({"ok": True, "file": str(out), "messages": done.count})
        return
    output.result(f"messages in {output.clean(str(out))}: {done.count}")
    output.say("there: comity exchange import; bring back the file of receipts that it writes")


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="Messages, or receipts for ours, that were carried here.")],
    config: Config,
    person: Person,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="The file to write the receipts to, to carry back; it must not exist yet."),
    ] = None,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Take messages that were carried here, and write the receipts to carry back; or take such receipts.

    \b
    Example: comity exchange import for-xb.comity --config xb/comity.toml --as dan -o back-to-xa.comity
    """
    data = read_limited(file, BATCH_LIMIT)
    target = out or file.with_suffix(".receipts.comity")
    if not carry_by_hand.are_receipts(data):
        check_new(target)  # before anything is taken in: its receipts would be written nowhere
    with opened(config, passphrase_file, unlock=(Use.ENCRYPTION, Use.RECEIPT)) as node:
        done = carry_by_hand.take_in(node.office, person, data)
    if done.data:
        write_whole(target, done.data, replace=False)
    if as_json:
        receipts = str(target) if done.data else None
        told = {"peer": done.peer, "count": done.count, "rejected": done.rejected, "receipts": receipts}
        output.emit_json({"ok": True, **told})
        return
    _tell_taken(done)
    if done.data:
        output.result(f"carry back: {output.clean(str(target))}")


def _tell_taken(done: carry_by_hand.Carried) -> None:
    peer = output.clean(done.peer)
    whose = f"messages of {peer}" if done.data else f"our messages, by the receipts of {peer}"
    output.result(f"{whose}: {done.count - len(done.rejected)} taken in")
    for code, count in Counter(done.rejected).items():
        why = PROBLEMS[code].title if code in PROBLEMS else code
        output.result(f"turned down: {count}, {output.clean(why)}")
    if done.rejected:
        output.say("their sender sees which: comity exchange outbox")
