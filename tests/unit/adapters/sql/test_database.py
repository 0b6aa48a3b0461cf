"""Opening refuses what would not keep its word; a transaction is whole or nothing, across threads and processes."""

import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from comity.adapters.sql.database import Database, check_promises, memory_database, open_database
from comity.adapters.sql.server import Server
from comity.base.digests import Digest
from comity.base.errors import Conflict, Unavailable
from comity.workflows.stores import Leaf

HEAD = Digest.of(b"head")
APPEND = """
import sys
from pathlib import Path
from comity.adapters.sql.database import open_database
from comity.adapters.sql.server import Server
from comity.base.digests import Digest
from comity.workflows.stores import Leaf

where, case = sys.argv[1:]
database = open_database(Server(where) if where.startswith("postgresql:") else Path(where))
print("ready", flush=True)
sys.stdin.readline()
for number in range(1, 41):
    with database.transaction() as tx:
        tx.cases.append(case, number, b"event", Digest.of(case.encode()))
        tx.log.append(Leaf(tx.log.size(), b"entry", case, number))
database.close()
"""
DIE_INSIDE = """
import os, sys
from pathlib import Path
from comity.adapters.sql.database import open_database
from comity.adapters.sql.server import Server
from comity.base.digests import Digest

where = sys.argv[1]
with open_database(Server(where) if where.startswith("postgresql:") else Path(where)).transaction() as tx:
    tx.cases.append("case", 1, b"event", Digest.of(b"head"))
    os._exit(9)
"""


def named(place: Path | Server) -> str:
    return place.url if isinstance(place, Server) else str(place)


