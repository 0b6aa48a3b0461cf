"""Statements on the path of every message, made once and sent straight at the driver.

Where a step is counted in microseconds, SQLAlchemy's own care takes as long as the statement. In a transaction (`Unit`)
writes wait and go together; on any other connection each goes at once.
"""

import json
import re
from collections import namedtuple
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import count
from typing import Any, Final, TypeVar

from sqlalchemy import Boolean, ColumnElement, Connection, Integer, LargeBinary, Select, Table
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.sql import visitors

from comity.adapters.sql.portable import is_postgresql
from comity.adapters.sql.unit import Read, Row, Unit, Waiting, Write, told

T = TypeVar("T")
_MARKED: Final = SQLiteDialect_pysqlite()
_KINDS: Final[tuple[tuple[type[Any], int, str], ...]] = (
    (Integer, 20, "bigint"),
    (LargeBinary, 17, "bytea"),
    (Boolean, 16, "boolean"),
    (object, 25, "text"),
)
"""The server's number and name of the types of our columns."""


def insertion(
    table: Table,
    columns: Sequence[str],
    rest: str = "",
    *,
    refused: tuple[str, str] = ("", ""),
    any_twice: bool = False,
) -> Write:
    """An insert of rows with values for these columns; rest: what follows, as ON CONFLICT; refused: as `Write` has it.
    any_twice: whether two of the rows written together may be of one key, as what is put. Ask for it once."""
    names = ", ".join(f'"{one}"' for one in columns)
    into = f'INSERT INTO "{table.name}" ({names})'
    kinds = [next(kind for kind in _KINDS if isinstance(table.c[one].type, kind[0])) for one in columns]
    numbers = ", ".join(f"${at}" for at in range(1, len(columns) + 1))
    arrays = ", ".join(f"${at}::{name}[]" for at, (_, _, name) in enumerate(kinds, 1))
    return Write(
        table.name,
        f"{into} VALUES ({', '.join('?' * len(columns))}){rest}",
        f"{into} VALUES ({numbers}){rest}".encode(),
        b"" if any_twice else f"{into} SELECT * FROM unnest({arrays}){rest}".encode(),  # noqa: S608
        tuple(number for _, number, _ in kinds),
        refused,
    )


def change(table: Table, statement: str) -> Write:
    """Any other write, with `?` for each value."""
    places = count(1)
    return Write(table.name, statement, re.sub(r"\?", lambda _: f"${next(places)}", statement).encode())


@cache
def _insertion(table: Table, columns: tuple[str, ...], rest: str) -> Write:
    return insertion(table, columns, rest, any_twice="DO UPDATE" in rest)


def later(connection: Connection, write: Write, rows: Sequence[Row]) -> None:
    """Write rows when the others of the transaction are written; at once on a connection that is in none."""
    if isinstance(connection, Unit):
        connection.add(write, rows)
    elif rows:
        _execute(connection, marks(connection, write.marked), rows, many=True)


def hold(connection: Connection, store: Waiting) -> None:
    """Have the store write what it holds when the others do; at once on a connection that is in no transaction."""
    if isinstance(connection, Unit):
        connection.hold(store)
    else:
        store.write()


def flush(connection: Connection) -> None:
    """Write what waits."""
    if isinstance(connection, Unit):
        connection.flush()


def known(connection: Connection) -> dict[Hashable, Any]:
    """As `Unit.known`; nothing on a connection that is in no transaction."""
    return connection.known if isinstance(connection, Unit) else {}


