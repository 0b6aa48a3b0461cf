"""What comes in: the numbered checks, in their order (exchange.checks lists them), and what each leads to.

`accept` runs 3 to 7 and answers for each envelope: `stored`, or `rejected` with a code. `open_waiting` runs 8 to 16 on
what is stored; the second receipt goes to its own outbox. A failed member never blocks its batch, nor one channel
another.
"""

from collections.abc import Callable, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from functools import cache
from typing import Final

from comity.base.errors import ComityError, Conflict, NotFound, Unavailable
from comity.base.ids import NodeId
from comity.base.instants import Instant
from comity.exchange import document as documents
from comity.exchange import receipt
from comity.exchange.checks import (
    check_header,
    check_in_time,
    check_inside,
    check_kind,
    check_known,
    check_listed,
    check_signer,
)
from comity.exchange.directory import Entity, Use
from comity.exchange.envelope import Envelope, Header, open_sealed
from comity.exchange.message import AcceptBody, ReleaseBody
from comity.exchange.problems import INTERNAL, ExchangeProblem, problem_of
from comity.exchange.receipt import Row, Status
from comity.exchange.receipt_code import fault_of
from comity.workflows.channel_places import check_place, in_place, missing_from, pass_over
from comity.workflows.credit import within_credit
from comity.workflows.destroy_evidence import clear_up
from comity.workflows.doubts import STALE, doubt_stale
from comity.workflows.enter_message import enter
from comity.workflows.office import Office, directory, directory_of
from comity.workflows.receive_evidence import ARRIVAL, MISSING, assemble, forget, may_still_come
from comity.workflows.sound_alarm import sound_broken
from comity.workflows.stores import Incoming, Transaction

_AT_ONCE: Final = 64


def accept(office: Office, sender: Entity, envelopes: Sequence[Envelope]) -> bytes:
    """Signed receipts for the envelopes of one batch, in their order; what is `stored` is on the disk by then.

    Raises Malformed when a header cannot be read at all: there is then no id to answer for; ExchangeProblem `busy`, and
    takes none, where more of them are new than the sender has credit for and none is waited for here (`credit`). What
    is not taken has no receipt, and comes again.
    """
    rows, missing = _store_all(office, sender, envelopes, limited=True)
    return sign_receipts(office, sender.id, rows, missing)


def _store_all(
    office: Office, sender: Entity, envelopes: Sequence[Envelope], *, limited: bool
) -> tuple[list[Row], tuple[receipt.Missing, ...]]:
    """The row of each, all stored in one transaction, and what is missing from the sender. limited: no more than the
    sender's credit; what people carry here is not."""
    now, opens = office.clock.now(), kids_of(office)
    headers = [envelope.read_header() for envelope in envelopes]
    with office.store.transaction() as tx:
        taken = within_credit(tx, sender.id, headers, now) if limited else [True] * len(headers)
        pairs = [pair for pair, is_taken in zip(zip(envelopes, headers, strict=True), taken, strict=True) if is_taken]
        rows = [_store(office, tx, sender, *pair, now, opens) for pair in pairs]
        return rows, missing_from(tx, sender.id, now)


def accept_at_once(office: Office, sender: Entity, envelopes: Sequence[Envelope]) -> tuple[Sequence[Row], bytes]:
    """As `accept`, but opened before it is answered: what became of each, and the same as one signed batch."""
    rows, _ = _store_all(office, sender, envelopes, limited=False)
    open_waiting(office)
    with office.store.transaction() as tx:
        latest = [
            row if row.status is Status.REJECTED else tx.receipts.of_message(sender.id, row.id) or row for row in rows
        ]
        missing = missing_from(tx, sender.id, office.clock.now())
    return latest, sign_receipts(office, sender.id, latest, missing)


def sign_receipts(office: Office, to: str, rows: Sequence[Row], missing: Sequence[receipt.Missing]) -> bytes:
    """Receipts for rows, signed with the receipt key, with what is missing from that sender."""
    return receipt.issue(
        rows,
        by=office.node,
        to=to,
        mode=office.mode,
        at=office.clock.now(),
        signer=office.keys.signer(Use.RECEIPT),
        missing=missing,
    )


def _store(
    office: Office,
    tx: Transaction,
    sender: Entity,
    envelope: Envelope,
    header: Header,
    now: Instant,
    opens: Callable[[str], bool],
) -> Row:
    """Checks 4 to 7 for one envelope."""
    before = tx.inbox.get(sender.id, header.id)
    found = check_new(office, tx, sender, envelope, header, now, before, opens)
    if isinstance(found, Row):
        return found
    tx.inbox.add(found)
    return row_of(found)


