"""Accesses, printed letters and kept receipts in the database, and questions to the log."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    LargeBinary,
    Select,
    and_,
    case,
    delete,
    false,
    func,
    insert,
    literal,
    or_,
    select,
)

from comity.adapters.sql.portable import bytes_at
from comity.adapters.sql.statements import add_all, add_new
from comity.adapters.sql.tables import inbox, log_entry, outbox
from comity.adapters.sql.tables_access import access, kept_receipt, letter
from comity.base.digests import Digest
from comity.exchange.receipt import Status
from comity.workflows.reading_stores import Access, Contact, Letter, Step
from comity.workflows.stores import OutboxState

_OPEN = (OutboxState.QUEUED, OutboxState.STORED)
_CASES: Final = 500
"""Cases that one statement names."""
_KIND: Final = b'"kind":"'


class SqlAccesses:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, one: Access) -> None:
        row = {"at": one.at, "person": one.person, "what": one.what, "case_id": one.case_id, "page": one.page}
        self._connection.execute(insert(access).values(row))

    def latest(self, most: int) -> Sequence[Access]:
        rows = self._connection.execute(select(access).order_by(access.c.row.desc()).limit(most))
        return [_access(row) for row in rows]

    def oldest(self) -> int | None:
        found = self._connection.execute(select(func.min(access.c.at))).scalar()
        return None if found is None else int(found)

    def drop_before(self, at: int) -> int:
        return int(self._connection.execute(delete(access).where(access.c.at < at)).rowcount)

    def has_looked(self, person: str, what: str, case_id: str, *, since: int) -> bool:
        before = select(access.c.row).where(access.c.at < since).order_by(access.c.row.desc()).limit(1)
        later = access.c.row > func.coalesce(before.scalar_subquery(), 0)
        wanted = (access.c.person == person, access.c.what == what, access.c.case_id == case_id, access.c.at >= since)
        query = select(access.c.row).where(later, *wanted).limit(1)
        return self._connection.execute(query).first() is not None


def _access(row: Any) -> Access:
    return Access(row.at, row.person, row.what, row.case_id, row.page)


class SqlLetters:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, one: Letter) -> bool:
        row = {
            "code_sha256": one.code_sha256.value,
            "case_id": one.case_id,
            "event": one.event,
            "idx": one.index,
            "at": one.at,
            "requesting": one.requesting,
            "requested": one.requested,
            "kind": one.kind,
            "mode": one.mode,
            "printed": one.printed,
            "by": one.by,
        }
        return add_new(self._connection, letter, row)

    def find(self, code_sha256: Digest) -> Letter | None:
        row = self._connection.execute(select(letter).where(letter.c.code_sha256 == code_sha256.value)).first()
        if row is None:
            return None
        return Letter(
            code_sha256,
            row.case_id,
            row.event,
            row.idx,
            row.at,
            row.requesting,
            row.requested,
            row.kind,
            row.mode,
            row.printed,
            row.by,
        )


class SqlKeptReceipts:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, receipts: Sequence[tuple[str, str, bytes]]) -> None:
        rows = [{"message_id": message, "status": status, "data": data} for message, status, data in receipts]
        add_all(self._connection, kept_receipt, rows, new=True)

    def of_message(self, message_id: str) -> Sequence[bytes]:
        query = select(kept_receipt.c.data).where(kept_receipt.c.message_id == message_id)
        return list(self._connection.execute(query.order_by(kept_receipt.c.status)).scalars())

    def of_settled(self, peer: str, cases: Sequence[str] | None = None) -> Iterator[tuple[str, str, bytes]]:
        query = select(outbox.c.id, outbox.c.case_id, kept_receipt.c.data)
        query = query.join(kept_receipt, kept_receipt.c.message_id == outbox.c.id)
        query = query.where(outbox.c.peer == peer).where(outbox.c.state.not_in(_OPEN)).order_by(outbox.c.row)
        if cases is None:
            return self._settled(query.execution_options(yield_per=256))
        some = (cases[first : first + _CASES] for first in range(0, len(cases), _CASES))
        return chain.from_iterable(self._settled(query.where(outbox.c.case_id.in_(one))) for one in some)

    def _settled(self, query: Select[Any]) -> Iterator[tuple[str, str, bytes]]:
        return ((row.id, row.case_id, row.data) for row in self._connection.execute(query))


class SqlContacts:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def by_peer(self) -> Mapping[str, Contact]:
        ours = select(
            outbox.c.peer,
            func.max(outbox.c.queued).label("sent"),
            func.sum(case((outbox.c.state.in_(_OPEN), 1), else_=0)).label("waiting"),
            func.sum(case((outbox.c.state == OutboxState.REJECTED, 1), else_=0)).label("rejected"),
        ).group_by(outbox.c.peer)
        theirs = select(
            inbox.c.sender,
            func.max(inbox.c.at).label("received"),
            func.sum(case((inbox.c.state == Status.REJECTED, 1), else_=0)).label("refused"),
        ).group_by(inbox.c.sender)
        sent = {row.peer: row for row in self._connection.execute(ours)}
        came = {row.sender: row for row in self._connection.execute(theirs)}
        found = {}
        for peer in sent.keys() | came.keys():
            one, other = sent.get(peer), came.get(peer)
            found[peer] = Contact(
                sent=one.sent if one else 0,
                received=other.received if other else 0,
                waiting=one.waiting if one else 0,
                rejected=one.rejected if one else 0,
                refused=other.refused if other else 0,
            )
        return found


class SqlLogSearch:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of_kinds(self, kinds: Sequence[str], *, most: int, skip: int = 0) -> Sequence[tuple[str, int]]:
        query = select(log_entry.c.case_id, log_entry.c.event).where(_is_of(kinds)).order_by(log_entry.c.idx.desc())
        return [(row.case_id, row.event) for row in self._connection.execute(query.limit(most).offset(skip))]

    def count_kinds(self, kinds: Sequence[str]) -> int:
        return int(self._connection.execute(select(func.count()).where(_is_of(kinds))).scalar_one())

    def of_document(self, sha256: Digest) -> Step | None:
        named = literal(f'"doc_sha256":"{sha256}"'.encode("ascii"))
        query = select(log_entry).where(bytes_at(log_entry.c.body, named) > 0).order_by(log_entry.c.idx)
        row = self._connection.execute(query.limit(1)).first()
        return Step(row.idx, row.case_id, row.body) if row else None


def _is_of(kinds: Sequence[str]) -> ColumnElement[bool]:
    """Whether an entry is of a case that was not erased, and its statistics row, which its opening holds, is of one of
    these kinds. They are compared by their lengths: to look for each in each row takes ten times as long."""
    stat, ends = log_entry.c.stat, defaultdict[int, list[bytes]](list)
    for kind in kinds:
        ends[len(kind) + 1].append(f'{kind}"'.encode("ascii"))
    begins = bytes_at(stat, literal(_KIND)) + len(_KIND)
    named = [func.substr(stat, begins, length, type_=LargeBinary).in_(some) for length, some in ends.items()]
    return and_(log_entry.c.case_id != "", func.length(log_entry.c.body) > 0, or_(false(), *named))
