"""PostgreSQL 15 or newer: any number of processes, still one writer.

A transaction begins by locking the one row of `writer`, and so log indices and event numbers have no gap and one order,
as under SQLite's own lock (decision 20). The server must keep what it acknowledges: its settings are read on every
new connection, for after a failover it is another server that answers. No advisory locks, no LISTEN, no sequence
without gaps: what other databases that speak this protocol lack is not used.
"""

import contextlib
from typing import Any, Final
from urllib.parse import urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from comity.adapters.sql.postgres_lane import PostgresLane
from comity.adapters.sql.server import Server
from comity.adapters.sql.unit import Unit
from comity.base.errors import Malformed, Unavailable

LEAST_VERSION: Final = 15
ERASED_FROM: Final = ("case_event", "inbox", "log_entry", "log_key", "log_proof", "outbox")
"""The tables that the erasure of a case deletes from or empties."""

_POOL = 4
_TRIES = 3
_SETTINGS: Final = {
    "application_name": "comity",
    "client_encoding": "utf8",
    "connect_timeout": "10",
    "target_session_attrs": "read-write",
    # A host that vanishes must not hold the writer's row for hours.
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
    # What is prepared keeps its plan, which in a new database is to read whole tables, for they are small:
    # a message then takes twice as long after a thousand others. All but `begin_reading` looks for a few rows.
    "options": "-c lock_timeout=30s -c idle_in_transaction_session_timeout=120s -c TimeZone=UTC"
    " -c enable_seqscan=off -c jit=off",
}
_ASK = """SELECT current_setting('server_version_num')::int / 10000, current_setting('server_encoding'),
    current_setting('synchronous_commit'), current_setting('synchronous_standby_names'), current_setting('fsync'),
    current_setting('full_page_writes')"""


def check_url(url: str) -> None:
    """Raise Malformed unless libpq can read the address and no password stands in it."""
    try:
        found = conninfo_to_dict(url)
    except psycopg.Error:  # it would say the address again, and with it what should not be in it
        raise Malformed("not an address that PostgreSQL's client can read") from None
    if "password" in found or urlsplit(url).password is not None:
        raise Malformed("a password stands in it: put that in a file, and name it in password_file")
    if not found.get("dbname"):
        raise Malformed("it names no database: postgresql://USER@HOST/DATABASE")


