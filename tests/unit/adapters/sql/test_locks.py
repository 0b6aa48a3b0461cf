"""A row of PostgreSQL as a lock: one holder over all connections, and none when its connection is gone."""

import threading
from collections.abc import Iterator

import psycopg
import pytest

from comity.adapters.sql.locks import RowLocks
from comity.adapters.sql.server import Server
from comity.base.errors import Unavailable


@pytest.fixture
def locks(server: Server) -> Iterator[tuple[RowLocks, RowLocks]]:
    """Of two processes."""
    one, two = RowLocks(server), RowLocks(server)
    yield one, two
    one.release()
    two.release()


def waiting_for(locks: RowLocks, name: str) -> tuple[threading.Thread, threading.Event]:
    held = threading.Event()

    def wait() -> None:
        with locks.hold(name):
            held.set()

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    return thread, held


def test_while_one_holds_it_another_waits_and_then_has_it(locks: tuple[RowLocks, RowLocks]) -> None:
    one, two = locks
    with one.hold("publish"):
        thread, held = waiting_for(two, "publish")
        with two.hold("package"):
            pass
        assert not held.wait(0.3)
    assert held.wait(60)
    thread.join(60)


def test_it_is_freed_when_the_holder_fails_or_its_connection_ends(
    locks: tuple[RowLocks, RowLocks], server: Server
) -> None:
    one, two = locks
    with pytest.raises(ZeroDivisionError), one.hold("publish"):
        _ = 1 // 0
    holders = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'"
    with one.hold("publish"), psycopg.connect(server.url, autocommit=True) as connection:
        held_by = connection.execute(holders).fetchall()  # before another waits: for a moment it looks alike
        assert len(held_by) == 1
        thread, held = waiting_for(two, "publish")
        connection.execute("SELECT pg_terminate_backend(%s)", held_by[0])
        assert held.wait(60)
        thread.join(60)


def test_nobody_is_alone_where_other_machines_cannot_be_seen(locks: tuple[RowLocks, RowLocks]) -> None:
    assert not locks[0].alone("worker")


def test_a_server_that_is_not_there_is_unavailable() -> None:
    locks = RowLocks(Server("postgresql://nobody@/none?host=/nowhere"))
    with pytest.raises(Unavailable), locks.hold("publish"):
        pass
