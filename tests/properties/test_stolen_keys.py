"""An authority's key is stolen, and an emergency is asked for with it: each way is played, and none brings data.

Every test calls `nothing_disclosed`: no grant, no order to produce and no evidence left XB, and each of the three
is refused to XB's own people, who have done all that the trick wanted of them.
"""

from dataclasses import replace

import pytest

from comity.base.encoding import b64u
from comity.base.errors import OutOfOrder
from comity.exchange.directory import Use
from comity.exchange.message import RequestBody
from tests.simulators.emergencies import called, checked, emergency_request, ready_world
from tests.simulators.forge import outcome, revoke
from tests.simulators.forged_emergencies import (
    approvals_of,
    both_made_up,
    forged,
    is_preserved,
    list_approvers,
    nothing_disclosed,
    received,
    somebody_s,
    two_approvers,
)
from tests.simulators.world import XA, XB, new_world


@pytest.mark.parametrize("people", [(), ("anna",), ("anna", "anna"), ("anna", "bo"), ("anna", "not a name")])
def test_one_stolen_key_without_two_other_people_s_approvals_brings_no_case(people: tuple[str, ...]) -> None:
    world = ready_world()
    assert outcome(world, forged(emergency_request(), *people).make(world)) == "not-allowed"
    assert received(world) == []
    nothing_disclosed(world)


def test_one_stolen_key_without_the_right_brings_no_case_however_it_is_marked() -> None:
    world = new_world()
    for priority in (0, 1, 2):
        message = replace(forged(emergency_request(), "anna", "rose"), header={"pri": priority})
        assert outcome(world, message.make(world)) == "not-allowed"
    assert received(world) == []
    nothing_disclosed(world)


def test_one_stolen_key_that_was_revoked_brings_no_case() -> None:
    world = ready_world()
    envelope = forged(emergency_request(), "anna", "rose").make(world)
    revoke(world, XA, Use.AUTHORITY, world.xa.clock.now().seconds - 60)
    assert outcome(world, envelope) == "revoked-key"
    assert received(world) == []
    nothing_disclosed(world)


def test_one_stolen_key_and_an_approval_of_another_request_bring_no_case() -> None:
    world = ready_world()
    other = emergency_request(emergency="Another story altogether.")
    message = forged(emergency_request(), "anna", "rose")
    body = RequestBody(request=emergency_request(), approvals=approvals_of(other, "anna", "rose"))
    assert outcome(world, replace(message, body=body).make(world)) == "not-allowed"
    nothing_disclosed(world)


def test_one_stolen_key_and_the_thief_s_own_passkeys_bring_no_case_where_approvers_are_listed() -> None:
    world = ready_world()
    ada, rita = two_approvers(world)
    list_approvers(world, ada, rita)
    request = emergency_request()
    thief, other = somebody_s("thief"), somebody_s("thief's friend")
    own = both_made_up(world, request, thief, other)
    assert outcome(world, forged(request, "ada", "rita", passkeys=own).make(world)) == "not-allowed"
    assert outcome(world, forged(request, "ada", "rita").make(world)) == "not-allowed"
    one_stolen = both_made_up(world, request, ada, thief)
    assert outcome(world, forged(request, "ada", "rita", passkeys=one_stolen).make(world)) == "not-allowed"
    assert received(world) == []
    nothing_disclosed(world)
    theirs = both_made_up(world, request, ada, rita)
    assert outcome(world, forged(request, "ada", "rita", passkeys=theirs).make(world)) == "delivered"
    nothing_disclosed(world)


@pytest.mark.parametrize("listed", ["since after what is written", "for a term that is over", "and revoked"])
def test_one_stolen_key_gets_round_listed_approvers_by_no_moment_it_writes(listed: str) -> None:
    world = ready_world()
    ada, rita = two_approvers(world)
    world.pass_days(2)
    list_approvers(world, ada, rita, days=1)
    earlier = world.xa.clock.now().plus_days(-1).seconds
    if listed == "for a term that is over":
        world.pass_days(2)
        earlier = world.xa.clock.now().seconds
    if listed == "and revoked":
        world.pass_seconds(3600)
        revoke(world, XA, Use.APPROVER, world.xa.clock.now().seconds)
        earlier = world.xa.clock.now().seconds - 60  # the listed ones, which the thief has, were good then
    request = emergency_request()
    own = (somebody_s("thief"), somebody_s("friend")) if listed != "and revoked" else (ada, rita)
    both = both_made_up(world, request, *own)
    when = {"iat": earlier, "exp": earlier + 20 * 86400}
    for passkeys in (both, ()):
        found = forged(request, "ada", "rita", passkeys=passkeys)
        backdated = replace(found, document=when, header={**found.header, **when})
        assert outcome(world, backdated.make(world)) == "not-allowed"
    assert received(world) == []
    nothing_disclosed(world)


def test_an_emergency_approved_with_a_stolen_passkey_is_held_once_its_theft_is_told() -> None:
    world = ready_world()
    ada, rita = two_approvers(world)
    list_approvers(world, ada, rita)
    since = world.xa.clock.now().seconds
    request = emergency_request()
    theirs = both_made_up(world, request, ada, rita)
    assert outcome(world, forged(request, "ada", "rita", passkeys=theirs).make(world)) == "delivered"
    (case,) = received(world)
    assert case.doubts == ()
    nothing_disclosed(world)
    revoke(world, XA, Use.APPROVER, since)
    held = world.xb.case(case.id)
    assert {one.kid for one in held.doubts} == {b64u(one.held[-1].id) for one in (ada, rita)}
    assert {one.ground for one in held.doubts} == {"revoked-key"}


def test_one_stolen_key_that_can_write_names_is_stopped_by_the_call_and_its_owner_is_told() -> None:
    """In an exercise nobody has a passkey: whoever holds the key can write two names. The call is what is left."""
    world = ready_world()
    assert outcome(world, forged(emergency_request(), "anna", "rose").make(world)) == "delivered"
    (theirs,) = received(world)
    is_preserved(world)
    nothing_disclosed(world)
    called(world, theirs, "denied")
    nothing_disclosed(world)
    with pytest.raises(OutOfOrder, match="its result stands"):
        called(world, theirs, by="olga")
    with pytest.raises(OutOfOrder):
        checked(world, theirs)
    world.settle()
    (notice,) = world.xa.dump()["emergency_notice"]
    assert (notice["about"], notice["asked_by"], notice["sender"]) == ("denied", XA, XB)
    assert "emergency-notice" in {one["kind"] for one in world.xa.dump()["log_alarm"]}
    nothing_disclosed(world)
