"""Outbox and inbox in the database. Work is claimed by `UPDATE ... RETURNING` with a lease."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, bindparam, case, func, select, update

from comity.adapters.sql.mail_claims import (
    BACKLOG,
    DUE_PEERS,
    DUE_ROWS,
    EARLY,
    IS_OPEN,
    IS_QUEUED,
    IS_UNOPENED,
    UNOPENED,
    due,
    lease,
    peers_closed,
)
from comity.adapters.sql.portable import is_postgresql
from comity.adapters.sql.statements import Prepared, add, add_all, add_new, change, later, row_type, straight
from comity.adapters.sql.tables import channel as channel_table
from comity.adapters.sql.tables import inbox, outbox
from comity.base.errors import Conflict
from comity.base.instants import Instant
from comity.exchange.envelope import Envelope
from comity.exchange.receipt import Status
from comity.workflows.stores import Entered, Incoming, OpenCount, OpenMessage, OutboxState, Outgoing

_OPEN = (OutboxState.QUEUED, OutboxState.STORED)
_LOOKED_AT: Final = tuple(column for column in outbox.c if column.name not in ("header", "ct", "document"))
_IS_STORED: Final = outbox.c.state == OutboxState.STORED
_OutboxRow = row_type(outbox)
_OUTGOING: Final = Prepared(select(outbox).where(outbox.c.id == bindparam("message")))
_SETTLE: Final = (
    "UPDATE outbox SET state = ?, code = ?, lease_until = 0 WHERE id IN ({}) AND state IN (?, ?) RETURNING id"
)
_INCOMING: Final = Prepared(
    select(inbox).where(inbox.c.sender == bindparam("who")).where(inbox.c.id == bindparam("message"))
)
_OPENED: Final = change(
    inbox,
    "UPDATE inbox SET state = ?, code = ?, doc_sha256 = ?, document = ?, case_id = ?"
    " WHERE sender = ? AND id = ? AND state = ?",
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
            "lease_until": at.seconds,  # as long as a lease's number: SQLite then changes it where it stands
        }
        add(self._connection, outbox, row)

    def due_peers(self, now: Instant) -> Sequence[str]:
        return [row.peer for row in DUE_PEERS.all(self._connection, now=now.seconds)]

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
        share = most if routine_most is None else min(most, routine_most)
        chosen = self._chosen(now, most, share, peer) if peer is not None and kinds is None else None
        if chosen is None:
            wanted = [*due(now.seconds)]
            wanted += [outbox.c.peer.not_in(peers_closed(now.seconds))] if peer is None else [outbox.c.peer == peer]
            wanted += [] if kinds is None else [outbox.c.kind.in_(kinds)]
            urgent = self._rows(wanted, outbox.c.priority > 0, most)
            routine = self._rows(wanted, outbox.c.priority == 0, min(share, max(most // 4, most - len(urgent))))
            chosen = [*urgent[: most - len(routine)], *routine]
        rows = [_OutboxRow(*row) for row in lease(self._connection, outbox, chosen, lease_until.seconds, now.seconds)]
        return [_outgoing(row) for row in sorted(rows, key=lambda row: (-row.priority, row.row))]

    def _chosen(self, now: Instant, most: int, share: int, peer: str) -> list[int] | None:
        """All that is due for a peer, at most `share` routine ones; None where that is more than `most`."""
        found = DUE_ROWS.all(self._connection, now=now.seconds, who=peer, most=most)
        if len(found) >= most:
            return None
        return [row.row for row in found if row.priority > 0] + [row.row for row in found if row.priority == 0][:share]

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

    def settle(self, message_ids: Collection[str], state: OutboxState, code: str = "") -> Collection[str]:
        places = ", ".join("?" * len(message_ids))
        values = (str(state), code, *message_ids, *map(str, _OPEN))
        return (
            {found for (found,) in straight(self._connection, _SETTLE.format(places), values)} if message_ids else set()
        )

    def free(self) -> None:
        query = update(outbox).where(IS_QUEUED).where(outbox.c.lease_until > outbox.c.queued)
        self._connection.execute(query.values(lease_until=outbox.c.queued))

    def renew(self, message_id: str, lease_until: Instant) -> None:
        query = update(outbox).where(outbox.c.id == message_id).where(outbox.c.state == OutboxState.QUEUED)
        self._connection.execute(query.values(lease_until=lease_until.seconds))

    def hasten(self, message_id: str, at: Instant) -> None:
        values = {"state": OutboxState.QUEUED, "next_attempt": at.seconds, "lease_until": 0}
        self._connection.execute(update(outbox).where(outbox.c.id == message_id).values(values))

    def hasten_all(self, state: str, code: str, at: Instant) -> None:
        query = update(outbox).where(IS_OPEN).where(outbox.c.code == code)
        query = query.where(outbox.c.peer.startswith(f"{state}/"))
        self._connection.execute(query.values(next_attempt=at.seconds, code=""))

    def hasten_of(self, peer: str, codes: Collection[str], at: Instant) -> None:
        query = update(outbox).where(IS_QUEUED).where(outbox.c.peer == peer).where(outbox.c.code.in_(codes))
        query = query.where(outbox.c.next_attempt > at.seconds)
        self._connection.execute(query.values(next_attempt=at.seconds))

    def wait(self, message_id: str, *, next_attempt: Instant, reason: str) -> None:
        values = {"next_attempt": next_attempt.seconds, "lease_until": 0, "code": reason}
        self._connection.execute(update(outbox).where(outbox.c.id == message_id).values(values))

    def of_channel(self, peer: str, channel: str) -> Sequence[Outgoing]:
        case_id = select(channel_table.c.case_id).where(channel_table.c.id == channel).scalar_subquery()
        query = select(outbox).where(outbox.c.peer == peer).where(outbox.c.case_id == case_id).order_by(outbox.c.row)
        return [_outgoing(row) for row in self._connection.execute(query)]

    def of_peer(self, peer: str, most: int) -> Sequence[Outgoing]:
        query = select(outbox).where(outbox.c.peer == peer).where(IS_OPEN)
        query = query.order_by(outbox.c.priority.desc(), outbox.c.row).limit(most)
        return [_outgoing(row) for row in self._connection.execute(query)]

    def get(self, message_id: str) -> Outgoing | None:
        row = _OUTGOING.first(self._connection, message=message_id)
        return _outgoing(row) if row else None

    def open_ids(self) -> Sequence[str]:
        query = select(outbox.c.id).where(IS_OPEN).order_by(outbox.c.row)
        return list(self._connection.execute(query).scalars())

    def open_of_case(self, case_id: str) -> Sequence[OpenMessage]:
        query = select(*_LOOKED_AT).where(outbox.c.case_id == case_id).where(outbox.c.state.in_(_OPEN))
        return [_open(row) for row in self._connection.execute(query.order_by(outbox.c.row))]

    def open_first(self, urgent_before: Instant, before: Instant, most: int | None) -> Sequence[OpenMessage]:
        waits_long = _waits_long(urgent_before, before)
        query = select(*_LOOKED_AT).where(IS_OPEN)
        query = query.order_by(waits_long.desc(), (outbox.c.priority > 0).desc(), outbox.c.queued, outbox.c.row)
        return [_open(row) for row in self._connection.execute(query.limit(most))]

    def open_by_peer(self, urgent_before: Instant, before: Instant) -> Sequence[OpenCount]:
        waits_long = func.sum(_waits_long(urgent_before, before))
        found = (outbox.c.peer, func.count(), func.min(outbox.c.queued), waits_long)
        rows = self._connection.execute(select(*found).where(IS_OPEN).group_by(outbox.c.peer))
        return [OpenCount(peer, int(n), Instant.from_seconds(int(oldest)), int(s)) for peer, n, oldest, s in rows]

    def stuck(self, before: Instant) -> Sequence[Outgoing]:
        query = select(outbox).where(IS_OPEN).where(outbox.c.queued < before.seconds)
        return [_outgoing(row) for row in self._connection.execute(query.order_by(outbox.c.row))]

    def to_ask(self, before: Instant, now: Instant) -> Sequence[Outgoing]:
        query = select(outbox).where(_IS_STORED).where(outbox.c.next_attempt <= now.seconds)
        query = query.where(outbox.c.queued < before.seconds).order_by(outbox.c.row)
        return [_outgoing(row) for row in self._connection.execute(query)]

    def ask_later(self, message_id: str, at: Instant) -> None:
        query = update(outbox).where(outbox.c.id == message_id).where(_IS_STORED)
        self._connection.execute(query.values(next_attempt=at.seconds))

    def rejected(self, since: Instant, most: int) -> Sequence[Outgoing]:
        query = select(outbox).where(outbox.c.state == OutboxState.REJECTED).where(outbox.c.queued >= since.seconds)
        return [_outgoing(row) for row in self._connection.execute(query.order_by(outbox.c.row.desc()).limit(most))]


def _waits_long(urgent_before: Instant, before: Instant) -> ColumnElement[int]:
    """1 for a message that waits too long, else 0."""
    limit = case((outbox.c.priority > 0, urgent_before.seconds), else_=before.seconds)
    return case((outbox.c.queued < limit, 1), else_=0)


def _open(row: Any) -> OpenMessage:
    return OpenMessage(
        id=row.id,
        peer=row.peer,
        kind=row.kind,
        case_id=row.case_id,
        priority=row.priority,
        package=row.package,
        queued=Instant.from_seconds(row.queued),
        expires=Instant.from_seconds(row.expires),
        state=OutboxState(row.state),
        attempts=row.attempts,
        code=row.code,
    )


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
        if not add_new(self._connection, inbox, _inbox_row(message)):
            raise Conflict("a message with this id is here already", hint="answer with its receipt")

    def add_all(self, messages: Sequence[Incoming]) -> None:
        add_all(self._connection, inbox, [_inbox_row(message) for message in messages])

    def here(self, sender: str, message_ids: Collection[str]) -> Collection[str]:
        query = f"SELECT id FROM inbox WHERE sender = ? AND id IN ({', '.join('?' * len(message_ids))})"  # noqa: S608
        return {found for (found,) in straight(self._connection, query, (sender, *message_ids))}

    def get(self, sender: str, message_id: str) -> Incoming | None:
        row = _INCOMING.first(self._connection, who=sender, message=message_id)
        return _incoming(row) if row else None

    def settle(self, message: Incoming) -> None:
        what = (str(message.state), message.code, message.doc_sha256, message.document, message.case_id)
        later(self._connection, _OPENED, [(*what, message.sender, message.id, str(Status.STORED))])

    def claim(
        self, now: Instant, *, lease_until: Instant, most: int, urgent: bool, after: int = 0
    ) -> Sequence[Incoming]:
        rows = UNOPENED[urgent].all(self._connection, now=now.seconds, after=after, most=most)
        if is_postgresql(self._connection):
            lease(self._connection, inbox, [row.row for row in rows], lease_until.seconds, now.seconds)
        return [_incoming(row) for row in rows]

    def release(self, numbers: Collection[int]) -> None:
        if is_postgresql(self._connection):
            self._connection.execute(update(inbox).where(inbox.c.row.in_(numbers)).values(lease_until=0))

    def free(self) -> None:
        self._connection.execute(update(inbox).where(IS_UNOPENED).where(inbox.c.lease_until > 0).values(lease_until=0))

    def backlog(self, sender: str) -> tuple[int, int]:
        ((whole, routine),) = BACKLOG.rows(self._connection, who=sender)
        return whole, routine

    def defer(self, sender: str, message_id: str, code: str) -> None:
        query = update(inbox).where(inbox.c.sender == sender).where(inbox.c.id == message_id)
        self._connection.execute(query.where(inbox.c.state == Status.STORED).values(code=code))

    def take_up(self, state: str, code: str) -> None:
        query = update(inbox).where(IS_UNOPENED).where(inbox.c.code == code)
        self._connection.execute(query.where(inbox.c.sender.startswith(f"{state}/")).values(code=""))

    def entered_since(self, sender: str, since: Instant) -> Iterator[Entered]:
        query = select(inbox.c.id, inbox.c.case_id, inbox.c.document)
        query = query.where(inbox.c.sender == sender).where(inbox.c.at >= since.seconds)
        query = query.where(inbox.c.state == Status.DELIVERED).order_by(inbox.c.row)
        rows = self._connection.execute(query.execution_options(yield_per=64))
        return (Entered(row.id, row.case_id, row.document) for row in rows)

    def opened_in(self, sender: str, channel: str) -> Iterator[Incoming]:
        case_id = select(channel_table.c.case_id).where(channel_table.c.id == channel).scalar_subquery()
        query = select(inbox).where(inbox.c.sender == sender).where(inbox.c.case_id == case_id)
        rows = self._connection.execute(query.where(func.length(inbox.c.document) > 0).order_by(inbox.c.row))
        found = (_incoming(row) for row in rows)
        return (one for one in found if one.envelope.read_header().channel == channel)

    def early(self, sender: str, before: Instant) -> Sequence[Incoming]:
        return [_incoming(row) for row in EARLY.all(self._connection, who=sender, before=before.seconds)]


def _inbox_row(message: Incoming) -> dict[str, Any]:
    return {
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
