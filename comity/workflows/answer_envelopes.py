"""Answer a batch with what became of each envelope: stored, opened and entered before the answer goes.

The checks are those of `receive_envelope`, in the same order. Decryption and signatures come before the transaction;
then a group of messages is stored, entered and receipted in one, so that the second receipt is the answer itself and
one flush of the disk serves them all. What cannot be settled so is stored and answered `stored`, and the worker goes on
with it: what came early, what brings or takes over evidence, what another process is at, what was verified by a list
that is replaced since, and the rest of a batch that has taken too long.

A receipt that goes with the answer counts as brought: who does not get the answer sends the message again, and gets the
same receipt then.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from comity.base.errors import ComityError, Conflict, Unavailable
from comity.base.ids import NodeId
from comity.base.instants import Instant
from comity.crypto.hpke import Opener
from comity.exchange import document as documents
from comity.exchange import receipt
from comity.exchange.checks import check_in_time, check_inside, check_kind, check_listed, check_signer
from comity.exchange.directory import Entity
from comity.exchange.envelope import Envelope, Header, open_sealed
from comity.exchange.problems import INTERNAL, problem_of
from comity.exchange.receipt import Row, Status
from comity.exchange.receipt_code import fault_of
from comity.workflows.channel_places import check_place, missing_from, pass_over
from comity.workflows.credit import left_of, within_credit
from comity.workflows.doubts import STALE, doubt_stale
from comity.workflows.enter_message import enter
from comity.workflows.office import Office, directory_of
from comity.workflows.receive_envelope import (
    check_new,
    is_listed_as,
    kids_of,
    row_of,
    sign_receipts,
)
from comity.workflows.stores import Ahead, Incoming, Transaction

GROUP: Final = 32
"""Messages in one transaction: others wait to write for as long as these take."""
LONGEST_SECONDS: Final = 5
"""After so long the rest of a batch is only stored. Policy; a caller waits for 30 seconds."""
_FOR_THE_WORKER: Final = frozenset({"evidence.release", "evidence.return", "evidence.accept"})
"""Kinds that move files, under a lock that may be held for long."""
_WAITS: Final = "out-of-order"


@dataclass(frozen=True, slots=True)
class Answered:
    """Signed receipts, as bytes; the sender's credit, routine and in all; whether something of its waits to be
    opened."""

    receipts: bytes
    credit: tuple[int, int]
    is_left: bool


@dataclass(frozen=True, slots=True)
class _Came:
    """An envelope, and what was found in it: the document, or what is wrong; None where it is not opened now."""

    envelope: Envelope
    header: Header
    inside: documents.Signed | ComityError | None


class _Undone(Exception):
    """One of a group could not be entered after something of it was written: the group is taken back."""

    def __init__(self, error: ComityError) -> None:
        super().__init__(error.code)
        self.error = error


def answer(office: Office, sender: Entity, envelopes: Sequence[Envelope]) -> Answered:
    """What became of the envelopes of one batch, in their order. Whatever it says is on the disk by then.

    Raises as `receive_envelope.accept` does, and takes none then; Unavailable where the database fails: the groups
    before stay, and the sender, who has no answer, brings all of them again.
    """
    headers = [envelope.read_header() for envelope in envelopes]
    ends = office.clock.now().plus_seconds(LONGEST_SECONDS)
    size = GROUP if len({header.id for header in headers}) == len(headers) else 1  # in a group no id stands twice
    rows: list[Row] = []
    taken: list[bool] = []
    standing: _Standing | None = None
    for start in range(0, len(headers), size):
        pairs = list(zip(envelopes, headers, strict=True))[start : start + size]
        may_open, opener = office.clock.now() <= ends, cache(office.keys.opener)
        came = [_Came(*pair, _inside(office, opener, sender, *pair) if may_open else None) for pair in pairs]
        try:
            with office.store.transaction() as tx:
                taken = taken or within_credit(tx, sender.id, headers, office.clock.now())
                came = [one for one, is_taken in zip(came, taken[start:], strict=False) if is_taken]
                of_group = _take(office, tx, sender, came)
                standing = _standing(tx, sender.id, office.clock.now())
        except _Undone:
            of_group, standing = [_take_alone(office, sender, one) for one in came], None
        rows += of_group
    if standing is None:
        with office.store.transaction() as tx:
            standing = _standing(tx, sender.id, office.clock.now())
    return Answered(sign_receipts(office, sender.id, rows, standing.missing), standing.credit, standing.is_left)


@dataclass(frozen=True, slots=True)
class _Standing:
    """How it stands with a sender after its batch."""

    credit: tuple[int, int]
    missing: tuple[receipt.Missing, ...]
    is_left: bool


def _standing(tx: Transaction, sender: str, now: Instant) -> _Standing:
    whole, routine = tx.inbox.backlog(sender)
    return _Standing(left_of(whole, routine), missing_from(tx, sender, now) if whole else (), whole > 0)


def _inside(
    office: Office, opener: Callable[[str], Opener], sender: Entity, envelope: Envelope, header: Header
) -> documents.Signed | ComityError | None:
    """Checks 8 to 11."""
    try:
        token = open_sealed(envelope, opener(header.rkid))  # 8
        key = check_signer(sender, documents.kid_of(token), header, office.clock.now())  # 9
        signed = documents.verify(token, key.public_bytes)  # 10
        check_inside(signed.document, header)  # 11
    except Unavailable:
        return None
    except ComityError as error:
        return error
    return None if signed.document.kind in _FOR_THE_WORKER else signed


def _take_alone(office: Office, sender: Entity, one: _Came) -> Row:
    """In a transaction of its own: what is wrong with it is then its own affair."""
    try:
        with office.store.transaction() as tx:
            (row,) = _take(office, tx, sender, [one])
    except _Undone as undone:
        with office.store.transaction() as tx:
            (row,) = _take(office, tx, sender, [one], undone.error)
    return row


def _take(
    office: Office, tx: Transaction, sender: Entity, came: Sequence[_Came], wrong: ComityError | None = None
) -> list[Row]:
    """The row of each. wrong: what was raised when the only one was entered, and taken back. Raises _Undone."""
    taking = _Taking(office, tx, sender, came)
    rows = [taking.take(one, wrong) for one in came]
    taking.write()
    return rows


class _Taking:
    """One sender's messages, taken in one transaction. Their own rows are written together, at its end."""

    def __init__(self, office: Office, tx: Transaction, sender: Entity, came: Sequence[_Came]) -> None:
        self._office, self._tx, self._sender, self._now = office, tx, sender, office.clock.now()
        self._is_over = directory_of(tx, NodeId(sender.id)).is_over(NodeId(sender.id), self._now)
        self._is_as_verified = is_listed_as(tx, sender)
        tx.ahead(Ahead(channels=[one.header.channel for one in came]))
        self._here = tx.inbox.here(sender.id, [one.header.id for one in came]) if came else ()
        self._opens = kids_of(office)
        self._messages: list[Incoming] = []
        self._settled: list[Row] = []

    def take(self, one: _Came, wrong: ComityError | None) -> Row:
        """Checks 4 to 7, then 12 to 16."""
        tx, header = self._tx, one.header
        before = tx.inbox.get(self._sender.id, header.id) if header.id in self._here else None
        message = check_new(
            self._office, tx, self._sender, one.envelope, header, self._now, before, self._opens
        )  # 4 to 6
        if isinstance(message, Row):
            return message
        if one.inside is None or not self._is_as_verified:
            return self._store(message)
        if isinstance(one.inside, ComityError):
            return self._refuse(message, header, one.inside)
        signed, doc_sha256 = one.inside, str(one.inside.digest)
        try:
            if wrong is not None:
                raise wrong
            channel = check_place(tx, header)  # 12
            check_in_time(header, self._now)
            check_listed(signed.document, self._is_over)  # 13
            body = check_kind(signed.document, self._sender)
        except Unavailable:
            raise
        except ComityError as error:
            return self._refuse(replace(message, document=signed.token, doc_sha256=doc_sha256), header, error)
        if header.seq > 1:
            self.write()  # what it belongs to may stand in the same batch
        try:
            case_id = enter(self._office, tx, signed, self._sender, one.envelope, body, channel)  # 14, 15
            if self._is_over:
                doubt_stale(self._office, tx, case_id, message)
        except Unavailable:
            raise
        except ComityError as error:
            raise _Undone(error) from None
        return self._settle(
            replace(message, document=signed.token, doc_sha256=doc_sha256, state=Status.DELIVERED, case_id=case_id)
        )

    def _store(self, message: Incoming) -> Row:
        """7, and no more for now."""
        self._messages.append(message)
        return row_of(message)

    def _refuse(self, message: Incoming, header: Header, error: ComityError) -> Row:
        """Its second receipt; or the first, where what it waits for may still come."""
        code = problem_of(error)[0]
        if isinstance(error, Conflict) or code in (_WAITS, STALE, INTERNAL):
            return self._store(replace(message, document=b"", doc_sha256="", code=STALE if code == STALE else ""))
        if message.document:
            pass_over(self._tx, message.envelope, header)
        return self._settle(replace(message, state=Status.REJECTED, code=str(fault_of(error))))

    def _settle(self, message: Incoming) -> Row:
        """7, 15 and 16 at once."""
        row = self._store(message)
        self._settled.append(row)
        return row

    def write(self) -> None:
        self._tx.inbox.add_all(self._messages)
        self._tx.receipts.keep(self._sender.id, self._settled, self._now)
        self._messages, self._settled = [], []
