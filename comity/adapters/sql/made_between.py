"""The messages of a time, by what their envelopes say: when they were made is in no column."""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import ColumnElement, Connection, Table, select

from comity.base.digests import Digest
from comity.base.instants import Instant
from comity.exchange.envelope import Envelope

_ROWS: Final = 1024
_ENVELOPES: Final = 64


def made_between(
    connection: Connection, mail: Table, wanted: ColumnElement[bool], start: Instant, end: Instant
) -> Iterator[tuple[str, Digest]]:
    """Case and envelope's digest of the wanted messages of outbox or inbox that were made from `start` on and before
    `end`, as they came. Of the others no ciphertext is read, and of these a few are in memory at a time."""
    query = select(mail.c.row, mail.c.header).where(wanted).order_by(mail.c.row)
    rows = connection.execute(query.execution_options(yield_per=_ROWS))
    inside = [row.row for row in rows if start.seconds <= Envelope(row.header, b"").read_header().iat < end.seconds]
    for first in range(0, len(inside), _ENVELOPES):
        some = select(mail.c.case_id, mail.c.header, mail.c.ct).where(
            mail.c.row.in_(inside[first : first + _ENVELOPES])
        )
        for row in connection.execute(some.order_by(mail.c.row)):
            yield row.case_id, Envelope(row.header, row.ct).digest
