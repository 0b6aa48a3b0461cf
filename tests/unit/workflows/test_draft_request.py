"""Our own request: drafted, approved by another, written before it is sent; or nothing at all."""

from collections.abc import Callable

import msgspec
import pytest

from comity.base.errors import Malformed, NeedsPerson, NotFound, NotPermitted, OutOfOrder, RefusedByRule
from comity.base.mode import Mode
from comity.cases.case import Case
from comity.exchange.directory import Use
from comity.exchange.document import verify
from comity.exchange.message import RequestBody
from comity.exchange.problems import ExchangeProblem
from comity.treaty.request import Request
from comity.workflows import draft_request, read_cases
from tests.simulators.authenticator import first_operator, joined, signature
from tests.simulators.failing import fail_at_every_call
from tests.simulators.forge import send_request_unchecked
from tests.simulators.story import approve, ask, at, by_rose, case_at, draft, order
from tests.simulators.world import (
    XA,
    XB,
    SmallWorld,
    example,
    new_world,
    preservation,
    production,
    without_statement,
)


@pytest.fixture
def world() -> SmallWorld:
    return new_world()


def with_expression() -> Request:
    """A request whose drafter says that it turns on what somebody said."""
    screens = msgspec.structs.replace(preservation().screens, expression=True)
    return msgspec.structs.replace(preservation(), screens=screens)


def test_an_approved_request_is_written_whole_before_anything_is_sent(world: SmallWorld) -> None:
    case = approve(world, draft(world, preservation()))
    (message,) = world.xa.outbox()
    assert world.xa.history(case.id) == ["drafted", "approved", "sent"]
    assert (message.case_id, message.kind, message.peer, message.state) == (case.id, "request.preserve", XB, "queued")
    assert [leaf.event for leaf in world.xa.leaves(case.id)] == [1, 2, 3]
    assert world.wire.carried == []
    signed = verify(message.document, world.xa.keys.signer(Use.AUTHORITY).public)
    assert signed.document.read_body(RequestBody).request == preservation()
    assert (signed.document.actor.id, signed.document.actor.approved_by) == ("anna", "bo")


def test_a_failure_at_any_call_of_the_database_leaves_nothing_of_an_approval(world: SmallWorld) -> None:
    case = draft(world, preservation())
    tried = fail_at_every_call(world, XA, lambda: approve(world, case))
    assert tried > 15
    assert world.xa.history(case.id) == ["drafted", "approved", "sent"]
    assert len(world.xa.outbox()) == 1


def test_without_its_key_nothing_of_an_approval_is_left(world: SmallWorld) -> None:
    case = draft(world, preservation())
    before = world.xa.dump()
    world.xa.keys.missing.add(Use.AUTHORITY)
    try:
        with pytest.raises(NotFound):
            approve(world, case)
    finally:
        world.xa.keys.missing.clear()
    assert world.xa.dump() == before


def test_a_draft_is_for_another_state_by_ours(world: SmallWorld) -> None:
    before = world.xa.dump()
    foreign = msgspec.structs.replace(preservation(), requesting="XB", requested="XA")
    for request, peer in ((foreign, XA), (preservation(), "XC/observatory")):
        with pytest.raises(Malformed):
            draft_request.draft(world.xa.office, "anna", request, peer)
    assert world.xa.dump() == before


def test_a_draft_for_a_node_that_nobody_listed_is_refused(world: SmallWorld) -> None:
    with pytest.raises(ExchangeProblem) as caught:
        draft_request.draft(world.xa.office, "anna", preservation(), "XB/another")
    assert caught.value.code == "unknown-peer"


def test_measures_of_two_procedures_do_not_make_one_case(world: SmallWorld) -> None:
    both = msgspec.structs.replace(preservation(), measures=preservation().measures + production().measures)
    for request in (both, msgspec.structs.replace(preservation(), measures=())):
        with pytest.raises(Malformed):
            draft(world, request)


def test_the_author_never_approves(world: SmallWorld) -> None:
    case = draft_request.draft(world.xa.office, "bo", preservation(), XB)
    before = world.xa.dump()
    with pytest.raises(NotPermitted):
        draft_request.approve(world.xa.office, "bo", case.id)
    assert world.xa.dump() == before


def test_an_approval_is_given_once(world: SmallWorld) -> None:
    case = approve(world, draft(world, preservation()))
    before = world.xa.dump()
    with pytest.raises(OutOfOrder):
        approve(world, case)
    assert world.xa.dump() == before


@pytest.mark.parametrize("name", ["three-year-offence", "no-assistance-statement"])
def test_what_a_rule_stops_is_not_sent(world: SmallWorld, name: str) -> None:
    case = draft(world, example(f"investment-scam/{name}"))
    before = world.xa.dump()
    with pytest.raises(RefusedByRule) as caught:
        approve(world, case)
    assert caught.value.findings
    assert caught.value.hint
    assert world.xa.dump() == before


