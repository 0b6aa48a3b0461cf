"""What is due, and leases on it: the statements of a worker's every round, made once."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, Table, bindparam, exists, func, select

from comity.adapters.sql.portable import few
from comity.adapters.sql.statements import Prepared, straight
from comity.adapters.sql.tables import inbox, outbox, receipt
from comity.adapters.sql.tables_exchange import peer_line
from comity.exchange.receipt import Status
from comity.workflows.stores import OutboxState

_NOW: Final[Any] = bindparam("now")
IS_OPEN: Final = few(outbox.c.state.in_((OutboxState.QUEUED, OutboxState.STORED)))
IS_QUEUED: Final = few(outbox.c.state == OutboxState.QUEUED)
IS_UNOPENED: Final = few(inbox.c.state == Status.STORED)
IS_TO_BRING: Final = few(receipt.c.done == 0)


def due(now: Any) -> tuple[ColumnElement[bool], ...]:
    """What may be sent now, in seconds, and nobody has in hand."""
    return (IS_QUEUED, outbox.c.next_attempt <= now, outbox.c.lease_until <= now)


def peers_closed(now: Any) -> Select[tuple[str]]:
    """The peers whose line is closed."""
    return select(peer_line.c.peer).where(peer_line.c.closed_until > now)


DUE_PEERS: Final = Prepared(
    select(outbox.c.peer)
    .where(*due(_NOW))
    .where(outbox.c.peer.not_in(peers_closed(_NOW)))
    .group_by(outbox.c.peer)
    .order_by(func.max(outbox.c.priority).desc(), func.min(outbox.c.row))
)
DUE_ROWS: Final = Prepared(
    select(outbox.c.row, outbox.c.priority)
    .where(*due(_NOW))
    .where(outbox.c.peer == bindparam("who"))
    .order_by(outbox.c.priority.desc(), outbox.c.row)
    .limit(bindparam("most"))
)
DUE_RECEIPTS: Final = Prepared(
    select(receipt.c.number)
    .where(IS_TO_BRING)
    .where(receipt.c.next_attempt <= _NOW)
    .where(receipt.c.lease_until <= _NOW)
    .order_by(receipt.c.number)
    .limit(bindparam("most"))
)
_UNOPENED = (IS_UNOPENED, inbox.c.code == "", inbox.c.lease_until <= _NOW)
_LOOK: Final[Any] = select(
    exists().where(*due(_NOW)).where(outbox.c.peer.not_in(peers_closed(_NOW))).label("outbox"),
    exists().where(*_UNOPENED).label("inbox"),
    exists().where(IS_TO_BRING, receipt.c.next_attempt <= _NOW, receipt.c.lease_until <= _NOW).label("receipts"),
)
WAITING: Final = Prepared(_LOOK)
UNOPENED: Final = {
    is_urgent: Prepared(
        select(inbox)
        .where(*_UNOPENED)
        .where(inbox.c.priority > 0 if is_urgent else inbox.c.priority == 0)
        .where(inbox.c.row > bindparam("after"))
        .order_by(inbox.c.row)
        .limit(bindparam("most"))
    )
    for is_urgent in (True, False)
}
_COUNTS: Final[Any] = select(func.count(), func.count().filter(inbox.c.priority == 0))
_OF_SENDER = inbox.c.sender.concat("") == bindparam("who")  # so that no index is used that holds all it ever sent
BACKLOG: Final = Prepared(_COUNTS.where(IS_UNOPENED).where(_OF_SENDER))
EARLY: Final = Prepared(
    select(inbox).where(_OF_SENDER).where(IS_UNOPENED).where(inbox.c.at < bindparam("before")).order_by(inbox.c.row)
)


def lease(connection: Connection, table: Table, rows: Sequence[int], until: int, now: int) -> list[Any]:
    """Those of the rows, by number, that nobody has in hand now, leased; every column of each."""
    if not rows:
        return []
    key, columns = next(iter(table.primary_key)).name, ", ".join(f'"{column.name}"' for column in table.c)
    places = ", ".join("?" * len(rows))
    statement = (
        f'UPDATE "{table.name}" SET lease_until = ? WHERE "{key}" IN ({places}) AND lease_until <= ?'  # noqa: S608
        f" RETURNING {columns}"
    )
    found: list[Any] = straight(connection, statement, (until, *rows, now)).fetchall()
    return found
