"""Where an entry stood before a restored log was recovered: as the log's statements say, and no further."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.transparency.entry import public_statement
from comity.transparency.moves import RECOVERY, stood_at


def recovery(start: int, moved: int) -> bytes:
    return public_statement({"kind": RECOVERY, "mode": "live", "from": start, "to": 99, "moved": moved})


@given(start=st.integers(0, 50), taken_back=st.integers(1, 50), moved=st.integers(0, 50), index=st.integers(0, 200))
def test_what_moved_is_told_its_old_place_and_nothing_else_is(
    start: int, taken_back: int, moved: int, index: int
) -> None:
    statement = start + taken_back + moved
    later = [(at, one) for at, one in [(statement, recovery(start, moved))] if at > index]
    found = stood_at(later, index)
    if start + taken_back <= index < statement:
        assert found == (index - taken_back, statement)
    else:
        assert found is None


def test_what_moved_twice_is_told_the_place_it_had_first() -> None:
    twice = [(14, recovery(8, 4)), (20, recovery(10, 8))]  # the second moved the first with what it speaks of
    assert stood_at(twice, 11) == (9, 14)


@pytest.mark.parametrize(
    "entry",
    [
        b"\x02not json",
        b"\x01" + bytes(64),
        public_statement({"kind": "directory", "mode": "live", "from": 0, "moved": 9}),
        public_statement({"kind": RECOVERY, "mode": "live", "from": "0", "moved": 9}),
        public_statement({"kind": RECOVERY, "mode": "live", "from": 0}),
    ],
)
def test_other_entries_say_nothing_of_it(entry: bytes) -> None:
    assert stood_at([(9, entry)], 3) is None
