"""The databases the store tests run on: the one in memory that other tests use, and a migrated file."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from comity.adapters.sql.database import Database, memory_database, open_database
from comity.adapters.sql.migrate import migrate


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A migrated database file."""
    path = tmp_path / "comity.db"
    migrate(path)
    return path


@pytest.fixture(params=["memory", "file"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    found = memory_database() if request.param == "memory" else open_database(request.getfixturevalue("file"))
    yield found
    found.close()
