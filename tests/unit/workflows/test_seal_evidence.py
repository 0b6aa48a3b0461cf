"""Sealing for a case: the package whole, to those the order names, and custody begun in the same breath."""

import pytest

from comity.base.errors import Malformed, NotPermitted, OutOfOrder, Unavailable
from comity.evidence.opening import open_sealed
from comity.exchange.directory import Use
from comity.workflows import read_cases, seal_evidence
from tests.simulators.failing import fail_at_every_call
from tests.simulators.packages import MemoryFile, MemoryPackage, tree
from tests.simulators.story import FILES, HOW, at, case_at, seal
from tests.simulators.world import PROVIDER


def test_the_package_is_there_whole_with_its_custody_and_its_event() -> None:
    world = at("production ordered")
    case, sealed = seal(world, case_at(world, "provider", "stored_data"))
    assert list(world.provider.packages.held) == [case.package] == [str(sealed.package_digest)]
    custody = read_cases.custody_of(world.provider.office, case)
    assert [(act.act, act.by, act.actor, act.reason) for act in custody.acts] == [("begin", PROVIDER, "lee", HOW)]
    assert world.provider.history(case.id)[-1] == "evidence_sealed"


def test_both_states_can_open_it_and_the_provider_cannot() -> None:
    world = at("sealed")
    package = world.provider.package
    signer = world.provider.keys.signer(Use.AUTHORITY).public
    for node in (world.xa, world.xb):
        out = MemoryPackage()
        open_sealed(package, node.keys.identity(), out, signer_key=signer)
        assert out.files["data/access.log"] == FILES["access.log"]
    with pytest.raises(NotPermitted):
        open_sealed(package, world.provider.keys.identity(), MemoryPackage(), signer_key=signer)


def test_the_method_of_collection_is_said() -> None:
    world = at("production ordered")
    case = case_at(world, "provider", "stored_data")
    with pytest.raises(Malformed):
        seal_evidence.seal_evidence(world.provider.office, "lee", case.id, tree(FILES), how=" ")
    assert world.provider.packages.held == {}


def test_what_is_too_long_for_an_act_of_custody_is_said_at_its_field_before_anything_is_read() -> None:
    world = at("production ordered")
    case = case_at(world, "provider", "stored_data")
    unread = iter(tree(FILES))
    with pytest.raises(Malformed) as caught:
        seal_evidence.seal_evidence(world.provider.office, "lee", case.id, unread, how="é" * 2001)
    assert (caught.value.where, caught.value.hint) == ("how", "at most 2000 characters")
    assert list(unread) and not world.provider.packages.held
    longest = "é" * 2000
    seal_evidence.seal_evidence(world.provider.office, "lee", case.id, tree(FILES), how=longest)
    sealed = read_cases.custody_of(world.provider.office, case_at(world, "provider", "stored_data"))
    assert sealed.acts[0].reason == longest


def test_nothing_is_sealed_where_no_order_asks_for_evidence() -> None:
    world = at("preserved")
    case = case_at(world, "provider", "preservation")
    with pytest.raises(OutOfOrder):
        seal(world, case)
    assert world.provider.packages.held == {}


def test_a_source_that_breaks_off_leaves_no_package_and_no_event() -> None:
    world = at("production ordered")
    case = case_at(world, "provider", "stored_data")
    before = world.provider.dump()

    with pytest.raises(Unavailable):
        seal_evidence.seal_evidence(
            world.provider.office, "lee", case.id, [MemoryFile("a.log", b"xx", actual=b"x")], how=HOW
        )
    assert world.provider.packages.held == {}
    assert world.provider.dump() == before


def test_a_seal_is_entered_whole_or_not_at_all() -> None:
    world = at("production ordered")
    case = case_at(world, "provider", "stored_data")
    assert fail_at_every_call(world, PROVIDER, lambda: seal(world, case)) > 6
