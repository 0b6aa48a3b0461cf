"""Cases as people look at them."""

import pytest

from comity.base.errors import Malformed, NotFound, OutOfOrder
from comity.workflows import read_cases
from tests.simulators.story import at, by_reviewer, case_at, decided_at_xa, draft
from tests.simulators.world import example, new_world, preservation
from tests.unit.workflows.test_draft_request import with_expression


def test_a_case_is_found_by_as_much_of_its_end_as_is_unique() -> None:
    world = new_world()
    first, second = draft(world, preservation()), draft(world, preservation())
    assert read_cases.find(world.xa.office, first.id[-8:]) == first
    assert read_cases.all_cases(world.xa.office) == (first, second)
    with pytest.raises(Malformed):
        read_cases.find(world.xa.office, "")
    with pytest.raises(NotFound):
        read_cases.find(world.xa.office, "zzzz")


def test_a_view_shows_what_stops_what_waits_and_what_happened() -> None:
    world = new_world()
    stopped = draft(world, example("investment-scam/three-year-offence"))
    assert read_cases.view(world.xa.office, stopped).stops
    waiting = draft(world, with_expression())
    view = read_cases.view(world.xa.office, waiting)
    assert [one.rule for one in view.waiting] == ["screens.expression"]
    assert [(one["by"], one["event"], one["at"]) for one in view.history] == [
        ("anna", "drafted", "2026-12-07T09:00:00Z")
    ]


def test_what_was_decided_waits_no_longer() -> None:
    world = new_world()
    _, theirs = decided_at_xa(world, with_expression())
    assert [one.rule for one in read_cases.view(world.xb.office, theirs).waiting] == ["screens.expression"]
    by_reviewer(world, theirs, "screens.expression")
    assert read_cases.view(world.xb.office, world.xb.case(theirs.id)).waiting == ()


def test_a_providers_case_has_nothing_to_assess() -> None:
    world = at("ordered")
    view = read_cases.view(world.provider.office, case_at(world, "provider", "preservation"))
    assert (view.stops, view.waiting, len(view.history)) == ((), (), 1)


def test_a_case_without_evidence_has_no_custody() -> None:
    world = at("asked")
    with pytest.raises(OutOfOrder):
        read_cases.custody_of(world.xb.office, case_at(world, "xb", "preservation"))


def test_looking_changes_nothing() -> None:
    world = at("examined")
    for node in world.nodes.values():
        before = node.dump()
        for case in read_cases.all_cases(node.office):
            read_cases.view(node.office, case)
        assert node.dump() == before
