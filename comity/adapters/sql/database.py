"""Open the database, refuse unsafe settings, and give one transaction at a time.

SQLite: WAL with `synchronous=FULL`, because with less an acknowledged commit can be lost in a power cut. Both are read
back after they are set: a network file system or a changed build may not keep them.
"""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DatabaseError, DBAPIError
from sqlalchemy.pool import QueuePool, StaticPool

from comity.adapters.sql.cases import SqlCases, SqlChannels, SqlCustody
from comity.adapters.sql.directory import SqlDirectory
from comity.adapters.sql.interface import SqlTokens, SqlWebhooks
from comity.adapters.sql.lines import SqlLines
from comity.adapters.sql.log import SqlLog, SqlWitness
from comity.adapters.sql.log_state import SqlAlarms, SqlErasures, SqlLogSigners, SqlPairs, SqlProofs, SqlSeen
from comity.adapters.sql.mail import SqlInbox, SqlOutbox, SqlReceipts
from comity.adapters.sql.people import SqlPeople
from comity.adapters.sql.people_sessions import SqlSessions
from comity.adapters.sql.readings import SqlAccesses, SqlContacts, SqlKeptReceipts, SqlLetters, SqlLogSearch
from comity.adapters.sql.tables import REVISION, metadata
from comity.base.errors import Unavailable

_FULL = 2
_WAIT_SECONDS = 30
_SHARE_MOST = 1024
_SHARE_SECONDS = 0.05


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
        self.lines = SqlLines(connection)
        self.alarms = SqlAlarms(connection)
        self.log_signers = SqlLogSigners(connection)
        self.seen = SqlSeen(connection)
        self.proofs = SqlProofs(connection)
        self.pairs = SqlPairs(connection)
        self.erasures = SqlErasures(connection)
        self.tokens = SqlTokens(connection)
        self.webhooks = SqlWebhooks(connection)
        self.people = SqlPeople(connection)
        self.sessions = SqlSessions(connection)
        self.accesses = SqlAccesses(connection)
        self.letters = SqlLetters(connection)
        self.kept_receipts = SqlKeptReceipts(connection)
        self.log_search = SqlLogSearch(connection)
        self.contacts = SqlContacts(connection)


class _Commit:
    """One COMMIT that several transactions share: those that came while others were at work."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.members = 0
        self.begun = time.monotonic()
        self.done = threading.Event()
        self.failed: BaseException | None = None


class Database:
    """A Store over one SQLite file, or in memory for tests."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writer = threading.RLock()
        self._counting = threading.Lock()
        self._waiting = 0
        self._open: _Commit | None = None

    @contextmanager
    def transaction(self) -> Iterator[SqlTransaction]:
        """`BEGIN IMMEDIATE` ... `COMMIT`. Threads of this process queue here, other processes at the file.

        A thread that ends while others queue leaves the COMMIT to the last of them (within limits): one flush of the
        disk then serves all. None returns before it is on the disk; one that raises takes back only its own.
        """
        with self._counting:
            self._waiting += 1
        try:
            self._writer.acquire()
        finally:
            with self._counting:
                self._waiting -= 1
        try:
            try:
                commit = self._open or _Commit(self._begin())
                self._open = None
                with _undone_if_it_raises(commit, self._give_up):
                    yield SqlTransaction(commit.connection)
                commit.members += 1
                if self._waiting and self._may_grow(commit):
                    self._open = commit
                else:
                    self._end(commit)
            except DatabaseError as error:
                raise unavailable(error) from None
        finally:
            self._writer.release()
        while not commit.done.wait(_SHARE_SECONDS):
            self._end_if_left(commit)
        if commit.failed is not None:
            raise commit.failed

    @staticmethod
    def _may_grow(commit: _Commit) -> bool:
        return commit.members < _SHARE_MOST and time.monotonic() - commit.begun < _SHARE_SECONDS

    def _end_if_left(self, commit: _Commit) -> None:
        """Whoever was to end it was interrupted while it queued."""
        if self._writer.acquire(blocking=False):
            try:
                if self._open is commit:
                    self._open = None
                    self._end(commit)
            finally:
                self._writer.release()

    def _begin(self) -> Connection:
        connection = self.engine.connect()
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except BaseException:
            connection.close()
            raise
        return connection

    def _give_up(self, commit: _Commit) -> None:
        """After one that raised: those before it in the same commit are still to be written."""
        if commit.members:
            self._end(commit)
        else:
            commit.connection.close()

    def _end(self, commit: _Commit) -> None:
        try:
            commit.connection.exec_driver_sql("COMMIT")
        except DatabaseError as error:
            commit.failed = unavailable(error)
            roll_back(commit.connection)
        except BaseException as error:
            commit.failed = error
            raise
        finally:
            commit.connection.close()
            commit.done.set()

    def scrub(self) -> None:
        """Empty the journal into the file. What was deleted is overwritten there already (`secure_delete`)."""
        with self._writer, self.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        self.engine.dispose()


@contextmanager
def _undone_if_it_raises(commit: _Commit, give_up: Callable[[_Commit], None]) -> Iterator[None]:
    """The first of a commit takes all back when it raises, a later one only its own."""
    shared = commit.members > 0
    try:
        if shared:
            commit.connection.exec_driver_sql("SAVEPOINT one")
        yield
        if shared:
            commit.connection.exec_driver_sql("RELEASE one")
    except BaseException:
        try:
            if shared and _is_open(commit.connection):
                commit.connection.exec_driver_sql("ROLLBACK TO one")
                commit.connection.exec_driver_sql("RELEASE one")
            else:
                roll_back(commit.connection)
        finally:
            give_up(commit)
        raise


def _is_open(connection: Connection) -> bool:
    driver: Any = connection.connection.driver_connection
    return bool(driver.in_transaction)


def roll_back(connection: Connection) -> None:
    """Undo, unless SQLite has done so by itself, as it does when the disk is full: a second time hides what it said."""
    if _is_open(connection):
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
        connection.execute("PRAGMA secure_delete=ON")  # what is erased is overwritten

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
