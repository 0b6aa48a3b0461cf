"""Statements straight at libpq: each prepared once a connection, values and rows in binary, and as many in one journey
to the server as are known at once (libpq's pipeline mode).

psycopg's cursors take several times the processor's time of it, and a journey each; it is still psycopg's connection,
its wrapper of libpq and its errors. Whoever waits here can be interrupted: the connection is then closed.
"""

import select
import struct
from collections.abc import Callable, Collection, Sequence
from typing import Any, Final

import psycopg
from psycopg import errors
from psycopg.pq import ConnStatus, ExecStatus

from comity.adapters.sql.unit import Read, Row, Write

BOOLEAN, BYTES, BIGINT, TEXT, VARCHAR = 16, 17, 20, 25, 1043
"""The server's numbers of the types our columns have."""

_BEGIN: Final = b"BEGIN ISOLATION LEVEL READ COMMITTED"
_LOCK: Final = b"SELECT one FROM writer FOR UPDATE"
_BINARY: Final = 1
_LENGTH: Final = struct.Struct("!i").pack
_NUMBER: Final = struct.Struct("!iq").pack
_ARRAY: Final = struct.Struct("!iiIii").pack
_NONE: Final = _LENGTH(-1)
_Sent = tuple[bytes, Sequence[bytes | None], Sequence[int]]


def _integer(data: bytes) -> int:
    return int.from_bytes(data, "big", signed=True)


_READ: Final[dict[int, Callable[[bytes], Any]]] = {
    BOOLEAN: lambda data: data == b"\x01",
    BYTES: bytes,
    VARCHAR: bytes.decode,
    TEXT: bytes.decode,
    BIGINT: _integer,
    23: _integer,  # what counts and constants are
}


class PostgresLane:
    is_near = False

    def __init__(self, driver: psycopg.Connection[Any]) -> None:
        self._pg = driver.pgconn
        self._names: dict[bytes, bytes] = {}
        self._made = 0
        self._poll = select.poll()

    @property
    def is_lost(self) -> bool:
        return self._pg.status != ConnStatus.OK

    def begin(self) -> bool:
        """Begin, and lock the writer's row; whether it is there."""
        _, locked = self._run([(_BEGIN, (), ()), (_LOCK, (), ())])
        return bool(locked.ntuples == 1)

    def read(self, reads: Sequence[tuple[Read, dict[str, Any]]]) -> list[list[Row]]:
        return [_rows(found) for found in self._run([_sent(*read.numbered(values)) for read, values in reads])]

    def write(
        self, before: Sequence[str], writes: Collection[tuple[Write, Sequence[Row]]], after: Sequence[str]
    ) -> None:
        batch: list[_Sent] = [(statement.encode(), (), ()) for statement in before]
        for write, rows in writes:
            if len(rows) > 1 and write.many:
                columns = zip(*rows, strict=True)
                arrays = [_array(kind, column) for kind, column in zip(write.arrays, columns, strict=True)]
                batch.append((write.many, arrays, [_BINARY] * len(arrays)))
            else:
                batch += [_sent(write.numbered, row) for row in rows]
        batch += [(statement.encode(), (), ()) for statement in after]
        try:
            self._run(batch)
        except errors.UniqueViolation as error:
            for write, _ in writes:
                if write.refused[0] and write.table == error.diag.table_name:
                    raise write.conflict() from None
            raise

    def _run(self, batch: Sequence[_Sent]) -> list[Any]:
        """The result of each. Raises what the first that failed is about; none after it was run."""
        try:
            return self._journey(batch)
        except psycopg.Error:
            raise
        except BaseException:  # what the server still answers would be taken for another statement's
            self._pg.finish()
            raise

    def _journey(self, batch: Sequence[_Sent]) -> list[Any]:
        pg, made, wanted = self._pg, list[bytes](), list[bool]()
        pg.enter_pipeline_mode()
        for statement, values, formats in batch:
            name = self._names.get(statement)
            if name is None:
                self._made += 1
                name = self._names[statement] = b"comity_%d" % self._made
                made.append(statement)
                wanted.append(False)
                pg.send_prepare(name, statement)
            wanted.append(True)
            pg.send_query_prepared(name, values, formats, _BINARY)
        pg.pipeline_sync()
        results = self._answers()
        for found in results:
            if found.status == ExecStatus.FATAL_ERROR:
                for statement in made:  # the server may not have it
                    del self._names[statement]
                error = errors.error_from_result(found, "utf-8")
                if isinstance(error, errors.InvalidSqlStatementName):
                    pg.finish()  # somebody took back what was prepared: begin again on another connection
                raise error
        return [found for found, is_wanted in zip(results, wanted, strict=True) if is_wanted]

    def _answers(self) -> list[Any]:
        """What came for each that was sent; where the connection was lost, what came before that."""
        pg, results, ended = self._pg, list[Any](), False
        self._exchange()
        while True:
            while pg.is_busy():
                self._wait(select.POLLIN)
            found = pg.get_result()
            if found is None:
                if ended and any(one.status == ExecStatus.FATAL_ERROR for one in results):
                    return results
                if ended:
                    raise psycopg.OperationalError("the connection is lost")
                ended = True
                continue
            ended = False
            if found.status == ExecStatus.PIPELINE_SYNC:
                pg.exit_pipeline_mode()
                return results
            results.append(found)

    def _exchange(self) -> None:
        """Send it all. The server answers meanwhile, and must not have to wait for us to hear it."""
        while self._pg.flush():
            self._wait(select.POLLIN | select.POLLOUT)

    def _wait(self, what: int) -> None:
        pg, poll = self._pg, self._poll
        poll.register(pg.socket, what)
        ((_, happened),) = poll.poll()
        if happened & ~select.POLLOUT:
            pg.consume_input()


def _sent(statement: bytes, values: Sequence[Any]) -> _Sent:
    given, formats = list[bytes | None](), list[int]()
    for value in values:
        if isinstance(value, bytes):
            given.append(value)
            formats.append(_BINARY)
        elif isinstance(value, list):
            given.append(_array(TEXT, value))
            formats.append(_BINARY)
        else:
            given.append(_text(value))
            formats.append(0)
    return statement, given, formats


def _text(value: Any) -> bytes | None:
    if value is None:
        return None
    return value.encode() if isinstance(value, str) else b"%d" % value


def _array(kind: int, column: Sequence[Any]) -> bytes:
    """In the server's binary form: one dimension, from 1."""
    parts: list[bytes] = []
    for value in column:
        if value is None:
            parts.append(_NONE)
        elif kind == BIGINT:
            parts.append(_NUMBER(8, value))
        else:
            data = value if kind == BYTES else value.encode()
            parts.append(_LENGTH(len(data)))
            parts.append(data)
    return _ARRAY(1, None in column, kind, len(column), 1) + b"".join(parts)


def _rows(found: Any) -> list[Row]:
    loads = [_READ[found.ftype(column)] for column in range(found.nfields)]
    get = found.get_value
    return [
        tuple([None if (data := get(row, at)) is None else load(data) for at, load in enumerate(loads)])
        for row in range(found.ntuples)
    ]
