"""Outbox, inbox and receipts in the database. Work is claimed by `UPDATE ... RETURNING` with a lease."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, or_, select, update

from comity.adapters.sql.portable import Prepared, add, add_new, is_postgresql
from comity.adapters.sql.tables import channel as channel_table
from comity.adapters.sql.tables import inbox, outbox, receipt
from comity.adapters.sql.tables_exchange import peer_line
from comity.base.encoding import to_json
from comity.base.errors import Conflict
from comity.base.instants import Instant
from comity.base.parsing import read_json
from comity.exchange.envelope import Envelope
from comity.exchange.receipt import LIMIT, Row, Status
from comity.workflows.stores import Incoming, OutboxState, Outgoing

_OPEN = (OutboxState.QUEUED, OutboxState.STORED)
_OUTGOING: Final = Prepared(select(outbox).where(outbox.c.id == bindparam("message")))
_SETTLE: Final = Prepared(
    update(outbox)
    .where(outbox.c.id == bindparam("message"))
    .where(or_(*(outbox.c.state == state for state in _OPEN)))
    .values(state=bindparam("new"), code=bindparam("why"), lease_until=0)
)
_INCOMING: Final = Prepared(
    select(inbox).where(inbox.c.sender == bindparam("who")).where(inbox.c.id == bindparam("message"))
)
_OPENED: Final = Prepared(
    update(inbox)
    .where(inbox.c.sender == bindparam("who"))
    .where(inbox.c.id == bindparam("message"))
    .where(inbox.c.state == Status.STORED)
    .values(
        state=bindparam("new"),
        code=bindparam("why"),
        doc_sha256=bindparam("digest"),
        document=bindparam("token"),
        case_id=bindparam("case"),
    )
)
_LATEST: Final = Prepared(
    select(receipt.c.row)
    .where(receipt.c.peer == bindparam("who"))
    .where(receipt.c.message_id == bindparam("message"))
    .order_by(receipt.c.number.desc())
    .limit(1)
)


class SqlOutbox:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def queue(self, message: Outgoing, at: Instant) -> None:
        row = {
            "id": message.id,
            "peer": message.peer,
            "kind": message.kind,
            "case_id": message.case_id,
            "priority": message.priority,
            "header": message.envelope.header_bytes,
            "ct": message.envelope.ct,
            "document": message.document,
            "package": message.package,
            "expires": message.expires.seconds,
            "queued": at.seconds,
            "state": str(message.state),
            "code": message.code,
            "attempts": message.attempts,
            "next_attempt": at.seconds,
            "lease_until": 0,
        }
        add(self._connection, outbox, row)

    def due_peers(self, now: Instant) -> Sequence[str]:
        query = select(outbox.c.peer).where(*_due(now)).where(outbox.c.peer.not_in(_closed(now)))
        query = query.group_by(outbox.c.peer).order_by(func.max(outbox.c.priority).desc(), func.min(outbox.c.row))
        return list(self._connection.execute(query).scalars())

    def claim(
        self,
        now: Instant,
        *,
        lease_until: Instant,
        most: int,
        routine_most: int | None = None,
        peer: str | None = None,
        kinds: Collection[str] | None = None,
    ) -> Sequence[Outgoing]:
        wanted = [*_due(now)]
        wanted += [outbox.c.peer.not_in(_closed(now))] if peer is None else [outbox.c.peer == peer]
        wanted += [] if kinds is None else [outbox.c.kind.in_(kinds)]
        share = most if routine_most is None else min(most, routine_most)
        urgent = self._rows(wanted, outbox.c.priority > 0, most)
        routine = self._rows(wanted, outbox.c.priority == 0, min(share, max(most // 4, most - len(urgent))))
        chosen = [*urgent[: most - len(routine)], *routine]
        if not chosen:
            return []
        claimed = update(outbox).where(outbox.c.row.in_(chosen)).where(*_due(now))
        rows = self._connection.execute(claimed.values(lease_until=lease_until.seconds).returning(outbox)).all()
        return [_outgoing(row) for row in sorted(rows, key=lambda row: (-row.priority, row.row))]

    def _rows(self, wanted: Sequence[ColumnElement[bool]], lane: ColumnElement[bool], most: int) -> list[int]:
        query = select(outbox.c.row).where(*wanted).where(lane).order_by(outbox.c.priority.desc(), outbox.c.row)
        return list(self._connection.execute(query.limit(most)).scalars()) if most > 0 else []

    def retry(self, message_id: str, *, next_attempt: Instant, reason: str) -> None:
        values: dict[str, Any] = {
            "attempts": outbox.c.attempts + 1,
            "next_attempt": next_attempt.seconds,
            "lease_until": 0,
            "code": reason,
        }
        query = update(outbox).where(outbox.c.id == message_id).where(outbox.c.state.in_(_OPEN))
        self._connection.execute(query.values(values))

    def settle(self, message_id: str, state: OutboxState, code: str = "") -> None:
        _SETTLE.run(self._connection, message=message_id, new=str(state), why=code)

    def free(self) -> None:
        self._connection.execute(update(outbox).where(outbox.c.lease_until > 0).values(lease_until=0))

    def renew(self, message_id: str, lease_until: Instant) -> None:
        query = update(outbox).where(outbox.c.id == message_id).where(outbox.c.state == OutboxState.QUEUED)
        self._connection.execute(query.values(lease_until=lease_until.seconds))

    def hasten(self, message_id: str, at: Instant) -> None:
        values = {"state": OutboxState.QUEUED, "next_attempt": at.seconds, "lease_until": 0}
        self._connection.execute(update(outbox).where(outbox.c.id == message_id).values(values))

    def hasten_all(self, state: str, code: str, at: Instant) -> None:
        query = update(outbox).where(outbox.c.state.in_(_OPEN)).where(outbox.c.code == code)
        query = query.where(outbox.c.peer.startswith(f"{state}/"))
        self._connection.execute(query.values(next_attempt=at.seconds, code=""))

    def wait(self, message_id: str, *, next_attempt: Instant, reason: str) -> None:
        values = {"next_attempt": next_attempt.seconds, "lease_until": 0, "code": reason}
        self._connection.execute(update(outbox).where(outbox.c.id == message_id).values(values))

    def of_channel(self, peer: str, channel: str) -> Sequence[Outgoing]:
        case_id = select(channel_table.c.case_id).where(channel_table.c.id == channel).scalar_subquery()
        query = select(outbox).where(outbox.c.peer == peer).where(outbox.c.case_id == case_id).order_by(outbox.c.row)
        return [_outgoing(row) for row in self._connection.execute(query)]

    def of_peer(self, peer: str, most: int) -> Sequence[Outgoing]:
        query = select(outbox).where(outbox.c.peer == peer).where(outbox.c.state.in_(_OPEN))
        query = query.order_by(outbox.c.priority.desc(), outbox.c.row).limit(most)
        return [_outgoing(row) for row in self._connection.execute(query)]

    def settled_of(self, peer: str) -> Sequence[tuple[str, str]]:
        query = select(outbox.c.id, outbox.c.case_id).where(outbox.c.peer == peer).where(outbox.c.state.not_in(_OPEN))
        return [(row.id, row.case_id) for row in self._connection.execute(query.order_by(outbox.c.row))]

    def get(self, message_id: str) -> Outgoing | None:
        row = _OUTGOING.first(self._connection, message=message_id)
        return _outgoing(row) if row else None

    def open_ids(self) -> Sequence[str]:
        query = select(outbox.c.id).where(outbox.c.state.in_(_OPEN)).order_by(outbox.c.row)
        return list(self._connection.execute(query).scalars())

    def stuck(self, before: Instant) -> Sequence[Outgoing]:
        query = select(outbox).where(outbox.c.state.in_(_OPEN)).where(outbox.c.queued < before.seconds)
        return [_outgoing(row) for row in self._connection.execute(query.order_by(outbox.c.row))]


def _due(now: Instant) -> tuple[ColumnElement[bool], ...]:
    """What may be sent now and nobody has in hand."""
    return (
        outbox.c.state == OutboxState.QUEUED,
        outbox.c.next_attempt <= now.seconds,
        outbox.c.lease_until <= now.seconds,
    )


def _closed(now: Instant) -> Select[tuple[str]]:
    """The peers whose line is closed."""
    return select(peer_line.c.peer).where(peer_line.c.closed_until > now.seconds)


def _outgoing(row: Any) -> Outgoing:
    return Outgoing(
        id=row.id,
        peer=row.peer,
        kind=row.kind,
        case_id=row.case_id,
        priority=row.priority,
        envelope=Envelope(row.header, row.ct),
        document=row.document,
        expires=Instant.from_seconds(row.expires),
        package=row.package,
        state=OutboxState(row.state),
        attempts=row.attempts,
        code=row.code,
    )


class SqlInbox:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, message: Incoming) -> None:
        row = {
            "sender": message.sender,
            "id": message.id,
            "header": message.envelope.header_bytes,
            "ct": message.envelope.ct,
            "at": message.at.seconds,
            "state": str(message.state),
            "code": message.code,
            "doc_sha256": message.doc_sha256,
            "document": message.document,
            "case_id": message.case_id,
            "priority": message.priority,
        }
        if not add_new(self._connection, inbox, row):
            raise Conflict("a message with this id is here already", hint="answer with its receipt")

    def get(self, sender: str, message_id: str) -> Incoming | None:
        row = _INCOMING.first(self._connection, who=sender, message=message_id)
        return _incoming(row) if row else None

    def settle(self, message: Incoming) -> None:
        _OPENED.run(
            self._connection,
            who=message.sender,
            message=message.id,
            new=str(message.state),
            why=message.code,
            digest=message.doc_sha256,
            token=message.document,
            case=message.case_id,
        )

    def claim(
        self, now: Instant, *, lease_until: Instant, most: int, urgent: bool, after: int = 0
    ) -> Sequence[Incoming]:
        query = select(inbox).where(inbox.c.state == Status.STORED).where(inbox.c.code == "")
        query = query.where(inbox.c.priority > 0 if urgent else inbox.c.priority == 0).where(inbox.c.row > after)
        query = query.where(inbox.c.lease_until <= now.seconds).order_by(inbox.c.row).limit(most)
        rows = self._connection.execute(query).all()
        if rows and is_postgresql(self._connection):
            claimed = update(inbox).where(inbox.c.row.in_([row.row for row in rows]))
            self._connection.execute(claimed.values(lease_until=lease_until.seconds))
        return [_incoming(row) for row in rows]

    def release(self, numbers: Collection[int]) -> None:
        if is_postgresql(self._connection):
            self._connection.execute(update(inbox).where(inbox.c.row.in_(numbers)).values(lease_until=0))

    def free(self) -> None:
        self._connection.execute(update(inbox).where(inbox.c.lease_until > 0).values(lease_until=0))

    def backlog(self, sender: str) -> tuple[int, int]:
        query = select(func.count(), func.count().filter(inbox.c.priority == 0)).where(inbox.c.state == Status.STORED)
        whole, routine = self._connection.execute(query.where(inbox.c.sender == sender)).one()
        return whole, routine

    def defer(self, sender: str, message_id: str, code: str) -> None:
        query = update(inbox).where(inbox.c.sender == sender).where(inbox.c.id == message_id)
        self._connection.execute(query.where(inbox.c.state == Status.STORED).values(code=code))

    def take_up(self, state: str, code: str) -> None:
        query = update(inbox).where(inbox.c.state == Status.STORED).where(inbox.c.code == code)
        self._connection.execute(query.where(inbox.c.sender.startswith(f"{state}/")).values(code=""))

    def entered_since(self, sender: str, since: Instant) -> Iterator[Incoming]:
        query = select(inbox).where(inbox.c.sender == sender).where(inbox.c.at >= since.seconds)
        query = query.where(inbox.c.state == Status.DELIVERED).order_by(inbox.c.row)
        return (_incoming(row) for row in self._connection.execute(query.execution_options(yield_per=64)))

    def opened_in(self, sender: str, channel: str) -> Iterator[Incoming]:
        case_id = select(channel_table.c.case_id).where(channel_table.c.id == channel).scalar_subquery()
        query = select(inbox).where(inbox.c.sender == sender).where(inbox.c.case_id == case_id)
        rows = self._connection.execute(query.where(func.length(inbox.c.document) > 0).order_by(inbox.c.row))
        found = (_incoming(row) for row in rows)
        return (one for one in found if one.envelope.read_header().channel == channel)

    def early(self, sender: str, before: Instant) -> Sequence[Incoming]:
        query = select(inbox).where(inbox.c.sender == sender).where(inbox.c.state == Status.STORED)
        query = query.where(inbox.c.at < before.seconds).order_by(inbox.c.row)
        return [_incoming(row) for row in self._connection.execute(query)]


def _incoming(row: Any) -> Incoming:
    return Incoming(
        sender=row.sender,
        id=row.id,
        envelope=Envelope(row.header, row.ct),
        at=Instant.from_seconds(row.at),
        state=Status(row.state),
        code=row.code,
        doc_sha256=row.doc_sha256,
        document=row.document,
        case_id=row.case_id,
        priority=row.priority,
        number=row.row,
    )


class SqlReceipts:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def queue(self, peer: str, row: Row, at: Instant) -> None:
        values = {
            "peer": peer,
            "message_id": row.id,
            "row": to_json(row),
            "done": 0,
            "next_attempt": at.seconds,
            "lease_until": 0,
        }
        add(self._connection, receipt, values)

    def claim(
        self, now: Instant, *, lease_until: Instant, most: int, peer: str | None = None, without: Collection[str] = ()
    ) -> Sequence[tuple[int, str, Row]]:
        due = (
            select(receipt.c.number)
            .where(receipt.c.done == 0)
            .where(receipt.c.next_attempt <= now.seconds)
            .where(receipt.c.lease_until <= now.seconds)
            .where(receipt.c.peer.not_in(without) if peer is None else receipt.c.peer == peer)
            .order_by(receipt.c.number)
            .limit(most)
        )
        claimed = update(receipt).where(receipt.c.number.in_(due)).values(lease_until=lease_until.seconds)
        rows = self._connection.execute(claimed.returning(receipt)).all()
        return sorted((row.number, row.peer, _row(row.row)) for row in rows)

    def free(self) -> None:
        self._connection.execute(update(receipt).where(receipt.c.lease_until > 0).values(lease_until=0))

    def done(self, numbers: Sequence[int]) -> None:
        self._connection.execute(update(receipt).where(receipt.c.number.in_(numbers)).values(done=1))

    def taken(self, peer: str, message_ids: Collection[str]) -> None:
        query = update(receipt).where(receipt.c.peer == peer).where(receipt.c.message_id.in_(message_ids))
        self._connection.execute(query.where(receipt.c.lease_until > 0).values(done=1))

    def retry(self, numbers: Sequence[int], next_attempt: Instant) -> None:
        values = {"next_attempt": next_attempt.seconds, "lease_until": 0}
        self._connection.execute(update(receipt).where(receipt.c.number.in_(numbers)).values(values))

    def is_due(self, peer: str, now: Instant) -> bool:
        query = select(receipt.c.number).where(receipt.c.peer == peer).where(receipt.c.done == 0)
        query = query.where(receipt.c.next_attempt <= now.seconds).where(receipt.c.lease_until <= now.seconds)
        return self._connection.execute(query.limit(1)).first() is not None

    def of_message(self, peer: str, message_id: str) -> Row | None:
        found = _LATEST.first(self._connection, who=peer, message=message_id)
        return _row(found.row) if found else None


def _row(data: bytes) -> Row:
    return read_json(data, Row, limit=LIMIT, what="a stored receipt")
