"""A frozen case: nothing of it goes further, what comes is entered, and only oversight lifts it."""

import pytest

from comity.base.errors import Malformed, NotPermitted, OutOfOrder
from comity.cases import events
from comity.cases.events import EVENTS, tag_of
from comity.cases.machine import PROCEDURES
from comity.cases.procedures.table import EVERYWHERE
from comity.exchange.message import KINDS
from comity.workflows import (
    ask_information,
    consult_peer,
    decide_request,
    examine_evidence,
    freeze_case,
    hold_messages,
    lift_order,
    order_provider,
    withdraw_request,
)
from tests.simulators.packages import MemoryPackage
from tests.simulators.story import accept_at_xb, at, case_at, consult, freeze, grant, order, release_by_xb
from tests.simulators.world import XA, SmallWorld


def unfreeze(world: SmallWorld, procedure: str = "stored_data") -> None:
    freeze_case.unfreeze(world.xb.office, "otto", case_at(world, "xb", procedure).id, reasons="looked into")


def test_oversight_freezes_and_lifts_with_reasons_by_name_and_the_peer_is_not_told() -> None:
    world = at("granted")
    theirs, before = case_at(world, "xb", "stored_data"), world.xa.dump()
    freeze(world, theirs)
    world.settle()
    assert world.xa.dump() == before
    assert case_at(world, "xb", "stored_data").frozen_by == "otto"
    unfreeze(world)
    world.settle()
    assert world.xa.dump() == before
    assert not case_at(world, "xb", "stored_data").is_frozen
    found = [one for one in world.xb.events(theirs.id) if isinstance(one, events.Frozen | events.Unfrozen)]
    assert [(one.by, one.role, bool(one.reasons)) for one in found] == [("otto", "oversight", True)] * 2
    assert len(world.xb.leaves(theirs.id)) == len(world.xb.events(theirs.id))


def test_nobody_else_freezes_or_lifts_and_never_without_reasons() -> None:
    world = at("frozen")
    theirs = case_at(world, "xb", "stored_data")
    for person in ("rita", "olga", "dan"):
        with pytest.raises(NotPermitted):
            freeze_case.unfreeze(world.xb.office, person, theirs.id, reasons="why")
    with pytest.raises(Malformed):
        freeze_case.unfreeze(world.xb.office, "otto", theirs.id, reasons=" ")
    with pytest.raises(OutOfOrder, match="frozen"):
        freeze(world, theirs)


def test_no_provider_is_ordered_to_disclose_while_it_is_frozen() -> None:
    world = at("frozen")
    theirs = case_at(world, "xb", "stored_data")
    before = world.xb.dump()
    with pytest.raises(OutOfOrder, match="frozen by oversight"):
        order(world, theirs)
    with pytest.raises(OutOfOrder, match="frozen by oversight"):
        consult_peer.consult(world.xb.office, "olga", theirs.id, about="conditions", text="a word")
    assert world.xb.dump() == before
    unfreeze(world)
    assert order(world, theirs).state == "ordered"


def test_no_assistance_is_granted_while_it_is_frozen_and_to_refuse_or_ask_is_possible() -> None:
    world = at("production asked")
    theirs = case_at(world, "xb", "stored_data")
    freeze(world, theirs)
    with pytest.raises(OutOfOrder, match="frozen by oversight"):
        grant(world, theirs)
    ask_information.ask(world.xb.office, "olga", theirs.id, missing=("a court order",), text="a complaint came")
    decide_request.refuse(
        world.xb.office,
        "rita",
        theirs.id,
        ground="non discrimination",
        citation="40(22)",
        reasons="she is a journalist",
        consulted_otherwise="by telephone",
    )
    world.settle()
    assert case_at(world, "xa", "stored_data").state == "refused"