def execute(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def test_commits_are_durable_before_they_are_acknowledged(file: Path) -> None:
    database = open_database(file)
    with database.engine.connect() as connection:
        pragma = {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous")}
    database.close()
    assert pragma == {"journal_mode": "wal", "synchronous": 2}


def test_a_database_that_cannot_keep_its_word_is_refused() -> None:
    # SQLite has no write-ahead log in memory, as it has none on some network shares: the setting is read back.
    database = memory_database()
    with pytest.raises(Unavailable, match="would not keep what it acknowledged") as refused:
        check_promises(database)
    database.close()
    assert "local disk" in refused.value.hint


def test_a_connection_with_less_than_full_flushing_is_refused(file: Path) -> None:
    database = open_database(file)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA synchronous=NORMAL")
    with pytest.raises(Unavailable, match="synchronous=1"):
        check_promises(database)
    database.close()


@pytest.mark.parametrize(
    ("spoil", "said", "hint"),
    [
        ("DROP TABLE alembic_version", "no tables", "comity migrate"),
        ("DELETE FROM alembic_version", "at step none", "comity migrate"),
        ("UPDATE alembic_version SET version_num = '0000'", "at step 0000", "comity migrate"),
    ],
)
def test_tables_of_another_release_are_refused_with_what_to_do(file: Path, spoil: str, said: str, hint: str) -> None:
    execute(file, spoil)
    with pytest.raises(Unavailable, match=said) as refused:
        open_database(file)
    assert hint in refused.value.hint


def test_a_file_that_is_missing_empty_or_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "comity.db"
    with pytest.raises(Unavailable, match="there is no database") as refused:
        open_database(path)
    assert refused.value.where == str(path)
    path.touch()
    with pytest.raises(Unavailable, match="no tables"):
        open_database(path)
    path.write_bytes(b"this is no database, but a letter. " * 200)
    with pytest.raises(Unavailable, match="damaged"):
        open_database(path)
    assert path.read_bytes().startswith(b"this is no database")


def test_a_database_with_a_torn_page_is_refused_when_it_is_read(file: Path) -> None:
    execute(file, "PRAGMA journal_mode=DELETE", "PRAGMA wal_checkpoint(TRUNCATE)")
    data = bytearray(file.read_bytes())
    data[100:] = b"\xff" * (len(data) - 100)
    file.write_bytes(data)
    with pytest.raises(Unavailable, match="damaged"):
        open_database(file)


def test_what_raises_inside_a_transaction_leaves_nothing_of_it(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.transaction() as tx:
        tx.cases.append("case", 1, b"event", HEAD)
        tx.log.append(Leaf(0, b"entry"))
        _ = 1 // 0
    with database.transaction() as tx:
        assert list(tx.cases.ids()) == []
        assert tx.log.size() == 0


def test_a_refused_write_leaves_the_transaction_usable_and_what_came_before_in_it(database: Database) -> None:
    with database.transaction() as tx:
        tx.cases.append("case", 1, b"event", HEAD)
        with pytest.raises(Conflict):
            tx.cases.append("case", 1, b"other", HEAD)
    with database.transaction() as tx:
        assert tx.cases.events("case") == [(b"event", HEAD)]


def test_what_was_committed_is_there_for_another_process(place: Path | Server) -> None:
    one, other = open_database(place), open_database(place)
    with one.transaction() as tx:
        tx.cases.append("case", 1, b"event", HEAD)
    with other.transaction() as tx:
        assert list(tx.cases.ids()) == ["case"]
    one.close()
    other.close()


def test_a_second_writer_is_told_who_is_in_the_way_when_it_may_not_wait(file: Path) -> None:
    one, other = open_database(file), open_database(file)
    with other.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=0")
    with one.transaction() as tx:
        tx.cases.append("case", 1, b"event", HEAD)
        with pytest.raises(Unavailable, match="in use by another process"), other.transaction():
            pass
    one.close()
    other.close()


def test_a_read_only_database_says_so(file: Path) -> None:
    database = open_database(file)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only=ON")
    with pytest.raises(Unavailable, match="read-only"), database.transaction() as tx:
        tx.cases.append("case", 1, b"event", HEAD)
    database.close()


def test_a_full_disk_says_so_and_nothing_is_written(file: Path) -> None:
    database = open_database(file)
    with database.engine.connect() as connection:  # the file may not grow by one page: SQLite then says what ENOSPC is
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    with pytest.raises(Unavailable, match="disk is full: nothing was written"), database.transaction() as tx:
        tx.cases.append("case", 1, bytes(100_000), HEAD)
    with database.transaction() as tx:
        assert list(tx.cases.ids()) == []
    database.close()


def test_threads_take_their_turns_and_the_log_has_no_gap(database: Database) -> None:
    def append(case: str) -> None:
        for number in range(1, 21):
            with database.transaction() as tx:
                tx.log.append(Leaf(tx.log.size(), b"entry", case, number))

    threads = [threading.Thread(target=append, args=(f"case-{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.transaction() as tx:
        assert tx.log.size() == 80
        assert [leaf.event for leaf in tx.log.of_case("case-2")] == list(range(1, 21))


def test_two_processes_take_their_turns_and_the_log_has_no_gap(place: Path | Server) -> None:
    begun = [
        subprocess.Popen(
            [sys.executable, "-c", APPEND, named(place), case], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for case in ("left", "right")
    ]
    for process in begun:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in begun:
        process.communicate("go\n")
        assert process.returncode == 0
    database = open_database(place)
    with database.transaction() as tx:
        assert tx.log.size() == 80
        for case in ("left", "right"):
            assert [leaf.event for leaf in tx.log.of_case(case)] == list(range(1, 41))
            assert len(tx.cases.events(case)) == 40
    database.close()


def test_a_process_that_dies_inside_its_transaction_leaves_nothing_and_no_lock(place: Path | Server) -> None:
    assert subprocess.run([sys.executable, "-c", DIE_INSIDE, named(place)], check=False).returncode == 9
    database = open_database(place)
    with database.transaction() as tx:
        assert list(tx.cases.ids()) == []
        tx.cases.append("case", 1, b"event", HEAD)
    database.close()
