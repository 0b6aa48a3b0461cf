"""How it stands with a node, read from the rows that the workflows wrote: what there is to do, and when."""

from collections.abc import Container
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnClause, bindparam, func, literal_column, select

from comity.adapters.sql.statements import Prepared
from comity.adapters.sql.tables import inbox, log_entry, outbox, receipt
from comity.adapters.sql.tables_access import kept_receipt
from comity.adapters.sql.tables_exchange import peer_line
from comity.exchange.receipt import Status
from comity.simulate.memory_database import MemoryDatabase
from comity.workflows.stores import OutboxState


@dataclass(frozen=True, slots=True)
class Standing:
    """`message`, `receipt`: when the next one is to be brought, by the node's own clock, POSIX seconds; None for none.
    `given`: the same for what waits for each peer that calls, a message or a receipt. `opens`: whether something that
    came waits to be opened; `last_receipt`: the number of the last that was made; `log_size`: all entries.
    """

    message: int | None
    receipt: int | None
    given: dict[str, int]
    opens: bool
    waits_for_receipt: bool
    last_receipt: int
    log_size: int

    @property
    def moment(self) -> int | None:
        """When the next of either is due."""
        return min((one for one in (self.message, self.receipt) if one is not None), default=None)


def standing(database: MemoryDatabase, callers: Container[str] = ()) -> Standing:
    """callers: nodes without an address, to which nothing is brought."""
    row = _REST.first(database.connection)
    messages, receipts = _MESSAGES.all(database.connection), _RECEIPTS.all(database.connection)
    given: dict[str, int] = {}
    for one in (*messages, *receipts):
        if one.peer in callers:
            given[one.peer] = min(one.due, given.get(one.peer, one.due))
    return Standing(
        _earliest(messages, callers),
        _earliest(receipts, callers),
        given,
        row.opens is not None,
        row.waits is not None,
        row.last_receipt or 0,
        0 if row.last_entry is None else row.last_entry + 1,
    )


def log_size(database: MemoryDatabase) -> int:
    """Entries, published or not."""
    last = _LAST_ENTRY.first(database.connection).last_entry
    return 0 if last is None else int(last) + 1


def settled_since(database: MemoryDatabase, row: int) -> list[tuple[int, str]]:
    """The messages of ours whose second receipt is here, from after a row of the receipts that were kept."""
    return [(one.row, one.message_id) for one in _KEPT.all(database.connection, row=row)]


def entered_since(database: MemoryDatabase, number: int) -> list[str]:
    """The cases of what was entered and receipted after a receipt of ours, in order."""
    return [one.case_id for one in _ENTERED.all(database.connection, number=number)]


def _earliest(rows: list[Any], callers: Container[str]) -> int | None:
    return min((row.due for row in rows if row.peer not in callers), default=None)


def _messages() -> Prepared:
    closed = func.coalesce(peer_line.c.closed_until, 0)
    due = func.min(func.max(outbox.c.next_attempt, outbox.c.lease_until, closed))  # max of one row: SQLite's greatest
    joined = outbox.outerjoin(peer_line, peer_line.c.peer == outbox.c.peer)
    query = select(outbox.c.peer, due.label("due")).select_from(joined).where(outbox.c.state == OutboxState.QUEUED)
    return Prepared(query.group_by(outbox.c.peer))


def _receipts() -> Prepared:
    due = func.min(func.max(receipt.c.next_attempt, receipt.c.lease_until))
    return Prepared(select(receipt.c.peer, due.label("due")).where(receipt.c.done == 0).group_by(receipt.c.peer))


def _rest() -> Prepared:
    opens = select(inbox.c.row).where(inbox.c.state == Status.STORED).limit(1)
    waits = select(outbox.c.row).where(outbox.c.state == OutboxState.STORED).limit(1)
    return Prepared(
        select(
            opens.scalar_subquery().label("opens"),
            waits.scalar_subquery().label("waits"),
            select(func.max(receipt.c.number)).scalar_subquery().label("last_receipt"),
            select(func.max(log_entry.c.idx)).scalar_subquery().label("last_entry"),
        )
    )


def _kept() -> Prepared:
    row: ColumnClause[int] = literal_column("kept_receipt.rowid")
    query = select(row.label("row"), kept_receipt.c.message_id).where(row > bindparam("row"))
    return Prepared(query.where(kept_receipt.c.status != Status.STORED).order_by(row))


def _entered() -> Prepared:
    joined = receipt.join(inbox, (inbox.c.sender == receipt.c.peer) & (inbox.c.id == receipt.c.message_id))
    query = select(inbox.c.case_id).select_from(joined)
    query = query.where(receipt.c.number > bindparam("number")).where(inbox.c.state == Status.DELIVERED)
    return Prepared(query.order_by(receipt.c.number))


_MESSAGES: Final = _messages()
_RECEIPTS: Final = _receipts()
_REST: Final = _rest()
_LAST_ENTRY: Final = Prepared(select(func.max(log_entry.c.idx).label("last_entry")))
_KEPT: Final = _kept()
_ENTERED: Final = _entered()
