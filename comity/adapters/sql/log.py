"""Log entries and their order, what was signed of them, and what this node cosigned as a witness.

Over each 256 entries, and each 256 of those, stands a hash, and beside them the tree's right edge: both are written in
the transaction of the entries, so that growth and root take a row and a proof a few hundred, however long the log is.
What a transaction appends is written once, before it ends or reads it again (`flush`): a batch of a hundred messages
then takes as many statements as one.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Connection, delete, func, insert, select, update

from comity.adapters.sql.portable import add, add_new, marks, straight
from comity.adapters.sql.tables import log_entry, log_key, log_signed, witnessed
from comity.adapters.sql.tables_access import letter
from comity.adapters.sql.tables_log import (
    case_erased,
    log_edge,
    log_missing,
    log_move,
    log_signer,
    log_subtree,
    pair_close,
)
from comity.adapters.sql.tables_statistics import statistics
from comity.base.digests import Digest
from comity.base.errors import Conflict
from comity.transparency.edge import Edge, Full
from comity.transparency.entry import STEP_BYTES
from comity.transparency.tree import leaf_row
from comity.workflows.stores import Leaf, Move, TreeHead

_COLUMNS = ("idx", "entry", "case_id", "event", "stat", "body", "stat_salt", "body_salt")
_EDGE = "SELECT (SELECT max(idx) FROM log_entry), (SELECT size FROM log_edge), (SELECT nodes FROM log_edge)"
_PUT_EDGE = (
    "INSERT INTO log_edge (one, size, nodes) VALUES (1, ?, ?)"
    " ON CONFLICT (one) DO UPDATE SET size = excluded.size, nodes = excluded.nodes"
)
_PUT_SUBTREE = "INSERT INTO log_subtree (level, idx, hash) VALUES (?, ?, ?)"
_REBUILT_AT_ONCE = 65_536
_PLACES: Final = (
    *(log_missing.c.idx, pair_close.c.idx, case_erased.c.idx, letter.c.idx, statistics.c.idx),
    *(log_signer.c.added, log_signer.c.retired),
)
"""What names a place in our own log."""
_INSERT = f"INSERT INTO log_entry ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"  # noqa: S608
_INSERT_BARE = (
    "WITH RECURSIVE place(at) AS (SELECT 0 UNION ALL SELECT at + 1 FROM place WHERE at + 1 < ?)"
    " INSERT INTO log_entry (idx, entry, case_id, event, stat, body, stat_salt, body_salt)"
    " SELECT ? + at, substr(?, 1 + at * ?, ?), '', 0, ?, ?, ?, ? FROM place"
)


class SqlLog:
    """`_known`: the tree's edge once it was read; within the transaction nobody else moves it. `_new`: what was
    appended and is not written yet, `_full` the hashes over it; `_keys`: those that were read or drawn."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: Edge | None = None
        self._new: list[Leaf] = []
        self._full: list[Full] = []
        self._keys: dict[str, bytes] = {}

    def size(self) -> int:
        return self._edge()[0]

    def append(self, leaf: Leaf) -> None:
        self.append_all((leaf,))

    def append_all(self, leaves: Sequence[Leaf]) -> None:
        size, edge = self._edge()
        if any(leaf.index != at for at, leaf in enumerate(leaves, size)):
            raise Conflict("the log grew meanwhile", hint="take the index inside the transaction")
        self._new += leaves
        self._full += edge.extend(leaf_row([leaf.entry for leaf in leaves]))

    def flush(self) -> None:
        """Write what was appended: before the transaction ends, and before anything else reads or changes it."""
        self._keys.clear()
        if not self._new:
            return
        leaves, full, edge = self._new, self._full, self._edge()[1]
        self._new, self._full = [], []
        if all(len(one.entry) == STEP_BYTES and not (one.body or one.case_id) for one in leaves):
            self._insert_bare(leaves[0].index, leaves)
        else:
            self._insert(leaves)
        self._put_tree(edge, full)

    def _insert(self, leaves: Sequence[Leaf]) -> None:
        # In SQL of our own: SQLAlchemy's insert takes as long as the commit.
        rows = [
            (one.index, one.entry, one.case_id, one.event, one.stat, one.body, one.stat_salt, one.body_salt)
            for one in leaves
        ]
        if len(rows) == 1:
            straight(self._connection, _INSERT, rows[0])
        else:
            self._connection.exec_driver_sql(marks(self._connection, _INSERT), rows)

    def _insert_bare(self, size: int, leaves: Sequence[Leaf]) -> None:
        """Entries of one length that nothing opens, as pads are: all in one value, which the database cuts up. A row
        by itself takes the driver ten times as long."""
        joined = b"".join([one.entry for one in leaves])
        values = (len(leaves), size, joined, STEP_BYTES, STEP_BYTES, *[b""] * 4)
        straight(self._connection, _INSERT_BARE, values)

    def replace_from(self, start: int, leaves: Sequence[Leaf], *, moved: int = 0) -> None:
        self.flush()
        self._connection.execute(delete(log_entry).where(log_entry.c.idx >= start))
        self._known = None
        self.rebuild()
        self.append_all(leaves)
        self.flush()
        if moved:
            first = start + len(leaves) - moved
            self._follow(start, first - start)
            self._connection.execute(insert(log_move).values(first=first, count=moved, was=start))

    def _follow(self, start: int, by: int) -> None:
        """Whatever names a place of an entry that has moved names its new one. Entries of peers' logs stay."""
        for column in _PLACES:
            query = update(column.table).where(column >= start).values({column.name: column + by})
            self._connection.execute(query)
        for one in reversed(self.moves()):  # from the last, so that none takes another's place
            if one.first >= start:
                query = update(log_move).where(log_move.c.first == one.first).values(first=one.first + by)
                self._connection.execute(query)

    def moves(self) -> Sequence[Move]:
        rows = self._connection.execute(select(log_move).order_by(log_move.c.first))
        return [Move(first, count, was) for first, count, was in rows]

    def rebuild(self) -> None:
        """Make the hashes anew that follow from the entries, a tile at a time."""
        self.flush()
        self._connection.execute(delete(log_subtree))
        self._connection.execute(delete(log_edge))
        (last,) = straight(self._connection, "SELECT max(idx) FROM log_entry").fetchone()
        edge = Edge()
        for start in range(0, 0 if last is None else last + 1, _REBUILT_AT_ONCE):
            self._put_tree(edge, edge.extend(leaf_row(self.entries(start, start + _REBUILT_AT_ONCE))))

    def root(self) -> Digest:
        return self._edge()[1].root()

    def _edge(self) -> tuple[int, Edge]:
        """How many entries there are, and the tree's edge; one that is of another size is made anew."""
        if self._known is not None:
            return self._known.size, self._known
        last, size, nodes = straight(self._connection, _EDGE).fetchone()
        entries = 0 if last is None else last + 1
        if (size or 0) != entries:
            self.rebuild()
            return self._edge()
        self._known = Edge(entries, nodes or b"")
        return entries, self._known

    def _put_tree(self, edge: Edge, full: Sequence[Full]) -> None:
        for one in full:
            hashes = [one.hashes[at : at + 32] for at in range(0, len(one.hashes), 32)]
            rows = [(one.level, index, value) for index, value in enumerate(hashes, one.index)]
            self._connection.exec_driver_sql(marks(self._connection, _PUT_SUBTREE), rows)
        straight(self._connection, _PUT_EDGE, (edge.size, edge.nodes))

    def hashes(self, level: int, start: int, end: int) -> bytes:
        if level == 0:
            return leaf_row(self.entries(start, end))
        self.flush()
        query = select(log_subtree.c.hash).where(log_subtree.c.level == level)
        query = query.where(log_subtree.c.idx >= start).where(log_subtree.c.idx < end).order_by(log_subtree.c.idx)
        return b"".join(self._connection.execute(query).scalars())

    def statements(self, start: int) -> Iterator[tuple[int, bytes]]:
        self.flush()
        query = select(log_entry.c.idx, log_entry.c.entry).where(log_entry.c.idx >= start)
        query = query.where(func.substr(log_entry.c.entry, 1, 1) == b"\x02").order_by(log_entry.c.idx)
        for row in self._connection.execute(query):
            yield row.idx, row.entry

    def entries(self, start: int, end: int) -> Sequence[bytes]:
        self.flush()
        query = select(log_entry.c.entry).where(log_entry.c.idx >= start).where(log_entry.c.idx < end)
        return list(self._connection.execute(query.order_by(log_entry.c.idx)).scalars())

    def leaf(self, index: int) -> Leaf | None:
        self.flush()
        row = self._connection.execute(select(log_entry).where(log_entry.c.idx == index)).first()
        return _leaf(row) if row else None

    def of_case(self, case_id: str) -> Sequence[Leaf]:
        self.flush()
        query = (
            select(log_entry)
            .where(log_entry.c.case_id == case_id)
            .where(log_entry.c.case_id != "")
            .order_by(log_entry.c.idx)
        )
        return [_leaf(row) for row in self._connection.execute(query)]

    def key(self, scope: str) -> bytes | None:
        known = self._keys.get(scope)
        if known is None:
            row = straight(self._connection, "SELECT key FROM log_key WHERE scope = ?", (scope,)).fetchone()
            if row is None:
                return None
            known = self._keys[scope] = bytes(row[0])
        return known

    def put_key(self, scope: str, key: bytes) -> None:
        add(self._connection, log_key, {"scope": scope, "key": key})
        self._keys[scope] = key

    def signed(self) -> TreeHead | None:
        row = self._connection.execute(select(log_signed)).first()
        return TreeHead(row.size, Digest(row.root)) if row else None

    def set_signed(self, expected: TreeHead | None, new: TreeHead) -> None:
        if expected is None:
            if not add_new(self._connection, log_signed, {"one": 1, "size": new.size, "root": new.root.value}):
                raise _signed_elsewhere()
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
