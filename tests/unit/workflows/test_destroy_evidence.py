"""Evidence that leaves a node other than to go on: given back with both signatures, or destroyed, by whom and why."""

from collections.abc import Callable
from typing import Final

import pytest

from comity.base.errors import Malformed, NotFound, NotPermitted, OutOfOrder
from comity.cases.case import Case
from comity.cases.events import EvidenceDestroyed, tag_of
from comity.workflows import destroy_evidence, freeze_case, hand_over, read_cases
from tests.simulators.failing import fail_at_every_call
from tests.simulators.packages import MemoryPackage
from tests.simulators.story import at, case_at, examine
from tests.simulators.world import PROVIDER, XA, XB, Node, SmallWorld

WHY: Final = "as the court ordered, 2026/17"
NONE: Final = "there are none"
EVENT_OF: Final = {
    "begin": "evidence_sealed",
    "release": "evidence_released",
    "accept": "evidence_accepted",
    "examine": "evidence_examined",
    "return": "evidence_returned",
    "destroy": "evidence_destroyed",
}


def ours(world: SmallWorld, node: str) -> Case:
    return case_at(world, node, "stored_data")


def give_back(world: SmallWorld, node: str = "xa", person: str = "bo") -> Case:
    return hand_over.give_back(getattr(world, node).office, person, ours(world, node).id, reason="the trial is over")


def take_back(world: SmallWorld, node: str = "xb", person: str = "olga") -> Case:
    return hand_over.accept(getattr(world, node).office, person, ours(world, node).id, reason="checked")


def destroy(world: SmallWorld, node: str = "xa", person: str = "rose") -> Case:
    return destroy_evidence.destroy(getattr(world, node).office, person, ours(world, node).id, reasons=WHY, copies=NONE)


def returned() -> SmallWorld:
    """Given back by XA, and accepted by XB."""
    world = at("examined")
    give_back(world)
    world.settle()
    take_back(world)
    world.settle()
    return world


def acts(node: Node, case: Case) -> list[str]:
    return [act.act for act in read_cases.custody_of(node.office, case).acts]


def destructions(node: Node, case: Case) -> list[EvidenceDestroyed]:
    return [event for event in node.events(case.id) if isinstance(event, EvidenceDestroyed)]


def test_a_return_takes_both_signatures_and_only_then_is_the_copy_here_removed() -> None:
    world = at("examined")
    package = ours(world, "xa").package
    assert give_back(world).state == "evidence being returned"
    world.settle()
    assert (ours(world, "xb").state, ours(world, "xb").holder) == ("evidence coming back", XA)
    assert world.xa.office.packages.has(package)
    take_back(world)
    world.settle()
    assert (ours(world, "xa").state, ours(world, "xb").state) == ("evidence returned", "evidence back")
    assert (ours(world, "xa").holder, ours(world, "xb").holder) == (XB, XB)
    assert not world.xa.office.packages.has(package)
    assert world.xb.office.packages.has(package)
    both = [acts(world.xa, ours(world, "xa")), acts(world.xb, ours(world, "xb"))]
    assert both[0] == both[1] == ["begin", *("release", "accept") * 2, "examine", "return", "accept"]


def test_what_came_back_goes_on_back_to_the_provider() -> None:
    world = returned()
    give_back(world, "xb", "olga")
    world.settle()
    take_back(world, "provider", "lee")
    world.settle()
    assert (ours(world, "provider").state, ours(world, "xb").state) == ("evidence back", "evidence returned")
    assert ours(world, "xb").holder == ours(world, "provider").holder == PROVIDER
    assert not world.xb.office.packages.has(ours(world, "xb").package)
    with pytest.raises(OutOfOrder, match="nobody gave it to us"):
        hand_over.give_back(
            world.change(PROVIDER, people={"pat": frozenset({"case_lawyer"})}),
            "pat",
            ours(world, "provider").id,
            reason="no more",
        )


def test_a_return_reaches_who_destroyed_the_copy_it_kept() -> None:
    world = at("examined")
    package = ours(world, "xb").package
    assert destroy(world, "xb", "rita").state == "produced"
    assert not world.xb.office.packages.has(package)
    with pytest.raises(OutOfOrder, match="not here any more"):
        destroy(world, "xb", "rita")
    give_back(world)
    world.settle()
    take_back(world)
    world.settle()
    assert world.xb.office.packages.has(package)
    assert not ours(world, "xb").copy_gone


def test_the_holder_destroys_it_and_the_other_side_reads_who_why_and_what_became_of_copies() -> None:
    world = at("examined")
    package, size = ours(world, "xa").package, sum(map(len, world.xa.packages.held.popitem()[1].files.values()))
    world = at("examined")
    assert destroy(world).state == "evidence destroyed"
    assert not world.xa.office.packages.has(package)
    world.settle()
    (said,) = destructions(world.xa, ours(world, "xa"))
    assert (said.by, said.reasons, said.copies, said.size, said.held) == ("rose", WHY, NONE, size, True)
    (told,) = destructions(world.xb, ours(world, "xb"))
    assert (told.by, told.reasons, told.copies, told.role) == (XA, WHY, NONE, "reviewer")
    assert ours(world, "xb").state == "produced"
    assert acts(world.xb, ours(world, "xb"))[-1] == acts(world.xa, ours(world, "xa"))[-1] == "destroy"
    assert world.xb.office.packages.has(package)  # its own copy is its own to destroy


