"""The rules, run from our side, today, in our mode; and what stands in the way of going on."""

import pytest

from comity.base.errors import NeedsPerson, RefusedByRule
from comity.base.mode import Mode
from comity.treaty.assess import Side
from comity.workflows.assess_request import assess_request, require_clear
from tests.simulators.story import at, case_at, draft
from tests.simulators.world import example, new_world, preservation, without_statement
from tests.unit.workflows.test_draft_request import with_expression


def test_what_is_missing_stops_the_sender_and_is_asked_for_by_the_receiver() -> None:
    office = new_world().xa.office
    ours = assess_request(office, without_statement(), Side.REQUESTING)
    theirs = assess_request(office, without_statement(), Side.REQUESTED)
    assert [one.rule for one in ours.stops] == ["preservation.assistance_follows"]
    assert ([one.rule for one in theirs.asks], theirs.stops) == (["preservation.assistance_follows"], ())


def test_the_mode_of_the_node_decides_which_basis_is_asked_for() -> None:
    for mode, rule in ((Mode.LIVE, "basis.in_force"), (Mode.EXERCISE, "basis.exercise")):
        found = assess_request(new_world(mode).xa.office, preservation(), Side.REQUESTING)
        assert rule in {one.rule for one in found.findings}


def test_the_day_is_the_clocks() -> None:
    world = new_world()
    world.xa.clock.pass_days(-2000)
    with pytest.raises(Exception, match="2021"):
        assess_request(world.xa.office, preservation(), Side.REQUESTING)


def test_nothing_stands_in_the_way_of_a_request_that_meets_every_condition() -> None:
    world = at("asked")
    require_clear(assess_request(world.xb.office, preservation(), Side.REQUESTED), case_at(world, "xb", "preservation"))


def test_who_is_stopped_is_told_the_article_the_reason_and_what_to_do() -> None:
    world = new_world()
    request = example("investment-scam/three-year-offence")
    case = draft(world, request)
    with pytest.raises(RefusedByRule) as stopped:
        require_clear(assess_request(world.xa.office, request, Side.REQUESTING), case)
    assert stopped.value.what.startswith("arts 2(h), 35(1)(c), 40(1): ")
    assert stopped.value.hint
    request = with_expression()
    with pytest.raises(NeedsPerson) as waiting:
        require_clear(assess_request(world.xa.office, request, Side.REQUESTING), draft(world, request))
    assert "screens.expression" in waiting.value.hint
    assert "reviewer" in waiting.value.hint
