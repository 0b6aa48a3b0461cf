"""Which peers a restored node must still ask, and the documents it lost."""

from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy import Connection, bindparam, insert, select, update

from comity.adapters.sql.directory import SqlDirectory
from comity.adapters.sql.statements import Ahead, Prepared, add_new
from comity.adapters.sql.tables import channel
from comity.adapters.sql.tables_resume import lost_document, resume_peer
from comity.base.instants import Instant
from comity.exchange.directory import open_list
from comity.workflows.resume_store import LostDocument, Unasked

_UNASKED: Final = Prepared(
    select(resume_peer.c.peer).where(resume_peer.c.peer == bindparam("peer")).where(resume_peer.c.asked_at.is_(None)),
    is_steady=True,
)


class SqlResume:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def unasked(self) -> Sequence[Unasked]:
        query = select(resume_peer).where(resume_peer.c.asked_at.is_(None)).order_by(resume_peer.c.peer)
        rows = self._connection.execute(query)
        return [Unasked(row.peer, Instant.from_seconds(row.backup_at)) for row in rows]

    def ahead(self, peer: str) -> Iterator[Ahead]:
        return _UNASKED.ahead(self._connection, peer=peer)

    def is_unasked(self, peer: str) -> bool:
        return bool(_UNASKED.rows(self._connection, peer=peer))

    def asked(self, peer: str, at: Instant, *, by: str = "") -> None:
        values = {"asked_at": at.seconds, "asked_by": by}
        self._connection.execute(update(resume_peer).where(resume_peer.c.peer == peer).values(values))

    def keep(self, lost: LostDocument) -> None:
        row = {"peer": lost.peer, "channel": lost.channel, "seq": lost.seq, "id": lost.id, "document": lost.document}
        add_new(self._connection, lost_document, row)

    def lost(self) -> Sequence[LostDocument]:
        rows = self._connection.execute(select(lost_document).order_by(*lost_document.primary_key.columns))
        return [LostDocument(row.peer, row.channel, row.seq, row.id, row.document) for row in rows]


def mark_restored(connection: Connection, node: str, backup_at: int) -> int:
    """Every peer that is listed, or that a channel leads to, is to be asked; how many."""
    listed = {entity.id for data in SqlDirectory(connection).lists() for entity in open_list(data).value.entities}
    peers = sorted({*listed, *connection.execute(select(channel.c.peer).distinct()).scalars()} - {node})
    connection.execute(resume_peer.delete())
    for peer in peers:
        row = {"peer": peer, "backup_at": backup_at, "asked_at": None, "asked_by": ""}
        connection.execute(insert(resume_peer).values(row))
    return len(peers)
