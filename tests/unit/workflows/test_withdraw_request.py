"""Help that is no longer needed: said to the other State, and the order lifted by a person there."""

import pytest

from comity.base.errors import Malformed, NotPermitted, OutOfOrder
from comity.base.ids import NodeId
from comity.cases.events import EvidenceDestroyed, Receipted
from comity.cases.machine import allowed, has_ended
from comity.workflows import (
    decide_request,
    destroy_evidence,
    draft_request,
    hand_over,
    keep_directory,
    lift_order,
    read_cases,
    watch_deadlines,
    withdraw_request,
)
from comity.workflows.count_exchanged import count_exchanged
from comity.workflows.record import load, record
from comity.workflows.stores import OutboxState
from tests.simulators import story
from tests.simulators.packages import MemoryPackage
from tests.simulators.story import at, case_at, draft
from tests.simulators.world import PROVIDER, XA, XB, SmallWorld, new_world, preservation, share_directories


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


# A withdrawal and evidence that meet. In each, nobody's message is rejected.


def withdraw_at_xa(world: SmallWorld) -> None:
    story.withdraw(world, case_at(world, "xa", "stored_data"))


def states(world: SmallWorld) -> list[str]:
    found = [case_at(world, node, "stored_data") for node in ("xa", "xb", "provider")]
    assert not any(one.trouble for one in found), [one.trouble for one in found]
    return [str(one.state) for one in found]


def destroy(world: SmallWorld, node: str, person: str) -> None:
    case = case_at(world, node, "stored_data")
    destroy_evidence.destroy(
        getattr(world, node).office, person, case.id, reasons="the request was withdrawn", copies="there are none"
    )
    world.settle()


def give_back(world: SmallWorld, node: str, person: str) -> None:
    case = case_at(world, node, "stored_data")
    hand_over.give_back(getattr(world, node).office, person, case.id, reason="the request was withdrawn")
    world.settle()


def accept(world: SmallWorld, node: str, person: str) -> None:
    hand_over.accept(getattr(world, node).office, person, case_at(world, node, "stored_data").id, reason="checked")
    world.settle()


def test_the_asked_state_returns_what_it_holds_when_the_withdrawal_comes() -> None:
    world = at("accepted at XB")
    withdraw_at_xa(world)
    world.settle()
    assert states(world) == ["withdrawn", "withdrawn with evidence held", "produced"]
    with pytest.raises(OutOfOrder):
        story.release_by_xb(world, case_at(world, "xb", "stored_data"))
    give_back(world, "xb", "olga")
    accept(world, "provider", "lee")
    assert states(world) == ["withdrawn", "evidence returned", "evidence back"]
    assert not world.xb.packages.held and has_ended(case_at(world, "xb", "stored_data"))


def test_or_destroys_it_and_tells_the_provider_it_came_from_and_not_who_never_had_it() -> None:
    world = at("accepted at XB")
    withdraw_at_xa(world)
    world.settle()
    before = world.xa.dump()
    destroy(world, "xb", "rita")
    assert states(world) == ["withdrawn", "evidence destroyed", "produced"]
    assert world.xa.dump() == before
    theirs = case_at(world, "provider", "stored_data")
    assert world.provider.history(theirs.id)[-1] == "evidence_destroyed"
    assert read_cases.custody_of(world.provider.office, theirs).is_destroyed
    assert not world.xb.packages.held and world.provider.packages.held  # the provider's own copy is its own to destroy


def test_what_the_asked_state_had_not_accepted_yet_is_accepted_first() -> None:
    world = at("arrived at XB")
    withdraw_at_xa(world)
    world.settle()
    assert states(world)[1] == "withdrawn with evidence arrived"
    with pytest.raises(OutOfOrder):
        destroy(world, "xb", "rita")
    with pytest.raises(OutOfOrder):
        give_back(world, "xb", "olga")
    accept(world, "xb", "olga")
    destroy(world, "xb", "rita")
    assert states(world) == ["withdrawn", "evidence destroyed", "produced"]


