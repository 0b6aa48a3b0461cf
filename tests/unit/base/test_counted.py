"""A number and its noun agree."""

import pytest

from comity.base.counted import counted


@pytest.mark.parametrize(("number", "said"), [(0, "0 changes"), (1, "1 change"), (2, "2 changes")])
def test_a_noun_takes_an_s_except_for_one(number: int, said: str) -> None:
    assert counted(number, "change") == said


@pytest.mark.parametrize(("number", "said"), [(1, "1 entry waits"), (3, "3 entries wait")])
def test_a_plural_of_its_own_is_given(number: int, said: str) -> None:
    assert counted(number, "entry waits", "entries wait") == said