def check_new(
    office: Office,
    tx: Transaction,
    sender: Entity,
    envelope: Envelope,
    header: Header,
    now: Instant,
    before: Incoming | None,
    opens: Callable[[str], bool],
) -> Row | Incoming:
    """Checks 4 to 6 for one envelope: what is to be stored, or the row of one that is refused or was taken before. What
    was taken passed them then, and gets its receipt at any time. before: what stands here under its id; opens: as
    `kids_of` has it."""
    digest = envelope.digest
    message = Incoming(
        sender=header.from_, id=header.id, envelope=envelope, at=now, priority=_lane(sender, header, now)
    )
    if before is not None and before.envelope.digest == digest:
        if before.state is Status.STORED and before.code == MISSING:
            tx.inbox.defer(sender.id, header.id, "")  # brought again with its parts: it is opened anew
            before = replace(before, code="")
        return tx.receipts.of_message(sender.id, header.id) or row_of(before)
    try:
        check_header(
            header,
            sender=sender,
            us=office.node,
            mode=office.mode,
            our_kids=opens,
            now=now,
        )
        check_known(before.envelope.digest if before else None, digest)
    except ComityError as error:
        return row_of(replace(message, state=Status.REJECTED, code=str(fault_of(error))))
    return message


def _lane(sender: Entity, header: Header, now: Instant) -> int:
    """Its priority here: a threat to life (2) only from who has a key with the right to say so, else urgent (1)."""
    if header.pri != 2:
        return header.pri
    may = any("emergency" in key.rights and key.use is Use.AUTHORITY and key.is_valid(now) for key in sender.keys)
    return 2 if may else 1


def kids_of(office: Office) -> Callable[[str], bool]:
    """Whether an encryption key of that id is here still, the one in use or one before it: for what comes together,
    asked of the keys once."""

    @cache
    def opens(kid: str) -> bool:
        try:
            return office.keys.opener(kid).kid == kid
        except NotFound:
            return False

    return opens


def row_of(message: Incoming) -> Row:
    """The receipt for a message as it stands; a repeated one is the same: its moment is when the message came."""
    return Row(
        id=message.id,
        envelope_sha256=str(message.envelope.digest),
        status=message.state,
        at=message.at.seconds,
        doc_sha256=message.doc_sha256,
        code=message.code,
    )


def take_up_again(office: Office) -> int:
    """What could not be entered because of our own records is to be opened once more: they may be restored by now. Of
    how many States that was looked for."""
    with office.store.transaction() as tx:
        states = tuple(directory(tx).lists)
        for state in states:
            tx.inbox.take_up(state, INTERNAL)
    return len(states)


def open_waiting(office: Office, at_once: int = 1) -> int:
    """Open what is stored, what is urgent before what is routine; how many were settled. One that came early waits for
    its forerunner, and holds up nobody else.

    Both lanes go on in turn, a few messages at a time: what is urgent waits for few, and what is routine not for ever.
    Where `at_once` channels are opened at once, they share the flushes of the disk.
    """
    settled, after = 0, {True: 0, False: 0}
    while True:
        now, lanes = office.clock.now(), dict[bool, Sequence[Incoming]]()
        with office.store.transaction() as tx:
            lease = now.plus_seconds(office.lease_seconds)
            for urgent, seen in after.items():
                lanes[urgent] = tx.inbox.claim(now, lease_until=lease, most=_AT_ONCE, urgent=urgent, after=seen)
        try:
            settled += _open_all(office, lanes[True], at_once)
        except Exception:
            _release(office, {message.number for message in lanes[False]})
            raise
        settled += _open_all(office, lanes[False], at_once)
        after |= {urgent: waiting[-1].number for urgent, waiting in lanes.items() if waiting}
        if all(len(waiting) < _AT_ONCE for waiting in lanes.values()):
            return settled


def _open_all(office: Office, claimed: Sequence[Incoming], at_once: int) -> int:
    """How many were settled. The others may be opened again at once, by any process."""
    left = {message.number for message in claimed}

    def in_order(messages: Sequence[Incoming]) -> None:
        for message in messages:
            if not _open(office, message):
                return  # the others of its channel follow it
            left.remove(message.number)

    try:
        channels = _in_place(office, claimed)
        if at_once == 1 or len(channels) < 2:
            for messages in channels:
                in_order(messages)
        else:
            with ThreadPoolExecutor(at_once) as pool:
                for done in [pool.submit(in_order, messages) for messages in channels]:
                    done.result()
    except Exception:
        _release(office, left)
        raise
    _release(office, left)
    return len(claimed) - len(left)