def test_what_needs_a_person_is_not_sent_until_that_person_decided_with_reasons(world: SmallWorld) -> None:
    case = draft(world, with_expression())
    before = world.xa.dump()
    with pytest.raises(NeedsPerson) as caught:
        approve(world, case)
    assert [getattr(one, "rule", "") for one in caught.value.findings] == ["screens.expression"]
    assert world.xa.dump() == before
    by_rose(world, case)
    sent = approve(world, case)
    assert sent.state == "requested"
    assert sent.decided == {"screens.expression"}
    assert world.xa.history(case.id) == ["drafted", "decided", "approved", "sent"]


def test_a_live_node_sends_nothing_while_the_convention_does_not_bind_both() -> None:
    world = new_world(Mode.LIVE)
    first_operator(world.xa.office)
    bo = joined(world.xa.office, "bo", "case_lawyer")
    case = draft(world, preservation())
    answer = signature(world.xa.office, "bo", case.id, bo)
    before = world.xa.dump()
    with pytest.raises(RefusedByRule) as caught:
        draft_request.approve(world.xa.office, "bo", case.id, answer=answer)
    assert "not in force" in caught.value.what
    assert "XA is an invented State" in caught.value.what
    assert [getattr(one, "rule", "") for one in caught.value.findings] == ["basis.in_force"]
    assert world.xa.history(case.id) == ["drafted"]
    assert world.xa.dump()["outbox"] == before["outbox"]


def test_a_live_request_from_a_node_that_asks_no_rule_is_not_ordered_either() -> None:
    world = new_world(Mode.LIVE)
    ours = send_request_unchecked(world, draft(world, preservation()))
    world.settle()
    theirs = world.xb.case_of(ours.id)
    with pytest.raises(RefusedByRule):
        order(world, theirs)
    assert world.xb.history(theirs.id) == ["received"]


def test_a_request_that_is_asked_about_is_mended_by_a_second_person(world: SmallWorld) -> None:
    ours, theirs = _asked_about(world)
    mended = msgspec.structs.replace(without_statement(), assistance_will_follow=True)
    draft_request.supply(world.xa.office, "bo", ours.id, mended)
    world.settle()
    assert world.xb.case(theirs.id).state == "information asked"  # nothing is sent before the second person
    with pytest.raises(NotPermitted):
        draft_request.approve(world.xa.office, "bo", ours.id)
    draft_request.approve(world.xa.office, "anna", ours.id)
    world.settle()
    assert (world.xa.case(ours.id).state, world.xa.case(ours.id).asked) == ("requested", ())
    assert (world.xb.case(theirs.id).state, world.xb.case(theirs.id).request) == ("requested", mended)


def _asked_about(world: SmallWorld) -> tuple[Case, Case]:
    ours = send_request_unchecked(world, draft(world, without_statement()))
    world.settle()
    return world.xa.case(ours.id), world.xb.case_of(ours.id)


def test_what_is_supplied_is_checked_like_the_request_itself(world: SmallWorld) -> None:
    ours, _ = _asked_about(world)
    before = world.xa.dump()
    with pytest.raises(RefusedByRule):
        draft_request.supply(world.xa.office, "bo", ours.id, without_statement())
    assert world.xa.dump() == before


@pytest.mark.parametrize(
    "change",
    [
        lambda request: msgspec.structs.replace(request, requested="XC"),
        lambda request: msgspec.structs.replace(request, requesting="XC"),
        lambda request: msgspec.structs.replace(request, measures=production().measures),
    ],
)
def test_a_supplement_stays_a_request_of_the_same_case(world: SmallWorld, change: Callable[[Request], Request]) -> None:
    ours, _ = _asked_about(world)
    before = world.xa.dump()
    with pytest.raises(Malformed):
        draft_request.supply(world.xa.office, "bo", ours.id, change(preservation()))
    assert world.xa.dump() == before


def test_a_supplement_is_all_or_nothing(world: SmallWorld) -> None:
    ours, _ = _asked_about(world)
    mended = msgspec.structs.replace(without_statement(), assistance_will_follow=True)
    draft_request.supply(world.xa.office, "bo", ours.id, mended)
    assert fail_at_every_call(world, XA, lambda: draft_request.approve(world.xa.office, "anna", ours.id)) > 10


def test_only_the_requesting_state_approves_or_supplies(world: SmallWorld) -> None:
    _, theirs = ask(world, preservation())
    with pytest.raises(OutOfOrder):
        draft_request.approve(world.xb.office, "rita", theirs.id)
    with pytest.raises(OutOfOrder):
        draft_request.supply(world.xb.office, "olga", theirs.id, preservation())


def test_an_urgent_request_takes_the_urgent_lane_and_no_request_the_one_for_a_threat_to_life() -> None:
    calm = msgspec.structs.replace(preservation(), urgent=False)
    assert draft_request.priority(preservation()) == 1
    assert draft_request.priority(calm) == 0
    assert draft_request.priority(msgspec.structs.replace(calm, emergency="a life is at risk")) == 1


def test_a_request_names_the_preservation_it_follows() -> None:
    world = at("preserved")
    earlier = case_at(world, "xa", "preservation")
    ours, theirs = ask(world, production(), follows=earlier.id)
    assert ours.follows == earlier.id
    assert theirs.request is not None
    assert theirs.request.follows == earlier.id
    assert read_cases.find(world.xb.office, case_at(world, "xb", "preservation").id).state == "held pending decision"
