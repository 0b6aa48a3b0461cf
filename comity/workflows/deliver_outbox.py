"""Deliver what is queued: evidence parts first, then envelopes in batches, and our second receipts to their senders.

A retry sends the stored bytes, never newly sealed ones. The next attempt is written down, so a restart keeps it.
Nothing is deleted as undeliverable: what is stuck is shown to a person.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

from comity.base.errors import ComityError, Unavailable
from comity.base.ids import NodeId
from comity.base.instants import Instant
from comity.cases import events
from comity.exchange import envelope as envelopes
from comity.exchange import receipt, receipt_alone
from comity.exchange.directory import Directory, Entity, Use
from comity.exchange.envelope import BATCH_MOST
from comity.exchange.message import PRESERVES
from comity.exchange.problems import ExchangeProblem
from comity.exchange.receipt import Missing, Receipts, Row, Status
from comity.workflows import credit, peer_line, send_parts
from comity.workflows.call_peer import call, problem_in
from comity.workflows.channel_places import missing_from
from comity.workflows.doubts import DOUBT, STALE
from comity.workflows.freeze_case import HELD
from comity.workflows.office import Office, directory, directory_of
from comity.workflows.peer_stores import Credit
from comity.workflows.receive_envelope import sign_receipts
from comity.workflows.receive_evidence import MISSING
from comity.workflows.record import ahead, load, record
from comity.workflows.stores import OutboxState, Outgoing, Transaction
from comity.workflows.work_store import Waiting

LEASE_SECONDS: Final = 60
FIRST_WAIT_SECONDS: Final = 1
RECEIPT_WAIT_SECONDS: Final = 5
LONGEST_WAIT_SECONDS: Final = 300
LONGEST_WAIT_AFTER_END_SECONDS: Final = 3600
EXPIRED: Final = "expired"
LIST_WAIT_SECONDS: Final = 900
SHORTEST_ASK_SECONDS: Final = 900
LONGEST_ASK_SECONDS: Final = 86400
_BUSY: Final = 429
_STATES: Final = {
    Status.STORED: OutboxState.STORED,
    Status.DELIVERED: OutboxState.DELIVERED,
    Status.REJECTED: OutboxState.REJECTED,
}
_NOTHING: Final = Waiting(outbox=False, inbox=False, receipts=False)


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one round did. `waiting`: what else it saw at its start, in the same look."""

    sent: int
    failed: int
    waiting: Waiting = field(default=_NOTHING, compare=False)


def take_over(office: Office) -> int:
    """What a process that ended had claimed is due at once, where no other process of the node can have it in hand; 1
    if this is the only one."""
    if not office.lock.alone("worker"):
        return 0
    with office.store.transaction() as tx:
        tx.outbox.free()
        tx.receipts.free()
        tx.inbox.free()
        tx.work.free_turns()
    return 1


def deliver(office: Office, at_once: int = 1) -> Delivered:
    """One round: for each peer what is due, urgent first, as much as one batch holds and the peer takes; the receipts
    are entered. A peer that fails does not hold up another, nor one that is slow, where `at_once` are called.

    A peer without an address calls for its messages itself (`mailbox`). Where a peer's directory has ended only
    preservation goes on; the rest waits, and says so.
    """
    now = office.clock.now()
    with office.store.transaction() as tx:
        waiting = tx.work.waiting(now)
        due = tx.outbox.due_peers(now) if waiting.outbox else ()
        if not due:
            return Delivered(0, 0, waiting)
        known = {peer: directory_of(tx, NodeId(peer)) for peer in due}
        peers = [peer for peer in due if not _calls_us(known[peer], peer)]
        said = tx.credits.all(now)
        first = _claim(office, tx, peers[0], known[peers[0]], said.get(peers[0])) if peers else ()

    def one(peer: str) -> Delivered:
        if peer == peers[0]:
            return _bring(office, peer, known[peer], first)
        with office.store.transaction() as tx:
            claimed = _claim(office, tx, peer, known[peer], said.get(peer))
        return _bring(office, peer, known[peer], claimed)

    if at_once == 1 or len(peers) < 2:
        done = [one(peer) for peer in peers]
    else:
        with ThreadPoolExecutor(at_once) as pool:
            done = list(pool.map(one, peers))
    return Delivered(sum(each.sent for each in done), sum(each.failed for each in done), waiting)


