"""Where each case of the story stands, at every node and stage: as pages and the terminal read it."""

from collections.abc import Iterator

import pytest

from comity.docket import todo
from comity.docket.standing import Standing, standing_of
from comity.docket.words import ELSEWHERE, STEPS
from tests.simulators import story


def standings(stage: str) -> Iterator[Standing]:
    world = story.at(stage)
    for node in (world.xa, world.xb, world.provider):
        for case in node.cases():
            yield standing_of(node.office, case, node.clock.now().day)


@pytest.mark.parametrize("stage", story.STAGES)
def test_each_step_has_its_word_and_what_is_waited_for_comes_first(stage: str) -> None:
    for found in standings(stage):
        steps = todo.steps(found.case, found.found)
        assert {one.action for one in steps} <= STEPS.keys()
        assert tuple(one.action for one in steps[: len(found.waiting)]) == found.waiting


@pytest.mark.parametrize("stage", story.STAGES)
def test_an_open_case_waits_for_somebody_here_or_says_what_goes_on_elsewhere(stage: str) -> None:
    for found in standings(stage):
        place = (str(found.case.position), str(found.case.state))
        assert found.closed or found.waiting or place in ELSEWHERE, place


def test_the_step_for_a_person_is_one_that_this_person_may_take() -> None:
    (found,) = standings("drafted")
    assert found.step_for("bo", {"case_lawyer"}) == "approve"
    assert found.step_for("anna", {"duty_officer"}) == ""  # who wrote it does not approve it
    assert found.step_for("bo", {"investigator"}) == ""