def test_evidence_that_came_is_accepted_and_not_handed_on() -> None:
    world = at("arrived at XB")
    theirs = case_at(world, "xb", "stored_data")
    freeze(world, theirs)
    accept_at_xb(world, theirs)
    world.settle()
    assert case_at(world, "provider", "stored_data").state == "produced"
    before = world.xb.dump()
    with pytest.raises(OutOfOrder, match="frozen by oversight"):
        release_by_xb(world, theirs)
    assert world.xb.dump() == before


def test_evidence_is_not_opened_while_it_is_frozen() -> None:
    world = at("accepted at XA")
    world.change(XA, people={**world.xa.office.people, "eve": frozenset({"oversight"})})
    ours, out = case_at(world, "xa", "stored_data"), MemoryPackage()
    freeze_case.freeze(world.xa.office, "eve", ours.id, reasons="a complaint")
    with pytest.raises(OutOfOrder):
        examine_evidence.examine(world.xa.office, "anna", ours.id, out, purpose="why")
    assert out.files == {}


def test_what_was_queued_and_not_taken_stays_until_it_is_lifted() -> None:
    world = at("accepted at XB")
    release_by_xb(world, case_at(world, "xb", "stored_data"))
    freeze(world, case_at(world, "xb", "stored_data"))
    world.settle()
    world.pass_days(3)
    world.settle()
    assert case_at(world, "xa", "stored_data").state == "granted"
    assert world.xa.packages.held == {}
    unfreeze(world)
    world.settle()
    assert case_at(world, "xa", "stored_data").state == "evidence arrived"


def test_what_is_held_is_not_sent_even_where_the_peer_misses_it() -> None:
    """A refusal after a grant that was held: the peer sees a gap and asks, and gets both in order once it is lifted."""
    world = at("production asked")
    theirs = case_at(world, "xb", "stored_data")
    grant(world, theirs)
    freeze(world, theirs)
    decide_request.refuse(
        world.xb.office,
        "rita",
        theirs.id,
        ground="non discrimination",
        citation="40(22)",
        reasons="she is a journalist",
        consulted_otherwise="by telephone",
    )
    for _ in range(3):
        world.settle()
        world.pass_days(1)
        consult(world, case_at(world, "xb", "preservation"), "costs")  # the answer to it says what XA misses
    assert case_at(world, "xa", "stored_data").state == "requested"
    unfreeze(world)
    world.heal()
    assert world.xa.history(theirs.their_case)[-2:] == ["granted", "refused"]


def test_preservation_is_ordered_confirmed_and_told_while_it_is_frozen() -> None:
    """Articles 25 and 42: it discloses nothing, and what is lost meanwhile cannot be had back."""
    world = at("asked")
    freeze(world, case_at(world, "xb", "preservation"))
    order(world, case_at(world, "xb", "preservation"))
    world.settle()
    order_provider.confirm_preserved(world.provider.office, "lee", case_at(world, "provider", "preservation").id)
    world.settle()
    assert case_at(world, "xb", "preservation").state == "preserved"
    assert case_at(world, "xa", "preservation").state == "preserved"


def test_a_withdrawal_that_comes_is_entered_and_the_data_are_not_let_go() -> None:
    world = at("preserved")
    freeze(world, case_at(world, "xb", "preservation"))
    withdraw_request.withdraw(world.xa.office, "bo", case_at(world, "xa", "preservation").id, reasons="solved")
    world.settle()
    theirs = case_at(world, "xb", "preservation")
    assert (theirs.state, theirs.is_frozen) == ("withdrawn", True)
    with pytest.raises(OutOfOrder, match="frozen by oversight"):
        lift_order.lift(world.xb.office, "dan", theirs.id, reasons="withdrawn")


def test_every_held_message_is_one_that_there_is() -> None:
    assert set(KINDS) >= hold_messages.HELD_KINDS


def test_what_is_barred_is_a_move_of_its_table() -> None:
    for table in PROCEDURES.values():
        used = {kind for moves in table.moves.values() for kind in moves}
        assert table.frozen_bars <= used | set(EVERYWHERE)
        assert {tag_of(kind) for kind in EVENTS if kind not in table.frozen_bars} >= {
            "preserved",
            "receipted",
            "refused",
        }
