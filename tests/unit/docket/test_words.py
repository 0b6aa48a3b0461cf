"""Whatever can be done, or be waited for, has words; and no words stand for what there is not."""

from comity.cases.case import Position
from comity.cases.machine import PROCEDURES
from comity.docket import todo
from comity.docket.words import ELSEWHERE, STEPS, WAITING

WAITS_AT_TIMES = {"return", "destroy", "notify", "review_emergency"}
"""Optional steps that a case comes to wait for."""


def test_a_case_that_waits_for_a_step_can_say_so() -> None:
    assert set(WAITING) == (STEPS.keys() - todo.OPTIONAL) | WAITS_AT_TIMES


def test_every_step_is_open_to_somebody() -> None:
    assert [action for action in STEPS if action != "decide" and not todo.rights_of(action)] == []


def test_what_goes_on_elsewhere_goes_on_in_a_state_that_there_is() -> None:
    states = {str(state) for procedure in PROCEDURES.values() for state in procedure.moves}
    assert {(str(position), state) for position in Position for state in states} >= ELSEWHERE.keys()