@pytest.mark.parametrize("returned", [True, False])
def test_evidence_that_crossed_with_the_withdrawal_is_accepted_unopened_and_goes_back_or_is_destroyed(
    returned: bool,
) -> None:
    world = at("accepted at XB")
    story.release_by_xb(world, case_at(world, "xb", "stored_data"))
    withdraw_at_xa(world)
    world.settle()
    assert states(world) == ["withdrawn with evidence arrived", "evidence released", "produced"]
    accept(world, "xa", "bo")
    assert states(world) == ["withdrawn with evidence held", "produced", "produced"]
    with pytest.raises(OutOfOrder):
        story.examine(world, case_at(world, "xa", "stored_data"), MemoryPackage())
    if returned:
        give_back(world, "xa", "bo")
        accept(world, "xb", "olga")
        assert states(world) == ["evidence returned", "evidence back", "produced"]
    else:
        destroy(world, "xa", "rose")
        assert states(world) == ["evidence destroyed", "produced", "produced"]
        assert read_cases.custody_of(world.xb.office, case_at(world, "xb", "stored_data")).is_destroyed
    assert not world.xa.packages.held


def test_evidence_that_the_provider_had_sent_when_the_withdrawal_came_is_taken_over() -> None:
    world = at("sealed")
    withdraw_at_xa(world)
    world.settle()
    story.release_by_provider(world, case_at(world, "provider", "stored_data"))
    world.settle()
    assert states(world) == ["withdrawn", "withdrawn with evidence arrived", "evidence released"]
    with pytest.raises(OutOfOrder):
        lift_order.lift(world.xb.office, "dan", case_at(world, "xb", "stored_data").id, reasons="withdrawn")
    accept(world, "xb", "olga")
    give_back(world, "xb", "olga")
    accept(world, "provider", "lee")
    assert states(world) == ["withdrawn", "evidence returned", "evidence back"]


def test_once_its_order_was_lifted_the_provider_keeps_it_and_lets_it_go() -> None:
    world = at("sealed")
    withdraw_at_xa(world)
    world.settle()
    story.release_by_provider(world, case_at(world, "provider", "stored_data"))
    story.lift(world, case_at(world, "xb", "stored_data"))
    world.settle()
    assert str(case_at(world, "xb", "stored_data").state) == "withdrawn"
    assert str(case_at(world, "provider", "stored_data").state) == "order lifted"
    assert case_at(world, "provider", "stored_data").trouble == "out-of-state"
    assert not world.xb.packages.held


def lifted(*, released: bool) -> SmallWorld:
    """At XB its order for what the provider has sealed was lifted; a second person of the provider is there."""
    world = at("sealed")
    world.change(PROVIDER, people={name: frozenset({"legal_team"}) for name in ("lee", "pat", "rob")})
    withdraw_at_xa(world)
    world.settle()
    if released:
        story.release_by_provider(world, case_at(world, "provider", "stored_data"))
    story.lift(world, case_at(world, "xb", "stored_data"))
    return world


@pytest.mark.parametrize("let_go", [False, True], ids=["lifted", "copies released"])
def test_what_a_provider_had_sealed_is_destroyed_once_its_order_was_lifted_and_custody_says_so(let_go: bool) -> None:
    world = lifted(released=False)
    world.settle()
    case = case_at(world, "provider", "stored_data")
    if let_go:
        lift_order.let_go(world.provider.office, "lee", case.id, text="one package is still to be destroyed")
        world.settle()
    at_xb = world.xb.dump()
    with pytest.raises(NotPermitted):
        destroy(world, "provider", "lee")
    destroy(world, "provider", "pat")
    assert str(case_at(world, "provider", "stored_data").state) == ("copies released" if let_go else "order lifted")
    custody = read_cases.custody_of(world.provider.office, case_at(world, "provider", "stored_data"))
    assert [act.act for act in custody.acts] == ["begin", "destroy"]
    (event,) = (one for one in world.provider.events(case.id) if isinstance(one, EvidenceDestroyed))
    assert (event.held, event.message) == (True, "")
    assert not world.provider.packages.held
    assert world.xb.dump() == at_xb  # it never had the evidence: it reads of it when the copies are let go
    with pytest.raises(OutOfOrder):
        destroy(world, "provider", "rob")
    if not let_go:
        lift_order.let_go(world.provider.office, "lee", case.id, text="destroyed")
    assert has_ended(case_at(world, "provider", "stored_data"))


def test_what_it_had_signed_away_is_destroyed_once_it_is_not_on_its_way_any_more() -> None:
    world = lifted(released=True)
    with world.wire.cut(world.xb.host):
        world.settle()
        assert str(case_at(world, "provider", "stored_data").state) == "order lifted"
        with pytest.raises(OutOfOrder, match="on its way"):
            destroy(world, "provider", "pat")
    world.heal()
    case = case_at(world, "provider", "stored_data")
    assert case.trouble == "out-of-state"
    destroy(world, "provider", "pat")
    (event,) = (one for one in world.provider.events(case.id) if isinstance(one, EvidenceDestroyed))
    assert (event.held, event.message) == (False, "")
    assert [act.act for act in read_cases.custody_of(world.provider.office, case).acts] == ["begin", "release"]
    assert not world.provider.packages.held


