"""The signed directories trusted here."""

from collections.abc import Sequence

from sqlalchemy import Connection, insert, select, update

from comity.adapters.sql.portable import straight
from comity.adapters.sql.tables import directory
from comity.adapters.sql.tables_directory import directory_confirmed
from comity.base.digests import Digest
from comity.base.instants import Instant
from comity.workflows.stores import Trust


class SqlDirectory:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def lists(self) -> Sequence[bytes]:
        rows = straight(self._connection, "SELECT data FROM directory ORDER BY state").fetchall()
        return [data for (data,) in rows]

    def get(self, state: str) -> bytes | None:
        row = straight(self._connection, "SELECT data FROM directory WHERE state = ?", (state,)).fetchone()
        return None if row is None else bytes(row[0])

    def trust(self, state: str) -> Trust | None:
        query = select(directory.c.trusted_by, directory.c.trusted_at).where(directory.c.state == state)
        row = self._connection.execute(query).first()
        return Trust(row.trusted_by, Instant.from_seconds(row.trusted_at)) if row else None

    def put(self, state: str, data: bytes, *, fingerprint: Digest, by: str, at: Instant) -> None:
        values = {"data": data, "fingerprint": fingerprint.value, "trusted_by": by, "trusted_at": at.seconds}
        done = self._connection.execute(update(directory).where(directory.c.state == state).values(values))
        if done.rowcount == 0:
            self._connection.execute(insert(directory).values(state=state, **values))

    def confirm(self, state: str, fingerprint: Digest, *, by: str, at: Instant) -> None:
        if by not in self.confirmed_by(state, fingerprint):
            values = {"state": state, "fingerprint": fingerprint.value, "person": by, "at": at.seconds}
            self._connection.execute(insert(directory_confirmed).values(values))

    def confirmed_by(self, state: str, fingerprint: Digest) -> Sequence[str]:
        these = (directory_confirmed.c.state == state) & (directory_confirmed.c.fingerprint == fingerprint.value)
        query = select(directory_confirmed.c.person).where(these).order_by(directory_confirmed.c.person)
        return list(self._connection.execute(query).scalars())
