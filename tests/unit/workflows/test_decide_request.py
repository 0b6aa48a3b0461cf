"""What people of the requested State decide: with reasons, by name, and only they."""

import msgspec
import pytest

from comity.base.errors import Malformed, NeedsPerson, NotPermitted, OutOfOrder, RefusedByRule
from comity.cases import events
from comity.exchange.message import RequestBody
from comity.treaty.request import Request
from comity.workflows import decide_request
from tests.simulators.failing import fail_at_every_call
from tests.simulators.forge import Forged, next_in_channel, outcome, send_request_unchecked
from tests.simulators.story import ask, at, by_reviewer, case_at, decided_at_xa, draft, grant, order
from tests.simulators.world import XB, SmallWorld, new_world, preservation, production, without_statement


def exposed(request: Request) -> Request:
    return msgspec.structs.replace(request, screens=msgspec.structs.replace(request.screens, expression=True))


@pytest.fixture
def world() -> SmallWorld:
    return at("production asked")


def test_a_grant_reaches_the_requesting_state_with_its_conditions(world: SmallWorld) -> None:
    theirs = case_at(world, "xb", "stored_data")
    decide_request.grant(world.xb.office, "rita", theirs.id, reasons="fraud in both", conditions=("no other use",))
    world.settle()
    found = [one for one in world.xa.events(theirs.their_case) if isinstance(one, events.Granted)]
    assert [(one.reasons, one.conditions, one.by) for one in found] == [("fraud in both", ("no other use",), XB)]


def test_a_refusal_reaches_the_requesting_state_with_ground_citation_and_reasons(world: SmallWorld) -> None:
    theirs = case_at(world, "xb", "stored_data")
    decide_request.refuse(
        world.xb.office,
        "rita",
        theirs.id,
        ground="essential interests",
        citation="40(21)(b)",
        reasons="a trial is open",
        consulted_otherwise="by telephone on 3 December, Mr Z of their authority",
    )
    world.settle()
    (found,) = [one for one in world.xa.events(theirs.their_case) if isinstance(one, events.Refused)]
    assert (found.ground, found.citation, found.reasons) == ("essential interests", "art. 40(21)(b)", "a trial is open")
    assert found.consulted and "telephone" in found.consulted_how
    assert world.xa.case(theirs.their_case).state == "refused"
    assert world.xa.case(theirs.their_case).trouble == ""


@pytest.mark.parametrize(("citation", "reasons"), [("40(99)", "why"), ("", "why"), ("40(21)(b)", " ")])
def test_a_refusal_without_a_provision_or_reasons_is_no_refusal(world: SmallWorld, citation: str, reasons: str) -> None:
    theirs = case_at(world, "xb", "stored_data")
    before = world.xb.dump()
    with pytest.raises(Malformed):
        decide_request.refuse(
            world.xb.office,
            "rita",
            theirs.id,
            ground="a",
            citation=citation,
            reasons=reasons,
            consulted_otherwise="by mail",
        )
    assert world.xb.dump() == before


def test_a_grant_needs_reasons(world: SmallWorld) -> None:
    theirs = case_at(world, "xb", "stored_data")
    with pytest.raises(Malformed):
        decide_request.grant(world.xb.office, "rita", theirs.id, reasons="")


def test_grants_and_refusals_are_all_or_nothing(world: SmallWorld) -> None:
    theirs = case_at(world, "xb", "stored_data")
    assert fail_at_every_call(world, XB, lambda: grant(world, theirs)) > 10


def test_only_the_requested_state_grants_or_refuses(world: SmallWorld) -> None:
    ours = case_at(world, "xa", "stored_data")
    before = world.xa.dump()
    with pytest.raises(OutOfOrder):
        decide_request.grant(world.xa.office, "rose", ours.id, reasons="we like it")
    with pytest.raises(OutOfOrder):
        decide_request.refuse(world.xa.office, "rose", ours.id, ground="a", citation="40(21)(b)", reasons="b")
    assert world.xa.dump() == before


def test_a_grant_waits_for_the_decision_of_a_person_who_is_named_with_reasons() -> None:
    world = new_world()
    _, theirs = decided_at_xa(world, exposed(production()))
    before = world.xb.dump()
    with pytest.raises(NeedsPerson):
        grant(world, theirs)
    assert world.xb.dump() == before
    by_reviewer(world, theirs, "screens.expression")
    assert grant(world, theirs).state == "granted"
    (found,) = [one for one in world.xb.events(theirs.id) if isinstance(one, events.Decided)]
    assert (found.by, found.role, found.rule) == ("rita", "reviewer", "screens.expression")
    assert found.reasons


def test_an_order_waits_for_the_same_decision() -> None:
    world = new_world()
    _, theirs = decided_at_xa(world, exposed(preservation()))
    with pytest.raises(NeedsPerson):
        order(world, theirs)
    by_reviewer(world, theirs, "screens.expression")
    assert order(world, theirs).state == "ordered"


