"""The signed directories trusted here."""

from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy import Connection, bindparam, insert, select, update

from comity.adapters.sql.statements import Ahead, Prepared
from comity.adapters.sql.tables import directory
from comity.adapters.sql.tables_directory import directory_confirmed
from comity.base.digests import Digest
from comity.base.instants import Instant
from comity.workflows.stores import Trust

_ALL: Final = Prepared(select(directory.c.data).order_by(directory.c.state), is_steady=True)
_ONE: Final = Prepared(select(directory.c.data).where(directory.c.state == bindparam("state")), is_steady=True)


class SqlDirectory:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def lists(self) -> Sequence[bytes]:
        return [data for (data,) in _ALL.rows(self._connection)]

    def ahead(self, state: str) -> Iterator[Ahead]:
        return _ONE.ahead(self._connection, state=state)

    def get(self, state: str) -> bytes | None:
        row = _ONE.first(self._connection, state=state)
        return None if row is None else row.data

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
