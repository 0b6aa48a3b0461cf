"""One transaction's connection, and what it has still to write.

A write whose result nobody reads waits, and goes with the others: before anything is read that it could change, and at
the end. On SQLite rows of one kind then take one call, on PostgreSQL all of it one journey to the server. What a
statement of SQLAlchemy's reads or changes is not known here, so that all that waits is written before it.
"""

from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from comity.base.errors import Conflict

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Write:
    """A statement that changes one table, as each driver takes it. `marked`: for SQLite, a `?` for each value;
    `numbered`: for PostgreSQL, `$1` and on. `many`: as `numbered`, but for any number of rows: each value is an array,
    of the type in `arrays`; empty where there is no such form. `refused`: what is told, and a hint, where a unique
    column of a row stands there already: a Conflict."""

    table: str
    marked: str
    numbered: bytes
    many: bytes = b""
    arrays: tuple[int, ...] = ()
    refused: tuple[str, str] = ("", "")

    def conflict(self) -> Conflict:
        return Conflict(self.refused[0], hint=self.refused[1])


class Read(Protocol):
    """A statement that reads; `tables`: which."""

    tables: frozenset[str]

    def marked(self, values: dict[str, Any]) -> tuple[str, Sequence[Any]]:
        """For SQLite, with its values in their order."""
        ...

    def numbered(self, values: dict[str, Any]) -> tuple[bytes, Sequence[Any]]:
        """For PostgreSQL."""
        ...


class Lane(Protocol):
    """How statements get to the driver. What it raises is the driver's, or a write's Conflict. `is_near`: no
    journey is made for a statement. `is_lost`: the connection is of no use now."""

    is_near: bool

    @property
    def is_lost(self) -> bool: ...

    def begin(self) -> bool:
        """Begin as the only writer; whether what is locked for that is there."""
        ...

    def read(self, reads: Sequence[tuple[Read, dict[str, Any]]]) -> list[list[Row]]:
        """The rows of each."""
        ...

    def write(
        self, before: Sequence[str], writes: Collection[tuple[Write, Sequence[Row]]], after: Sequence[str]
    ) -> None:
        """All of it, in this order; nothing after what fails."""
        ...


class Waiting(Protocol):
    """A store that puts together what it has to write, when it is to be written."""

    tables: frozenset[str]

    def write(self) -> None:
        """Give it to `Unit.add`."""
        ...


