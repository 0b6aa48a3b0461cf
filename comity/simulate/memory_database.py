"""Databases in memory that begin as copies of one: the real code and tables, made once."""

import sqlite3
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Final, cast

from sqlalchemy import Engine, StaticPool
from sqlalchemy.exc import DatabaseError

from comity.adapters.sql import sqlite_file
from comity.adapters.sql.database import Database, memory_database
from comity.adapters.sql.sqlite_lane import SqliteLane
from comity.adapters.sql.transaction import SqlTransaction
from comity.adapters.sql.unit import Unit

_COMPILED: Final[dict[Any, Any]] = {}


class MemoryDatabase(Database):
    """A database of one connection that stays open, for a node that is one of hundreds: what `Database` does so that
    threads share a COMMIT and other processes wait for it takes longer there than most statements.

    `connection`: to read what no transaction is needed for.
    """

    def __init__(self, engine: Engine, driver: sqlite3.Connection) -> None:
        super().__init__(engine)
        self._driver = driver
        self.connection = Unit(engine, SqliteLane)

    @contextmanager
    def transaction(self) -> Iterator[SqlTransaction]:
        """As the promise of `Store` says; one at a time."""
        with self._writer:
            try:
                self.connection.begin_writing()
                try:
                    yield SqlTransaction(self.connection, self._known_cases)
                    self.connection.flush("COMMIT")
                except BaseException:
                    self.connection.drop()
                    self._driver.execute("ROLLBACK")
                    raise
            except DatabaseError as error:
                raise sqlite_file.unavailable(error) from None


def copy_database(database: Database) -> Database:
    """Another database with the same content. It shares what SQLAlchemy compiled: to compile it anew takes longer than
    most tests."""
    engine, _ = _copied(database)
    return Database(engine)


def _copied(database: Database) -> tuple[Engine, sqlite3.Connection]:
    """Its one connection is held for as long as the engine is there, so that giving it back rolls nothing back."""
    old = database.engine
    connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
    with old.connect() as source:
        source.connection.driver_connection.backup(connection)  # type: ignore[union-attr]
    pool = StaticPool(cast(Any, lambda: connection), reset_on_return=None)
    engine = Engine(pool, old.dialect, old.url)
    weakref.finalize(engine, connection.close)
    return engine.execution_options(compiled_cache=_COMPILED), connection


@cache
def _empty() -> Database:
    return memory_database()


def new_database() -> MemoryDatabase:
    """An empty database with today's tables."""
    return MemoryDatabase(*_copied(_empty()))
