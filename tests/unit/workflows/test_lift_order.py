"""An order that binds no longer: lifted by a person, confirmed by the provider, and not done until both."""

import pytest

from comity.base.errors import Malformed, OutOfOrder
from comity.cases.machine import has_ended
from comity.workflows import lift_order, order_provider, watch_deadlines, withdraw_request
from tests.simulators.failing import fail_at_every_call
from tests.simulators.story import at, case_at, lift, release_by_provider
from tests.simulators.world import XB


def test_after_a_withdrawal_the_order_is_lifted_and_the_provider_confirms_that_it_keeps_nothing() -> None:
    world = at("withdrawn")
    theirs, at_provider = case_at(world, "xb", "preservation"), case_at(world, "provider", "preservation")
    assert at_provider.state == "preserved"  # letting the data go is a person's act
    assert not has_ended(theirs)
    lift(world, theirs)
    world.settle()
    at_provider = case_at(world, "provider", "preservation")
    assert (at_provider.state, has_ended(at_provider)) == ("order lifted", False)
    lift_order.let_go(world.provider.office, "lee", at_provider.id, text="deleted today")
    world.settle()
    assert case_at(world, "provider", "preservation").state == "copies released"
    theirs = case_at(world, "xb", "preservation")
    assert theirs.copies_released and has_ended(theirs)
    assert (theirs.state, theirs.trouble) == ("withdrawn", "")


@pytest.mark.parametrize("is_released", [False, True])
def test_it_is_lifted_although_the_provider_has_sealed_or_released_meanwhile(is_released: bool) -> None:
    world = at("sealed")
    ours, theirs = case_at(world, "xa", "stored_data"), case_at(world, "xb", "stored_data")
    withdraw_request.withdraw(world.xa.office, "bo", ours.id, reasons="The suspect confessed.")
    world.settle()
    lift(world, theirs)
    if is_released:  # before the lifting is there
        release_by_provider(world, case_at(world, "provider", "stored_data"))
    world.settle()
    at_provider = case_at(world, "provider", "stored_data")
    assert at_provider.state == "order lifted"
    lift_order.let_go(world.provider.office, "lee", at_provider.id, text="deleted today")
    world.settle()
    theirs = case_at(world, "xb", "stored_data")
    assert (theirs.state, theirs.trouble, has_ended(theirs)) == ("withdrawn", "", True)
    assert has_ended(case_at(world, "provider", "stored_data"))


def test_after_a_lapse_it_is_lifted_too_even_where_the_provider_s_own_clock_ran_out() -> None:
    world = at("preserved")
    world.pass_days(100)
    for node in (world.xb, world.provider, world.xa):
        watch_deadlines.end_what_ran_out(node.office)
    theirs = case_at(world, "xb", "preservation")
    assert theirs.state == "lapsed"
    lift_order.lift(world.xb.office, "dan", theirs.id, reasons="the period ended")


def test_an_order_stands_while_the_request_stands() -> None:
    for stage in ("ordered", "preserved", "production ordered"):
        world = at(stage)
        for theirs in world.xb.cases():
            with pytest.raises(OutOfOrder):
                lift(world, theirs)


def test_what_was_never_ordered_or_is_lifted_already_is_not_lifted() -> None:
    world = at("lifted")
    with pytest.raises(OutOfOrder):
        lift(world, case_at(world, "xb", "preservation"))


def test_lifting_takes_reasons_and_letting_go_a_word() -> None:
    world = at("lifted")
    with pytest.raises(Malformed):
        lift_order.lift(world.xb.office, "dan", case_at(world, "xb", "preservation").id, reasons=" ")
    with pytest.raises(Malformed):
        lift_order.let_go(world.provider.office, "lee", case_at(world, "provider", "preservation").id, text="")


def test_nothing_is_let_go_before_the_order_is_lifted() -> None:
    world = at("preserved")
    with pytest.raises(OutOfOrder):
        lift_order.let_go(world.provider.office, "lee", case_at(world, "provider", "preservation").id, text="gone")
    assert order_provider.confirm_preserved(world.provider.office, "lee", case_at(world, "provider", "preservation").id)


def test_lifting_is_all_or_nothing() -> None:
    world = at("withdrawn")
    assert fail_at_every_call(world, XB, lambda: lift(world, case_at(world, "xb", "preservation"))) > 5