def _calls_us(known: Directory, peer: str) -> bool:
    """Whether it is listed, and without an address."""
    return any(entity.id == peer and not entity.endpoint for entity in known.all())


def _claim(office: Office, tx: Transaction, peer: str, known: Directory, said: Credit | None) -> Sequence[Outgoing]:
    now = office.clock.now()
    most, routine = BATCH_MOST, None
    if said is not None:
        most, routine = min(most, said.urgent), said.routine
    is_over = known.is_over(NodeId(peer), now)
    claimed = tx.outbox.claim(
        now,
        lease_until=now.plus_seconds(office.lease_seconds),
        most=most,
        routine_most=routine,
        peer=peer,
        kinds=PRESERVES if is_over else None,
    )
    if is_over:
        _wait_for_list(tx, peer, now)
    return claimed


def _bring(office: Office, peer: str, known: Directory, claimed: Sequence[Outgoing]) -> Delivered:
    sent = failed = 0
    for messages in _batches(claimed):
        try:
            _send(office, known.entity(NodeId(peer)), messages)
            sent += len(messages)
        except ComityError as error:
            _put_off(office, peer, messages, error)
            failed += len(messages)
    return Delivered(sent, failed)


def _wait_for_list(tx: Transaction, peer: str, now: Instant) -> None:
    """What is not preservation waits for that State's next list, which hastens it."""
    for message in tx.outbox.claim(now, lease_until=now.plus_seconds(1), most=BATCH_MOST, peer=peer):
        if message.kind not in PRESERVES:
            tx.outbox.wait(message.id, next_attempt=now.plus_seconds(LIST_WAIT_SECONDS), reason=STALE)


def _batches(messages: Sequence[Outgoing]) -> Iterator[list[Outgoing]]:
    """The messages in order, in batches that are within a batch's limit."""
    batch: list[Outgoing] = []
    size = 0
    for message in messages:
        one = envelopes.size_in_batch(message.envelope)
        if batch and size + one > envelopes.BATCH_LIMIT - envelopes.BATCH_FRAME:
            yield batch
            batch, size = [], 0
        batch.append(message)
        size += one
    if batch:
        yield batch


def _send(office: Office, entity: Entity, messages: Sequence[Outgoing]) -> None:
    for message in messages:
        if message.package and not _has_arrived(office, entity, message):
            send_parts.send(office, entity, message)
    batch_id = office.randomness.bytes(16).hex()
    body = envelopes.format_batch(batch_id, [message.envelope for message in messages])
    answer = call(office, entity, "POST", "/v1/envelopes", envelopes.MEDIA_TYPE, body, also=(_BUSY,))
    if answer.status == _BUSY:
        with office.store.transaction() as tx:
            credit.heed(tx, entity.id, answer, office.clock.now())
        raise problem_in(answer, entity.id)
    receipts = _verified(office, entity, answer.body)
    with office.store.transaction() as tx:
        credit.heed(tx, entity.id, answer, office.clock.now())
        _has_answered(office, tx, entity, receipts)
        _enter(office, tx, entity, receipts, {message.id: message for message in messages})


def _has_arrived(office: Office, peer: Entity, message: Outgoing) -> bool:
    """Whether the peer has the message already, and so the parts it names: a receipt of it was lost, or we ended then.

    It drops the parts once it has put the package together: to ask for them one by one would bring them all again.
    Where its receipt says that parts are missing, they are brought.
    """
    answer = call(office, peer, "GET", f"/v1/receipts/{message.id}", receipt.MEDIA_TYPE, b"", also=(404,))
    if answer.status == 404:
        return False
    return not any(_lacks_parts(row) for row in _verified(office, peer, answer.body).rows)


def _lacks_parts(row: Row) -> bool:
    return row.status is Status.STORED and row.code == MISSING


