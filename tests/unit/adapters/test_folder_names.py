"""Names in a folder: whatever was added or taken away before one asks is known, however soon after the last time."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comity.adapters.clock import SystemClock
from comity.adapters.folder_names import SETTLED_SECONDS, FolderNames
from comity.base.instants import Instant
from tests.simulators.fakes import FakeClock


class Counted:
    """How often the folder was listed."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, names: Sequence[str]) -> frozenset[str]:
        self.times += 1
        return frozenset(names)


def changed_at(folder: Path) -> Instant:
    return Instant.from_seconds(folder.stat().st_ctime_ns // 10**9)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from("abc"), max_size=20))
def test_every_change_is_seen_at_once(tmp_path: Path, names: list[str]) -> None:
    found = FolderNames(tmp_path, frozenset, SystemClock())
    for name in names:
        file = tmp_path / name
        file.unlink() if file.exists() else file.touch()
        assert found.get() == {one.name for one in tmp_path.iterdir()}


def test_a_folder_that_has_settled_is_listed_once_and_again_when_it_changes(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    read = Counted()
    found = FolderNames(tmp_path, read, FakeClock(changed_at(tmp_path).plus_seconds(SETTLED_SECONDS)))
    assert [found.get() for _ in range(3)] == [{"a"}] * 3
    assert read.times == 1
    before = tmp_path.stat().st_ctime_ns
    while tmp_path.stat().st_ctime_ns == before:  # the file system's clock goes on by ticks
        (tmp_path / "b").touch()
        (tmp_path / "b").rename(tmp_path / "c")
    assert found.get() == {"a", "c"}


def test_a_folder_that_changed_just_now_is_listed_each_time(tmp_path: Path) -> None:
    read = Counted()
    found = FolderNames(tmp_path, read, FakeClock(changed_at(tmp_path)))
    assert [found.get() for _ in range(3)] == [frozenset()] * 3
    assert read.times == 3


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="gone"):
        FolderNames(tmp_path / "gone", list, SystemClock()).get()
