"""Cases that are known: what is read of them is what the stored events say, whatever was known before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base.errors import NotVerified
from comity.cases import events as e
from comity.cases.machine import advance
from comity.workflows.known_cases import LARGEST, KnownCases
from tests.simulators.case_files import CASE, fold_events, sample, stored

WAYS = (
    [sample(kind) for kind in (e.Drafted, e.Approved, e.Sent, e.Receipted, e.InformationAsked)],
    [sample(kind) for kind in (e.Drafted, e.Approved, e.Withdrawn)],
    [sample(kind) for kind in (e.Received, e.OrderIssued, e.Preserved)],
)


@given(st.lists(st.tuples(st.sampled_from(WAYS), st.integers(1, 5), st.booleans()), max_size=8), st.integers(0, 2))
def test_what_is_read_is_what_is_stored_whatever_was_read_before(
    looks: list[tuple[list[e.Event], int, bool]], most: int
) -> None:
    """Histories that cannot follow each other in one database come one after another, and steps that are taken back."""
    known = KnownCases(most)
    for way, count, taken_back in looks:
        case = known.fold(CASE, stored(way[:count]))
        assert case == fold_events(way[:count])
        if taken_back and count < len(way):
            known.went_on(advance(case, way[count]))


def test_a_case_that_went_on_here_is_not_folded_again() -> None:
    known, way = KnownCases(1), WAYS[0]
    case = known.fold(CASE, stored(way[:2]))
    assert known.fold(CASE, stored(way[:2])) is case
    later = advance(case, way[2])
    known.went_on(later)
    assert known.fold(CASE, stored(way[:3])) is later


def test_a_row_that_was_changed_is_found_although_the_case_is_known() -> None:
    known, rows = KnownCases(1), stored(WAYS[0])
    known.fold(CASE, rows)
    for number, (data, head) in enumerate(rows):
        with pytest.raises(NotVerified):
            known.fold(CASE, [*rows[:number], (data + b" ", head), *rows[number + 1 :]])


def test_a_case_that_was_erased_is_forgotten() -> None:
    known, rows = KnownCases(1), stored(WAYS[0])
    case = known.fold(CASE, rows)
    known.forget(CASE)
    assert known.fold(CASE, rows) is not case
    with pytest.raises(NotVerified):
        known.fold(CASE, [])
    again = known.fold(CASE, rows)
    assert again == case


def test_a_case_that_was_erased_is_not_kept_again_by_who_reads_it_as_it_was_before() -> None:
    known, rows = KnownCases(1), stored(WAYS[0])
    known.forget(CASE)
    assert known.fold(CASE, rows) is not known.fold(CASE, rows)


def test_large_cases_are_not_kept_nor_those_that_were_never_read() -> None:
    long = e.Withdrawn(at=5, by="duty-officer-1", reasons="x" * LARGEST)
    known, rows = KnownCases(1), stored([WAYS[0][0], long])
    assert known.fold(CASE, rows) is not known.fold(CASE, rows)
    unread = fold_events(WAYS[0])
    known.went_on(unread)
    assert known.fold(CASE, stored(WAYS[0])) is not unread
