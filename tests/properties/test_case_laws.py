"""Laws of cases: what is written is read, any walk of a table comes back from its bytes, a changed byte is noticed."""

from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.base.digests import Digest
from comity.base.errors import NotPermitted, NotVerified, OutOfOrder
from comity.cases import events as e
from comity.cases.machine import PROCEDURES, advance, allowed, begin, fold
from tests.simulators.case_files import CASE, FIRST, fold_events, samples, stored
from tests.simulators.values import CHANGES, PLACES, any_of, changed

BY_TAG: Final = {name: {e.tag_of(event): event for event in samples(name)} for name in PROCEDURES}


@pytest.mark.parametrize("kind", e.EVENTS, ids=[kind.__name__ for kind in e.EVENTS])
@given(data=st.data())
@settings(max_examples=25)
def test_every_event_that_is_written_is_read_as_itself(kind: type[e.CaseEvent], data: st.DataObject) -> None:
    event = data.draw(any_of(kind))
    written = e.write(event)
    assert e.read(written) == event
    assert e.write(e.read(written)) == written


@st.composite
def walks(draw: st.DrawFn, most: int = 12) -> list[e.Event]:
    """Events that the table of a procedure allows one after another, without answers to what nobody asked."""
    by_tag = BY_TAG[draw(st.sampled_from(sorted(BY_TAG)))]
    first = by_tag[draw(st.sampled_from([e.tag_of(kind) for kind in e.EVENTS if kind in FIRST]))]
    assert isinstance(first, FIRST)
    walk: list[e.Event] = [first]
    case = begin(CASE, first)
    for _ in range(draw(st.integers(0, most))):
        possible = [by_tag[tag] for tag in allowed(case)]
        event = draw(st.sampled_from(possible))
        try:
            case = advance(case, event)
        except (OutOfOrder, NotPermitted):
            continue
        walk.append(event)
    return walk


@given(walks())
def test_any_walk_of_a_table_comes_back_from_its_bytes(walk: list[e.Event]) -> None:
    case = fold(CASE, stored(walk))
    assert case == fold_events(walk)
    assert case.events == len(walk)


@given(walks(), PLACES, PLACES, CHANGES)
@settings(max_examples=200)
def test_one_changed_byte_in_a_stored_event_is_noticed(walk: list[e.Event], which: int, place: int, by: int) -> None:
    kept = stored(walk)
    number = which % len(kept)
    data, head = kept[number]
    kept[number] = (changed(data, place, by), head)
    with pytest.raises(NotVerified):
        fold(CASE, kept)


@given(walks(), PLACES, PLACES, CHANGES)
def test_one_changed_byte_in_a_stored_head_is_noticed(walk: list[e.Event], which: int, place: int, by: int) -> None:
    kept = stored(walk)
    number = which % len(kept)
    data, head = kept[number]
    kept[number] = (data, Digest(changed(head.value, place, by)))
    with pytest.raises(NotVerified):
        fold(CASE, kept)


@given(walks(), PLACES, st.data())
def test_an_event_left_out_or_put_in_is_noticed_by_what_follows(
    walk: list[e.Event], which: int, data: st.DataObject
) -> None:
    kept = stored(walk)
    number = which % len(kept)
    if number < len(kept) - 1:
        with pytest.raises(NotVerified):
            fold(CASE, kept[:number] + kept[number + 1 :])
    extra = data.draw(st.sampled_from(kept))
    with pytest.raises(NotVerified):
        fold(CASE, [*kept, extra])
