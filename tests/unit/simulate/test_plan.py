"""Plans that cannot be, and the invented States."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base.errors import Malformed
from comity.base.ids import state_code
from comity.simulate.chance import drawn_for
from comity.simulate.plan import MOST_STATES, SIZES, WAITS, Plan
from comity.simulate.states import CODES, OBSERVATORY, draw_states
from comity.treaty.state_names import all_names


@pytest.mark.parametrize(
    "wrong",
    [
        {"states": 3},
        {"states": 194},
        {"days": 0},
        {"days": 366},
        {"volume": 0.0},
        {"volume": float("nan")},
        {"without": frozenset({"locks"})},
        {"dishonest": ("lies",)},
        {"states": 4, "dishonest": ("drops", "forks", "denies", "tampers")},
    ],
)
def test_a_plan_that_cannot_be_is_refused_and_names_the_field(wrong: dict[str, object]) -> None:
    with pytest.raises(Malformed) as refused:
        Plan(**wrong)  # type: ignore[arg-type]
    assert refused.value.where in wrong
    assert refused.value.hint


def test_no_simulated_state_has_the_code_of_one_that_exists() -> None:
    assert len(set(CODES)) == len(CODES) >= MOST_STATES
    assert OBSERVATORY not in CODES
    assert not set(CODES) & set(all_names())
    assert [state_code(code) for code in CODES] == list(CODES)


@given(st.integers(4, MOST_STATES), st.integers(0, 2**32))
def test_every_state_has_partners_none_of_them_itself(count: int, seed: int) -> None:
    states = draw_states(count, drawn_for(seed))
    assert len(states) == count
    for state in states:
        partners = [code for code, _ in state.partners]
        assert 0 < len(partners) == len(set(partners)) <= state.size.partners
        assert state.code not in partners


def test_half_of_all_waits_are_shorter_than_their_median_and_a_tenth_longer_than_their_last_tenth() -> None:
    assert sum(size.share for size in SIZES) == pytest.approx(1)
    for name, wait in WAITS.items():
        drawn = drawn_for(name)
        hours = sorted(wait.median_hours * 2.718281828 ** drawn.gauss(0, wait.spread) for _ in range(4000))
        assert hours[2000] == pytest.approx(wait.median_hours, rel=0.15), name
        assert hours[3600] == pytest.approx(wait.tenth_hours, rel=0.25), name