def _in_place(office: Office, claimed: Sequence[Incoming]) -> Sequence[Sequence[Incoming]]:
    if not claimed:
        return ()
    with office.store.transaction() as tx:
        return in_place(tx, claimed)


def _release(office: Office, left: Set[int]) -> None:
    if left:
        with office.store.transaction() as tx:
            tx.inbox.release(left)


def _open(office: Office, message: Incoming) -> bool:
    """Checks 8 to 16 for one message; False if it stays stored."""
    header = message.envelope.read_header()
    settled, brought = message, ""
    try:
        signed, sender, is_over = _verify(office, message, header)
        check_inside(signed.document, header)  # 11
        settled = replace(settled, document=signed.token, doc_sha256=str(signed.digest))
        with office.store.transaction() as tx:
            check_place(tx, header)  # 12
        check_in_time(header, message.at)
        check_listed(signed.document, is_over)  # 13
        body = check_kind(signed.document, sender)
        with office.lock.hold(ARRIVAL) if isinstance(body, ReleaseBody) else nullcontext():
            if isinstance(body, ReleaseBody) and assemble(office, body, signed.document):
                brought = body.package
            with office.store.transaction() as tx:  # 15
                if _is_settled(tx, message):
                    return True
                if not is_listed_as(tx, sender):
                    return False
                channel = check_place(tx, header)  # again: what stood before it may have changed meanwhile
                case_id = enter(office, tx, signed, sender, message.envelope, body, channel)
                if is_over:
                    doubt_stale(office, tx, case_id, message)
                _settle(office, tx, replace(settled, state=Status.DELIVERED, case_id=case_id))
        if isinstance(body, AcceptBody):
            clear_up(office, case_id)  # what was given back, and is theirs now
    except Conflict:
        return False  # another process changed the case or the name meanwhile: the next round tries it again
    except Unavailable:
        raise
    except ComityError as error:
        code = problem_of(error)[0]
        if code == "out-of-order":
            return False
        if code in (STALE, INTERNAL) or may_still_come(error, header.exp, office.clock.now()):
            with office.store.transaction() as tx:
                tx.inbox.defer(message.sender, message.id, code)
                if code == INTERNAL and (channel := tx.channels.get(header.channel)):
                    sound_broken(tx, channel.case_id, office.clock.now())
            return False
        with office.store.transaction() as tx:
            if _is_settled(tx, message):
                return True
            if settled.document:
                pass_over(tx, message.envelope, header)
            _settle(office, tx, replace(settled, state=Status.REJECTED, code=str(fault_of(error))))
        if brought:
            forget(office, brought)
    return True


def is_listed_as(tx: Transaction, sender: Entity) -> bool:
    """Whether its State's list still says of a sender what it said when a message was verified. What a list revokes is
    doubted where it was entered before that list: so nothing is entered by the one before it afterwards."""
    try:
        return directory_of(tx, NodeId(sender.id)).entity(NodeId(sender.id)) == sender
    except ExchangeProblem:
        return False


def _is_settled(tx: Transaction, message: Incoming) -> bool:
    """Whether another process, to which it passed when a lease ended, was first: its receipt stands."""
    standing = tx.inbox.get(message.sender, message.id)
    return standing is None or standing.state is not Status.STORED


def _verify(office: Office, message: Incoming, header: Header) -> tuple[documents.Signed, Entity, bool]:
    """Checks 8 to 10; the document, its sender, and whether the list that names the sender has ended."""
    now = office.clock.now()
    with office.store.transaction() as tx:
        known = directory_of(tx, NodeId(message.sender))
    sender = known.entity(NodeId(message.sender))
    token = open_sealed(message.envelope, office.keys.opener(header.rkid))  # 8
    key = check_signer(sender, documents.kid_of(token), header, now)  # 9
    return documents.verify(token, key.public_bytes), sender, known.is_over(NodeId(sender.id), now)  # 10


def _settle(office: Office, tx: Transaction, message: Incoming) -> None:
    """16: the second receipt, into its own outbox, with the state it speaks of."""
    now = office.clock.now()
    tx.inbox.settle(message)
    tx.receipts.queue(message.sender, row_of(replace(message, at=now)), now)


def receipt_for(office: Office, peer: str, message_id: str) -> bytes:
    """The latest receipt for a message that `peer` sent, signed again. Raises NotFound."""
    with office.store.transaction() as tx:
        message = tx.inbox.get(peer, message_id)
        row = tx.receipts.of_message(peer, message_id)
        missing = missing_from(tx, peer, office.clock.now())
    if message is None:
        raise ExchangeProblem("not-found", "no message by that id came from you")
    return sign_receipts(office, peer, [row or row_of(message)], missing)
