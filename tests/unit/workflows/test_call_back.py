"""The call-back, its second check, and the review after the fact: who may, in which order, and what each leaves."""

import msgspec
import pytest

from comity.base.errors import Malformed, NotFound, NotPermitted, OutOfOrder
from comity.cases.deadlines import Basis, due_dates
from comity.exchange.directory import Entity
from comity.workflows import ask_information, call_back, draft_request, open_emergency
from tests.simulators.emergencies import (
    NUMBER,
    ask_at_once,
    at_xb,
    called,
    changed,
    checked,
    drafted,
    emergency_request,
    is_one,
    ready_world,
    relist,
)
from tests.simulators.failing import fail_at_every_call
from tests.simulators.story import grant, order
from tests.simulators.world import XA, XB, SmallWorld, production


@pytest.fixture
def world() -> SmallWorld:
    return ready_world()


def test_the_number_is_taken_from_the_directory_whatever_the_request_says(world: SmallWorld) -> None:
    _, theirs = ask_at_once(world, emergency_request(note="Call +44 20 7946 0000."))
    assert call_back.number_of(world.xb.office, theirs) == NUMBER
    found = called(world, theirs).emergency
    assert found is not None and found.call is not None
    assert (found.call.number, found.call.by, found.call.at) == (NUMBER, "dan", world.xb.clock.now().seconds)


def test_without_a_number_in_the_directory_no_call_is_recorded_and_nothing_is_disclosed(world: SmallWorld) -> None:
    def without(one: Entity) -> Entity:
        return msgspec.structs.replace(one, telephone="")

    relist(world, "XA", lambda value: changed(value, XA, without))
    _, theirs = ask_at_once(world)
    assert theirs.emergency is not None and "no_number" in theirs.emergency.notes
    before = world.xb.dump()
    with pytest.raises(NotFound, match="no telephone number"):
        called(world, theirs)
    assert world.xb.dump() == before
    is_one(world.xb, "dan", theirs)
    with pytest.raises(OutOfOrder, match="not confirmed by a call-back"):
        grant(world, theirs)


def test_a_call_that_reached_nobody_leaves_it_open_for_another(world: SmallWorld) -> None:
    _, theirs = ask_at_once(world)
    called(world, theirs, "unreached")
    with pytest.raises(OutOfOrder, match="no call-back waits"):
        checked(world, theirs)
    called(world, theirs, by="olga")
    assert checked(world, theirs, by="rita").emergency.is_confirmed  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("result", "reached", "text", "where"),
    [("yes", "a desk", "asked", "result"), ("confirmed", " ", "asked", "reached"), ("denied", "a desk", " ", "text")],
)
def test_a_call_says_what_came_of_it_whom_it_reached_and_what_was_asked(
    world: SmallWorld, result: str, reached: str, text: str, where: str
) -> None:
    _, theirs = ask_at_once(world)
    before = world.xb.dump()
    with pytest.raises(Malformed) as refused:
        call_back.call_back(world.xb.office, "dan", theirs.id, result=result, reached=reached, text=text)
    assert refused.value.where == where
    assert world.xb.dump() == before


def test_a_second_person_who_does_not_believe_the_call_ends_it(world: SmallWorld) -> None:
    _, theirs = ask_at_once(world)
    called(world, theirs)
    found = checked(world, theirs, confirmed=False).emergency
    assert found is not None and found.denied and found.is_barred and found.word == "unconfirmed"
    world.settle()
    (notice,) = world.xa.dump()["emergency_notice"]
    assert (notice["about"], notice["their_case"]) == ("denied", theirs.id)


def test_who_has_not_the_role_neither_calls_nor_checks_nor_admits(world: SmallWorld) -> None:
    _, theirs = ask_at_once(world)
    for person in ("otto", "sven"):
        with pytest.raises(NotPermitted):
            called(world, theirs, by=person)
        with pytest.raises(NotPermitted):
            checked(world, theirs, by=person)
    with pytest.raises(OutOfOrder, match="nothing is held"):
        call_back.admit(world.xb.office, "rita", theirs.id, reasons="why")


def test_an_ordinary_request_has_no_call_back_and_the_requesting_side_none_at_all(world: SmallWorld) -> None:
    ours, _ = ask_at_once(world)
    with pytest.raises(OutOfOrder):
        call_back.call_back(world.xa.office, "anna", ours.id, result="confirmed", reached="a", text="t")
    plain = draft_request.draft(world.xa.office, "anna", production(), XB)
    draft_request.approve(world.xa.office, "bo", plain.id)
    world.settle()
    theirs = at_xb(world, plain)
    assert theirs.emergency is None
    with pytest.raises(OutOfOrder, match="no emergency"):
        called(world, theirs)
    assert grant(world, theirs).state == "granted"


# After the fact


def disclosed(world: SmallWorld) -> tuple[str, str]:
    """The ids at XA and XB of an emergency that went its way as far as the order."""
    ours, theirs = ask_at_once(world)
    is_one(world.xb, "dan", theirs)
    called(world, theirs)
    checked(world, theirs)
    order(world, grant(world, world.xb.case(theirs.id)))
    world.settle()
    return ours.id, theirs.id


def test_the_review_falls_due_on_both_sides_after_days_of_policy(world: SmallWorld) -> None:
    ours, theirs = disclosed(world)
    for case in (world.xa.case(ours), world.xb.case(theirs)):
        (due,) = [one for one in due_dates(case, warn_days=14) if one.basis is Basis.POLICY]
        assert due.on == world.xa.clock.now().plus_days(5).day