def _put_off(office: Office, peer: str, messages: Sequence[Outgoing], error: ComityError) -> None:
    """Full jitter: a random share of a wait that doubles from 1 s to 5 min, and to an hour once its time has ended.

    Past its end a message is brought all the same: only the peer's signed `rejected` says that it came too late, and
    frees the channel for what follows.
    """
    now = office.clock.now()
    with office.store.transaction() as tx:
        if isinstance(error, Unavailable):
            peer_line.failed(office, tx, peer, now, error.code)
        for message in messages:
            is_over = message.expires < now
            if is_over and message.code != EXPIRED:
                _tell_expired(office, tx, message, now)
            longest = LONGEST_WAIT_AFTER_END_SECONDS if is_over else LONGEST_WAIT_SECONDS
            ceiling = min(longest, FIRST_WAIT_SECONDS << min(message.attempts, 16))
            share = int.from_bytes(office.randomness.bytes(2), "big") / 65536
            next_attempt = now.plus_seconds(round(ceiling * share))
            tx.outbox.retry(message.id, next_attempt=next_attempt, reason=EXPIRED if is_over else error.code)


def _tell_expired(office: Office, tx: Transaction, message: Outgoing, now: Instant) -> None:
    """Its time ended before it was taken: the case says so once, for a person to see."""
    event = events.Receipted(at=now.seconds, by=office.node, message=message.id, status=EXPIRED, code=EXPIRED)
    record(office, tx, load(tx, message.case_id), event)


def enter_receipts(office: Office, sender: Entity, data: bytes, *, by_hand: bool = False) -> Receipts:
    """Check receipts for our messages and enter what they say. by_hand: somebody carried them here, which says nothing
    of the line, nor of the peer's clock. Raises BadSignature, Malformed or ExchangeProblem."""
    receipts = _verified(office, sender, data)
    with office.store.transaction() as tx:
        if not by_hand:
            _has_answered(office, tx, sender, receipts)
        _enter(office, tx, sender, receipts, {})
    return receipts


def _has_answered(office: Office, tx: Transaction, sender: Entity, receipts: Receipts) -> None:
    peer_line.answered(tx, sender.id, office.clock.now(), Instant.from_seconds(receipts.signature.at))


def _verified(office: Office, sender: Entity, data: bytes) -> Receipts:
    key = sender.find(Use.RECEIPT, receipt.kid_of(data), office.clock.now())
    receipts = receipt.verify(data, key.public_bytes)
    signature = receipts.signature
    if (signature.by, signature.to, signature.mode) != (sender.id, office.node, office.mode):
        raise ExchangeProblem("wrong-recipient", "these receipts are between other nodes, or of the other mode")
    return receipts


def _enter(office: Office, tx: Transaction, sender: Entity, receipts: Receipts, sent: Mapping[str, Outgoing]) -> None:
    """sent: the messages of which they are known to speak, as they were when they were claimed."""
    _bring_again(tx, sender, receipts.signature.missing, office.clock.now())
    said: dict[tuple[Status, str], dict[str, _Said]] = defaultdict(dict)
    for row, shown in zip(receipts.rows, receipt_alone.each(receipts), strict=True):
        message = sent.get(row.id) or tx.outbox.get(row.id)
        # About nothing of ours it proves nothing and changes nothing.
        if message and message.peer == sender.id and str(message.envelope.digest) == row.envelope_sha256:
            said[row.status, row.code].setdefault(row.id, _Said(row, shown, message))
    for (status, code), by_id in said.items():
        settled = tx.outbox.settle(list(by_id), _STATES[status], code)
        found = [one for name, one in by_id.items() if name in settled]
        tx.kept_receipts.put([(one.row.id, one.row.status, one.shown) for one in found])
        if status is not Status.STORED:
            tx.ahead(ahead(office, [one.message.case_id for one in found]))
        for one in found:
            _enter_row(office, tx, sender, one)


@dataclass(frozen=True, slots=True)
class _Said:
    """`shown`: the receipt alone, as it is kept for whoever audits the case."""

    row: Row
    shown: bytes
    message: Outgoing


def _bring_again(tx: Transaction, sender: Entity, missing: Sequence[Missing], now: Instant) -> None:
    """What the peer misses is sent again, the same bytes, even where it said once that it had it."""
    for gap in missing:
        for message in tx.outbox.of_channel(sender.id, gap.channel):
            if message.envelope.read_header().seq in gap.seqs and message.code not in (HELD, DOUBT):
                tx.outbox.hasten(message.id, now)


def _enter_row(office: Office, tx: Transaction, sender: Entity, said: _Said) -> None:
    row, message = said.row, said.message
    if _lacks_parts(row) and message.package:
        tx.outbox.hasten(row.id, office.clock.now())  # its parts and the same bytes again
    if row.status is not Status.STORED:
        case = load(tx, message.case_id)
        event = events.Receipted(
            at=office.clock.now().seconds, by=sender.id, message=row.id, status=row.status, code=row.code
        )
        record(office, tx, case, event, doc_sha256=row.doc_sha256, envelope=message.envelope)


