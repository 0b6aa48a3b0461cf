"""Credit, suspensions and the history of directories in the database."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, select

from comity.adapters.sql.statements import Prepared, add_new, put
from comity.adapters.sql.tables_peers import directory_history, peer_credit, peer_suspended
from comity.base.digests import Digest
from comity.base.instants import Instant
from comity.workflows.peer_stores import Credit, DirectorySeen, Suspension

_CREDITS: Final = Prepared(select(peer_credit).where(peer_credit.c.until > bindparam("now")))
_SUSPENDED: Final = Prepared(select(peer_suspended).where(peer_suspended.c.peer == bindparam("who")))


class SqlCredits:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self, now: Instant) -> Mapping[str, Credit]:
        rows = _CREDITS.all(self._connection, now=now.seconds)
        return {row.peer: Credit(row.peer, row.routine, row.urgent, Instant.from_seconds(row.until)) for row in rows}

    def put(self, credit: Credit) -> None:
        values = {"routine": credit.routine, "urgent": credit.urgent, "until": credit.until.seconds}
        put(self._connection, peer_credit, {"peer": credit.peer, **values})


class SqlSuspensions:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, peer: str) -> Suspension | None:
        row = _SUSPENDED.first(self._connection, who=peer)
        return _suspension(row) if row else None

    def all(self) -> Sequence[Suspension]:
        return [_suspension(row) for row in self._connection.execute(select(peer_suspended).order_by("peer"))]

    def put(self, one: Suspension) -> bool:
        row = {"peer": one.peer, "by": one.by, "at": one.at.seconds, "reasons": one.reasons}
        return add_new(self._connection, peer_suspended, row)

    def remove(self, peer: str) -> bool:
        return self._connection.execute(delete(peer_suspended).where(peer_suspended.c.peer == peer)).rowcount == 1


def _suspension(row: Any) -> Suspension:
    return Suspension(row.peer, row.by, Instant.from_seconds(row.at), row.reasons)


class SqlDirectoryHistory:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, one: DirectorySeen) -> bool:
        row = {
            "state": one.state,
            "sequence": one.sequence,
            "sha256": str(one.sha256),
            "data": one.data,
            "fingerprint": one.fingerprint.value,
            "by": one.by,
            "at": one.at.seconds,
            "kind": "adopted" if one.adopted else "forked",
        }
        return add_new(self._connection, directory_history, row)

    def of(self, state: str) -> Sequence[DirectorySeen]:
        table = directory_history
        query = select(table).where(table.c.state == state).order_by(table.c.sequence, table.c.at, table.c.sha256)
        return [_seen(row) for row in self._connection.execute(query)]


def _seen(row: Any) -> DirectorySeen:
    return DirectorySeen(
        state=row.state,
        sequence=row.sequence,
        sha256=Digest.from_hex(row.sha256),
        data=row.data,
        fingerprint=Digest(row.fingerprint),
        by=row.by,
        at=Instant.from_seconds(row.at),
        adopted=row.kind == "adopted",
    )
