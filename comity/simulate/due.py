"""When a node has something to do of its own: the next message or receipt to bring."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from comity.adapters.sql.database import Database
from comity.adapters.sql.tables import outbox, receipt
from comity.adapters.sql.tables_exchange import peer_line
from comity.workflows.stores import OutboxState


@dataclass(frozen=True, slots=True)
class Due:
    """`moment`: by the node's own clock, POSIX seconds; None where nothing is to do."""

    moment: int | None
    waits_for_receipt: bool


def next_due(database: Database) -> Due:
    """Read from the rows that the workflows wrote."""
    with database.engine.connect() as connection:
        moments = [_outbox(connection), _receipts(connection)]
        waits = connection.execute(select(outbox.c.row).where(outbox.c.state == OutboxState.STORED).limit(1)).first()
    return Due(min((one for one in moments if one is not None), default=None), waits is not None)


def _outbox(connection: Connection) -> int | None:
    closed = func.coalesce(peer_line.c.closed_until, 0)
    due = func.max(outbox.c.next_attempt, outbox.c.lease_until, closed)  # of one row: SQLite's greatest
    query = select(func.min(due)).select_from(outbox.outerjoin(peer_line, peer_line.c.peer == outbox.c.peer))
    return connection.execute(query.where(outbox.c.state == OutboxState.QUEUED)).scalar()


def _receipts(connection: Connection) -> int | None:
    due = func.max(receipt.c.next_attempt, receipt.c.lease_until)
    return connection.execute(select(func.min(due)).where(receipt.c.done == 0)).scalar()
