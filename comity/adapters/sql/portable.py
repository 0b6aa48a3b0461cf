"""What SQLite and PostgreSQL say differently, once: columns of the same width and order, insert-or-update, raw SQL.

Tables are written with String, Text, Integer, LargeBinary and Boolean alone. On SQLite an integer has eight bytes and a
text is compared byte for byte whatever is said; here PostgreSQL is made to do the same, so that a time after 2038 fits
and a list has one order in every country.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import BigInteger, Column, Connection, Integer, String, Table, Text, event
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
    query = upsert(connection, table).values(dict(row)).on_conflict_do_nothing().inline()
    return connection.execute(query, execution_options={"preserve_rowcount": True}).rowcount == 1


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
    cursor = connection.connection.cursor()
    try:
        cursor.execute(marks(connection, statement), values)
    except connection.dialect.loaded_dbapi.Error as error:
        raise DBAPIError.instance(  # the kind of error that SQLAlchemy would make of it
            statement, None, error, connection.dialect.loaded_dbapi.Error, dialect=connection.dialect
        ) from error
    return cursor


def is_postgresql(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"
