"""Streams: what is counted and hashed on the way."""

from comity.evidence.streams import Tally, bytes_in
from tests.simulators.packages import MemoryPackage


def test_the_bytes_in_a_package_are_those_of_all_its_files() -> None:
    assert bytes_in(MemoryPackage({"a": b"12", "b/c": b"", "d": b"345"})) == 5


def test_a_tally_reports_the_sum() -> None:
    seen: list[tuple[int, int]] = []
    tally = Tally(lambda *so_far: seen.append(so_far), 6)
    for count in (1, 2, 3):
        tally.add(count)
    assert seen == [(1, 6), (3, 6), (6, 6)]
    Tally(None, 0).add(1)