def test_what_was_destroyed_is_neither_opened_returned_nor_destroyed_again() -> None:
    world = at("examined")
    destroy(world)
    with pytest.raises(OutOfOrder):
        examine(world, ours(world, "xa"), MemoryPackage())
    with pytest.raises(NotFound):
        give_back(world)
    with pytest.raises(OutOfOrder):
        destroy(world)


def test_who_had_the_evidence_in_hands_does_not_destroy_it() -> None:
    world = at("examined")
    world.change(XA, people={"bo": frozenset({"reviewer"}), "rose": frozenset({"reviewer"})})
    before = world.xa.dump()
    with pytest.raises(NotPermitted, match="in hands"):
        destroy(world, "xa", "bo")
    assert world.xa.dump() == before
    destroy(world, "xa", "rose")


def test_a_requested_state_destroys_nothing_that_the_requesting_state_waits_for() -> None:
    world = at("accepted at XB")
    for act, person in ((destroy, "rita"), (give_back, "olga")):
        before = world.xb.dump()
        with pytest.raises(OutOfOrder, match="waits for this evidence"):
            act(world, "xb", person)
        assert world.xb.dump() == before
    assert world.xb.office.packages.has(ours(world, "xb").package)


def test_nobody_destroys_or_returns_what_is_not_theirs_yet() -> None:
    world = at("arrived at XA")
    for act in (destroy, give_back):
        with pytest.raises(OutOfOrder):
            act(world)


def test_reasons_and_copies_are_said() -> None:
    world = at("examined")
    for reasons, copies in ((" ", NONE), (WHY, " ")):
        with pytest.raises(Malformed):
            destroy_evidence.destroy(world.xa.office, "rose", ours(world, "xa").id, reasons=reasons, copies=copies)


@pytest.mark.parametrize("act", [destroy, give_back], ids=["destroy", "return"])
def test_act_event_message_and_log_entry_are_all_there_or_none(act: Callable[[SmallWorld], Case]) -> None:
    world = at("examined")
    assert fail_at_every_call(world, XA, lambda: act(world)) > 8


@pytest.mark.parametrize("give", [True, False], ids=["returned", "destroyed"])
def test_files_that_a_crash_left_are_removed_at_the_next_start(give: bool) -> None:
    world = returned() if give else at("examined")
    kept = dict(at("examined").xa.packages.held)
    if not give:
        destroy(world)
    world.xa.packages.held.update(kept)  # as if the process had ended between the record and the removal
    assert destroy_evidence.clear_up_all(world.xa.office) == 1
    assert world.xa.packages.held == {}
    assert destroy_evidence.clear_up_all(world.xa.office) == 0


def test_a_frozen_case_keeps_its_evidence_until_it_goes_on() -> None:
    world = at("examined")
    give_back(world)
    world.settle()
    take_back(world)
    office = world.change(XA, people={"otto": frozenset({"oversight"}), "rose": frozenset({"reviewer"})})
    case = freeze_case.freeze(office, "otto", ours(world, "xa").id, reasons="a complaint")
    world.settle()
    assert ours(world, "xa").state == "evidence returned"
    assert world.xa.office.packages.has(case.package)
    freeze_case.unfreeze(office, "otto", case.id, reasons="looked into")
    assert not world.xa.office.packages.has(case.package)
    other = at("examined")
    other.change(XA, people={"otto": frozenset({"oversight"}), "rose": frozenset({"reviewer"})})
    freeze_case.freeze(other.xa.office, "otto", ours(other, "xa").id, reasons="a complaint")
    with pytest.raises(OutOfOrder, match="frozen"):
        destroy(other)
    assert other.xa.office.packages.has(ours(other, "xa").package)


def test_each_act_of_custody_there_is_in_a_case_has_its_event_and_its_log_entry() -> None:
    """Walked from the provider to XA, back to it, and to the end of it."""
    world = returned()
    give_back(world, "xb", "olga")
    world.settle()
    take_back(world, "provider", "lee")
    office = world.change(PROVIDER, people={"pat": frozenset({"legal_team"})})
    destroy_evidence.destroy(office, "pat", ours(world, "provider").id, reasons=WHY, copies=NONE)
    world.settle()
    chain = read_cases.custody_of(world.provider.office, ours(world, "provider")).acts
    assert {act.act for act in chain} == set(EVENT_OF)  # a reissue is of packages outside a case
    for act in chain:
        (node,) = (one for one in world.nodes.values() if one.id == act.by)
        (case,) = (one for one in node.cases() if one.package == act.package)
        logged = {leaf.event for leaf in node.leaves(case.id)}
        numbers = [
            number
            for number, event in enumerate(node.events(case.id), 1)
            if (event.at, tag_of(event)) == (act.at, EVENT_OF[act.act]) and (act.is_withheld or event.by == act.actor)
        ]
        assert numbers, f"no event says {act.act} by {act.by}"
        assert set(numbers) <= logged
