"""What SQLite and PostgreSQL say differently, once: columns of the same width and order, insert-or-update.

Tables are written with String, Text, Integer, LargeBinary and Boolean alone. On SQLite an integer has eight bytes and a
text is compared byte for byte whatever is said; here PostgreSQL is made to do the same, so that a time after 2038 fits
and a list has one order in every country.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    String,
    Table,
    Text,
    event,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import TypeEngine

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

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


def upsert(connection: Connection, table: Table) -> "sqlite.Insert | postgresql.Insert":
    """`INSERT` that takes `.on_conflict_do_update(index_elements=..., set_=...)`, in the database's own dialect."""
    if is_postgresql(connection):
        from sqlalchemy.dialects import postgresql  # loads the dialects of all its drivers

        return postgresql.insert(table)
    return sqlite.insert(table)


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


class few(GenericFunction[bool]):  # noqa: N801 - it is used as a function of SQL
    """`few(condition)`: the condition, which few rows meet however many there are. SQLite, once somebody has run
    ANALYZE, takes all values of a column for equally many, and would read every row to find what waits."""

    type: Any = Integer()  # as a Boolean it would be compared with 1, and no index used
    inherit_cache = True


@compiles(few, "sqlite")
def _few_in_sqlite(found: few, compiler: Any, **options: Any) -> str:
    return f"likelihood({compiler.process(found.clauses, **options)}, 0.0001)"


@compiles(few, "postgresql")
def _few_in_postgresql(found: few, compiler: Any, **options: Any) -> str:
    return str(compiler.process(found.clauses, **options))


def is_postgresql(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"
