"""Call the peers for what waits there: the way in for a node that nobody can reach from outside.

What is given is taken as if it had been pushed (`receive_envelope.accept`), and our signed receipts are posted back. A
question names the receipts that were entered, so that their givers can let them go.
"""

from dataclasses import dataclass
from typing import Final

from comity.base.errors import ComityError, Unavailable
from comity.base.ids import NodeId
from comity.exchange import mailbox, receipt
from comity.exchange.directory import Entity, Use
from comity.exchange.envelope import BATCH_MOST, parse_batch
from comity.exchange.message import Role
from comity.workflows import peer_line, take_parts
from comity.workflows.call_peer import call
from comity.workflows.change_directory import own_entity
from comity.workflows.credit import credit_of
from comity.workflows.deliver_outbox import enter_receipts
from comity.workflows.office import Office, directory, directory_of
from comity.workflows.receive_envelope import accept
from comity.workflows.send_parts import MEDIA_TYPE as PART_TYPE
from comity.workflows.suspend_peer import check_not_suspended

_ROUNDS_MOST: Final = 1000


@dataclass(frozen=True, slots=True)
class Polled:
    """What one call, or many, brought."""

    messages: int = 0
    receipts: int = 0

    def __add__(self, other: "Polled") -> "Polled":
        return Polled(self.messages + other.messages, self.receipts + other.receipts)


def calls_out(office: Office) -> bool:
    """Whether this node is listed without an address, so that it has to call."""
    try:
        return not own_entity(office).endpoint
    except ComityError:
        return False


def callable_peers(office: Office) -> tuple[str, ...]:
    """The nodes that may have something for us, can be called, and have not just failed to answer."""
    now = office.clock.now()
    with office.store.transaction() as tx:
        closed = {line.peer for line in tx.lines.all() if line.closed_until > now}
        found = [one.id for one in directory(tx).all() if one.endpoint and one.role is not Role.WITNESS]
    return tuple(peer for peer in found if peer != office.node and peer not in closed)


def poll_all(office: Office, wait: int = 0) -> Polled:
    """Call every peer once. One that fails holds up no other; with one peer alone its empty answer may take `wait`
    seconds."""
    peers = callable_peers(office)
    done = Polled()
    for peer in peers:
        try:
            done += poll(office, peer, wait if len(peers) == 1 else 0)
        except Unavailable as error:
            with office.store.transaction() as tx:
                peer_line.failed(office, tx, peer, office.clock.now(), error.code)
        except ComityError:
            continue
    return done


def poll(office: Office, peer: str, wait: int = 0) -> Polled:
    """Call a peer until it has nothing more for now. Raises ExchangeProblem for one that is suspended, what `call`
    raises, and what its answers raise."""
    with office.store.transaction() as tx:
        check_not_suspended(tx, peer)
        entity = directory_of(tx, NodeId(peer)).entity(NodeId(peer))
    done, taken = Polled(), tuple[str, ...]()
    for number in range(_ROUNDS_MOST):
        given = _ask(office, entity, wait if number == 0 else 0, taken)
        if given is None:
            break
        messages = _take_messages(office, entity, given)
        taken = ()
        if given.receipt_bytes:
            taken = tuple(row.id for row in enter_receipts(office, entity, given.receipt_bytes).rows)
        done += Polled(messages, len(taken))
    return done


def _ask(office: Office, entity: Entity, wait: int, taken: tuple[str, ...]) -> mailbox.Given | None:
    with office.store.transaction() as tx:
        room = credit_of(tx, entity.id)[0]
    asked = mailbox.Asked(wait=wait, most=min(room, BATCH_MOST), taken=taken)
    answer = call(office, entity, "POST", mailbox.PATH, mailbox.ASKED_TYPE, mailbox.format_asked(asked))
    now = office.clock.now()
    with office.store.transaction() as tx:
        peer_line.called(tx, entity.id, now)
    if not answer.body:
        return None
    token = answer.headers.get(mailbox.SEAL_HEADER, "")
    public = entity.find(Use.TRANSPORT, mailbox.kid_of(token), now).public_bytes
    return mailbox.open_given(answer.body, token, public, by=entity.id, to=office.node, now=now)


def _take_messages(office: Office, entity: Entity, given: mailbox.Given) -> int:
    """Take the batch, its evidence first; our receipts go back at once."""
    if not given.batch_bytes:
        return 0
    for part in given.parts:
        _fetch(office, entity, part)
    _, envelopes = parse_batch(given.batch_bytes)
    receipts = accept(office, entity, envelopes)
    call(office, entity, "POST", "/v1/receipts", receipt.MEDIA_TYPE, receipts)
    return len(envelopes)


def _fetch(office: Office, entity: Entity, part: mailbox.PartName) -> None:
    """One part that is not here yet, checked as if it had been brought."""
    if take_parts.has(office, entity.id, part.channel, part.digest):
        return
    take_parts.let_in(office, entity.id, part.channel, part.digest, part.size)
    try:
        path = f"{mailbox.PATH}/parts/{part.channel}/{part.digest}"
        data = call(office, entity, "GET", path, PART_TYPE, b"").body
    except BaseException:
        take_parts.not_come(office, part.channel, part.digest)
        raise
    take_parts.take(office, part.channel, part.digest, data)
