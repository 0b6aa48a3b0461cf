"""Log entries and their order, what was signed of them, and what this node cosigned as a witness.

Over each 256 entries, and each 256 of those, stands a hash, and beside them the tree's right edge: both are written in
the transaction of the entries, so that growth and root take a row and a proof a few hundred, however long the log is.
What a transaction appends is written once, before it ends or reads it again (`flush`): a batch of a hundred messages
then takes as many statements as one.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, func, insert, literal_column, select, update

from comity.adapters.sql.statements import Ahead, Listed, Prepared, add_new, flush, hold, insertion, known, later
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
from comity.adapters.sql.unit import Row, Write
from comity.base.digests import Digest
from comity.base.errors import Conflict
from comity.transparency.edge import Edge, Full
from comity.transparency.entry import STEP_BYTES
from comity.transparency.tree import leaf_row
from comity.workflows.stores import Leaf, Move, TreeHead

_EDGE: Final = Prepared(
    select(
        select(func.max(log_entry.c.idx)).scalar_subquery(),
        select(log_edge.c.size).scalar_subquery(),
        select(log_edge.c.nodes).scalar_subquery(),
    )
)
_KEY: Final = Prepared(select(log_key.c.key).where(log_key.c.scope == bindparam("scope")))
_KEYS: Final = Listed("log_key", "SELECT scope, key FROM log_key WHERE scope {}")
_OF_CASE: Final = Prepared(
    select(log_entry)
    .where(log_entry.c.case_id == bindparam("case"))
    .where(log_entry.c.case_id != literal_column("''"))  # as its index has it
    .order_by(log_entry.c.idx)
)
_PUT_KEY: Final = insertion(log_key, ("scope", "key"))
_PUT_EDGE: Final = insertion(
    log_edge, ("one", "size", "nodes"), " ON CONFLICT (one) DO UPDATE SET size = excluded.size, nodes = excluded.nodes"
)
_PUT_SUBTREE: Final = insertion(log_subtree, ("level", "idx", "hash"))
_PUT: Final = insertion(log_entry, ("idx", "entry", "case_id", "event", "stat", "body", "stat_salt", "body_salt"))
_REBUILT_AT_ONCE = 65_536
_PLACES: Final = (
    *(log_missing.c.idx, pair_close.c.idx, case_erased.c.idx, letter.c.idx, statistics.c.idx),
    *(log_signer.c.added, log_signer.c.retired),
)
"""What names a place in our own log."""
_PUT_BARE: Final = Write(
    "log_entry",
    "WITH RECURSIVE place(at) AS (SELECT 0 UNION ALL SELECT at + 1 FROM place WHERE at + 1 < ?)"
    " INSERT INTO log_entry (idx, entry, case_id, event, stat, body, stat_salt, body_salt)"
    " SELECT ? + at, substr(?, 1 + at * ?, ?), '', 0, ?, ?, ?, ? FROM place",
    b"INSERT INTO log_entry (idx, entry, case_id, event, stat, body, stat_salt, body_salt)"
    b" SELECT $2::bigint + at, substr($3::bytea, 1 + at * $4::int, $5::int), '', 0,"
    b" $6::bytea, $7::bytea, $8::bytea, $9::bytea FROM generate_series(0, $1::int - 1) AS at",
)


class SqlLog:
    """`_known`: the tree's edge once it was read; within the transaction nobody else moves it. `_new`: what was
    appended and is not written yet, `_full` the hashes over it."""

    tables = frozenset({"log_entry", "log_edge", "log_subtree"})

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: Edge | None = None
        self._new: list[Leaf] = []
        self._full: list[Full] = []

    def size(self) -> int:
        return self._edge()[0]

    def ahead(self, scopes: Collection[str]) -> Iterator[Ahead]:
        """To read keys at once, and the tree's edge."""
        memory = known(self._connection)
        unread = [one for one in scopes if (_KEY, one) not in memory]
        if unread:
            yield _KEYS, {"listed": unread}, lambda rows: memory.update({(_KEY, scope): key for scope, key in rows})
        if scopes and self._known is None and _EDGE not in memory:
            yield _EDGE, {}, self._learn

    def append(self, leaf: Leaf) -> None:
        self.append_all((leaf,))

    def append_all(self, leaves: Sequence[Leaf]) -> None:
        size, edge = self._edge()
        if any(leaf.index != at for at, leaf in enumerate(leaves, size)):
            raise Conflict("the log grew meanwhile", hint="take the index inside the transaction")
        self._new += leaves
        self._full += edge.extend(leaf_row([leaf.entry for leaf in leaves]))
        hold(self._connection, self)

    def flush(self) -> None:
        """Write what was appended, before anything else reads or changes it."""
        flush(self._connection)

    def write(self) -> None:
        """Give what was appended to whoever writes it, once a transaction or before it is read again."""
        leaves, full = self._new, self._full
        self._new, self._full = [], []
        if leaves and all(len(one.entry) == STEP_BYTES and not (one.body or one.case_id) for one in leaves):
            # Entries of one length that nothing opens, as pads are: all in one value, which the database cuts up. A
            # row by itself takes the driver ten times as long.
            joined = b"".join([one.entry for one in leaves])
            values = (len(leaves), leaves[0].index, joined, STEP_BYTES, STEP_BYTES, *[b""] * 4)
            later(self._connection, _PUT_BARE, [values])
        elif leaves:
            later(self._connection, _PUT, [_row(one) for one in leaves])
        if leaves:
            self._put_tree(self._edge()[1], full)

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
        (last,) = self._connection.execute(select(func.max(log_entry.c.idx))).one()
        edge = Edge()
        for start in range(0, 0 if last is None else last + 1, _REBUILT_AT_ONCE):
            self._put_tree(edge, edge.extend(leaf_row(self.entries(start, start + _REBUILT_AT_ONCE))))

    def root(self) -> Digest:
        return self._edge()[1].root()

    def _edge(self) -> tuple[int, Edge]:
        """How many entries there are, and the tree's edge; one that is of another size is made anew."""
        if self._known is None:
            self._known = known(self._connection).get(_EDGE)
        if self._known is not None:
            return self._known.size, self._known
        if not self._learn(_EDGE.rows(self._connection)):
            self.rebuild()
        return self._edge()

    def _learn(self, rows: Sequence[Row]) -> bool:
        """The edge, if it is that of all entries."""
        ((last, size, nodes),) = rows
        entries = 0 if last is None else last + 1
        if (size or 0) != entries:
            return False
        self._known = known(self._connection)[_EDGE] = Edge(entries, nodes or b"")
        return True

    def _put_tree(self, edge: Edge, full: Sequence[Full]) -> None:
        for one in full:
            hashes = [one.hashes[at : at + 32] for at in range(0, len(one.hashes), 32)]
            rows = [(one.level, index, value) for index, value in enumerate(hashes, one.index)]
            later(self._connection, _PUT_SUBTREE, rows)
        later(self._connection, _PUT_EDGE, [(1, edge.size, edge.nodes)])

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

    def leaves(self, start: int, end: int) -> Sequence[Leaf]:
        self.flush()
        query = select(log_entry).where(log_entry.c.idx >= start).where(log_entry.c.idx < end)
        return [_leaf(row) for row in self._connection.execute(query.order_by(log_entry.c.idx))]

    def cases_between(self, start: int, end: int) -> Sequence[str]:
        self.flush()
        query = select(log_entry.c.case_id).where(log_entry.c.idx >= start).where(log_entry.c.idx < end)
        found = self._connection.execute(query.where(log_entry.c.case_id != "").order_by(log_entry.c.idx))
        return list(dict.fromkeys(found.scalars()))

    def leaf(self, index: int) -> Leaf | None:
        self.flush()
        row = self._connection.execute(select(log_entry).where(log_entry.c.idx == index)).first()
        return _leaf(row) if row else None

    def of_case(self, case_id: str) -> Sequence[Leaf]:
        return [_leaf(row) for row in _OF_CASE.all(self._connection, case=case_id)]

    def key(self, scope: str) -> bytes | None:
        found: bytes | None = known(self._connection).get((_KEY, scope))
        if found is None and (rows := _KEY.rows(self._connection, is_apart=True, scope=scope)):
            found = known(self._connection)[_KEY, scope] = rows[0][0]
        return found

    def put_key(self, scope: str, key: bytes) -> None:
        later(self._connection, _PUT_KEY, [(scope, key)])
        known(self._connection)[_KEY, scope] = key

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


def _row(one: Leaf) -> tuple[Any, ...]:
    return one.index, one.entry, one.case_id, one.event, one.stat, one.body, one.stat_salt, one.body_salt


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
