"""Messages and receipts carried as a file, when the network is down: the same bytes as over it.

A file is a batch of envelopes (`exchange.envelope`) or a batch of receipts (`exchange.receipt`), nothing around it. No
request signature says who brings it, and none is needed: an envelope opens only here, the document inside is signed by
its sender's authority key, and receipts by the receipt key. Evidence is not in it: a package goes by itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from comity.base.errors import Malformed, NotFound
from comity.base.ids import NodeId
from comity.exchange import envelope as envelopes
from comity.exchange import receipt
from comity.exchange.directory import Use
from comity.exchange.envelope import Envelope
from comity.exchange.problems import ExchangeProblem
from comity.exchange.receipt_code import read_fault
from comity.workflows.access import permit
from comity.workflows.deliver_outbox import enter_receipts
from comity.workflows.office import Office, directory
from comity.workflows.receive_envelope import accept_at_once
from comity.workflows.suspend_peer import check_not_suspended

_RECEIPTS: Final = b'{"jws":'


@dataclass(frozen=True, slots=True)
class Carried:
    """What a file did: how many messages or receipts, of which peer, and the file to carry, if any. `rejected`: the
    problem's code of each that was turned down."""

    peer: str
    count: int
    data: bytes = b""
    rejected: tuple[str, ...] = ()


def pack(office: Office, person: str, peer: str) -> Carried:
    """The open messages for a peer as one file, urgent first, as many as one batch holds. They go on being sent as
    well: the peer takes each only once. Raises NotFound where nothing waits for it."""
    permit(office, person, "carry")
    with office.store.transaction() as tx:
        directory(tx).entity(NodeId(peer))
        waiting = [one for one in tx.outbox.of_peer(peer, envelopes.BATCH_MOST) if not one.package]
    chosen: list[Envelope] = []
    size = envelopes.BATCH_FRAME
    for message in waiting:
        size += envelopes.size_in_batch(message.envelope)
        if size > envelopes.BATCH_LIMIT:
            break
        chosen.append(message.envelope)
    if not chosen:
        raise NotFound(f"nothing waits for {peer}", hint="evidence is carried as its package: comity evidence")
    return Carried(peer, len(chosen), envelopes.format_batch(office.randomness.bytes(16).hex(), chosen))


def are_receipts(data: bytes) -> bool:
    """Whether a file that was carried here brings receipts, for which nothing is to be carried back."""
    return data.startswith(_RECEIPTS)


def take_in(office: Office, person: str, data: bytes) -> Carried:
    """Take a file that was carried here: messages, for which receipts are to be carried back; or receipts of ours.

    Raises Malformed for a file that is neither, or whose messages come from more than one node, and ExchangeProblem for
    one that is for another node or of a suspended one; what the checks of each message find is in its receipt.
    """
    permit(office, person, "carry")
    if are_receipts(data):
        return _take_receipts(office, data)
    _, found = envelopes.parse_batch(data)
    headers = [envelope.read_header() for envelope in found]
    senders = {header.from_ for header in headers}
    if len(senders) != 1:
        raise Malformed("the file holds messages of several nodes", hint="one file is from one node to one other")
    elsewhere = next((header.to for header in headers if header.to != office.node), "")
    if elsewhere:
        hint = "carry it there; nothing was taken"
        raise ExchangeProblem("wrong-recipient", f"the file is for {elsewhere}", hint=hint)
    with office.store.transaction() as tx:
        sender = directory(tx).entity(NodeId(senders.pop()))
        check_not_suspended(tx, sender.id)
    rows, receipts = accept_at_once(office, sender, found)
    return Carried(sender.id, len(found), receipts, _rejected(rows))


def _take_receipts(office: Office, data: bytes) -> Carried:
    kid = receipt.kid_of(data)
    with office.store.transaction() as tx:
        known = directory(tx)
    signers = [entity for entity in known.all() if any((key.use, key.kid) == (Use.RECEIPT, kid) for key in entity.keys)]
    if not signers:
        raise ExchangeProblem("unknown-key", "the receipts are signed by a key in no directory trusted here")
    done = enter_receipts(office, signers[0], data, by_hand=True)
    return Carried(signers[0].id, len(done.rows), rejected=_rejected(done.rows))


def _rejected(rows: Iterable[receipt.Row]) -> tuple[str, ...]:
    return tuple(read_fault(row.code).code for row in rows if row.status is receipt.Status.REJECTED)
