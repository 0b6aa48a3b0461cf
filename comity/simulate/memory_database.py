"""Databases in memory that begin as copies of one: the real code and tables, made once."""

import sqlite3
import weakref
from functools import cache
from typing import Any, Final, cast

from sqlalchemy import Engine, StaticPool

from comity.adapters.sql.database import Database, memory_database

_COMPILED: Final[dict[Any, Any]] = {}


def copy_database(database: Database) -> Database:
    """Another database with the same content. It shares what SQLAlchemy compiled: to compile it anew takes longer than
    most tests."""
    old = database.engine
    connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
    with old.connect() as source:
        source.connection.driver_connection.backup(connection)  # type: ignore[union-attr]
    engine = Engine(StaticPool(cast(Any, lambda: connection)), old.dialect, old.url)
    weakref.finalize(engine, connection.close)
    return Database(engine.execution_options(compiled_cache=_COMPILED))


@cache
def _empty() -> Database:
    return memory_database()


def new_database() -> Database:
    """An empty database with today's tables."""
    return copy_database(_empty())
