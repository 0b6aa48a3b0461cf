"""What a person of the requested State asks for, beside what the software asks for by itself."""

import pytest

from comity.base.errors import Malformed, OutOfOrder
from comity.cases import events
from comity.workflows import ask_information, draft_request
from tests.simulators.failing import fail_at_every_call
from tests.simulators.story import ask_by_hand, at, case_at, order
from tests.simulators.world import XB, production


def test_what_a_lawyer_asks_for_reaches_the_requesting_state_and_is_no_refusal() -> None:
    world = at("asked by hand")
    ours, theirs = case_at(world, "xa", "stored_data"), case_at(world, "xb", "stored_data")
    assert (ours.state, theirs.state) == ("information asked", "information asked")
    assert ours.asked == ("the invoice of the account",)
    (found,) = [one for one in world.xa.events(ours.id) if isinstance(one, events.InformationAsked)]
    assert (found.by, found.text) == (XB, "The holder cannot be told apart.")
    (said,) = [one for one in world.xb.events(theirs.id) if isinstance(one, events.InformationAsked)]
    assert said.by == "olga"


def test_what_is_supplied_comes_back_and_can_be_granted() -> None:
    world = at("asked by hand")
    ours = case_at(world, "xa", "stored_data")
    draft_request.supply(world.xa.office, "bo", ours.id, production())
    draft_request.approve(world.xa.office, "anna", ours.id)
    world.settle()
    assert case_at(world, "xb", "stored_data").state == "requested"
    assert case_at(world, "xb", "stored_data").asked == ()


def test_what_was_asked_for_before_and_has_not_come_is_asked_for_again() -> None:
    world = at("asked by hand")
    theirs = case_at(world, "xb", "stored_data")
    again = ask_information.ask(world.xb.office, "rita", theirs.id, missing=("the bank", ""), text="as agreed")
    assert again.asked == ("the invoice of the account", "the bank")


def test_preservation_is_ordered_all_the_same() -> None:
    """Article 42(6)."""
    world = at("asked")
    theirs = ask_by_hand(world, case_at(world, "xb", "preservation"))
    assert order(world, theirs).state == "ordered"


def test_nothing_is_asked_without_a_name_and_a_reason_nor_by_the_state_that_asks() -> None:
    world = at("production asked")
    theirs, ours = case_at(world, "xb", "stored_data"), case_at(world, "xa", "stored_data")
    for missing, text in (((" ",), "why"), ((), "why"), (("the bank",), " ")):
        with pytest.raises(Malformed):
            ask_information.ask(world.xb.office, "olga", theirs.id, missing=missing, text=text)
    with pytest.raises(OutOfOrder):
        ask_information.ask(world.xa.office, "bo", ours.id, missing=("a",), text="b")


def test_asking_is_all_or_nothing() -> None:
    world = at("production asked")
    assert fail_at_every_call(world, XB, lambda: ask_by_hand(world, case_at(world, "xb", "stored_data"))) > 5
