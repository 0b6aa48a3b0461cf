"""Hand-overs: both signatures or none, by those who hold and those who are named, and only of what is whole."""

import pytest

from comity.base.errors import BrokenSeal, OutOfOrder
from comity.base.ids import ActorId, NodeId
from comity.workflows import hand_over, read_cases
from tests.simulators.failing import fail_at_every_call
from tests.simulators.packages import MemoryPackage
from tests.simulators.story import (
    accept_at_xa,
    accept_at_xb,
    at,
    case_at,
    examine,
    release_by_provider,
    release_by_xb,
    seal,
)
from tests.simulators.world import PROVIDER, XA, XB

PACK = "data/00001.age"


def test_a_release_travels_with_the_package_and_is_written_before_it_leaves() -> None:
    world = at("sealed")
    case = release_by_provider(world, case_at(world, "provider", "stored_data"))
    assert world.wire.to("/v1/parts") == []
    assert (case.state, world.provider.outbox()[-1].package) == ("evidence released", case.package)
    assert len(world.provider.acts(case.package)) == 2
    world.settle()
    assert world.xb.package.files == world.provider.package.files
    assert case_at(world, "xb", "stored_data").state == "evidence arrived"


@pytest.mark.parametrize(
    ("stage", "node", "act"),
    [
        ("sealed", PROVIDER, lambda world: release_by_provider(world, case_at(world, "provider", "stored_data"))),
        ("arrived at XB", XB, lambda world: accept_at_xb(world, case_at(world, "xb", "stored_data"))),
        ("accepted at XB", XB, lambda world: release_by_xb(world, case_at(world, "xb", "stored_data"))),
        ("arrived at XA", XA, lambda world: accept_at_xa(world, case_at(world, "xa", "stored_data"))),
        ("accepted at XA", XA, lambda world: examine(world, case_at(world, "xa", "stored_data"), MemoryPackage())),
    ],
)
def test_each_step_of_custody_is_all_or_nothing(stage: str, node: NodeId, act: object) -> None:
    world = at(stage)
    assert fail_at_every_call(world, node, lambda: act(world)) > 8  # type: ignore[operator]


def test_evidence_that_is_no_longer_whole_is_not_signed_for() -> None:
    world = at("arrived at XB")
    world.xb.spoil(PACK)
    before = world.xb.dump()
    with pytest.raises(BrokenSeal):
        accept_at_xb(world, case_at(world, "xb", "stored_data"))
    assert world.xb.dump() == before


def test_evidence_that_is_no_longer_whole_is_not_opened() -> None:
    world = at("accepted at XA")
    world.xa.spoil(PACK)
    before, out = world.xa.dump(), MemoryPackage()
    with pytest.raises(BrokenSeal):
        examine(world, case_at(world, "xa", "stored_data"), out)
    assert world.xa.dump() == before
    assert (out.is_committed, out.files) == (False, {})


def test_evidence_is_not_opened_before_it_was_accepted() -> None:
    world = at("arrived at XA")
    out = MemoryPackage()
    with pytest.raises(OutOfOrder):
        examine(world, case_at(world, "xa", "stored_data"), out)
    assert out.files == {}


def test_nobody_releases_what_they_have_not_accepted_or_gave_away() -> None:
    for stage, node, act in (
        ("arrived at XB", "xb", release_by_xb),
        ("accepted at XB", "provider", release_by_provider),
    ):
        world = at(stage)
        before = getattr(world, node).dump()
        with pytest.raises(OutOfOrder):
            act(world, case_at(world, node, "stored_data"))
        assert getattr(world, node).dump() == before


def test_evidence_is_accepted_once() -> None:
    world = at("accepted at XB")
    before = world.xb.dump()
    with pytest.raises(OutOfOrder):
        accept_at_xb(world, case_at(world, "xb", "stored_data"))
    assert world.xb.dump() == before


def test_a_release_says_who_did_it_and_why() -> None:
    world = at("sealed")
    case = hand_over.release(
        world.provider.office, "lee", case_at(world, "provider", "stored_data").id, reason="as ordered"
    )
    last = read_cases.custody_of(world.provider.office, case).acts[-1]
    assert (last.actor, last.reason, last.to) == (ActorId("lee"), "as ordered", XB)


@pytest.mark.parametrize("stage", ["arrived at XA", "accepted at XA"])
def test_another_sound_package_in_its_place_is_neither_accepted_nor_opened(stage: str) -> None:
    world, other = at(stage), at("production ordered")
    seal(other, case_at(other, "provider", "stored_data"), {"other.txt": b"of another matter"})
    case = case_at(world, "xa", "stored_data")
    world.xa.packages.held[case.package] = other.provider.package
    before = world.xa.dump()
    with pytest.raises(BrokenSeal, match="not the one that custody speaks of"):
        if stage == "arrived at XA":
            accept_at_xa(world, case)
        else:
            examine(world, case, MemoryPackage())
    assert world.xa.dump() == before


def test_evidence_that_changed_before_it_was_signed_away_is_not_signed_away() -> None:
    world = at("sealed")
    case = case_at(world, "provider", "stored_data")
    package = world.provider.package
    data = package.files["data/00001.age"]
    package.files["data/00001.age"] = data[:-1] + bytes([data[-1] ^ 1])
    before = world.provider.dump()
    with pytest.raises(BrokenSeal) as caught:
        release_by_provider(world, case)
    assert caught.value.where == f"data/00001.age, bytes 0 to {len(data) - 1}"
    assert world.provider.dump() == before, "nothing was signed"
