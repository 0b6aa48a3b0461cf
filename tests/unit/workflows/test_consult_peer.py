"""Consultation between the two States, and the conditions of a grant."""

import pytest

from comity.base.errors import Malformed, OutOfOrder, RefusedByRule
from comity.cases import events
from comity.workflows import consult_peer, decide_request
from tests.simulators.story import at, case_at, consult, draft, order, reply_at_xa
from tests.simulators.world import XA, SmallWorld, new_world, production


def on_condition() -> SmallWorld:
    world = at("production asked")
    theirs = case_at(world, "xb", "stored_data")
    decide_request.grant(world.xb.office, "rita", theirs.id, reasons="fraud", conditions=("no other use",))
    world.settle()
    return world


def test_a_question_and_its_answer_stand_in_both_cases() -> None:
    world = at("consulted")
    for node in ("xa", "xb"):
        case = case_at(world, node, "stored_data")
        (found,) = case.consultations
        assert (found.about, found.answer) == ("postponement", "Subscriber information would do until then.")
        assert found.is_ours is (node == "xb")
        assert case.has_consulted and case.trouble == ""


def test_before_the_answer_nobody_has_consulted() -> None:
    world = at("consulting")
    assert not case_at(world, "xb", "stored_data").has_consulted
    with pytest.raises(RefusedByRule):
        decide_request.refuse(
            world.xb.office,
            "rita",
            case_at(world, "xb", "stored_data").id,
            ground="a",
            citation="40(21)(b)",
            reasons="why",
        )


def test_talk_about_costs_is_no_consultation_on_help() -> None:
    world = at("production asked")
    consult(world, case_at(world, "xb", "stored_data"), "costs")
    world.settle()
    reply_at_xa(world, case_at(world, "xa", "stored_data"))
    world.settle()
    assert not case_at(world, "xb", "stored_data").has_consulted


def test_either_side_can_open_one_and_only_the_other_answers() -> None:
    world = at("production asked")
    ours = case_at(world, "xa", "stored_data")
    consult_peer.consult(world.xa.office, "bo", ours.id, about="conditions", text="how soon?", conditions=("in part",))
    with pytest.raises(OutOfOrder):
        consult_peer.reply(world.xa.office, "bo", ours.id, text="to myself")
    world.settle()
    theirs = case_at(world, "xb", "stored_data")
    assert theirs.consultations[0].conditions == ("in part",)
    consult_peer.reply(world.xb.office, "olga", theirs.id, text="in a week")
    world.settle()
    assert case_at(world, "xa", "stored_data").consultations[0].answer == "in a week"
    with pytest.raises(OutOfOrder):
        consult_peer.reply(world.xb.office, "olga", theirs.id, text="again")


@pytest.mark.parametrize(("about", "text"), [("the weather", "t"), ("refusal", " ")])
def test_a_consultation_is_about_something(about: str, text: str) -> None:
    world = at("production asked")
    with pytest.raises(Malformed):
        consult_peer.consult(world.xb.office, "olga", case_at(world, "xb", "stored_data").id, about=about, text=text)


def test_nobody_is_consulted_on_a_draft() -> None:
    world = new_world()
    ours = draft(world, production())
    with pytest.raises(OutOfOrder):
        consult_peer.consult(world.xa.office, "bo", ours.id, about="refusal", text="t")


def test_no_provider_is_ordered_before_conditions_are_accepted() -> None:
    world = on_condition()
    theirs = case_at(world, "xb", "stored_data")
    before = world.xb.dump()
    with pytest.raises(OutOfOrder, match="conditions"):
        order(world, theirs)
    assert world.xb.dump() == before
    ours = case_at(world, "xa", "stored_data")
    assert ours.awaits_conditions
    consult_peer.answer_conditions(world.xa.office, "bo", ours.id, accept=True, reasons="our law keeps it so")
    world.settle()
    (found,) = [one for one in world.xb.events(theirs.id) if isinstance(one, events.ConditionsAccepted)]
    assert (found.by, found.reasons) == (XA, "our law keeps it so")
    assert order(world, theirs).state == "ordered"


def test_conditions_that_are_declined_leave_the_request_undecided() -> None:
    world = on_condition()
    ours = case_at(world, "xa", "stored_data")
    consult_peer.answer_conditions(world.xa.office, "bo", ours.id, accept=False, reasons="the court must publish")
    world.settle()
    theirs = case_at(world, "xb", "stored_data")
    assert (case_at(world, "xa", "stored_data").state, theirs.state) == ("requested", "requested")
    assert theirs.conditions == ()
    with pytest.raises(OutOfOrder):
        order(world, theirs)


def test_an_answer_to_conditions_that_were_replaced_is_not_taken() -> None:
    world = on_condition()
    ours, theirs = case_at(world, "xa", "stored_data"), case_at(world, "xb", "stored_data")
    consult_peer.answer_conditions(world.xa.office, "bo", ours.id, accept=True, reasons="yes")
    decide_request.grant(world.xb.office, "rita", theirs.id, reasons="fraud", conditions=("destroyed after a year",))
    world.settle()
    assert case_at(world, "xb", "stored_data").awaits_conditions


def test_a_grant_without_conditions_waits_for_no_answer() -> None:
    world = at("granted")
    with pytest.raises(OutOfOrder):
        consult_peer.answer_conditions(
            world.xa.office, "bo", case_at(world, "xa", "stored_data").id, accept=True, reasons="yes"
        )
