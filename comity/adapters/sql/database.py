"""Open the database, refuse unsafe settings, and give one transaction at a time.

What differs between a file and a server is in `sqlite_file` and `postgres`; all else is one code.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Protocol, TypeVar

from sqlalchemy import URL, Connection, Engine, text
from sqlalchemy.exc import DatabaseError, DBAPIError
from sqlalchemy.pool import QueuePool, StaticPool

from comity.adapters.sql import snapshot, sqlite_file, tables_writer
from comity.adapters.sql.server import Server
from comity.adapters.sql.tables import REVISION, metadata
from comity.adapters.sql.transaction import SqlTransaction
from comity.adapters.sql.unit import Unit
from comity.base.errors import Unavailable
from comity.workflows.known_cases import KnownCases
from comity.workflows.shared_steps import SharedSteps
from comity.workflows.stores import Step

T = TypeVar("T")
_SHARE_MOST = 1024
_SHARE_SECONDS = 0.05
_OFTEN = 32
"""Commits after which a process writes often: a node, and no single command."""
_READERS = 3
"""Snapshots at once, so that one of the pool's connections is always left for the writer."""


class _Commit:
    """One COMMIT that several transactions share: those that came while others were at work."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self.members = 0
        self.begun = time.monotonic()
        self.done = threading.Event()
        self.is_written = False
        self.failed: BaseException | None = None


class Kind(Protocol):
    """What differs between one database and another; `sqlite_file` and `postgres` are such."""

    def begin(self, engine: Engine, kept: Unit | None) -> Unit: ...
    def begin_reading(self, connection: Connection) -> None: ...
    def commit(self, unit: Unit) -> None: ...
    def is_open(self, connection: Connection) -> bool: ...
    def scrub(self, engine: Engine) -> None: ...
    def grow_journal(self, connection: Connection) -> None: ...
    def check_durable(self, engine: Engine) -> None: ...
    def unavailable(self, error: DBAPIError) -> Unavailable: ...


def kind_of(engine: Engine) -> Kind:
    if engine.dialect.name != "postgresql":
        return sqlite_file
    from comity.adapters.sql import postgres

    return postgres


class Database:
    """A Store over one SQLite file or a PostgreSQL server, or in memory for tests."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._kind = kind_of(engine)
        self._known_cases = KnownCases()
        self._writer = threading.RLock()
        self._counting = threading.Lock()
        self._waiting = 0
        self._open: _Commit | None = None
        self._kept: Unit | None = None  # the last writer's connection, for the next
        self._commits = 0
        self._readers = threading.Semaphore(_READERS)
        self._steps = SharedSteps(self.transaction)

    @contextmanager
    def transaction(self) -> Iterator[SqlTransaction]:
        """`BEGIN` as the only writer ... `COMMIT`. Threads of this process queue here, other processes at the database.

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
                commit = self._open or self._begin()
                self._open = None
                with self._undone_if_it_raises(commit):
                    found = SqlTransaction(commit.unit, self._known_cases)
                    yield found
                    goes_on = (self._waiting > 0 or found.is_followed) and self._may_grow(commit)
                    if goes_on or commit.members:
                        commit.unit.flush()
                    else:  # nobody else's: what it wrote and COMMIT go together
                        self._kind.commit(commit.unit)
                        commit.is_written = True
                commit.members += 1
                if goes_on:
                    self._open = commit
                else:
                    self._end(commit)
            except DatabaseError as error:
                raise self._kind.unavailable(error) from None
        finally:
            self._writer.release()
        while not commit.done.wait(_SHARE_SECONDS):
            self._end_if_left(commit)
        if commit.failed is not None:
            raise commit.failed

    def share(self, step: Step[T]) -> T:
        """As the promise of `Store` says."""
        return self._steps.do(step)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One picture of the whole database, for a copy: it stays as it is while others write, and nobody waits for it.
        Raises Unavailable."""
        alone = self._writer if isinstance(self.engine.pool, StaticPool) else nullcontext()  # one connection in memory
        with alone:
            connection = self.engine.connect()
            try:
                self._kind.begin_reading(connection)
                yield connection
            except DatabaseError as error:
                raise self._kind.unavailable(error) from None
            finally:
                roll_back(connection)
                connection.close()

    @contextmanager
    def snapshot(self) -> Iterator[SqlTransaction]:
        """As the promise of `Store` says. In memory, where there is one connection, it takes its turn with the others.
        Raises Unavailable."""
        if isinstance(self.engine.pool, StaticPool):
            with self.transaction() as tx, snapshot.unwritten(tx.unit):
                yield tx
            return
        with self._readers:
            try:
                unit = snapshot.begin(self.engine, self._kind.begin_reading)
                try:
                    with snapshot.unwritten(unit):
                        yield SqlTransaction(unit, self._known_cases)
                finally:
                    roll_back(unit)
                    unit.close()
            except DatabaseError as error:
                raise self._kind.unavailable(error) from None

    def _begin(self) -> _Commit:
        kept, self._kept = self._kept, None
        return _Commit(self._kind.begin(self.engine, kept))

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

    @contextmanager
    def _undone_if_it_raises(self, commit: _Commit) -> Iterator[None]:
        """The first of a commit takes all back when it raises, a later one only its own."""
        shared = commit.members > 0
        try:
            if shared:
                commit.unit.mark()
            yield
        except BaseException:
            try:
                if shared and self._kind.is_open(commit.unit):
                    commit.unit.undo_to_mark()
                else:
                    roll_back(commit.unit)
            finally:
                self._give_up(commit)
            raise

    def _give_up(self, commit: _Commit) -> None:
        """After one that raised: those before it in the same commit are still to be written."""
        if commit.members:
            self._end(commit)
        else:
            commit.unit.close()

    def _end(self, commit: _Commit) -> None:
        try:
            if not commit.is_written:
                self._kind.commit(commit.unit)
            self._kept = None if commit.unit.lane.is_lost else commit.unit
        except DatabaseError as error:
            commit.failed = self._kind.unavailable(error)
            roll_back(commit.unit)
        except BaseException as error:
            commit.failed = error
            raise
        finally:
            if self._kept is None:
                commit.unit.close()
            commit.done.set()
        self._commits += 1
        if self._commits == _OFTEN and self._kept is not None:
            with suppress(DBAPIError, OSError):  # only for speed: the next commit says what is wrong
                self._kind.grow_journal(self._kept)

    def scrub(self) -> None:
        """Leave nothing of what was deleted in the database's files. Raises Unavailable."""
        try:
            with self._writer:
                self._kind.scrub(self.engine)
                self._commits = 0  # the journal is new again
        except DatabaseError as error:
            raise self._kind.unavailable(error) from None

    def close(self) -> None:
        if self._writer.acquire(blocking=False):  # a thread that is still at work is not waited for
            try:
                kept, self._kept = self._kept, None
                if kept is not None:
                    kept.close()
            finally:
                self._writer.release()
        self.engine.dispose()