class Unit(Connection):
    """A connection from the beginning of a transaction to its COMMIT, which several transactions may share; then, if
    all went well, for the next.

    `known`: what was read of what seldom changes. It holds while nobody else can write, and until a statement runs of
    which nothing is known.
    """

    def __init__(self, engine: Engine, lane: Callable[[Any], Lane]) -> None:
        super().__init__(engine)
        self._held: Any = self.connection
        info = self._held.info
        if "lane" not in info:
            info["lane"] = lane(self._held.driver_connection)
        self.lane: Lane = info["lane"]
        self.driver: Any = self._held.driver_connection
        self.known: dict[Hashable, Any] = {}
        self._before: list[str] = []
        self._is_marked = False
        self._rows: dict[Write, list[Row]] = {}
        self._stores: list[Waiting] = []

    def hold(self, store: Waiting) -> None:
        """Have the store's `write` called before the next flush."""
        if store not in self._stores:
            self._stores.append(store)

    def add(self, write: Write, rows: Sequence[Row]) -> None:
        """Rows to be written. Those of one statement are written together, where the first of them stands."""
        if rows:
            self._rows.setdefault(write, []).extend(rows)

    def ask(self, read: Read, values: dict[str, Any], *, is_apart: bool = False) -> list[Row]:
        """is_apart: what waits to be written does not change what is read, though it is of the same table."""
        if not is_apart and (self._rows or self._stores) and self._waits_for(read.tables):
            self.flush()
        (rows,) = self.ask_apart([(read, values)])
        return rows

    def ask_apart(self, reads: Sequence[tuple[Read, dict[str, Any]]]) -> list[list[Row]]:
        """The rows of each. What waits to be written changes none of them."""
        try:
            return self.lane.read(reads)
        except self.dialect.loaded_dbapi.Error as error:
            raise self._told(error) from error

    def _waits_for(self, tables: Collection[str]) -> bool:
        return any(one.table in tables for one in self._rows) or any(
            not one.tables.isdisjoint(tables) for one in self._stores
        )

    def flush(self, *after: str, is_marked: bool = False) -> None:
        """Write what waits, then `after`. is_marked: set the savepoint even if nothing waits."""
        for store in self._stores:
            store.write()
        self._stores.clear()
        if not (self._rows or after or (is_marked and self._before)):
            return
        rows, self._rows = self._rows, {}
        before = self._before if rows or is_marked else []
        if before:  # from here on there is something to take back, also where this fails
            self._before, self._is_marked = [], True
        try:
            self.lane.write(before, rows.items(), after)
        except self.dialect.loaded_dbapi.Error as error:
            raise self._told(error) from error

    def mark(self) -> None:
        """A savepoint, set before whatever is written next, in place of the one before it if there was one."""
        self._before = ["RELEASE SAVEPOINT one", "SAVEPOINT one"] if self._is_marked else ["SAVEPOINT one"]

    def undo_to_mark(self) -> None:
        """Take back what was written since; what waits is dropped."""
        is_set = not self._before
        self.drop()
        if is_set:
            self.control("ROLLBACK TO SAVEPOINT one", "RELEASE SAVEPOINT one")
            self._is_marked = False

    def drop(self) -> None:
        """What waits is not written."""
        self._before, self._rows = [], {}
        self._stores.clear()
        self.known.clear()

    def begin_writing(self) -> bool:
        """As the lane's `begin`."""
        self.known.clear()
        self._before, self._is_marked = [], False
        try:
            return self.lane.begin()
        except self.dialect.loaded_dbapi.Error as error:
            raise self._told(error) from error

    def control(self, *statements: str) -> None:
        """Statements about the transaction itself."""
        try:
            self.lane.write((), (), statements)
        except self.dialect.loaded_dbapi.Error as error:
            raise self._told(error) from error

    def close(self) -> None:
        if self.lane.is_lost and not self.invalidated:
            self.invalidate()  # whoever is given it next would find out
        super().close()

    def _told(self, error: Any) -> DBAPIError:
        """The kind of error that SQLAlchemy would make of the driver's; a connection that is lost is not used again."""
        return told(self, error, self._held)

    def settle(self) -> None:
        """Before a statement of which nothing is known."""
        self.flush(is_marked=True)
        self.known.clear()

    def execute(self, *arguments: Any, **options: Any) -> Any:
        self.settle()
        return super().execute(*arguments, **options)

    def exec_driver_sql(self, *arguments: Any, **options: Any) -> Any:
        self.settle()
        return super().exec_driver_sql(*arguments, **options)

    def scalar(self, *arguments: Any, **options: Any) -> Any:
        self.settle()
        return super().scalar(*arguments, **options)

    def scalars(self, *arguments: Any, **options: Any) -> Any:
        self.settle()
        return super().scalars(*arguments, **options)


def told(connection: Connection, error: Any, held: Any, statement: str = "") -> DBAPIError:
    """The driver's error as SQLAlchemy would raise it, without the values."""
    was_lost = connection.invalidated
    is_lost = was_lost or connection.dialect.is_disconnect(error, held.dbapi_connection, None)
    if is_lost and not was_lost:
        connection.invalidate(error)
    driver = connection.dialect.loaded_dbapi
    made: DBAPIError = DBAPIError.instance(
        statement, None, error, driver.Error, connection_invalidated=is_lost, dialect=connection.dialect
    )
    return made