def test_it_is_confirmed_only_once_something_in_writing_came(world: SmallWorld) -> None:
    ours, theirs = disclosed(world)
    with pytest.raises(OutOfOrder, match="nothing in writing"):
        call_back.review(world.xb.office, "rita", theirs, outcome="confirmed", reasons="it was real")
    call_back.follow_up(world.xa.office, "bo", ours, text="ours; the child was found", formal="2026-0611")
    world.settle()
    found = call_back.review(world.xb.office, "rita", theirs, outcome="confirmed", reasons="in writing").emergency
    assert found is not None and found.word == "confirmed"
    assert [one["outcome"] for one in world.xb.dump()["emergency"]] == ["confirmed"]
    with pytest.raises(OutOfOrder, match="outcome stands"):
        call_back.review(world.xb.office, "olga", theirs, outcome="unconfirmed", reasons="on second thoughts")


def test_unconfirmed_bars_what_is_left_and_the_central_authority_is_told(world: SmallWorld) -> None:
    _, theirs = disclosed(world)
    world.pass_days(6)
    found = call_back.review(world.xb.office, "rita", theirs, outcome="unconfirmed", reasons="nothing came")
    assert found.emergency is not None and found.emergency.is_barred
    world.settle()
    (notice,) = world.xa.dump()["emergency_notice"]
    assert notice["about"] == "unconfirmed"
    assert "evidence_released" not in world.xb.history(theirs)


def test_past_its_day_an_alarm_sounds_until_a_person_has_reviewed_it(world: SmallWorld) -> None:
    _, theirs = disclosed(world)
    assert open_emergency.sound_overdue(world.xb.office) == 0
    world.pass_days(6)
    assert open_emergency.sound_overdue(world.xb.office) == 1
    assert [one["kind"] for one in world.xb.dump()["log_alarm"]] == ["emergency-review"]
    call_back.review(world.xb.office, "rita", theirs, outcome="unconfirmed", reasons="nothing came")
    assert open_emergency.sound_overdue(world.xb.office) == 0
    assert "emergency-review" not in [one["kind"] for one in world.xb.dump()["log_alarm"]]


def test_a_failure_at_any_call_of_the_database_leaves_nothing_of_a_call_that_denied(world: SmallWorld) -> None:
    _, theirs = ask_at_once(world)
    assert fail_at_every_call(world, XB, lambda: called(world, theirs, "denied")) > 10


# Our own emergency


def test_the_first_approval_sends_nothing_and_the_second_sends_both(world: SmallWorld) -> None:
    ours = drafted(world)
    case = draft_request.approve(world.xa.office, "anna", ours.id)
    assert (case.state, world.xa.outbox()) == ("draft", [])
    assert draft_request.approve(world.xa.office, "rose", ours.id).state == "requested"
    (message,) = world.xa.outbox()
    assert message.priority == 2


@pytest.mark.parametrize(
    "field", ["emergency", "emergency_person", "emergency_imminence", "emergency_averts", "emergency_minimum"]
)
def test_an_emergency_that_does_not_say_what_it_must_is_not_approved(world: SmallWorld, field: str) -> None:
    ours = drafted(world, emergency_request(**{field: ""}))
    with pytest.raises(Malformed) as refused:
        draft_request.approve(world.xa.office, "anna", ours.id)
    assert refused.value.where == field
    assert world.xa.case(ours.id).first_approval is None


def test_a_draft_that_changes_between_the_approvals_needs_both_again(world: SmallWorld) -> None:
    ours, theirs = ask_at_once(world)
    ask_information.ask(world.xb.office, "olga", theirs.id, missing=("the time zone",), text="Which?")
    world.settle()
    draft_request.supply(world.xa.office, "bo", ours.id, emergency_request(note="All times are local to XA."))
    is_one(world.xa, "anna", ours)  # what was decided was decided of another text
    draft_request.approve(world.xa.office, "anna", ours.id)
    assert world.xa.case(ours.id).state == "information asked"
    with pytest.raises(NotPermitted):
        draft_request.approve(world.xa.office, "anna", ours.id)
    draft_request.approve(world.xa.office, "rose", ours.id)
    world.settle()
    assert world.xb.history(theirs.id)[-1] == "information_given"
    assert world.xb.case(theirs.id).emergency == theirs.emergency  # the same story needs no second call


@pytest.mark.parametrize("what", ["story", "data"])
def test_another_story_or_more_data_after_the_call_needs_another_call(world: SmallWorld, what: str) -> None:
    ours, theirs = ask_at_once(world)
    called(world, theirs)
    assert not checked(world, theirs).emergency.is_barred  # type: ignore[union-attr]
    request = emergency_request()
    more = (
        *request.measures[:-1],
        msgspec.structs.replace(request.measures[-1], data="All that the account ever did."),
    )
    other = emergency_request(**({"emergency": "Somebody else."} if what == "story" else {"measures": more}))
    ask_information.ask(world.xb.office, "olga", theirs.id, missing=("the time zone",), text="Which?")
    world.settle()
    draft_request.supply(world.xa.office, "bo", ours.id, other)
    is_one(world.xa, "anna", ours)
    for person in ("anna", "rose"):
        draft_request.approve(world.xa.office, person, ours.id)
    world.settle()
    is_one(world.xb, "dan", theirs)
    with pytest.raises(OutOfOrder, match="not confirmed by a call-back"):
        grant(world, theirs)
