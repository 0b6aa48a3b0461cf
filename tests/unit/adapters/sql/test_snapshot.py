"""A snapshot reads what is committed, holds up nobody, and writes nothing; on every kind of database."""

import threading
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from comity.adapters.sql.database import Database, open_database
from comity.adapters.sql.server import Server
from comity.base.digests import Digest
from comity.base.errors import Unavailable
from comity.base.instants import Instant
from comity.workflows.stores import Leaf

HEAD = Digest.of(b"head")
NOW = Instant.from_seconds(1_800_000_000)


@pytest.fixture
def lasting(place: Path | Server) -> Database:
    return open_database(place)


def _begin(database: Database, case_id: str) -> None:
    with database.transaction() as tx:
        tx.cases.append(case_id, 1, b"event", HEAD)


def test_it_reads_what_was_committed(database: Database) -> None:
    _begin(database, "one")
    with database.snapshot() as tx:
        assert list(tx.cases.ids()) == ["one"]
        assert tx.cases.events("one") == [(b"event", HEAD)]


def test_others_write_meanwhile_and_it_stays_as_it_was(lasting: Database) -> None:
    _begin(lasting, "one")
    with lasting.snapshot() as tx:
        assert list(tx.cases.ids()) == ["one"]
        writer = threading.Thread(target=_begin, args=(lasting, "two"))
        writer.start()
        writer.join(20)
        assert not writer.is_alive(), "it waited for who only reads"
        assert list(tx.cases.ids()) == ["one"]
    with lasting.snapshot() as tx:
        assert list(tx.cases.ids()) == ["one", "two"]
    lasting.close()


def test_nor_does_it_wait_for_whoever_writes(lasting: Database) -> None:
    _begin(lasting, "one")
    seen: list[str] = []

    def look() -> None:
        with lasting.snapshot() as tx:
            seen.extend(tx.cases.ids())

    with lasting.transaction() as tx:
        tx.cases.append("two", 1, b"event", HEAD)
        reader = threading.Thread(target=look)
        reader.start()
        reader.join(20)
        assert seen == ["one"]
    lasting.close()


def test_what_would_be_written_at_its_end_is_refused(database: Database) -> None:
    with pytest.raises(Unavailable), database.snapshot() as tx:
        tx.log.append(Leaf(0, b"\x02entry"))
    with database.transaction() as tx:
        assert tx.log.size() == 0


def test_what_is_written_at_once_is_refused(database: Database) -> None:
    with pytest.raises(Unavailable), database.snapshot() as tx:
        tx.alarms.sound("kind", "what", NOW)
    with database.transaction() as tx:
        assert tx.alarms.all() == []


def test_the_connection_it_had_writes_again(database: Database) -> None:
    """The pool gives it to whoever comes next, after one that ended well and one that did not."""
    with pytest.raises(Unavailable), database.snapshot() as tx:
        tx.alarms.sound("kind", "what", NOW)
    with database.snapshot() as tx:
        tx.alarms.all()
    with database.engine.begin() as connection:
        connection.execute(text("DELETE FROM log_alarm"))
    _begin(database, "one")


def test_more_ask_at_once_than_the_pool_has_connections(lasting: Database) -> None:
    """They wait for each other; the writer does not wait for them."""
    inside, go_on = threading.Semaphore(0), threading.Event()

    def look() -> None:
        with lasting.snapshot() as tx:
            tx.cases.ids()
            inside.release()
            go_on.wait(20)

    readers = [threading.Thread(target=look) for _ in range(20)]
    for one in readers:
        one.start()
    assert inside.acquire(timeout=20)
    _begin(lasting, "one")
    go_on.set()
    for one in readers:
        one.join(20)
    assert not any(one.is_alive() for one in readers)
    lasting.close()


def test_a_connection_that_was_lost_meanwhile_is_made_anew(server: Server) -> None:
    database = open_database(server)
    with database.snapshot() as tx:
        tx.cases.ids()
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            " AND datname = current_database()"
        )
    with database.snapshot() as tx:
        assert list(tx.cases.ids()) == []
    database.close()