def test_an_order_that_was_lifted_before_anything_was_sealed_leaves_nothing_to_destroy() -> None:
    world = at("production ordered")
    withdraw_at_xa(world)
    world.settle()
    story.lift(world, case_at(world, "xb", "stored_data"))
    world.settle()
    case = case_at(world, "provider", "stored_data")
    assert (str(case.state), "evidence_destroyed" in allowed(case)) == ("order lifted", False)


def test_who_asked_withdraws_nothing_once_the_evidence_is_here() -> None:
    for stage in ("arrived at XA", "accepted at XA"):
        world = at(stage)
        before = world.xa.dump()
        with pytest.raises(OutOfOrder):
            withdraw_at_xa(world)
        assert world.xa.dump() == before


# Two ends that cross on the way. Each side keeps its own; nobody's word is lost, and none is rejected.


def refuse_at_xb(world: SmallWorld, procedure: str) -> None:
    decide_request.refuse(
        world.xb.office,
        "rita",
        case_at(world, "xb", procedure).id,
        ground="essential interests",
        citation="40(21)(b)",
        reasons="a trial is open",
        consulted_otherwise="by telephone on 3 December",
    )


@pytest.mark.parametrize("first", [XA, XB])
@pytest.mark.parametrize(("stage", "procedure"), [("asked", "preservation"), ("production asked", "stored_data")])
def test_a_refusal_and_a_withdrawal_that_cross_are_both_entered(stage: str, procedure: str, first: NodeId) -> None:
    world = at(stage)
    story.withdraw(world, case_at(world, "xa", procedure))
    refuse_at_xb(world, procedure)
    world.round(first)
    world.settle()
    for node, state, crossed in (("xa", "withdrawn", "refused"), ("xb", "refused", "withdrawn")):
        case = case_at(world, node, procedure)
        assert (str(case.state), case.trouble, has_ended(case)) == (state, "", True)
        assert set(getattr(world, node).history(case.id)) >= {state, crossed}
        assert {"withdrawn", "refused"}.isdisjoint(allowed(case))
        assert {one.state for one in getattr(world, node).outbox()} == {OutboxState.DELIVERED}


def test_a_refusal_that_crossed_is_counted_by_both_sides_alike() -> None:
    world = at("production asked")
    story.withdraw(world, case_at(world, "xa", "stored_data"))
    refuse_at_xb(world, "stored_data")
    world.settle()
    now = world.xa.office.clock.now()
    with world.xa.office.store.transaction() as tx:
        ours, _ = count_exchanged(tx, XB, now.plus_days(-30), now.plus_days(1))
    with world.xb.office.store.transaction() as tx:
        _, theirs = count_exchanged(tx, XA, now.plus_days(-30), now.plus_days(1))
    assert ours == theirs and ours["outcome.refused"] == 1


def test_a_withdrawal_that_crosses_with_the_lapse_is_entered_beside_it() -> None:
    world = at("preserved")
    world.pass_days(92)
    for lister, operator in ((world.xa, "bo"), (world.xb, "olga"), (world.witness, "kim")):
        keep_directory.renew(lister.office, operator, [lister.keys.root])
    share_directories(world)
    story.withdraw(world, case_at(world, "xa", "preservation"))
    watch_deadlines.end_what_ran_out(world.xb.office)
    world.settle()
    ours, theirs = (case_at(world, node, "preservation") for node in ("xa", "xb"))
    assert [(str(one.state), one.trouble) for one in (ours, theirs)] == [("withdrawn", ""), ("lapsed", "")]
    history = world.xb.history(theirs.id)
    assert history.index("lapsed") < history.index("withdrawn")


def test_what_an_older_node_rejects_is_told_as_before_and_ends_nothing_else() -> None:
    """It answers a withdrawal of what it refused with `out-of-state`."""
    world = at("production asked")
    case = story.withdraw(world, case_at(world, "xa", "stored_data"))
    world.settle()
    at_once = world.xa.office.clock.now().seconds
    told = Receipted(at=at_once, by=XB, message="m", status="rejected", code="out-of-state")
    with world.xa.office.store.transaction() as tx:
        after = record(world.xa.office, tx, load(tx, case.id), told)
    assert (str(after.state), after.trouble, has_ended(after)) == ("withdrawn", "out-of-state", True)
