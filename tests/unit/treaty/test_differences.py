"""Two sources side by side: what the press said of Hanoi, and what the record says."""

from pathlib import Path

import pytest

from comity.treaty.differences import NOT_THERE, Point, differences, lost
from comity.treaty.participation import Register, load_register, read_register


@pytest.fixture
def press() -> Register:
    """A few lines of press and blogs, told in our words; none of them is the record."""
    return read_register((Path(__file__).parent / "press.csv").read_bytes())


def test_who_the_press_named_and_the_record_does_not_is_shown_with_both_sources(press: Register) -> None:
    found = {str(one.state): one for one in differences(press, load_register()) if one.b == NOT_THERE}
    assert set(found) == {"AE", "IN", "US"}
    assert found["US"].a == "signed on 2025-10-25; no instrument"
    assert found["US"].source_a.startswith("press")
    assert found["US"].source_b == ""


def test_a_date_that_differs_is_one_line_each_and_what_agrees_is_none(press: Register) -> None:
    found = [one for one in differences(press, load_register()) if one.state in {"CA", "VN", "QA"}]
    assert [(one.state, one.point) for one in found] == [("CA", Point.SIGNATURE)]
    assert found[0].a == "signed on 2025-10-25"
    assert found[0].b == "signed by 2026-08-31, day unknown"


def test_what_the_press_left_out_is_shown_too(press: Register) -> None:
    left_out = [one for one in differences(press, load_register()) if one.a == NOT_THERE]
    assert len(left_out) == 75 - 3
    assert all(one.point is Point.PRESENCE and one.source_b for one in left_out)


def test_a_record_does_not_differ_from_itself() -> None:
    assert differences(load_register(), load_register()) == ()


def test_states_that_a_later_record_lost_are_named(press: Register) -> None:
    assert [one.state for one in lost(press, load_register())] == ["US", "AE", "IN"]
    assert len(lost(load_register(), press)) == 72
