"""What statistics are counted from, and what was published."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, and_, select

from comity.adapters.sql.made_between import made_between
from comity.adapters.sql.portable import upsert
from comity.adapters.sql.tables import inbox, log_entry, outbox
from comity.adapters.sql.tables_statistics import statistics
from comity.base.digests import Digest
from comity.base.instants import Instant
from comity.exchange.receipt import Status
from comity.workflows.statistics_store import Kept, Shown
from comity.workflows.stores import OutboxState

_AT_ONCE = 8192


class SqlStatistics:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def delivered(self, peer: str, start: Instant, end: Instant) -> Sequence[tuple[str, Digest]]:
        sent = and_(outbox.c.peer == peer, outbox.c.state == OutboxState.DELIVERED)
        came = and_(inbox.c.sender == peer, inbox.c.state == Status.DELIVERED)
        both = (outbox, sent), (inbox, came)
        return [one for mail, wanted in both for one in made_between(self._connection, mail, wanted, start, end)]

    def entries(self, start: int, end: int) -> Iterator[Shown]:
        columns = (log_entry.c.idx, log_entry.c.entry, log_entry.c.stat, log_entry.c.stat_salt)
        for first in range(start, end, _AT_ONCE):
            last = min(end, first + _AT_ONCE)
            query = select(*columns).where(log_entry.c.idx >= first).where(log_entry.c.idx < last)
            for row in self._connection.execute(query.order_by(log_entry.c.idx)):
                yield Shown(row.idx, row.entry, row.stat, row.stat_salt)

    def put(self, release: Kept) -> None:
        values = {"data": release.data, "idx": release.index, "published": release.published.seconds}
        query = upsert(self._connection, statistics).values(period=release.period, **values)
        self._connection.execute(query.on_conflict_do_update(index_elements=["period"], set_=values))

    def get(self, period: str) -> Kept | None:
        row = self._connection.execute(select(statistics).where(statistics.c.period == period)).first()
        return _kept(row) if row else None

    def all(self) -> Sequence[Kept]:
        return [_kept(row) for row in self._connection.execute(select(statistics).order_by(statistics.c.idx))]


def _kept(row: Any) -> Kept:
    return Kept(row.period, row.data, row.idx, Instant.from_seconds(row.published))