def roll_back(connection: Connection) -> None:
    """Undo, unless it is undone: SQLite does so by itself when the disk is full, and a second time hides what it said.
    So is what was begun on a connection that is lost."""
    if isinstance(connection, Unit):
        connection.drop()
    if kind_of(connection.engine).is_open(connection):
        connection.exec_driver_sql("ROLLBACK")


def make_engine(where: Path | Server) -> Engine:
    """An engine whose every connection is set to keep what it acknowledges."""
    if isinstance(where, Server):
        from comity.adapters.sql import postgres

        return postgres.make_engine(where)
    return sqlite_file.make_engine(URL.create("sqlite", database=str(where)), poolclass=QueuePool, pool_size=4)


def open_database(where: Path | Server) -> Database:
    """The database in the file or at the server, which must exist, with its promises checked. Raises Unavailable."""
    if isinstance(where, Path) and not where.is_file():
        raise Unavailable("there is no database", where=str(where), hint="make the node first: comity init")
    database = Database(make_engine(where))
    try:
        check_promises(database)
    except DatabaseError as error:
        database.close()
        raise kind_of(database.engine).unavailable(error) from None
    except Unavailable:
        database.close()
        raise
    return database


def check_promises(database: Database) -> None:
    """Raise Unavailable unless commits are durable (on SQLite journal_mode wal and synchronous FULL, on PostgreSQL
    fsync, full_page_writes and synchronous_commit) and the tables are ours."""
    kind_of(database.engine).check_durable(database.engine)
    with database.engine.connect() as connection:
        revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if revision != REVISION:
        raise Unavailable(
            f"the database is at step {revision or 'none'}, this release needs {REVISION}",
            hint="run: comity migrate --config FILE",
        )


def memory_database() -> Database:
    """A database in memory with today's tables, for tests and trials: nothing of it lasts."""
    engine = sqlite_file.make_engine(
        URL.create("sqlite"), poolclass=StaticPool, connect_args={"check_same_thread": False}
    )
    metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(tables_writer.writer.insert().values(one=1))
    return Database(engine)
