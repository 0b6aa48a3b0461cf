"""Evidence on its way in the database: `ComingParts` and `TransferStore`."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, delete, func, select

from comity.adapters.sql.portable import upsert
from comity.adapters.sql.tables_evidence import part_come, transfer
from comity.base.instants import Instant
from comity.workflows.part_stores import ComingPart, Progress

_AT_ONCE: Final = 500


class SqlComingParts:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, part: ComingPart) -> None:
        values = {"case_id": part.case_id, "size": part.size, "at": part.at.seconds}
        row = {"channel": part.channel, "digest": part.digest, **values}
        query = upsert(self._connection, part_come).values(row)
        self._connection.execute(query.on_conflict_do_update(index_elements=["channel", "digest"], set_=values))

    def has(self, channel: str, digest: str) -> bool:
        query = select(part_come.c.size).where(part_come.c.channel == channel, part_come.c.digest == digest)
        return self._connection.execute(query).first() is not None

    def bytes_of(self, case_id: str, besides: str = "") -> int:
        query = select(func.coalesce(func.sum(part_come.c.size), 0)).where(part_come.c.case_id == case_id)
        query = query.where(part_come.c.channel != besides)
        return int(self._connection.execute(query).scalar_one())

    def of_channel(self, channel: str) -> Sequence[str]:
        query = select(part_come.c.digest).where(part_come.c.channel == channel)
        return list(self._connection.execute(query.order_by(part_come.c.digest)).scalars())

    def remove(self, channel: str, digests: Sequence[str]) -> Sequence[str]:
        unused: list[str] = []
        for some in _batches(digests):
            mine = (part_come.c.channel == channel) & part_come.c.digest.in_(some)
            self._connection.execute(delete(part_come).where(mine))
            query = select(part_come.c.digest).where(part_come.c.digest.in_(some))
            used = set(self._connection.execute(query).scalars())
            unused += [digest for digest in some if digest not in used]
        return unused

    def channels_before(self, at: Instant) -> Sequence[str]:
        newest = select(part_come.c.channel).group_by(part_come.c.channel)
        query = newest.having(func.max(part_come.c.at) < at.seconds).order_by(part_come.c.channel)
        return list(self._connection.execute(query).scalars())


def _batches(digests: Sequence[str]) -> list[Sequence[str]]:
    return [digests[at : at + _AT_ONCE] for at in range(0, len(digests), _AT_ONCE)]


class SqlTransfers:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, message: str) -> Progress | None:
        row = self._connection.execute(select(transfer).where(transfer.c.message_id == message)).first()
        return Progress(row.done, row.total) if row else None

    def put(self, message: str, progress: Progress, at: Instant) -> None:
        values = {"done": progress.done, "total": progress.total, "at": at.seconds}
        query = upsert(self._connection, transfer).values(message_id=message, **values)
        self._connection.execute(query.on_conflict_do_update(index_elements=["message_id"], set_=values))

    def remove(self, message: str) -> None:
        self._connection.execute(delete(transfer).where(transfer.c.message_id == message))
