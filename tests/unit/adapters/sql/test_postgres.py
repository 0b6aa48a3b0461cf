"""PostgreSQL: opened only where it keeps its word; it is told without a value of ours; what is erased goes."""

import secrets
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from comity.adapters.sql import postgres
from comity.adapters.sql.database import Database, open_database
from comity.adapters.sql.migrate import make_new, migrate
from comity.adapters.sql.server import Server
from comity.adapters.sql.tables import metadata
from comity.base.digests import Digest
from comity.base.errors import Conflict, Malformed, Unavailable
from comity.workflows.stores import Leaf
from tests.postgresql import NEEDS_PASSWORD, Postgres

HEAD = Digest.of(b"head")


@pytest.fixture
def opened(server: Server) -> Iterator[Database]:
    database = open_database(server)
    yield database
    database.close()


def run(server: Server, *statements: str) -> None:
    with psycopg.connect(server.url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def name_of(server: Server) -> str:
    with psycopg.connect(server.url) as connection:
        return connection.info.dbname


def ids(database: Database) -> list[str]:
    with database.transaction() as tx:
        return list(tx.cases.ids())


def begin_case(database: Database, case: str) -> None:
    with database.transaction() as tx:
        tx.cases.append(case, 1, b"event", HEAD)


@pytest.mark.parametrize("setting", ["synchronous_commit", "fsync", "full_page_writes"])
def test_a_server_that_would_not_keep_what_it_acknowledged_is_refused(
    postgresql: Postgres, server: Server, setting: str
) -> None:
    postgresql.execute(f"ALTER SYSTEM SET {setting} = off", "SELECT pg_reload_conf()")
    try:
        with pytest.raises(Unavailable, match=f"would not keep what it acknowledged .*{setting}=off") as refused:
            while True:  # the signal to read the settings anew may come later than the answer
                open_database(server).close()
    finally:
        postgresql.execute(f"ALTER SYSTEM RESET {setting}", "SELECT pg_reload_conf()")
    assert setting in refused.value.what
    assert "on" in refused.value.hint


def test_a_role_for_which_commits_are_not_flushed_is_refused(server: Server) -> None:
    run(server, f"ALTER DATABASE {name_of(server)} SET synchronous_commit = off")
    with pytest.raises(Unavailable, match="synchronous_commit=off"):
        open_database(server)


def test_a_database_of_another_encoding_is_refused(postgresql: Postgres) -> None:
    postgresql.execute("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0")
    found = Server(postgresql.url("latin"))
    with pytest.raises(Unavailable, match="encoding is LATIN1"):
        open_database(found)
    postgresql.drop(found)


def test_a_standby_that_only_reads_is_refused_and_said_to_be_one(server: Server) -> None:
    run(server, f"ALTER DATABASE {name_of(server)} SET default_transaction_read_only = on")
    with pytest.raises(Unavailable, match="read-only") as refused:
        open_database(server)
    assert "primary" in refused.value.hint


def test_a_server_that_is_not_there_is_named_and_a_password_is_not(tmp_path: Path) -> None:
    password = secrets.token_hex()
    with pytest.raises(Unavailable, match="cannot be reached") as refused:
        open_database(Server(f"postgresql://anna@/comity?host={tmp_path}", password))
    assert password not in refused.value.explain()
    assert password not in repr(Server("postgresql://anna@host/comity", password))


def test_a_password_is_used_and_a_wrong_one_is_refused_without_showing_it(postgresql: Postgres, server: Server) -> None:
    password = secrets.token_hex()
    postgresql.execute(f"CREATE ROLE {NEEDS_PASSWORD} LOGIN SUPERUSER PASSWORD '{password}'")
    url = server.url.replace("postgres@", f"{NEEDS_PASSWORD}@", 1)
    try:
        open_database(Server(url, password)).close()
        for wrong in ("", password[1:]):
            with pytest.raises(Unavailable, match="password") as refused:
                open_database(Server(url, wrong))
            assert password[1:] not in refused.value.explain()
    finally:
        postgresql.execute(f"DROP ROLE {NEEDS_PASSWORD}")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://anna:secret@host/comity", "a password stands in it"),
        ("postgresql://anna@host/comity?password=secret", "a password stands in it"),
        ("postgresql://anna@host", "names no database"),
        ("postgresql://anna@host:port/comity?nonsense=1", "cannot|not an address"),
        ("mysql://secret@host/comity", "not an address"),
    ],
)
def test_an_address_that_cannot_be_is_refused_without_repeating_it(url: str, said: str) -> None:
    with pytest.raises(Malformed, match=said) as refused:
        postgres.check_url(url)
    assert "secret" not in refused.value.explain()


