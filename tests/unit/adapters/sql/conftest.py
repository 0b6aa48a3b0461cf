"""The databases the store tests run on: the one in memory that other tests use, a migrated file, and a server's."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from comity.adapters.sql.database import Database, memory_database, open_database
from comity.adapters.sql.migrate import migrate
from comity.adapters.sql.server import Server
from tests.postgresql import Postgres


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A migrated database file."""
    path = tmp_path / "comity.db"
    migrate(path)
    return path


@pytest.fixture
def server(postgresql: Postgres) -> Iterator[Server]:
    """A migrated database on a server."""
    found = postgresql.database()
    yield found
    postgresql.drop(found)


@pytest.fixture(params=["file", "postgresql"])
def place(request: pytest.FixtureRequest) -> Path | Server:
    """A migrated database that lasts, of either kind."""
    found: Path | Server = request.getfixturevalue("file" if request.param == "file" else "server")
    return found


@pytest.fixture(params=["memory", "file", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    if request.param == "memory":
        found = memory_database()
    else:
        found = open_database(request.getfixturevalue("file" if request.param == "file" else "server"))
    yield found
    found.close()
