"""Open the database, refuse unsafe settings, and give one transaction at a time.

SQLite: WAL with `synchronous=FULL`, because with less an acknowledged commit can be lost in a power cut. Both are read
back after they are set: a network file system or a changed build may not keep them.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DatabaseError, DBAPIError
from sqlalchemy.pool import QueuePool, StaticPool

from comity.adapters.sql.cases import SqlCases, SqlChannels, SqlCustody
from comity.adapters.sql.directory import SqlDirectory
from comity.adapters.sql.log import SqlLog, SqlWitness
from comity.adapters.sql.mail import SqlInbox, SqlOutbox, SqlReceipts
from comity.adapters.sql.tables import REVISION, metadata
from comity.base.errors import Unavailable

_FULL = 2
_WAIT_SECONDS = 30


class SqlTransaction:
    """All stores over one connection."""

    def __init__(self, connection: Connection) -> None:
        self.cases = SqlCases(connection)
        self.channels = SqlChannels(connection)
        self.outbox = SqlOutbox(connection)
        self.inbox = SqlInbox(connection)
        self.receipts = SqlReceipts(connection)
        self.log = SqlLog(connection)
        self.witness = SqlWitness(connection)
        self.directory = SqlDirectory(connection)
        self.custody = SqlCustody(connection)


class Database:
    """A Store over one SQLite file, or in memory for tests."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writer = threading.RLock()

    @contextmanager
    def transaction(self) -> Iterator[SqlTransaction]:
        """`BEGIN IMMEDIATE` ... `COMMIT`. Threads of this process queue here, other processes at the file."""
        with self._writer:
            try:
                with self.engine.connect() as connection:
                    connection.exec_driver_sql("BEGIN IMMEDIATE")
                    try:
                        yield SqlTransaction(connection)
                    except BaseException:
                        roll_back(connection)
                        raise
                    connection.exec_driver_sql("COMMIT")
            except DatabaseError as error:
                raise unavailable(error) from None

    def close(self) -> None:
        self.engine.dispose()


def roll_back(connection: Connection) -> None:
    """Undo, unless SQLite has done so by itself, as it does when the disk is full: a second time hides what it said."""
    driver: Any = connection.connection.driver_connection
    if driver.in_transaction:
        connection.exec_driver_sql("ROLLBACK")


def unavailable(error: DBAPIError) -> Unavailable:
    """What the database said, as one line and what to do."""
    said = str(error.orig)
    if "full" in said:
        return Unavailable("the disk is full: nothing was written", hint="free some space, then do it again")
    if "disk I/O error" in said:
        return Unavailable(
            "the disk is full or failing: nothing was written",
            hint="free some space, and see ulimit -f; else the system's log says more",
        )
    if "locked" in said or "busy" in said:
        return Unavailable("the database is in use by another process", hint="try again; see which process holds it")
    if "readonly" in said or "read-only" in said:
        return Unavailable("the database is read-only: nothing was written", hint="check the folder's owner and mode")
    if "no such table" in said:
        return Unavailable("the database has no tables, or older ones", hint="run: comity migrate --config FILE")
    if "not a database" in said or "malformed" in said:
        return Unavailable("the database file is damaged", hint="keep it, and restore a copy of the node's folder")
    return Unavailable(f"the database refused: {said}", hint="see the system's log; nothing was written")


def make_engine(url: URL, **options: Any) -> Engine:
    """An engine whose every connection is set to keep what it acknowledges."""
    engine = create_engine(url, **options)

    @event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None  # we write BEGIN and COMMIT ourselves
        connection.execute(f"PRAGMA busy_timeout={_WAIT_SECONDS * 1000}")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA trusted_schema=OFF")

    return engine


def open_database(path: Path) -> Database:
    """The database at `path`, which must exist, with its promises checked. Raises Unavailable."""
    if not path.is_file():
        raise Unavailable("there is no database", where=str(path), hint="make the node first: comity init")
    database = Database(make_engine(URL.create("sqlite", database=str(path)), poolclass=QueuePool, pool_size=4))
    try:
        check_promises(database)
    except DatabaseError as error:
        database.close()
        raise unavailable(error) from None
    except Unavailable:
        database.close()
        raise
    return database


def check_promises(database: Database) -> None:
    """Raise Unavailable unless commits are durable (journal_mode wal, synchronous FULL) and the tables are ours."""
    with database.engine.connect() as connection:
        journal = connection.execute(text("PRAGMA journal_mode")).scalar_one()
        synchronous = connection.execute(text("PRAGMA synchronous")).scalar_one()
    if journal != "wal" or synchronous != _FULL:
        raise Unavailable(
            f"the database would not keep what it acknowledged (journal_mode={journal}, synchronous={synchronous})",
            hint="put the node's folder on a local disk, not on a network share",
        )
    with database.engine.connect() as connection:
        revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if revision != REVISION:
        raise Unavailable(
            f"the database is at step {revision or 'none'}, this release needs {REVISION}",
            hint="run: comity migrate --config FILE",
        )


def memory_database() -> Database:
    """A database in memory with today's tables, for tests and trials: nothing of it lasts."""
    engine = make_engine(URL.create("sqlite"), poolclass=StaticPool, connect_args={"check_same_thread": False})
    metadata.create_all(engine)
    return Database(engine)
