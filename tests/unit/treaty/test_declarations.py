"""What States have declared, and what is not known."""

from datetime import date

import pytest

from comity.base.ids import StateCode, is_exercise_state
from comity.treaty.declarations import Declarations, DualCriminality, Reservation, declarations_of


@pytest.mark.parametrize("code", ["XA", "XB"])
def test_the_states_of_exercises_are_known_and_say_they_are_invented(code: str) -> None:
    state = declarations_of(StateCode(code))
    assert state.known
    assert state.invented
    assert is_exercise_state(state.state)
    assert "invented" in state.source
    assert state.central_authority
    assert state.point_of_contact
    assert state.languages


@pytest.mark.parametrize("code", ["US", "IS", "FR", "ZZ"])
def test_nothing_is_made_up_for_a_state_without_a_file(code: str) -> None:
    state = declarations_of(StateCode(code))
    assert not state.known
    assert state.languages == ()
    assert state.dual_criminality is DualCriminality.UNKNOWN
    assert state.policy.prior_authorisation_from is None


def test_a_reservation_holds_from_its_day_on() -> None:
    held = Reservation("14", "not bound", date(2026, 3, 1), "a test")
    state = Declarations(state=StateCode("XB"), name="State XB", reservations=(held,))
    assert state.reservation("14", date(2026, 2, 28)) is None
    assert state.reservation("14", date(2026, 3, 1)) is held
    assert state.reservation("15", date(2026, 3, 1)) is None
