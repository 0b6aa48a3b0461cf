"""The power fails, or the disk: what was promised is there, what is not safe is not promised. Long form: make soak."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.soak import bad_disk, power_cut


def test_what_was_acknowledged_survives_a_power_cut_and_a_weaker_setting_is_seen_to_lose_it(
    tmp_path: Path, strace: str
) -> None:
    assert strace
    seen = {}
    for name, normal in (("full", False), ("normal", True)):
        folder = tmp_path / name
        folder.mkdir()
        calls = power_cut.record(folder, 6, normal=normal)
        seen[name] = (power_cut.judge(calls, 30, 7), power_cut.told_too_early(calls))
    full, early = seen["full"]
    assert (full.lost, full.broken, full.acknowledged, early) == (0, 0, 6, 0)
    weak, weakly_early = seen["normal"]
    assert weak.lost > 0 and weakly_early > 0, "the test sees nothing"


def test_a_flush_that_fails_is_refused_and_nothing_is_acknowledged_until_it_works_again(strace: str) -> None:
    assert strace
    name = "a flush fails"
    bad_disk.check(name, bad_disk.run(bad_disk.FAULTS[name], 1))


def test_a_full_disk_is_refused_and_the_node_goes_on_when_there_is_room() -> None:
    bad_disk.check("a file that may not grow", bad_disk.run_limited(4096))


@pytest.fixture
def strace(program: Callable[[str], str]) -> str:
    """Skipped where it is not installed: apt-get install strace."""
    return program("strace")
