"""A transaction that only reads: one picture of the database, which stays as it is while others write.

It has a connection of its own, and nobody waits for it. What would write in it is refused by the database itself:
PostgreSQL begins it READ ONLY, SQLite is told for as long as it lasts.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from comity.adapters.sql.portable import is_postgresql
from comity.adapters.sql.sqlite_lane import SqliteLane
from comity.adapters.sql.unit import Lane, Unit

_TRIES: Final = 3


def begin(engine: Engine, begin_reading: Callable[[Unit], None]) -> Unit:
    """A connection that has begun to read. One that was lost while nobody used it is made anew."""
    lane = _lane(engine)
    for left in reversed(range(_TRIES)):
        unit = Unit(engine, lane)
        try:
            begin_reading(unit)
        except BaseException as error:
            unit.close()
            if left and isinstance(error, DBAPIError) and error.connection_invalidated:
                continue
            raise
        return unit
    raise AssertionError


def _lane(engine: Engine) -> Callable[[Any], Lane]:
    if engine.dialect.name != "postgresql":
        return SqliteLane
    from comity.adapters.sql.postgres_lane import PostgresLane

    return PostgresLane


@contextmanager
def unwritten(unit: Unit) -> Iterator[None]:
    """Nothing is written meanwhile, nor what waits to be when it ends."""
    if is_postgresql(unit):
        yield
        unit.flush()
        return
    unit.control("PRAGMA query_only=ON")
    try:
        yield
        unit.flush()
    finally:
        unit.control("PRAGMA query_only=OFF")