def make_engine(server: Server) -> Engine:
    given = conninfo_to_dict(server.url)
    wanted: dict[str, Any] = {**_SETTINGS, **given}
    wanted["options"] = f"{_SETTINGS['options']} {given.get('options') or ''}".strip()
    if server.password:
        wanted["password"] = server.password

    def connect() -> psycopg.Connection[Any]:
        # We write BEGIN and COMMIT ourselves. What psycopg prepares it takes back after a ROLLBACK, with all else that
        # is prepared on the connection: so it prepares nothing. `postgres_lane` does.
        connection = psycopg.connect(**wanted, autocommit=True, prepare_threshold=None)
        try:
            _check_settings(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    return create_engine(
        "postgresql+psycopg://",
        creator=connect,
        poolclass=QueuePool,
        pool_size=_POOL,
        max_overflow=_POOL,
        hide_parameters=True,
    )


def _check_settings(connection: psycopg.Connection[Any]) -> None:
    row = connection.execute(_ASK).fetchone()
    assert row is not None
    version, encoding, commit, standbys, fsync, pages = row
    if version < LEAST_VERSION:
        raise Unavailable(f"the server is PostgreSQL {version}", hint=f"use PostgreSQL {LEAST_VERSION} or newer")
    if encoding != "UTF8":
        raise Unavailable(f"the database's encoding is {encoding}", hint="make one with: createdb --encoding=UTF8")
    unsafe = {
        "synchronous_commit": commit if commit == "off" or (commit == "local" and standbys) else "",
        "fsync": fsync if fsync == "off" else "",
        "full_page_writes": pages if pages == "off" else "",
    }
    found = ", ".join(f"{name}={value}" for name, value in unsafe.items() if value)
    if found:
        raise Unavailable(
            f"the database would not keep what it acknowledged ({found})",
            hint="set it to on in postgresql.conf, or for this role or database, and reload",
        )


def begin(engine: Engine, kept: Unit | None) -> Unit:
    """Begin, and lock the writer's row. Nothing was written yet: a connection that was lost meanwhile is made anew."""
    for left in reversed(range(_TRIES)):
        unit, kept = kept or Unit(engine, PostgresLane), None
        try:
            if not unit.begin_writing():
                raise Unavailable("the writer's row is missing", hint="restore the database from a backup")
        except DBAPIError as error:
            close(unit)
            if left and (error.connection_invalidated or _state(error) in _IN_THE_WAY):
                continue
            raise
        except BaseException:
            close(unit)
            raise
        return unit
    raise AssertionError


def commit(unit: Unit) -> None:
    """What failed inside would make of COMMIT a ROLLBACK that says nothing."""
    if unit.driver.info.transaction_status == TransactionStatus.INERROR:
        unit.drop()
        roll_back(unit)
        raise Unavailable("the transaction had failed: nothing was written", hint="do it again")
    unit.flush("COMMIT")


def roll_back(connection: Connection) -> None:
    if is_open(connection):
        connection.exec_driver_sql("ROLLBACK")


def begin_reading(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL enable_seqscan = on")


def close(connection: Connection) -> None:
    """Give it back to the pool, without whatever transaction is open on it."""
    with contextlib.suppress(DBAPIError):
        roll_back(connection)
    connection.close()


def is_open(connection: Connection) -> bool:
    if connection.invalidated or connection.closed:
        return False
    driver: Any = connection.connection.driver_connection
    return driver.info.transaction_status not in (TransactionStatus.IDLE, TransactionStatus.UNKNOWN)


def scrub(engine: Engine) -> None:
    """Write the tables anew that an erasure deletes from, without what was deleted. Plain VACUUM would leave the bytes
    in their pages. What the write-ahead log and backups hold goes when they do: docs/guides/database.md."""
    with engine.connect() as connection:
        for name in ERASED_FROM:
            connection.exec_driver_sql(f"VACUUM (FULL) {name}")


def grow_journal(_connection: Connection) -> None:
    """The server keeps files of its write-ahead log to write them again."""


def check_durable(engine: Engine) -> None:
    """Connecting does it: `_check_settings`."""
    engine.connect().close()


_IN_THE_WAY = frozenset({"40001", "40P01"})  # serialization failure, deadlock
_SAID: Final[dict[str, tuple[str, str]]] = {
    "53100": ("the database's disk is full: nothing was written", "free some space on the server, then do it again"),
    "58030": ("the database's disk is failing: nothing was written", "the server's log says more"),
    "25006": ("the database is a read-only standby: nothing was written", "name the primary in [database] url"),
    "42P01": ("the database has no tables, or older ones", "run: comity migrate --config FILE"),
    "42703": ("the database has no tables, or older ones", "run: comity migrate --config FILE"),
    "55P03": ("the database is in use by another process", "try again; see which process holds it"),
    "53300": ("the database takes no more connections", "raise max_connections, or run fewer processes"),
    "42501": ("the database's role may not do this", "it must own the database's tables"),
    "XX001": ("the database is damaged", "keep it, and restore a backup"),
    "XX002": ("an index of the database is damaged", "the server's log says which: REINDEX it"),
    "40001": ("another process was in the way: nothing was written", "do it again"),
    "40P01": ("another process was in the way: nothing was written", "do it again"),
}
_LOST = ("the connection to the database was lost", "look whether it was written, then do it again")
_VALUES = ("22", "23")  # what it says then quotes the value


def unavailable(error: DBAPIError) -> Unavailable:
    """What the server said, without a value of ours, and what to do."""
    state = _state(error)
    if state in _SAID:
        what, hint = _SAID[state]
        return Unavailable(what, hint=hint)
    if error.connection_invalidated or state[:3] in ("57P", "25P"):
        return Unavailable(_LOST[0], hint=_LOST[1])
    if not state:
        said = " ".join(str(error.orig).split())
        if "read-only" in said or "recovery mode" in said:
            return Unavailable("the database is a read-only standby", hint="name the primary in [database] url")
        return Unavailable(f"the database cannot be reached: {said}", hint="is the server up, and [database] right?")
    diagnosis = getattr(error.orig, "diag", None)
    said = (diagnosis.message_primary if diagnosis and state[:2] not in _VALUES else "") or "a value it cannot hold"
    return Unavailable(f"the database refused: {said} (SQLSTATE {state})", hint="see the server's log")


def _state(error: DBAPIError) -> str:
    return getattr(error.orig, "sqlstate", None) or ""
