"""`comity exchange outbox|poll|suspend|readmit`: what waits for the peers, and whom nothing is taken from."""

from typing import Annotated

import typer

from comity.cli import output
from comity.cli.session import Config, Json, PassphraseFile, Person, opened
from comity.exchange.directory import Use
from comity.exchange.mailbox import LONGEST_WAIT_SECONDS
from comity.workflows import poll_peers, suspend_peer
from comity.workflows.show_outbox import Waiting
from comity.workflows.show_outbox import waiting as waiting_at

Peer = Annotated[str, typer.Argument(help="The node.")]
Reasons = Annotated[str, typer.Option(help="Why; kept for the file.")]


def outbox(
    config: Config,
    stuck: Annotated[bool, typer.Option("--stuck", help="Only what has waited too long.")] = False,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Show every message on its way, why it waits, and what can be done. Nothing that waits is ever dropped.

    \b
    Example: comity exchange outbox --stuck --config xa/comity.toml
    """
    with opened(config, passphrase_file) as node:
        found = [one for one in waiting_at(node.office) if one.is_stuck or not stuck]
    if as_json:
        output.emit_json({"ok": True, "waiting": [_row(one) for one in found]})
        return
    rows = [
        (one.id, one.peer, one.kind, str(one.since), "stuck" if one.is_stuck else "stored" if one.stored else "queued")
        for one in found
    ]
    output.table(("Message", "Peer", "Kind", "Since", "State"), rows)
    for reason, advice in dict.fromkeys((one.title, one.advice) for one in found if one.reason):
        output.result(f"{output.clean(reason)}: {advice}")


def _row(one: Waiting) -> dict[str, object]:
    return {
        "id": one.id,
        "peer": one.peer,
        "kind": one.kind,
        "case": one.case,
        "urgent": one.urgent,
        "since": str(one.since),
        "expires": str(one.expires),
        "attempts": one.attempts,
        "stored": one.stored,
        "stuck": one.is_stuck,
        "reason": one.reason,
        "advice": one.advice,
    }


def poll(
    config: Config,
    peer: Annotated[str, typer.Argument(help="The node to call; all of them if left out.")] = "",
    wait: Annotated[
        int, typer.Option(help="How many seconds an empty answer may take.", min=0, max=LONGEST_WAIT_SECONDS)
    ] = 0,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Call a peer for what waits there: for a node that nobody reaches from outside. A node that runs does so itself.

    \b
    Example: comity exchange poll XB/central-authority --config xa/comity.toml
    """
    with opened(config, passphrase_file, unlock=(Use.TRANSPORT, Use.RECEIPT)) as node:
        done = poll_peers.poll(node.office, peer, wait) if peer else poll_peers.poll_all(node.office, wait)
    if as_json:
        output.emit_json({"ok": True, "messages": done.messages, "receipts": done.receipts})
    else:
        output.result(f"{done.messages} messages and {done.receipts} receipts came")


def suspend(
    peer: Peer,
    config: Config,
    person: Person,
    reasons: Reasons,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Take nothing from a peer for now, not even what is urgent. It is told so, and goes on trying.

    \b
    Example: comity exchange suspend XC/authority -c xa/comity.toml --as bo --reasons "its node was broken into"
    """
    if not yes:
        typer.confirm(f"Nothing of {output.clean(peer)} is taken from now on. Go on?", abort=True, err=True)
    with opened(config, passphrase_file) as node:
        suspend_peer.suspend(node.office, person, peer, reasons=reasons)
    _tell(peer, "suspended", as_json)


def readmit(
    peer: Peer,
    config: Config,
    person: Person,
    reasons: Reasons,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Take from a suspended peer again.

    \b
    Example: comity exchange readmit XC/authority -c xa/comity.toml --as bo --reasons "new keys, compared by two"
    """
    with opened(config, passphrase_file) as node:
        suspend_peer.readmit(node.office, person, peer, reasons=reasons)
    _tell(peer, "readmitted", as_json)


def _tell(peer: str, what: str, as_json: bool) -> None:
    if as_json:
        output.emit_json({"ok": True, "peer": peer, "state": what})
    else:
        output.result(f"{output.clean(peer)} is {what}")
