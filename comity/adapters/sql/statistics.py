"""What statistics are counted from, and what was published."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, select

from comity.adapters.sql.portable import upsert
from comity.adapters.sql.tables import inbox, log_entry, outbox
from comity.adapters.sql.tables_statistics import statistics
from comity.base.digests import Digest
from comity.base.instants import Instant
from comity.exchange.envelope import Envelope
from comity.exchange.receipt import Status
from comity.workflows.statistics_store import Kept, Shown
from comity.workflows.stores import OutboxState

_AT_ONCE = 8192


class SqlStatistics:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def delivered(self, peer: str, start: Instant, end: Instant) -> Sequence[tuple[str, Digest]]:
        sent = select(outbox.c.case_id, outbox.c.header, outbox.c.ct).where(outbox.c.peer == peer)
        sent = sent.where(outbox.c.state == OutboxState.DELIVERED).order_by(outbox.c.row)
        came = select(inbox.c.case_id, inbox.c.header, inbox.c.ct).where(inbox.c.sender == peer)
        came = came.where(inbox.c.state == Status.DELIVERED).order_by(inbox.c.row)
        rows = [*self._connection.execute(sent), *self._connection.execute(came)]
        found = ((row.case_id, Envelope(row.header, row.ct)) for row in rows)
        return [(case, one.digest) for case, one in found if start.seconds <= one.read_header().iat < end.seconds]

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