@pytest.mark.parametrize(
    ("spoil", "said", "hint"),
    [
        ("DROP TABLE alembic_version", "no tables", "comity migrate"),
        ("DELETE FROM alembic_version", "at step none", "comity migrate"),
        ("UPDATE alembic_version SET version_num = '0000'", "at step 0000", "comity migrate"),
    ],
)
def test_tables_of_another_release_are_refused_with_what_to_do(
    server: Server, spoil: str, said: str, hint: str
) -> None:
    run(server, spoil)
    with pytest.raises(Unavailable, match=said) as refused:
        open_database(server)
    assert hint in refused.value.hint


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("53100", "disk is full: nothing was written"),
        ("58030", "disk is failing: nothing was written"),
        ("25006", "read-only standby"),
        ("42P01", "no tables, or older ones"),
        ("40001", "another process was in the way"),
        ("42501", "may not do this"),
        ("XX001", "is damaged"),
        ("22003", "a value it cannot hold .SQLSTATE 22003."),
    ],
)
def test_what_the_server_refuses_is_told_without_the_value_and_nothing_is_written(
    server: Server, opened: Database, state: str, said: str
) -> None:
    run(
        server,
        f"CREATE FUNCTION refuse() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'of case %', NEW.case_id "
        f"USING ERRCODE = '{state}'; END $$ LANGUAGE plpgsql",
        "CREATE TRIGGER refuse BEFORE INSERT ON case_event FOR EACH ROW EXECUTE FUNCTION refuse()",
    )
    with pytest.raises(Unavailable, match=said) as refused:
        begin_case(opened, "the-case-of-somebody")
    assert "somebody" not in refused.value.explain()
    run(server, "DROP TRIGGER refuse ON case_event")
    assert ids(opened) == []


def test_a_failure_that_was_swallowed_inside_is_not_taken_for_a_commit(opened: Database) -> None:
    with pytest.raises(Unavailable, match="nothing was written"), opened.transaction() as tx:
        tx.cases.append("case", 1, b"event", HEAD)
        with pytest.raises(DBAPIError):
            tx.cases._connection.exec_driver_sql("SELECT 1/0")
    assert ids(opened) == []


