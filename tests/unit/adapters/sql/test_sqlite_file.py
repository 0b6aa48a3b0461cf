"""What is SQLite's alone: the journal of a process that writes often is as large from the start as it would become."""

from pathlib import Path

import pytest

from comity.adapters.sql.database import Database, open_database
from comity.base.digests import Digest
from comity.base.errors import Unavailable

HEAD = Digest.of(b"head")


def write(database: Database, first: int, last: int) -> None:
    for number in range(first, last + 1):
        with database.transaction() as tx:
            tx.cases.append("case", number, b"event", HEAD)


def journal(file: Path) -> int:
    return file.with_name(f"{file.name}-wal").stat().st_size


def test_the_journal_of_a_process_that_writes_often_has_its_whole_size_before_it_is_needed(file: Path) -> None:
    database = open_database(file)
    write(database, 1, 31)
    assert journal(file) < 1000 * 4096
    write(database, 32, 32)
    assert journal(file) > 1000 * 4096
    database.close()


def test_what_made_the_room_leaves_nothing_in_the_database(file: Path) -> None:
    database, other = open_database(file), open_database(file)
    size = file.stat().st_size
    write(database, 1, 40)
    with other.reading() as connection:
        tables = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE name = 'room'").all()
        assert (tables, connection.exec_driver_sql("PRAGMA integrity_check").scalar()) == ([], "ok")
        assert connection.exec_driver_sql("SELECT count(*) FROM case_event").scalar() == 40
    assert file.stat().st_size == size
    database.close()
    other.close()


def test_the_cache_is_as_large_as_before(file: Path) -> None:
    database = open_database(file)
    with database.engine.connect() as connection:
        before = connection.exec_driver_sql("PRAGMA cache_size").scalar()
    write(database, 1, 40)
    with database.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA cache_size").scalar() == before
    database.close()


def test_after_what_was_deleted_was_scrubbed_the_journal_grows_again(file: Path) -> None:
    database = open_database(file)
    write(database, 1, 40)
    database.scrub()
    assert journal(file) == 0
    write(database, 41, 80)
    assert journal(file) > 1000 * 4096
    database.close()


def test_whoever_still_reads_from_the_journal_keeps_what_was_deleted_in_it_and_that_is_said(file: Path) -> None:
    database, other = open_database(file), open_database(file)
    write(database, 1, 4)
    with other.reading() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM case_event").scalar()
        write(database, 5, 8)
        with database.engine.connect() as impatient:
            impatient.exec_driver_sql("PRAGMA busy_timeout=0")
        with pytest.raises(Unavailable, match="journal"):
            database.scrub()
    database.scrub()
    assert journal(file) == 0
    database.close()
    other.close()


def test_where_there_is_no_room_on_the_disk_work_goes_on(file: Path) -> None:
    database = open_database(file)
    with database.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    write(database, 1, 40)
    with database.transaction() as tx:
        assert len(tx.cases.events("case")) == 40
    assert journal(file) < 1000 * 4096
    database.close()
