"""SQLite: one file, one writer. WAL with `synchronous=FULL`, because with less an acknowledged commit can be lost in a
power cut. Both are read back after they are set: a network file system or a changed build may not keep them.
"""

import os
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError

from comity.adapters.sql.sqlite_lane import SqliteLane
from comity.adapters.sql.statements import straight
from comity.adapters.sql.unit import Unit
from comity.base.errors import Unavailable

_FULL = 2
_WAIT_SECONDS = 30
_JOURNAL_BYTES = 1100 * 4096  # SQLite empties it at 1,000 pages, or with the transaction that goes beyond them
_SMALL_CACHE = 16


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


def begin(engine: Engine, kept: Unit | None) -> Unit:
    unit = kept or Unit(engine, SqliteLane)
    try:
        unit.begin_writing()
    except BaseException:
        unit.close()
        raise
    return unit


def begin_reading(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
    connection.exec_driver_sql("SELECT one FROM writer").first()  # what is read first fixes what is seen


def commit(unit: Unit) -> None:
    unit.flush("COMMIT")


def grow_journal(connection: Connection) -> None:
    """Give a journal that is new the size it will have once checkpoints have emptied it.

    A flush that also has to make the file longer writes the file system's journal too, and takes twice as long. What
    does not fit SQLite's cache goes to the journal before it is committed; taken back, it leaves the room it took,
    flushed so that no later commit has to wait for it.
    """
    (_, _, name) = straight(connection, "PRAGMA database_list").fetchone()
    if not name or Path(f"{name}-wal").stat().st_size >= _JOURNAL_BYTES:
        return
    (cache,) = straight(connection, "PRAGMA cache_size").fetchone()
    straight(connection, f"PRAGMA cache_size={_SMALL_CACHE}")
    try:
        straight(connection, "BEGIN IMMEDIATE")
        straight(connection, "CREATE TABLE room (taken BLOB)")
        straight(connection, "INSERT INTO room VALUES (zeroblob(?))", (_JOURNAL_BYTES,))
    finally:
        if is_open(connection):
            straight(connection, "ROLLBACK")
        straight(connection, f"PRAGMA cache_size={cache}")
    _flush(Path(f"{name}-wal"))


def _flush(file: Path) -> None:
    """SQLite locks its other two files, never this one, so that opening and closing it lets no lock go."""
    opened = os.open(file, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def is_open(connection: Connection) -> bool:
    driver: Any = connection.connection.driver_connection
    return bool(driver.in_transaction)


def scrub(engine: Engine) -> None:
    """Empty the journal into the file. What was deleted is overwritten there already (`secure_delete`).

    Raises Unavailable where somebody still reads from the journal, as a backup does.
    """
    with engine.connect() as connection:
        (is_busy, _, _) = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
    if is_busy:
        raise Unavailable(
            "it is deleted, but a copy is left in the database's journal: somebody reads from it",
            hint="when the backup, or whatever reads, is done: comity retention sweep",
        )


def check_durable(engine: Engine) -> None:
    with engine.connect() as connection:
        journal = connection.execute(text("PRAGMA journal_mode")).scalar_one()
        synchronous = connection.execute(text("PRAGMA synchronous")).scalar_one()
    if journal != "wal" or synchronous != _FULL:
        raise Unavailable(
            f"the database would not keep what it acknowledged (journal_mode={journal}, synchronous={synchronous})",
            hint="put the node's folder on a local disk, not on a network share",
        )


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
