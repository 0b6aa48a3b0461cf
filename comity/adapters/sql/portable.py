"""What SQLite and PostgreSQL say differently, once: columns of the same width and order, insert-or-update, raw SQL.

Tables are written with String, Text, Integer, LargeBinary and Boolean alone. On SQLite an integer has eight bytes and a
text is compared byte for byte whatever is said; here PostgreSQL is made to do the same, so that a time after 2038 fits
and a list has one order in every country.
"""

from collections import namedtuple
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Integer,
    Select,
    String,
    Table,
    Text,
    Update,
    event,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import TypeEngine

_ALIKE: Final[Mapping[type[Any], TypeEngine[Any]]] = {
    Integer: BigInteger(),
    String: String(collation="C"),
    Text: Text(collation="C"),
}


@event.listens_for(Column, "after_parent_attach")
def _alike(column: Column[Any], _: object) -> None:
    """Every column of ours and of a migration's step, when its table gets it."""
    alike = _ALIKE.get(type(column.type))
    if alike is not None and "postgresql" not in column.type._variant_mapping:
        column.type = column.type.with_variant(alike, "postgresql")


def upsert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """`INSERT` that takes `.on_conflict_do_update(index_elements=..., set_=...)`, in the database's own dialect."""
    return postgresql.insert(table) if is_postgresql(connection) else sqlite.insert(table)


def add_new(connection: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Insert a row unless one of its unique columns stands there already; whether it was inserted.

    An error would end the whole transaction on PostgreSQL, where on SQLite it takes back one statement.
    """
    return _insert(connection, table, row, " ON CONFLICT DO NOTHING") == 1


def add(connection: Connection, table: Table, row: Mapping[str, Any]) -> None:
    """Insert a row."""
    _insert(connection, table, row, "")


def put(connection: Connection, table: Table, row: Mapping[str, Any]) -> None:
    """Insert a row, or give its other columns to the one whose key, the row's first column, stands there already."""
    quote = connection.dialect.identifier_preparer.quote
    key, *others = (quote(name) for name in row)
    changed = ", ".join(f"{name} = excluded.{name}" for name in others)
    _insert(connection, table, row, f" ON CONFLICT ({key}) DO UPDATE SET {changed}")


def add_all(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], *, new: bool = False) -> None:
    """Insert rows of the same columns, in one go to the database; `new`: those whose unique columns stand there already
    are passed over."""
    if not rows:
        return
    statement = _insert_statement(connection, table, rows[0], " ON CONFLICT DO NOTHING" if new else "")
    _execute(connection, marks(connection, statement), [tuple(row.values()) for row in rows], many=True)


def _insert(connection: Connection, table: Table, row: Mapping[str, Any], rest: str) -> int:
    statement = _insert_statement(connection, table, row, rest)
    count: int = straight(connection, statement, tuple(row.values())).rowcount
    return count


def _insert_statement(connection: Connection, table: Table, row: Mapping[str, Any], rest: str) -> str:
    known = (connection.dialect.name, table.name, tuple(row), rest)
    statement = _INSERTS.get(known)
    if statement is None:
        quote = connection.dialect.identifier_preparer.quote
        columns, values = ", ".join(quote(name) for name in row), ", ".join("?" * len(row))
        statement = f"INSERT INTO {quote(table.name)} ({columns}) VALUES ({values}){rest}"  # noqa: S608
        _INSERTS[known] = statement
    return statement


_INSERTS: Final[dict[tuple[str, str, tuple[str, ...], str], str]] = {}


def _row_of(columns: Iterable[ColumnElement[Any]]) -> Any:
    return namedtuple("Row", [one.key or "" for one in columns], rename=True)


def row_type(table: Table) -> Any:
    """A row of a table whose columns come in their order, with their names."""
    return _row_of(table.c)


class Prepared:
    """A statement on the path of every message: compiled once, then straight at the driver (`straight`).

    Its values are `bindparam`s by name. Rows come with the columns' names.
    """

    def __init__(self, statement: Select[Any] | Update) -> None:
        self._statement = statement
        self._compiled: dict[str, tuple[str, Sequence[str] | None, Mapping[str, Any]]] = {}
        self._row = _row_of(statement.selected_columns if isinstance(statement, Select) else ())

    def run(self, connection: Connection, **values: Any) -> Any:
        """The driver's cursor."""
        compiled = self._compiled.get(connection.dialect.name) or self._compile(connection)
        text, places, fixed = compiled
        given = {**fixed, **values}
        return _execute(connection, text, given if places is None else [given[name] for name in places])

    def first(self, connection: Connection, **values: Any) -> Any:
        row = self.run(connection, **values).fetchone()
        return None if row is None else self._row._make(row)

    def all(self, connection: Connection, **values: Any) -> list[Any]:
        return [self._row._make(row) for row in self.run(connection, **values).fetchall()]

    def _compile(self, connection: Connection) -> tuple[str, Sequence[str] | None, Mapping[str, Any]]:
        made: Any = self._statement.compile(dialect=connection.dialect)
        found = (str(made), made.positiontup, {name: value for name, value in made.params.items() if value is not None})
        self._compiled[connection.dialect.name] = found
        return found


class bytes_at(GenericFunction[int]):  # noqa: N801 - it is used as a function of SQL
    """`bytes_at(column, needle)`: where the needle first stands in a LargeBinary, from 1; 0 where it does not."""

    type = Integer()
    inherit_cache = True


@compiles(bytes_at, "sqlite")
def _in_sqlite(found: bytes_at, compiler: Any, **options: Any) -> str:
    return f"instr({compiler.process(found.clauses, **options)})"


@compiles(bytes_at, "postgresql")
def _in_postgresql(found: bytes_at, compiler: Any, **options: Any) -> str:
    whole, needle = (compiler.process(one, **options) for one in found.clauses)
    return f"position({needle} IN {whole})"


def marks(connection: Connection, statement: str) -> str:
    """Raw SQL, written with `?` for each value, as the driver takes it."""
    return statement.replace("?", "%s") if is_postgresql(connection) else statement


def straight(connection: Connection, statement: str, values: Sequence[Any] = ()) -> Any:
    """Raw SQL straight at the driver, its cursor as the answer: where a step is counted in microseconds, SQLAlchemy's
    own care takes as long as the statement. What the driver raises comes as SQLAlchemy's error all the same.
    """
    return _execute(connection, marks(connection, statement), values)


def _execute(connection: Connection, statement: str, values: Any, *, many: bool = False) -> Any:
    held = connection.connection
    cursor = held.cursor()
    driver = connection.dialect.loaded_dbapi
    try:
        (cursor.executemany if many else cursor.execute)(statement, values)
    except driver.Error as error:
        is_lost = connection.dialect.is_disconnect(error, held.dbapi_connection, cursor)
        if is_lost:
            connection.invalidate(error)
        raise DBAPIError.instance(  # the kind of error that SQLAlchemy would make of it
            statement, None, error, driver.Error, connection_invalidated=is_lost, dialect=connection.dialect
        ) from error
    return cursor


def is_postgresql(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"
