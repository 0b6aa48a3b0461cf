"""`comity exchange outbox|poll|suspend|readmit`: what waits for the peers, and whom nothing is taken from."""

from collections.abc import Mapping
from typing import Annotated, Final

import typer

from comity.base.counted import counted
from comity.cli import output
from comity.cli.options import Config, Json, PassphraseFile, Person
from comity.cli.session import ask_for_yes, opened
from comity.exchange.directory import Use
from comity.exchange.mailbox import LONGEST_WAIT_SECONDS
from comity.workflows import poll_peers, suspend_peer
from comity.workflows.deliver_outbox import EXPIRED
from comity.workflows.doubts import DOUBT, STALE
from comity.workflows.freeze_case import HELD
from comity.workflows.show_lines import lines
from comity.workflows.show_outbox import (
    CALLS,
    NOT_ENTERED,
    SHOWN_MOST,
    UNAVAILABLE,
    Waiting,
    row,
    turned_down,
    turned_down_row,
)
from comity.workflows.show_outbox import waiting as waiting_at

Peer = Annotated[str, typer.Argument(help="The node.")]
Reasons = Annotated[str, typer.Option(help="Why; kept for the file.")]
COMMANDS: Final[Mapping[str, str]] = {
    UNAVAILABLE: "comity exchange ask {peer}, comity exchange export {peer} -o FILE",
    CALLS: "comity exchange export {peer} -o FILE",
    NOT_ENTERED: "comity exchange ask {peer}",
    STALE: "comity directory trust FILE",
    DOUBT: "comity exchange settle-doubt {case}",
    HELD: "comity case unfreeze {case}",
    EXPIRED: "comity case show {case}",
    "peer-suspended": "comity exchange status",
    "unknown-peer": "comity directory export -o FILE",
    "clock-skew": "comity exchange status",
}
"""The command that an advice comes down to, by why a message waits."""


def outbox(
    config: Config,
    stuck: Annotated[bool, typer.Option("--stuck", help="Only what has waited too long.")] = False,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Show every message on its way, why it waits, and what can be done; then what peers turned down in the last 30
    days, with the field at fault where they name one. Nothing that waits is ever dropped.

    \b
    Example: comity exchange outbox --stuck --config xa/comity.toml
    """
    with opened(config, passphrase_file) as node:
        peers = lines(node.office)
        whole = sum(one.stuck if stuck else one.waiting for one in peers)
        found = [one for one in waiting_at(node.office, None if as_json else SHOWN_MOST) if one.is_stuck or not stuck]
        rejected = () if stuck else turned_down(node.office)
    if as_json:
        output.emit_json(
            {"ok": True, "waiting": [row(one) for one in found], "rejected": [turned_down_row(one) for one in rejected]}
        )
        return
    rows = [(one.case[-8:], one.peer, one.kind, str(one.since), _state(one), one.id) for one in found]
    output.table(("Case", "Peer", "Kind", "Since", "State", "Message"), rows)
    if whole > len(found):
        output.result(f"and {whole - len(found)} more: --json shows all")
    for reason, advice, command in dict.fromkeys((one.title, one.advice, _command(one)) for one in found if one.reason):
        output.result(f"{output.clean(reason)}: {advice}{output.clean(command)}")
    if rejected:
        turned = [(one.case[-8:], one.peer, one.kind, str(one.at), one.code, one.field, one.id) for one in rejected]
        output.table(("Case", "Peer", "Kind", "Rejected", "Code", "Field", "Message"), turned)
    for title, advice, case in dict.fromkeys((one.title, one.advice, one.case) for one in rejected):
        output.result(f"{output.clean(title)}: {advice}; comity case show {case[-8:]}")


def _state(one: Waiting) -> str:
    urgent = "urgent, " if one.urgent else ""
    if one.stored is None:
        return f"{urgent}{'stuck' if one.is_stuck else 'queued'}"
    return f"{urgent}{'stuck' if one.is_stuck else 'stored'}; there since {one.stored}"


def _command(one: Waiting) -> str:
    """What to type for the advice; nothing where it goes on by itself, or a person calls somebody."""
    typed = COMMANDS.get(one.reason, "")
    return f"; {typed.format(peer=one.peer, case=one.case[-8:])}" if typed else ""


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
        output.result(f"{counted(done.messages, 'message')} and {counted(done.receipts, 'receipt')} came")


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
        ask_for_yes(f"Nothing of {peer} is taken from now on. Go on?", look_first="comity exchange status")
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
