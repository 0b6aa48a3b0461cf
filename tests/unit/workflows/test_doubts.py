"""What came under a key that was revoked later is brought back to a person, and waits for one."""

import pytest

from comity.base.errors import Malformed, NotPermitted, OutOfOrder
from comity.cases import events
from comity.cases.case import Case
from comity.cases.machine import allowed
from comity.exchange import document as documents
from comity.exchange.directory import Use
from comity.workflows import (
    decide_request,
    doubts,
    enter_notice,
    freeze_case,
    keep_directory,
    lift_order,
    order_provider,
)
from tests.simulators.emergencies import ask_at_once, called, ready_world
from tests.simulators.failing import fail_at_every_call
from tests.simulators.forge import Forged, outcome, revoke
from tests.simulators.story import at, case_at, grant, order, withdraw
from tests.simulators.world import PROVIDER, START, XA, XB, SmallWorld, share_directories

REASONS = "They called back: the request is theirs."


def settle(world: SmallWorld, case: Case, *, keep: bool) -> Case:
    return doubts.settle(world.xb.office, "rita", case.id, keep=keep, reasons=REASONS)


def stolen(stage: str = "production asked", since: int = START.seconds) -> tuple[SmallWorld, Case]:
    """XA says that its authority key was stolen; the case of production at XB."""
    world = at(stage)
    world.pass_seconds(60)
    revoke(world, XA, Use.AUTHORITY, since)
    return world, case_at(world, "xb", "stored_data")


def test_every_case_with_a_message_under_the_key_has_a_doubt_with_its_entry_in_the_log() -> None:
    world, case = stolen()
    assert {one.id for one in world.xb.cases() if one.doubts} == {one.id for one in world.xb.cases()}
    (doubt,) = case.doubts
    kid = world.xa.keys.signer(Use.AUTHORITY).kid
    assert (doubt.ground, doubt.node, doubt.kid, doubt.since) == ("revoked-key", XA, kid, START.seconds)
    assert doubt.messages == (case.request_message,)
    assert world.xb.history(case.id)[-1] == "doubted"
    assert len(world.xb.leaves(case.id)) == len(world.xb.history(case.id))


def test_what_came_before_the_moment_is_not_in_doubt() -> None:
    world, case = stolen(since=START.plus_seconds(30).seconds)
    assert not case.doubts and not doubts.standing(world.xb.office)


def test_it_is_our_clock_that_counts_and_not_the_message() -> None:
    """A thief writes an earlier time into what it signs."""
    world = at("new")
    earlier = {"iat": START.seconds + 10, "exp": START.seconds + 86400}
    world.pass_seconds(60)
    envelope = Forged(document=earlier, header=earlier).make(world)
    assert outcome(world, envelope) == "delivered"
    revoke(world, XA, Use.AUTHORITY, START.seconds + 30)
    assert [one.doubt.messages for one in doubts.standing(world.xb.office)] == [(envelope.read_header().id,)]


def test_an_earlier_moment_brings_more_back_and_the_same_list_again_brings_nothing() -> None:
    world, case = stolen(since=START.plus_seconds(30).seconds)
    revoke(world, XA, Use.AUTHORITY, START.seconds)
    assert len(world.xb.case(case.id).doubts) == 1
    share_directories(world)
    assert len(world.xb.case(case.id).doubts) == 1


def test_nothing_of_the_case_goes_further_until_a_person_relies_on_it() -> None:
    world, case = stolen()
    with pytest.raises(OutOfOrder, match="in doubt") as refused:
        grant(world, case)
    assert "doubt_settled" in refused.value.hint and "refused" in refused.value.hint
    assert settle(world, case, keep=True).doubts == ()
    grant(world, world.xb.case(case.id))
    world.settle()
    assert case_at(world, "xa", "stored_data").state == "granted"


def test_what_was_queued_waits_and_goes_out_when_it_is_kept() -> None:
    world = at("production asked")
    case = grant(world, case_at(world, "xb", "stored_data"))
    revoke(world, XA, Use.AUTHORITY, START.seconds)
    world.heal()
    assert case_at(world, "xa", "stored_data").state == "requested"
    assert {one.code for one in world.xb.outbox() if one.kind == "grant"} == {doubts.DOUBT}
    settle(world, case, keep=True)
    world.heal()
    assert case_at(world, "xa", "stored_data").state == "granted"


def test_preservation_is_ordered_all_the_same() -> None:
    world = at("asked")
    revoke(world, XA, Use.AUTHORITY, START.seconds)
    assert order(world, case_at(world, "xb", "preservation")).state == "ordered"


