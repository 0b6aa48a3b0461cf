"""Log entries and their order, what was signed of them, and what this node cosigned as a witness."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from comity.adapters.sql.tables import log_entry, log_key, log_signed, witnessed
from comity.base.digests import Digest
from comity.base.errors import Conflict
from comity.workflows.stores import Leaf, TreeHead


class SqlLog:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def size(self) -> int:
        last = self._connection.execute(select(func.max(log_entry.c.idx))).scalar()
        return 0 if last is None else int(last) + 1

    def append(self, leaf: Leaf) -> None:
        if leaf.index != self.size():
            raise Conflict("the log grew meanwhile", hint="take the index inside the transaction")
        self._connection.execute(
            insert(log_entry).values(
                idx=leaf.index,
                entry=leaf.entry,
                case_id=leaf.case_id,
                event=leaf.event,
                stat=leaf.stat,
                body=leaf.body,
                stat_salt=leaf.stat_salt,
                body_salt=leaf.body_salt,
            )
        )

    def entries(self, start: int, end: int) -> Sequence[bytes]:
        query = select(log_entry.c.entry).where(log_entry.c.idx >= start).where(log_entry.c.idx < end)
        return list(self._connection.execute(query.order_by(log_entry.c.idx)).scalars())

    def leaf(self, index: int) -> Leaf | None:
        row = self._connection.execute(select(log_entry).where(log_entry.c.idx == index)).first()
        return _leaf(row) if row else None

    def of_case(self, case_id: str) -> Sequence[Leaf]:
        query = select(log_entry).where(log_entry.c.case_id == case_id).order_by(log_entry.c.idx)
        return [_leaf(row) for row in self._connection.execute(query)]

    def key(self, scope: str) -> bytes | None:
        return self._connection.execute(select(log_key.c.key).where(log_key.c.scope == scope)).scalar()

    def put_key(self, scope: str, key: bytes) -> None:
        self._connection.execute(insert(log_key).values(scope=scope, key=key))

    def signed(self) -> TreeHead | None:
        row = self._connection.execute(select(log_signed)).first()
        return TreeHead(row.size, Digest(row.root)) if row else None

    def set_signed(self, expected: TreeHead | None, new: TreeHead) -> None:
        if expected is None:
            try:
                self._connection.execute(insert(log_signed).values(one=1, size=new.size, root=new.root.value))
            except IntegrityError:
                raise _signed_elsewhere() from None
            return
        query = update(log_signed).where(log_signed.c.size == expected.size)
        query = query.where(log_signed.c.root == expected.root.value)
        if self._connection.execute(query.values(size=new.size, root=new.root.value)).rowcount != 1:
            raise _signed_elsewhere()


def _signed_elsewhere() -> Conflict:
    return Conflict("another process signed a checkpoint meanwhile", hint="only one publisher may run for a log")


def _leaf(row: Any) -> Leaf:
    return Leaf(row.idx, row.entry, row.case_id, row.event, row.stat, row.body, row.stat_salt, row.body_salt)


class SqlWitness:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def known(self, origin: str) -> tuple[TreeHead, bytes] | None:
        row = self._connection.execute(select(witnessed).where(witnessed.c.origin == origin)).first()
        return (TreeHead(row.size, Digest(row.root)), row.note) if row else None

    def remember(self, origin: str, head: TreeHead, note: bytes) -> None:
        values = {"size": head.size, "root": head.root.value, "note": note}
        done = self._connection.execute(update(witnessed).where(witnessed.c.origin == origin).values(values))
        if done.rowcount == 0:
            self._connection.execute(insert(witnessed).values(origin=origin, **values))
