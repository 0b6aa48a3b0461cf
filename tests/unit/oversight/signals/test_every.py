"""Each signal stands out for its planted misuse, is silent of an honest twin, and says what else could explain it."""

from dataclasses import replace
from functools import cache

import pytest

from comity.base.errors import NotFound
from comity.base.ids import NodeId, StateCode
from comity.oversight.signals.asked import Asked
from comity.oversight.signals.every import SIGNALS, read_all, read_one, signal, within_window
from comity.oversight.signals.signal import CHANCE
from comity.simulate.asking import MISUSES, honest_year, planted
from comity.simulate.chance import drawn_for
from comity.simulate.plan import START, Plan
from comity.simulate.states import State, draw_states

PLAN = Plan(states=12, days=365, seed=7, volume=3, dishonest=())
NAMES = tuple(one.name for one in SIGNALS)
LATE = NodeId("ZY/central-authority")
MATTERS = 180


def requester() -> State:
    return replace(draw_states(PLAN.states, drawn_for(PLAN.seed, "states"))[0], code=StateCode("ZY"))


@cache
def node_and_honest() -> tuple[NodeId, tuple[Asked, ...]]:
    year = honest_year(PLAN)
    node = max(sorted(year), key=lambda one: len(year[one]))
    return node, year[node]


@pytest.mark.parametrize("name", NAMES)
def test_a_signal_stands_out_for_its_misuse_and_not_for_an_honest_twin(name: str) -> None:
    node, honest = node_and_honest()
    misused = read_one(name, (*honest, *planted(PLAN, name, requester(), node, MATTERS)))
    assert [one.requester for one in misused if one.fires] == [LATE]
    caught = next(one for one in misused if one.fires)
    assert caught.chance < CHANCE and len(caught.cases) >= caught.hits > 0
    twin = read_one(name, (*honest, *planted(PLAN, "", requester(), node, MATTERS)))
    assert not [one for one in twin if one.fires]


@pytest.mark.parametrize("name", NAMES)
def test_a_signal_says_nothing_of_few_cases_however_bad_they_look(name: str) -> None:
    node, _ = node_and_honest()
    one = signal(name)
    few = planted(PLAN, name, requester(), node, MATTERS)
    counted = [reading for reading in read_one(name, few[: one.least - 1]) if reading.fires or reading.enough]
    assert counted == []


def test_every_signal_has_its_misuse_and_explains_itself() -> None:
    assert set(MISUSES) == set(NAMES) and len(NAMES) == len(set(NAMES))
    for one in SIGNALS:
        assert len(one.otherwise) >= 2, one.name
        for text in (one.title, one.meaning, one.counts, *one.otherwise):
            assert len(text.split()) >= 3, (one.name, text)
        assert 0 < one.rate < 1 and one.least >= 3 and one.hits_least >= 2


def test_what_everybody_does_is_no_signal_of_one() -> None:
    """At a node where all ask about serious crime, no one requester stands out for it."""
    node, _ = node_and_honest()
    three = [replace(requester(), code=StateCode(code)) for code in ("ZX", "ZV", "ZU")]
    every = [one for state in three for one in planted(PLAN, "serious-crime-share", state, node, 40)]
    assert not [one for one in read_one("serious-crime-share", every) if one.fires]


def test_an_unknown_signal_is_a_typed_error_that_names_them() -> None:
    with pytest.raises(NotFound) as error:
        signal("no-such")
    assert NAMES[0] in error.value.hint


def test_what_lies_before_the_window_is_not_read() -> None:
    _, honest = node_and_honest()
    assert within_window(honest, START.plus_days(365)) == tuple(one for one in honest if one.at > START.seconds)
    assert within_window(honest, START.plus_days(365 * 3)) == ()
    assert read_all(()) == ()
