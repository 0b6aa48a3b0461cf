"""Help that is no longer needed: said to the other State, and the order lifted by a person there."""

import pytest

from comity.base.errors import Malformed, OutOfOrder
from comity.workflows import draft_request, withdraw_request
from tests.simulators.story import at, case_at, draft
from tests.simulators.world import XB, new_world, preservation


def test_a_draft_is_withdrawn_without_a_word_to_anyone() -> None:
    world = new_world()
    ours = draft(world, preservation())
    assert withdraw_request.withdraw(world.xa.office, "bo", ours.id, reasons="a mistake").state == "withdrawn"
    assert world.xa.outbox() == []


def test_a_request_that_was_sent_is_withdrawn_at_both_ends() -> None:
    world = at("ordered")
    ours = case_at(world, "xa", "preservation")
    withdraw_request.withdraw(world.xa.office, "bo", ours.id, reasons="the suspect confessed")
    world.settle()
    assert case_at(world, "xa", "preservation").state == "withdrawn"
    assert case_at(world, "xb", "preservation").state == "withdrawn"
    assert case_at(world, "provider", "preservation").state == "ordered"  # letting the data go is a person's act


def test_a_standing_request_is_not_withdrawn_by_the_state_that_was_asked() -> None:
    world = at("ordered")
    with pytest.raises(OutOfOrder):
        withdraw_request.withdraw(world.xb.office, "olga", case_at(world, "xb", "preservation").id, reasons="why")


def test_withdrawing_needs_reasons_and_a_case_that_is_open() -> None:
    world = new_world()
    ours = draft(world, preservation())
    with pytest.raises(Malformed):
        withdraw_request.withdraw(world.xa.office, "bo", ours.id, reasons=" ")
    withdraw_request.withdraw(world.xa.office, "bo", ours.id, reasons="a mistake")
    with pytest.raises(OutOfOrder):
        draft_request.approve(world.xa.office, "bo", ours.id)
    assert XB not in {message.peer for message in world.xa.outbox()}