def test_a_connection_lost_between_transactions_is_made_anew_without_a_word(server: Server, opened: Database) -> None:
    begin_case(opened, "before")
    run(server, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'comity'")
    begin_case(opened, "after")
    assert ids(opened) == ["before", "after"]


def test_a_connection_lost_inside_a_transaction_is_told_and_leaves_nothing_of_it(
    server: Server, opened: Database
) -> None:
    with pytest.raises(Unavailable, match="connection to the database was lost"), opened.transaction() as tx:
        tx.cases.append("case", 1, b"event", HEAD)
        run(server, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'comity'")
        tx.cases.append("case", 2, b"event", HEAD)
    assert ids(opened) == []


def test_what_was_acknowledged_is_there_after_the_server_crashed(postgresql: Postgres, server: Server) -> None:
    database = open_database(server)
    begin_case(database, "case")
    postgresql.stop("immediate")
    with pytest.raises(Unavailable, match=r"cannot be reached|was lost"):
        begin_case(database, "not")
    postgresql.start()
    assert ids(database) == ["case"]
    database.close()


def test_whoever_waits_too_long_for_the_writer_is_told(server: Server, opened: Database) -> None:
    other = open_database(Server(server.url + "&options=-c%20lock_timeout%3D50ms"))
    with opened.transaction() as tx:
        tx.cases.append("case", 1, b"event", HEAD)
        with pytest.raises(Unavailable, match="in use by another process"), other.transaction():
            pass
    begin_case(other, "other")
    assert ids(opened) == ["case", "other"]
    other.close()


def test_without_the_writers_row_nothing_is_written(server: Server, opened: Database) -> None:
    run(server, "DELETE FROM writer")
    with pytest.raises(Unavailable, match="the writer's row is missing"):
        begin_case(opened, "case")


def test_several_databases_at_once_leave_a_log_without_a_gap(server: Server) -> None:
    databases = [open_database(server) for _ in range(3)]

    def append(database: Database) -> None:
        for _ in range(40):
            with database.transaction() as tx:
                tx.log.append(Leaf(tx.log.size(), b"entry"))

    threads = [threading.Thread(target=append, args=(database,)) for database in databases for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with databases[0].transaction() as tx:
        assert tx.log.size() == 240
        assert len(tx.log.entries(0, 999)) == 240
    for database in databases:
        database.close()


def test_times_after_2038_fit_and_texts_are_ordered_by_their_bytes(server: Server) -> None:
    with psycopg.connect(server.url) as connection:
        rows = connection.execute(
            "SELECT table_name, column_name, data_type, collation_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name <> 'alembic_version'"
        ).fetchall()
    assert {table for table, *_ in rows} == set(metadata.tables)
    assert {kind for *_, kind, _ in rows} == {"bigint", "bytea", "character varying"} | (
        {"boolean", "text"} & {kind for *_, kind, _ in rows}
    )
    assert {collation for *_, kind, collation in rows if kind in ("character varying", "text")} == {"C"}


def test_what_was_erased_is_in_no_file_of_the_tables(postgresql: Postgres, server: Server, opened: Database) -> None:
    secret = secrets.token_hex(20).encode()
    with opened.transaction() as tx:
        tx.cases.append("gone", 1, secret, HEAD)
        tx.cases.append("kept", 1, b"event", HEAD)
    run(server, "CHECKPOINT")
    assert holding(postgresql, secret)
    with opened.transaction() as tx:
        tx.erasures.erase("gone")
    opened.scrub()
    run(server, "CHECKPOINT")
    assert holding(postgresql, secret) == []
    assert ids(opened) == ["kept"]


def holding(postgresql: Postgres, secret: bytes) -> list[Path]:
    return [one for one in (postgresql.data / "base").rglob("*") if one.is_file() and secret in one.read_bytes()]


def test_a_database_with_a_table_in_it_is_not_made_a_new_nodes(postgresql: Postgres, server: Server) -> None:
    with pytest.raises(Conflict, match="not empty"):
        make_new(server)
    other = postgresql.empty()
    run(other, "CREATE TABLE of_another_program (x int)")
    with pytest.raises(Conflict, match="not empty"):
        make_new(other)
    postgresql.drop(other)


def test_a_step_that_fails_leaves_the_database_as_it_was(postgresql: Postgres) -> None:
    found = postgresql.empty()
    run(found, "CREATE TABLE witnessed (something_else text)")  # the last table the first step makes
    with pytest.raises(Unavailable, match='"witnessed" already exists'):
        migrate(found)
    with psycopg.connect(found.url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert tables == [("witnessed",)]
    postgresql.drop(found)


def test_a_statement_that_is_cut_off_by_the_server_is_not_sent_twice(server: Server, opened: Database) -> None:
    begun: list[str] = []

    @event.listens_for(opened.engine, "before_cursor_execute")
    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        begun.append(statement)

    with pytest.raises(Unavailable), opened.transaction() as tx:
        run(server, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'comity'")
        tx.custody.append("0" * 64, [b"act"])
    assert sum("FROM custody" in one for one in begun) == 1
