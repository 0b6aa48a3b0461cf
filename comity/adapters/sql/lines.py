"""Each peer's line in the database."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select

from comity.adapters.sql.statements import Prepared, put
from comity.adapters.sql.tables_exchange import peer_line
from comity.base.instants import Instant
from comity.workflows.stores import Line

_LINE: Final = Prepared(select(peer_line).where(peer_line.c.peer == bindparam("who")))


class SqlLines:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, peer: str) -> Line | None:
        row = _LINE.first(self._connection, who=peer)
        return _line(row) if row else None

    def all(self) -> Sequence[Line]:
        return [_line(row) for row in self._connection.execute(select(peer_line).order_by(peer_line.c.peer))]

    def put(self, line: Line) -> None:
        values = {
            "failures": line.failures,
            "closed_until": line.closed_until.seconds,
            "last_answer": line.last_answer.seconds if line.last_answer else None,
            "skew": line.skew,
            "reason": line.reason,
        }
        put(self._connection, peer_line, {"peer": line.peer, **values})


def _line(row: Any) -> Line:
    answered = Instant.from_seconds(row.last_answer) if row.last_answer is not None else None
    return Line(row.peer, row.failures, Instant.from_seconds(row.closed_until), answered, row.skew, row.reason)