def test_a_decision_against_it_stands_in_the_way_until_it_is_decided_anew() -> None:
    world = new_world()
    _, theirs = decided_at_xa(world, exposed(production()))
    decide_request.decide(
        world.xb.office,
        "rita",
        theirs.id,
        rule="screens.expression",
        in_favour=False,
        decision="it is about speech",
        reasons="the site published opinions",
    )
    before = world.xb.dump()
    with pytest.raises((NeedsPerson, RefusedByRule)):
        grant(world, theirs)
    assert world.xb.dump() == before
    by_reviewer(world, theirs, "screens.expression")
    assert grant(world, theirs).state == "granted"


def test_the_decision_of_the_requesting_state_is_not_ours() -> None:
    world = new_world()
    ours, theirs = decided_at_xa(world, exposed(preservation()))
    assert ours.decided == {"screens.expression"}
    assert theirs.decided == frozenset()


def test_a_decision_answers_a_finding_that_waits_and_no_other(world: SmallWorld) -> None:
    theirs = case_at(world, "xb", "stored_data")
    before = world.xb.dump()
    with pytest.raises(Malformed):
        decide_request.decide(
            world.xb.office,
            "rita",
            theirs.id,
            rule="screens.expression",
            in_favour=True,
            decision="yes",
            reasons="because",
        )
    assert world.xb.dump() == before


def test_a_decision_needs_reasons_and_a_person_who_may_decide() -> None:
    world = new_world()
    _, theirs = decided_at_xa(world, exposed(preservation()))
    before = world.xb.dump()
    attempts = [("rita", " ", Malformed), ("otto", "why", NotPermitted), ("dan", "why", NotPermitted)]
    for person, reasons, error in attempts:
        with pytest.raises(error):
            decide_request.decide(
                world.xb.office,
                person,
                theirs.id,
                rule="screens.expression",
                in_favour=True,
                decision="yes",
                reasons=reasons,
            )
    assert world.xb.dump() == before


def test_a_finding_is_decided_by_the_role_it_names() -> None:
    world = new_world()
    _, theirs = decided_at_xa(world, exposed(preservation()))
    with pytest.raises(NotPermitted):  # it takes a reviewer, independent of the case; olga is a case lawyer
        decide_request.decide(
            world.xb.office, "olga", theirs.id, rule="screens.expression", in_favour=True, decision="yes", reasons="why"
        )


def test_a_decision_is_on_the_request_as_it_was_and_not_on_a_later_one() -> None:
    world = new_world()
    ours = send_request_unchecked(world, draft(world, exposed(without_statement())))
    world.settle()
    theirs = world.xb.case_of(ours.id)
    by_reviewer(world, theirs, "screens.expression")
    other = msgspec.structs.replace(exposed(preservation()), facts="what the opposition published")
    place = next_in_channel(world.xa, ours.id, XB)
    assert outcome(world, Forged(body=RequestBody(request=other), document=place).make(world)) == "delivered"
    with pytest.raises(NeedsPerson):
        order(world, theirs)


def test_a_provider_has_no_request_to_decide_on() -> None:
    world = at("ordered")
    case = case_at(world, "provider", "preservation")
    world.change(world.provider.id, people={"lee": frozenset({"reviewer"})})
    with pytest.raises(OutOfOrder):
        decide_request.decide(
            world.provider.office, "lee", case.id, rule="any", in_favour=True, decision="yes", reasons="why"
        )
    with pytest.raises(OutOfOrder):
        decide_request.grant(world.provider.office, "lee", case.id, reasons="why")


def test_a_request_for_preservation_is_not_granted_but_ordered() -> None:
    world = new_world()
    _, theirs = ask(world, preservation())
    with pytest.raises(OutOfOrder):
        grant(world, theirs)


def test_a_decision_against_keeps_the_request_from_being_ordered_until_it_is_decided_anew() -> None:
    world = new_world()
    _, theirs = decided_at_xa(world, exposed(preservation()))
    for in_favour, stands in ((False, False), (True, True)):
        decide_request.decide(
            world.xb.office,
            "rita",
            theirs.id,
            rule="screens.expression",
            in_favour=in_favour,
            decision="yes" if in_favour else "no",
            reasons="why",
        )
        if stands:
            order(world, theirs)
        else:
            with pytest.raises(RefusedByRule):
                order(world, theirs)


def test_who_wrote_a_request_does_not_decide_on_it() -> None:
    world = new_world()
    world.change(world.xa.id, people={"anna": frozenset({"duty_officer", "reviewer"})})
    ours = draft(world, exposed(preservation()))
    with pytest.raises(NotPermitted):
        decide_request.decide(
            world.xa.office, "anna", ours.id, rule="screens.expression", in_favour=True, decision="yes", reasons="why"
        )


def test_a_refusal_on_a_ground_outside_the_treatys_lists_is_stopped(world: SmallWorld) -> None:
    theirs = case_at(world, "xb", "stored_data")
    before = world.xb.dump()
    for citation, consulted in (("40(24)", "by telephone"), ("40(21)(b)", "")):
        with pytest.raises(RefusedByRule):
            decide_request.refuse(
                world.xb.office,
                "rita",
                theirs.id,
                ground="a ground",
                citation=citation,
                reasons="why",
                consulted_otherwise=consulted,
            )
    assert world.xb.dump() == before