def add_new(connection: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Insert a row unless one of its unique columns stands there already; whether it was inserted.

    An error would end the whole transaction on PostgreSQL, where on SQLite it takes back one statement.
    """
    statement = _insertion(table, tuple(row), " ON CONFLICT DO NOTHING").marked
    return bool(straight(connection, statement, tuple(row.values())).rowcount == 1)


def add(connection: Connection, table: Table, row: Mapping[str, Any]) -> None:
    """Insert a row, with the others."""
    later(connection, _insertion(table, tuple(row), ""), [tuple(row.values())])


def put(connection: Connection, table: Table, row: Mapping[str, Any]) -> None:
    """Insert a row, or give its other columns to the one whose key, the row's first column, stands there already; with
    the others."""
    key, *others = (f'"{name}"' for name in row)
    changed = ", ".join(f"{name} = excluded.{name}" for name in others)
    rest = f" ON CONFLICT ({key}) DO UPDATE SET {changed}"
    later(connection, _insertion(table, tuple(row), rest), [tuple(row.values())])


def add_all(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], *, new: bool = False) -> None:
    """Insert rows of the same columns, with the others; `new`: those whose unique columns stand there already are
    passed over."""
    if rows:
        rest = " ON CONFLICT DO NOTHING" if new else ""
        later(connection, _insertion(table, tuple(rows[0]), rest), [tuple(row.values()) for row in rows])


def _row_of(columns: Iterable[ColumnElement[Any]]) -> Any:
    return namedtuple("Row", [one.key or "" for one in columns], rename=True)


def row_type(table: Table) -> Any:
    """A row of a table whose columns come in their order, with their names."""
    return _row_of(table.c)


Ahead = tuple[Read, dict[str, Any], Callable[[Sequence[Row]], Any]]
"""What to read, with its values, and what to do with the rows."""
_Compiled = tuple[T, Sequence[str], Mapping[str, Any]]
"""The text, its values' names in their order, and those that are fixed."""


class Prepared:
    """A statement of SQLAlchemy's that reads, compiled once. Its values are `bindparam`s by name. Rows come with the
    columns' names.

    `tables`: those it reads. is_steady: what it reads seldom changes, so that it is read once a transaction, and once
    for all that share a COMMIT.
    """

    def __init__(self, statement: Select[Any], *, is_steady: bool = False) -> None:
        self.tables = frozenset(one.name for one in visitors.iterate(statement) if isinstance(one, Table))
        self._statement = statement
        self._is_steady = is_steady
        self._marked: _Compiled[str] | None = None
        self._numbered: _Compiled[bytes] | None = None
        self._row = _row_of(statement.selected_columns)

    def rows(self, connection: Connection, *, is_apart: bool = False, **values: Any) -> Sequence[Row]:
        """As the driver gives them. is_apart: as `Unit.ask` has it."""
        if not isinstance(connection, Unit):
            return [tuple(row) for row in connection.execute(self._statement, values)]
        if not self._is_steady:
            return connection.ask(self, values, is_apart=is_apart)
        key = (self, *values.values())
        known: Sequence[Row] | None = connection.known.get(key)
        if known is None:
            known = connection.known[key] = connection.ask(self, values)
        return known

    def ahead(self, connection: Connection, **values: Any) -> Iterator[Ahead]:
        """To read it at once with others; for what is steady."""
        memory, key = known(connection), (self, *values.values())
        if key not in memory:
            yield self, values, lambda rows: memory.update({key: rows})

    def first(self, connection: Connection, *, is_apart: bool = False, **values: Any) -> Any:
        rows = self.rows(connection, is_apart=is_apart, **values)
        return self._row._make(rows[0]) if rows else None

    def all(self, connection: Connection, **values: Any) -> list[Any]:
        return [self._row._make(row) for row in self.rows(connection, **values)]

    def marked(self, values: dict[str, Any]) -> tuple[str, Sequence[Any]]:
        text, places, fixed = self._marked or self._compile_marked()
        return text, [values[name] if name in values else fixed[name] for name in places]

    def numbered(self, values: dict[str, Any]) -> tuple[bytes, Sequence[Any]]:
        text, places, fixed = self._numbered or self._compile_numbered()
        return text, [values[name] if name in values else fixed[name] for name in places]

    def _compile_marked(self) -> _Compiled[str]:
        made: Any = self._statement.compile(dialect=_MARKED)
        self._marked = (str(made), made.positiontup or (), made.params)
        return self._marked

    def _compile_numbered(self) -> _Compiled[bytes]:
        from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg  # loads all that PostgreSQL takes

        dialect = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
        made: Any = self._statement.compile(dialect=dialect)
        self._numbered = (str(made).encode(), made.positiontup or (), made.params)
        return self._numbered


class Listed:
    """A statement that reads the rows of a list of texts. text: with `{}` where the list stands."""

    def __init__(self, table: str, text: str) -> None:
        self.tables = frozenset({table})
        self._marked = text.format("IN (SELECT value FROM json_each(?))")
        self._numbered = text.format("= ANY($1::text[])").encode()

    def marked(self, values: dict[str, Any]) -> tuple[str, Sequence[Any]]:
        return self._marked, (json.dumps(values["listed"]),)

    def numbered(self, values: dict[str, Any]) -> tuple[bytes, Sequence[Any]]:
        return self._numbered, (values["listed"],)


def marks(connection: Connection, statement: str) -> str:
    """Raw SQL, written with `?` for each value, as the driver takes it."""
    return statement.replace("?", "%s") if is_postgresql(connection) else statement


def straight(connection: Connection, statement: str, values: Sequence[Any] = ()) -> Any:
    """Raw SQL straight at the driver, its cursor as the answer. What waits is written before. What the driver raises
    comes as SQLAlchemy's error."""
    if isinstance(connection, Unit):
        connection.settle()
    return _execute(connection, marks(connection, statement), values)


def _execute(connection: Connection, statement: str, values: Any, *, many: bool = False) -> Any:
    held = connection.connection
    cursor = held.cursor()
    try:
        (cursor.executemany if many else cursor.execute)(statement, values)
    except connection.dialect.loaded_dbapi.Error as error:
        raise told(connection, error, held, statement) from error
    return cursor
