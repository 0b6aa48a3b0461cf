"""Migrations: the steps lead to exactly today's tables, all of them or none."""

import re
import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

import comity.adapters.sql as package
from comity.adapters.sql.database import make_engine, open_database
from comity.adapters.sql.migrate import migrate
from comity.adapters.sql.server import Server
from comity.adapters.sql.tables import REVISION, metadata
from comity.base.digests import Digest
from comity.base.errors import Unavailable


def schema(path: Path) -> dict[str, str]:
    """Every table and index as SQLite keeps it, by name; Alembic's own apart."""
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    connection.close()
    return {name: re.sub(r"\s+", " ", sql) for name, sql in rows if name != "alembic_version"}


def test_the_last_step_is_the_one_this_release_asks_for(file: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(package.__file__).parent / "migrations"))
    script = ScriptDirectory.from_config(config)
    assert script.get_heads() == [REVISION]
    assert migrate(file) == REVISION


def test_after_all_steps_there_is_nothing_left_to_change(place: Path | Server) -> None:
    engine = make_engine(place)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_the_steps_and_the_tables_make_the_very_same_schema(file: Path, tmp_path: Path) -> None:
    # Checks and names too, which Alembic's comparison passes over.
    direct = tmp_path / "direct.db"
    engine = make_engine(direct)
    metadata.create_all(engine)
    engine.dispose()
    assert schema(file) == schema(direct)
    assert set(metadata.tables) <= set(schema(file))


def test_a_log_has_one_signed_head_and_the_database_itself_says_so(file: Path) -> None:
    connection = sqlite3.connect(file)
    connection.execute("INSERT INTO log_signed (one, size, root) VALUES (1, 0, x'00')")
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute("INSERT INTO log_signed (one, size, root) VALUES (2, 0, x'00')")
    connection.close()


def test_again_changes_nothing_and_keeps_what_is_there(file: Path) -> None:
    database = open_database(file)
    with database.transaction() as tx:
        tx.cases.append("case", 1, b"event", Digest.of(b"head"))
    database.close()
    assert migrate(file) == REVISION
    database = open_database(file)
    with database.transaction() as tx:
        assert list(tx.cases.ids()) == ["case"]
    database.close()


def test_a_step_that_fails_leaves_the_database_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "comity.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE witnessed (something_else TEXT)")  # the last table the first step makes
    connection.commit()
    connection.close()
    before = schema(path)
    with pytest.raises(Unavailable, match="witnessed already exists") as refused:
        migrate(path)
    assert refused.value.where == str(path)
    assert schema(path) == before


def test_a_database_of_a_later_release_is_refused_and_not_touched(file: Path) -> None:
    connection = sqlite3.connect(file)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    before = schema(file)
    with pytest.raises(Unavailable, match="later release"):
        migrate(file)
    assert schema(file) == before


def test_what_is_no_database_is_refused_and_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "comity.db"
    path.write_bytes(b"a letter, no database" * 100)
    with pytest.raises(Unavailable, match="damaged"):
        migrate(path)
    assert path.read_bytes() == b"a letter, no database" * 100


@pytest.mark.parametrize("name", ["a b", "what?", "100%41", "a#b", "a&b=c", "Ålesund"])
def test_the_database_is_made_in_the_folder_named_whatever_its_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name / "comity.db"
    migrate(path)
    open_database(path).close()
    assert [found.name for found in tmp_path.iterdir()] == [name]


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable) as refused:
        migrate(tmp_path / "file" / "comity.db")
    assert "comity.db" in refused.value.where
