"""Outbox, inbox and receipts in the database. Work is claimed by `UPDATE ... RETURNING` with a lease."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

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


class SqlOutbox:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def queue(self, message: Outgoing, at: Instant) -> None:
        self._connection.execute(
            insert(outbox).values(
                id=message.id,
                peer=message.peer,
                kind=message.kind,
                case_id=message.case_id,
                priority=message.priority,
                header=message.envelope.header_bytes,
                ct=message.envelope.ct,
                document=message.document,
                package=message.package,
                expires=message.expires.seconds,
                queued=at.seconds,
                state=message.state,
                code=message.code,
                attempts=message.attempts,
                next_attempt=at.seconds,
                lease_until=0,
            )
        )

    def claim(self, now: Instant, *, lease_until: Instant, most: int) -> Sequence[Outgoing]:
        closed = select(peer_line.c.peer).where(peer_line.c.closed_until > now.seconds)
        due = (
            select(outbox.c.row)
            .where(outbox.c.state == OutboxState.QUEUED)
            .where(outbox.c.peer.not_in(closed))
            .where(outbox.c.next_attempt <= now.seconds)
            .where(outbox.c.lease_until <= now.seconds)
            .order_by(outbox.c.priority.desc(), outbox.c.row)
            .limit(most)
        )
        claimed = update(outbox).where(outbox.c.row.in_(due)).values(lease_until=lease_until.seconds).returning(outbox)
        rows = self._connection.execute(claimed).all()
        return [_outgoing(row) for row in sorted(rows, key=lambda row: (-row.priority, row.row))]

    def retry(self, message_id: str, *, next_attempt: Instant, reason: str) -> None:
        values: dict[str, Any] = {
            "attempts": outbox.c.attempts + 1,
            "next_attempt": next_attempt.seconds,
            "lease_until": 0,
            "code": reason,
        }
        self._connection.execute(update(outbox).where(outbox.c.id == message_id).values(values))

    def settle(self, message_id: str, state: OutboxState, code: str = "") -> None:
        query = update(outbox).where(outbox.c.id == message_id).where(outbox.c.state.in_(_OPEN))
        self._connection.execute(query.values(state=state, code=code, lease_until=0))

    def free(self) -> None:
        self._connection.execute(update(outbox).where(outbox.c.lease_until > 0).values(lease_until=0))

    def hasten(self, message_id: str, at: Instant) -> None:
        values = {"state": OutboxState.QUEUED, "next_attempt": at.seconds, "lease_until": 0}
        self._connection.execute(update(outbox).where(outbox.c.id == message_id).values(values))

    def of_channel(self, peer: str, channel: str) -> Sequence[Outgoing]:
        case_id = select(channel_table.c.case_id).where(channel_table.c.id == channel).scalar_subquery()
        query = select(outbox).where(outbox.c.peer == peer).where(outbox.c.case_id == case_id).order_by(outbox.c.row)
        return [_outgoing(row) for row in self._connection.execute(query)]

    def of_peer(self, peer: str, most: int) -> Sequence[Outgoing]:
        query = select(outbox).where(outbox.c.peer == peer).where(outbox.c.state.in_(_OPEN))
        query = query.order_by(outbox.c.priority.desc(), outbox.c.row).limit(most)
        return [_outgoing(row) for row in self._connection.execute(query)]

    def get(self, message_id: str) -> Outgoing | None:
        row = self._connection.execute(select(outbox).where(outbox.c.id == message_id)).first()
        return _outgoing(row) if row else None

    def open_ids(self) -> Sequence[str]:
        query = select(outbox.c.id).where(outbox.c.state.in_(_OPEN)).order_by(outbox.c.row)
        return list(self._connection.execute(query).scalars())

    def stuck(self, before: Instant) -> Sequence[Outgoing]:
        query = select(outbox).where(outbox.c.state.in_(_OPEN)).where(outbox.c.queued < before.seconds)
        return [_outgoing(row) for row in self._connection.execute(query.order_by(outbox.c.row))]


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
        try:
            self._connection.execute(
                insert(inbox).values(
                    sender=message.sender,
                    id=message.id,
                    header=message.envelope.header_bytes,
                    ct=message.envelope.ct,
                    at=message.at.seconds,
                    state=message.state,
                    code=message.code,
                    doc_sha256=message.doc_sha256,
                    document=message.document,
                    case_id=message.case_id,
                )
            )
        except IntegrityError:
            raise Conflict("a message with this id is here already", hint="answer with its receipt") from None

    def get(self, sender: str, message_id: str) -> Incoming | None:
        query = select(inbox).where(inbox.c.sender == sender).where(inbox.c.id == message_id)
        row = self._connection.execute(query).first()
        return _incoming(row) if row else None

    def settle(self, message: Incoming) -> None:
        query = update(inbox).where(inbox.c.sender == message.sender).where(inbox.c.id == message.id)
        self._connection.execute(
            query.where(inbox.c.state == Status.STORED).values(
                state=message.state,
                code=message.code,
                doc_sha256=message.doc_sha256,
                document=message.document,
                case_id=message.case_id,
            )
        )

    def waiting(self, most: int, *, after: int = 0) -> Sequence[Incoming]:
        query = select(inbox).where(inbox.c.state == Status.STORED).order_by(inbox.c.row).offset(after).limit(most)
        return [_incoming(row) for row in self._connection.execute(query)]

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
    )


class SqlReceipts:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def queue(self, peer: str, row: Row, at: Instant) -> None:
        self._connection.execute(
            insert(receipt).values(
                peer=peer, message_id=row.id, row=to_json(row), done=0, next_attempt=at.seconds, lease_until=0
            )
        )

    def claim(self, now: Instant, *, lease_until: Instant, most: int) -> Sequence[tuple[int, str, Row]]:
        due = (
            select(receipt.c.number)
            .where(receipt.c.done == 0)
            .where(receipt.c.next_attempt <= now.seconds)
            .where(receipt.c.lease_until <= now.seconds)
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

    def retry(self, numbers: Sequence[int], next_attempt: Instant) -> None:
        values = {"next_attempt": next_attempt.seconds, "lease_until": 0}
        self._connection.execute(update(receipt).where(receipt.c.number.in_(numbers)).values(values))

    def of_message(self, peer: str, message_id: str) -> Row | None:
        query = select(receipt.c.row).where(receipt.c.peer == peer).where(receipt.c.message_id == message_id)
        data = self._connection.execute(query.order_by(receipt.c.number.desc())).scalars().first()
        return _row(data) if data else None


def _row(data: bytes) -> Row:
    return read_json(data, Row, limit=LIMIT, what="a stored receipt")
