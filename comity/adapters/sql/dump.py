"""A database's rows, table by table, as text that either kind of database reads: what a backup holds of it.

A table is one file: its columns' names as a JSON array, then each row as one, a line each. Bytes are base64url.
Left out is what follows from the rest (the hashes over the log), what a restored node must not have (who is signed in),
the writer's row, and how the processes share their work.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Integer, LargeBinary, Table, func, insert, inspect, select, text

from comity.adapters.sql.log import SqlLog
from comity.adapters.sql.portable import is_postgresql
from comity.adapters.sql.tables import metadata
from comity.base.encoding import b64u, from_b64u
from comity.base.errors import ComityError, Malformed
from comity.workflows.stores import TreeHead

LEFT_OUT: Final = frozenset(
    {"writer", "log_subtree", "log_edge", "signed_in", "challenge", "node_lock", "turn", "process"}
)
LINE_LIMIT: Final = 64 * 1024 * 1024
_AT_ONCE: Final = 500


def names() -> tuple[str, ...]:
    """The tables that a backup holds, in their order there."""
    return tuple(sorted(set(metadata.tables) - LEFT_OUT))


def count(connection: Connection) -> int:
    """How many rows there are to dump."""
    return sum(
        connection.execute(select(func.count()).select_from(metadata.tables[name])).scalar_one() for name in names()
    )


def dump(connection: Connection, name: str) -> Iterator[bytes]:
    """The lines of a table: first its columns, then its rows in the order of its key."""
    table = metadata.tables[name]
    wrap = _each(table, _to_text)
    yield _line([str(column.name) for column in table.columns])
    query = select(table).order_by(*table.primary_key.columns)
    for row in connection.execute(query, execution_options={"yield_per": _AT_ONCE}):
        yield _line([one(value) for one, value in zip(wrap, row, strict=True)])


def load(connection: Connection, name: str, lines: Iterator[bytes]) -> int:
    """Put a table's lines into the table, which is empty; how many rows. Raises Malformed."""
    table = metadata.tables[name]
    columns = [str(column.name) for column in table.columns]
    if read_line(next(lines, b"null"), name) != columns:
        raise Malformed(f"the columns of {name} are not this release's", hint="restore with the release that made it")
    unwrap = _each(table, _from_text)
    rows = (_row(table, unwrap, read_line(line, name)) for line in lines)
    done = 0
    while some := list(islice(rows, _AT_ONCE)):
        connection.execute(insert(table), some)
        done += len(some)
    return done


def finish(connection: Connection) -> TreeHead:
    """What follows from the rows: the log's hashes, and where PostgreSQL goes on counting. The log's head."""
    log = SqlLog(connection)
    log.rebuild()
    if is_postgresql(connection):
        for table in metadata.sorted_tables:
            _go_on_counting(connection, table)
    return TreeHead(log.size(), log.root())


def is_empty(connection: Connection) -> bool:
    """Whether there is no table at all."""
    return not inspect(connection).get_table_names()


def read_line(line: bytes, name: str) -> list[Any]:
    """The values of a row. name: of its table. Raises Malformed."""
    try:
        found = msgspec.json.decode(line, type=list[Any])
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Malformed(f"a line of {name} cannot be read", hint="the backup is damaged: take another") from None
    return found


def _go_on_counting(connection: Connection, table: Table) -> None:
    key = table.autoincrement_column
    if key is None:
        return
    sequence = connection.execute(select(func.pg_get_serial_sequence(table.name, key.name))).scalar()
    last = connection.execute(select(func.max(key))).scalar()
    if sequence is not None and last is not None:
        connection.execute(text("SELECT setval(:sequence, :last)"), {"sequence": sequence, "last": last})


def _row(table: Table, unwrap: Sequence[Callable[[Any], Any]], values: list[Any]) -> Mapping[str, Any]:
    if len(values) != len(unwrap):
        raise Malformed(f"a row of {table.name} has too few or too many values", hint="the backup is damaged")
    try:
        return {column.name: one(value) for column, one, value in zip(table.columns, unwrap, values, strict=True)}
    except (TypeError, ComityError):
        raise Malformed(f"a value of {table.name} is not of its column's kind", hint="the backup is damaged") from None


def _each(table: Table, of: Callable[[Any], Callable[[Any], Any]]) -> list[Callable[[Any], Any]]:
    return [of(column) for column in table.columns]


def _to_text(column: Any) -> Callable[[Any], Any]:
    return _bytes_to_text if isinstance(column.type, LargeBinary) else lambda value: value


def _from_text(column: Any) -> Callable[[Any], Any]:
    if isinstance(column.type, LargeBinary):
        return _text_to_bytes
    kind: type = int if isinstance(column.type, Integer) else column.type.python_type
    return lambda value: value if value is None else _checked(value, kind)


def _checked(value: Any, kind: type) -> Any:
    if not isinstance(value, kind):
        raise TypeError
    return value


def _bytes_to_text(value: bytes | None) -> str | None:
    return None if value is None else b64u(value)


def _text_to_bytes(value: Any) -> bytes | None:
    return None if value is None else from_b64u(_checked(value, str))


def _line(values: list[Any]) -> bytes:
    return msgspec.json.encode(values) + b"\n"
