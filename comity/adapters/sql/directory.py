"""The signed directories trusted here."""

from collections.abc import Sequence

from sqlalchemy import Connection, insert, select, update

from comity.adapters.sql.tables import directory
from comity.base.digests import Digest
from comity.base.instants import Instant


class SqlDirectory:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def lists(self) -> Sequence[bytes]:
        return list(self._connection.execute(select(directory.c.data).order_by(directory.c.state)).scalars())

    def get(self, state: str) -> bytes | None:
        return self._connection.execute(select(directory.c.data).where(directory.c.state == state)).scalar()

    def put(self, state: str, data: bytes, *, fingerprint: Digest, by: str, at: Instant) -> None:
        values = {"data": data, "fingerprint": fingerprint.value, "trusted_by": by, "trusted_at": at.seconds}
        done = self._connection.execute(update(directory).where(directory.c.state == state).values(values))
        if done.rowcount == 0:
            self._connection.execute(insert(directory).values(state=state, **values))
