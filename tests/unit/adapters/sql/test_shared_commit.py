"""Callers at once share one commit: each is on the disk when it returns, and one that fails takes back only its own."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from comity.adapters.sql.database import Database, Kind, open_database
from comity.adapters.sql.server import Server
from comity.adapters.sql.statements import straight
from comity.adapters.sql.unit import Unit
from comity.base.errors import Conflict, Unavailable
from comity.workflows.stores import Leaf
from tests.unit.adapters.sql.queued import while_others_wait


class Watched:
    """What differs between databases, as it is, with every COMMIT noted; `spoilt`: they fail."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind
        self.commits = 0
        self.spoilt = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._kind, name)

    def commit(self, unit: Unit) -> None:
        self.commits += 1
        if self.spoilt:
            straight(unit, "COMMIT_NOT")
        self._kind.commit(unit)


@pytest.fixture
def on_disk(place: Path | Server) -> Iterator[tuple[Database, Watched]]:
    """A database in a file or on a server, and every COMMIT it made."""
    database = open_database(place)
    database._kind = watched = Watched(database._kind)
    yield database, watched
    database.close()


def on_file(database: Database) -> list[bytes]:
    """What another connection reads now."""
    with database.engine.connect() as connection:
        return list(connection.exec_driver_sql("SELECT entry FROM log_entry ORDER BY idx").scalars())


def append(database: Database, entry: bytes) -> None:
    with database.transaction() as tx:
        tx.log.append(Leaf(tx.log.size(), entry))


def test_those_who_come_at_once_share_a_commit_and_all_are_on_the_disk(on_disk: tuple[Database, Watched]) -> None:
    database, watched = on_disk
    found: dict[int, bool] = {}

    def work(number: int) -> None:
        append(database, b"%d" % number)
        found[number] = b"%d" % number in on_file(database)

    while_others_wait(database, [threading.Thread(target=work, args=(number,)) for number in range(20)])
    assert found == dict.fromkeys(range(20), True)
    assert len(on_file(database)) == 20
    assert 1 <= watched.commits <= 3


def test_the_connection_goes_on_after_a_commit_whose_last_member_wrote_nothing(
    on_disk: tuple[Database, Watched],
) -> None:
    database, _ = on_disk

    def nothing() -> None:
        with database.transaction():
            pass

    while_others_wait(database, [threading.Thread(target=append, args=(database, b"one"))])
    while_others_wait(database, [threading.Thread(target=nothing)])
    kept = database._kept
    append(database, b"two")
    assert on_file(database) == [b"one", b"two"]
    assert kept is not None
    assert database._kept is kept


def test_after_one_that_fails_the_next_begins_on_a_connection_of_its_own(on_disk: tuple[Database, Watched]) -> None:
    database, watched = on_disk
    append(database, b"one")
    watched.spoilt = True
    with pytest.raises(Unavailable):
        append(database, b"two")
    watched.spoilt = False
    append(database, b"three")
    assert on_file(database) == [b"one", b"three"]


def test_one_that_fails_among_others_takes_back_only_its_own(on_disk: tuple[Database, Watched]) -> None:
    database, _ = on_disk
    refused: list[int] = []

    def work(number: int) -> None:
        try:
            with database.transaction() as tx:
                tx.log.append(Leaf(tx.log.size(), b"%d" % number))
                if number % 3 == 0:
                    raise Conflict("not this one")
        except Conflict:
            refused.append(number)

    while_others_wait(database, [threading.Thread(target=work, args=(number,)) for number in range(12)])
    assert sorted(refused) == [0, 3, 6, 9]
    assert sorted(int(one) for one in on_file(database)) == [n for n in range(12) if n % 3]


def test_when_the_commit_fails_all_who_shared_it_are_told(on_disk: tuple[Database, Watched]) -> None:
    database, watched = on_disk
    watched.spoilt = True
    told: list[int] = []

    def work(number: int) -> None:
        try:
            append(database, b"%d" % number)
        except Unavailable:
            told.append(number)

    with pytest.raises(Unavailable):
        while_others_wait(database, [threading.Thread(target=work, args=(number,)) for number in range(4)])
    deadline = threading.Event()
    while len(told) < 4 and not deadline.wait(0.01):
        pass
    assert on_file(database) == []


def test_one_that_expects_another_is_on_the_disk_when_it_ends_though_nobody_comes(
    on_disk: tuple[Database, Watched],
) -> None:
    database, watched = on_disk
    with database.transaction() as tx:
        tx.log.append(Leaf(0, b"alone"))
        tx.followed()
    assert on_file(database) == [b"alone"]
    assert watched.commits == 1


def test_one_that_expects_another_goes_on_when_that_one_takes_back_its_own(
    on_disk: tuple[Database, Watched],
) -> None:
    database, _ = on_disk

    def refused() -> None:
        with pytest.raises(Conflict), database.transaction() as tx:
            tx.log.append(Leaf(tx.log.size(), b"refused"))
            raise Conflict("not this one")

    follower = threading.Thread(target=refused)
    with database.transaction() as tx:
        tx.log.append(Leaf(0, b"kept"))
        tx.followed()
        follower.start()
    follower.join()
    assert on_file(database) == [b"kept"]


def test_a_connection_whose_prepared_statements_were_taken_back_is_replaced(on_disk: tuple[Database, Watched]) -> None:
    database, _ = on_disk
    append(database, b"before")
    if database.engine.dialect.name == "postgresql":
        with pytest.raises(Unavailable), database.transaction() as tx:
            tx.unit.exec_driver_sql("DEALLOCATE ALL")  # the COMMIT, being prepared too, then fails
    append(database, b"after")
    assert on_file(database) == [b"before", b"after"]


def test_many_threads_leave_a_log_without_a_gap(on_disk: tuple[Database, Watched]) -> None:
    database, _ = on_disk
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: append(database, b"%d" % number), range(300)))
    with database.transaction() as tx:
        assert tx.log.size() == 300
        assert len(tx.log.hashes(1, 0, 9)) == 32
