"""Months, quarters and years."""

import pytest

from comity.base.errors import Malformed
from comity.base.instants import Instant
from comity.oversight.periods import Span, deadline, last_settled, leaves_of, months_of, parts_of, settled_from, span_of


def test_each_period_lies_whole_in_the_next() -> None:
    assert months_of("2026-Q4") == ("2026-10", "2026-11", "2026-12")
    assert leaves_of("2026", Span.QUARTER) == ("2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4")
    assert leaves_of("2026-Q4", Span.QUARTER) == ("2026-Q4",)
    assert leaves_of("2026-Q1", Span.MONTH) == ("2026-01", "2026-02", "2026-03")
    assert parts_of("2026-Q4", Span.QUARTER) == ()
    assert len(parts_of("2026", Span.MONTH)) == 16
    assert sorted(m for q in leaves_of("2026", Span.QUARTER) for m in months_of(q)) == list(months_of("2026"))


@pytest.mark.parametrize("text", ["", "26", "2026-13", "2026-Q5", "2026-Q0", "2026-1", "2026-10-01", "2026-q4", "٢٠٢٦"])
def test_nothing_else_is_a_period(text: str) -> None:
    with pytest.raises(Malformed, match="not a period"):
        span_of(text)


def test_what_is_shorter_than_the_finest_is_not_published() -> None:
    with pytest.raises(Malformed, match="month is not published"):
        leaves_of("2026-11", Span.QUARTER)


def test_a_period_is_settled_fifteen_days_after_it_and_due_after_thirty() -> None:
    assert str(settled_from("2026-Q4")) == "2027-01-16T00:00:00Z"
    assert str(deadline("2026-Q4")) == "2027-01-31T00:00:00Z"
    assert last_settled(Instant.parse("2027-01-15T23:59:59Z"), Span.QUARTER) == "2026-Q3"
    assert last_settled(Instant.parse("2027-01-16T00:00:00Z"), Span.QUARTER) == "2026-Q4"
    assert last_settled(Instant.parse("2027-01-16T00:00:00Z"), Span.YEAR) == "2026"
    assert last_settled(Instant.parse("2027-01-16T00:00:00Z"), Span.MONTH) == "2026-12"
