"""Who reads much holds up nobody who writes; and what was decided by such a look is asked again where it is written."""

from collections.abc import Callable

import pytest

from comity.base.digests import Digest
from comity.workflows import (
    close_pairs,
    destroy_evidence,
    doubts,
    letters,
    look_for_signals,
    oversee,
    publish_statistics,
    read_cases,
    retain,
    show_lines,
    show_outbox,
    swap_proofs,
)
from comity.workflows.hold_messages import release
from comity.workflows.office import Office
from tests.simulators.long_looks import LongLooksApart
from tests.simulators.story import ask, at, case_at, freeze
from tests.simulators.world import XA, XB, Node, SmallWorld, new_world, preservation

LOOKS: dict[str, tuple[Callable[[Office], object], set[str]]] = {
    "swap proofs": (swap_proofs.swap, {"proofs.wanted", "proofs.owed"}),
    "close pairs": (close_pairs.close_due, {"pairs.exchanged", "statistics.delivered"}),
    "draft statistics": (
        lambda office: publish_statistics.draft(office, "2026-Q4"),
        {"statistics.delivered", "statistics.entries"},
    ),
    "publish statistics": (
        lambda office: publish_statistics.publish(office, "bo", "2026-Q4"),
        {"statistics.entries", "log.statements"},
    ),
    "clear up": (destroy_evidence.clear_up_all, {"log_search.of_kinds"}),
    "doubts": (doubts.standing, {"log_search.of_kinds"}),
    "what is kept": (retain.items, {"cases.page"}),
    "oversight": (lambda office: oversee.look(office, "otto"), {"cases.page"}),
    "signals": (lambda office: look_for_signals.look(office, "otto"), {"cases.page"}),
    "all cases": (read_cases.all_cases, {"cases.page"}),
    "which cases": (read_cases.there_are, {"cases.ids"}),
    "the outbox": (show_outbox.waiting, {"outbox.open_first"}),
    "what was turned down": (show_outbox.turned_down, {"outbox.rejected"}),
    "lines": (show_lines.lines, {"outbox.open_by_peer"}),
    "a document": (lambda office: letters.find_document(office, Digest.of(b"none")), {"log_search.of_document"}),
}


def watched(world: SmallWorld, node: Node) -> LongLooksApart:
    """The node's store from now on."""
    found = LongLooksApart(node.office.store)
    world.change(node.id, store=found)
    return found


@pytest.mark.parametrize("name", LOOKS)
def test_a_long_look_holds_up_nobody_who_writes(name: str) -> None:
    world = at("granted").copy()
    world.pass_days(44)
    world.publish()
    stores = [watched(world, node) for node in (world.xa, world.xb)]
    look, seen = LOOKS[name]
    at_xa = name == "publish statistics"  # it is for XA to begin to close the months
    look((world.xa if at_xa else world.xb).office)
    assert seen <= stores[0 if at_xa else 1].seen


def test_nor_does_the_end_that_is_asked_to_close_a_period() -> None:
    world = at("granted").copy()
    world.pass_days(44)
    world.publish()
    stores = [watched(world, node) for node in (world.xa, world.xb)]
    close_pairs.close_due(world.xa.office)
    assert "pairs.exchanged" in stores[1].seen
    assert [one["peer"] for one in world.xb.statements("pair-close")] == [XA]


def test_a_period_that_the_peer_closes_while_we_count_is_closed_once() -> None:
    world = new_world()
    world.publish()
    ask(world, preservation())
    world.pass_days(60)
    world.publish()
    store = watched(world, world.xa)

    def count_first() -> None:
        store.after = lambda: close_pairs.close_due(world.xb.office)

    store.after = count_first  # the first look is at who the peers are, the second counts
    close_pairs.close_due(world.xa.office)
    (ours,) = [one for one in world.xa.statements("pair-close") if one["peer"] == XB]
    (theirs,) = [one for one in world.xb.statements("pair-close") if one["peer"] == XA]
    assert ours["value"] == theirs["value"]


def test_a_peer_that_brings_its_proof_while_we_look_for_what_is_missing_is_accused_of_nothing() -> None:
    world = new_world()
    world.publish()
    ask(world, preservation())
    message = world.xa.outbox()[-1].id
    world.pass_days(swap_proofs.SILENT_DAYS + 1)
    world.publish()
    store, theirs = watched(world, world.xa), world.xa.entity(XB)
    proof = swap_proofs.proof_for(world.xb.office, XA, message)
    store.after = lambda: swap_proofs.enter_proof(world.xa.office, theirs, message, proof)
    with world.wire.cut(world.xb.host):
        swap_proofs.swap(world.xa.office)
    with world.xa.office.store.transaction() as tx:
        assert tx.proofs.get(message, XB) is not None
        assert tx.proofs.missing() == []


def test_a_case_is_held_without_a_look_at_the_messages_of_others() -> None:
    world = at("granted").copy()
    watched(world, world.xb)
    case = freeze(world, case_at(world, "xb", "stored_data"))
    with world.xb.office.store.transaction() as tx:
        release(tx, case, world.xb.clock.now())


def test_a_case_is_found_by_its_whole_id_without_a_look_at_any_other() -> None:
    world = at("granted").copy()
    store = watched(world, world.xb)
    for case in world.xb.cases():
        assert read_cases.find(world.xb.office, case.id) == case
    assert "cases.ids" not in store.seen
    assert read_cases.find(world.xb.office, case.id[-8:]) == case
    assert "cases.ids" in store.seen