def deliver_receipts(office: Office) -> int:
    """Bring second receipts to their senders; how many were taken. Who has no address calls for them (`mailbox`)."""
    now = office.clock.now()
    with office.store.transaction() as tx:
        callers = [entity.id for entity in directory(tx).all() if not entity.endpoint]
        lease = now.plus_seconds(office.lease_seconds)
        claimed = tx.receipts.claim(now, lease_until=lease, most=BATCH_MOST, without=callers)
    by_peer: dict[str, list[tuple[int, Row]]] = defaultdict(list)
    for number, peer, row in claimed:
        by_peer[peer].append((number, row))
    done = 0
    for peer, rows in by_peer.items():
        numbers = [number for number, _ in rows]
        try:
            with office.store.transaction() as tx:
                entity = directory(tx).entity(NodeId(peer))
                missing = missing_from(tx, peer, now)
            body = sign_receipts(office, peer, [row for _, row in rows], missing)
            call(office, entity, "POST", "/v1/receipts", receipt.MEDIA_TYPE, body)
        except ComityError as error:
            with office.store.transaction() as tx:
                again = now.plus_seconds(LEASE_SECONDS)
                if isinstance(error, Unavailable):
                    line = peer_line.failed(office, tx, peer, now, error.code)
                    again = max(line.closed_until, now.plus_seconds(RECEIPT_WAIT_SECONDS))
                tx.receipts.retry(numbers, again)
            continue
        with office.store.transaction() as tx:
            tx.receipts.done(numbers)
            peer_line.called(tx, peer, now)  # it answers: messages need not wait for a pause to end
        done += len(numbers)
    return done


def ask_for_receipts(office: Office, older_than: Instant) -> int:
    """Ask again for the second receipt of messages stored long ago; how many were answered. One that fails holds up no
    other. What is still not entered is asked about less and less often (`seconds_until_asked`); who does not answer at
    all is asked again the next time."""
    answered = 0
    with office.store.transaction() as tx:
        waiting = tx.outbox.to_ask(older_than, office.clock.now())
        known = directory(tx)
    for message in waiting:
        has_answered = True
        try:
            entity = known.entity(NodeId(message.peer))
            answer = call(office, entity, "GET", f"/v1/receipts/{message.id}", receipt.MEDIA_TYPE, b"")
            enter_receipts(office, entity, answer.body)
        except Unavailable:
            continue
        except ComityError:
            has_answered = False
        answered += has_answered
        _ask_later(office, message.id)
    return answered


def _ask_later(office: Office, message_id: str) -> None:
    now = office.clock.now()
    with office.store.transaction() as tx:
        message = tx.outbox.get(message_id)
        if message is None or message.state is not OutboxState.STORED:
            return
        waited = max(0, now.seconds - stored_since(tx, message).seconds)
        chance = int.from_bytes(office.randomness.bytes(2), "big") / 65536
        tx.outbox.ask_later(message_id, now.plus_seconds(seconds_until_asked(waited, chance)))


def stored_since(tx: Transaction, message: Outgoing) -> Instant:
    """Since when its peer has it, by the peer's clock; when it was made, where that was never receipted."""
    return said_at(tx, message.id, Status.STORED) or Instant.from_seconds(message.envelope.read_header().iat)


def said_at(tx: Transaction, message_id: str, status: Status) -> Instant | None:
    """When a message of ours came to this, as its peer's receipt says; None where there is none."""
    rows = (receipt_alone.row_in(kept) for kept in tx.kept_receipts.of_message(message_id))
    return next((Instant.from_seconds(row.at) for row in rows if row.status is status), None)


def seconds_until_asked(waited: int, chance: float) -> int:
    """How long until a peer is asked again about what it has had for `waited` seconds: at most half as long again, 15
    minutes where that is less, a day where it is more. Policy. chance: from 0 to below 1; it takes off up to a half, so
    that many messages are not asked about at once."""
    longest = min(max(waited // 2, SHORTEST_ASK_SECONDS), LONGEST_ASK_SECONDS)
    return round(longest * (1 + chance) / 2)