def test_what_is_not_relied_on_can_only_be_taken_back() -> None:
    world = at("preserved")
    revoke(world, XA, Use.AUTHORITY, START.seconds)
    case = settle(world, case_at(world, "xb", "preservation"), keep=False)
    assert case.undone and not case.doubts
    assert "order_issued" not in allowed(case)
    with pytest.raises(OutOfOrder, match="not relied on"):
        order_provider.order(
            world.xb.office, "dan", case.id, provider=PROVIDER, legal_basis="law", reasons="again", days=None
        )
    with pytest.raises(OutOfOrder, match="no doubt"):
        settle(world, case, keep=True)


def test_an_order_that_stood_on_it_can_be_lifted_once_the_request_is_withdrawn() -> None:
    world = at("preserved")
    withdraw(world, case_at(world, "xa", "preservation"))
    world.settle()
    revoke(world, XA, Use.AUTHORITY, START.seconds)
    case = settle(world, case_at(world, "xb", "preservation"), keep=False)
    lifted = lift_order.lift(world.xb.office, "dan", case.id, reasons="nobody asked")
    assert lifted.lifted


def test_to_refuse_is_possible_while_it_stands_and_after() -> None:
    world, case = stolen()
    refused = decide_request.refuse(
        world.xb.office,
        "rita",
        case.id,
        ground="minor",
        citation="40(21)(a)",
        reasons="not theirs",
        consulted_otherwise="called",
    )
    assert refused.state == "refused"


def test_oversight_and_a_doubt_hold_the_case_each_by_itself() -> None:
    world = at("production asked")
    case = grant(world, case_at(world, "xb", "stored_data"))
    freeze_case.freeze(world.xb.office, "otto", case.id, reasons="a complaint")
    revoke(world, XA, Use.AUTHORITY, START.seconds)
    settle(world, case, keep=True)
    world.heal()
    assert case_at(world, "xa", "stored_data").state == "requested"
    freeze_case.unfreeze(world.xb.office, "otto", case.id, reasons="looked into")
    world.heal()
    assert case_at(world, "xa", "stored_data").state == "granted"


def test_a_named_person_settles_it_with_reasons() -> None:
    world, case = stolen()
    with pytest.raises(NotPermitted):
        doubts.settle(world.xb.office, "sven", case.id, keep=True, reasons=REASONS)
    with pytest.raises(Malformed):
        doubts.settle(world.xb.office, "rita", case.id, keep=True, reasons=" ")
    settle(world, case, keep=True)
    told = [one for one in world.xb.events(case.id) if isinstance(one, events.DoubtSettled)]
    assert [(one.by, one.keep, one.reasons, one.role) for one in told] == [("rita", True, REASONS, "reviewer")]


def test_receipts_under_a_stolen_receipt_key_are_in_doubt_too() -> None:
    world = at("asked")
    world.pass_seconds(60)
    revoke(world, XB, Use.RECEIPT, START.seconds)
    (found,) = doubts.standing(world.xa.office)
    assert found.kinds == ("receipt of request.preserve",)
    assert case_at(world, "xa", "preservation").doubts[0].kid == world.xb.keys.signer(Use.RECEIPT).kid


def test_a_transport_key_puts_no_message_in_doubt() -> None:
    world = at("production asked")
    revoke(world, XA, Use.TRANSPORT, START.seconds)
    assert not doubts.standing(world.xb.office)


def test_what_the_key_signed_goes_on_to_verify() -> None:
    world, case = stolen()
    kept = world.xb.incoming(XA, case.request_message)
    assert kept is not None
    entity = world.xb.entity(XA)
    key = next(one for one in entity.keys if one.use is Use.AUTHORITY)
    assert documents.verify(kept.document, key.public_bytes).document.id == case.request_message


def test_the_list_is_adopted_with_its_doubts_or_not_at_all() -> None:
    world = at("production asked")
    before = world.copy()
    revoke(before, XA, Use.AUTHORITY, START.seconds)
    newest = before.xa.dump()["directory"]
    data = next(row["data"] for row in newest if row["state"] == "XA")
    assert fail_at_every_call(world, XB, lambda: keep_directory.trust(world.xb.office, "olga", data, None)) > 5
    assert len(doubts.standing(world.xb.office)) == len(world.xb.cases())


def test_a_notice_that_is_of_no_case_is_told_again_and_holds_up_no_list() -> None:
    """A list that revokes a stolen key is taken in, whatever came under the key."""
    world = ready_world()
    _, theirs = ask_at_once(world)
    called(world, theirs, "denied")
    world.settle()
    (notice,) = enter_notice.notices(world.xa.office)
    enter_notice.saw(world.xa.office, "bo", notice.message)
    revoke(world, XB, Use.AUTHORITY, START.seconds)
    assert world.xa.entity(XB).keys == world.xb.entity(XB).keys
    said = [one["what"] for one in world.xa.dump()["log_alarm"] if one["kind"] == enter_notice.ALARM]
    assert said == [f"{XB}: notices came under a key that was revoked since"]
    enter_notice.saw(world.xa.office, "bo", notice.message)
    assert not [one for one in world.xa.dump()["log_alarm"] if one["kind"] == enter_notice.ALARM]
