"""What is seen of peers' logs beside their proofs, and what it is good for."""

import pytest

from comity.base.errors import BadSignature, Unavailable
from comity.workflows import see_logs, sequence_log, swap_proofs
from tests.simulators import dishonest
from tests.simulators.story import approve, ask, draft
from tests.simulators.world import PROVIDER, XA, XB, Node, SmallWorld, new_world, preservation


@pytest.fixture
def world() -> SmallWorld:
    found = new_world()
    ask(found, preservation())
    found.publish()
    return found


def without(node: Node, other: Node, index: int) -> bool:
    with node.office.store.transaction() as tx:
        return tx.seen.last_without(other.office.origin, index) is not None


def size_of(node: Node) -> int:
    standing = sequence_log.published(node.office)
    assert standing is not None
    return standing.size


def test_a_peers_checkpoint_is_remembered_with_the_moment_of_its_witness(world: SmallWorld) -> None:
    size = size_of(world.xb)
    seen = see_logs.see_log(world.xa.office, XB)
    assert seen.size == size
    assert not without(world.xa, world.xb, size - 1)
    assert without(world.xa, world.xb, size)


def test_who_dates_back_further_than_the_last_look_is_caught_although_no_proof_was_ever_swapped(
    world: SmallWorld,
) -> None:
    assert see_logs.see_logs(world.xa.office) == 1
    world.pass_days(1)
    now = world.xb.clock.now()
    approve(world, draft(world, preservation()))
    world.round(XA)
    dishonest.sets_its_clock(world, XB, now.plus_days(-2))
    world.round(XB)
    dishonest.sets_its_clock(world, XB, now)
    world.settle()
    world.publish()
    swap_proofs.swap(world.xa.office)
    with world.xa.office.store.transaction() as tx:
        assert [(one.peer, one.code) for one in tx.proofs.missing()] == [(XB, "back-dated")]


def test_an_authority_and_the_provider_of_its_state_see_each_others_logs(world: SmallWorld) -> None:
    assert see_logs.see_logs(world.xb.office) == 2
    assert see_logs.see_logs(world.provider.office) == 1
    assert without(world.provider, world.xb, size_of(world.xb))
    assert world.provider.id == PROVIDER


def test_a_checkpoint_that_no_witness_saw_is_not_remembered(world: SmallWorld) -> None:
    sequence_log.publish(world.change(XB, witnesses_needed=0, witnesses=()))
    ask(world, preservation())
    sequence_log.publish(world.xb.office)
    with pytest.raises(BadSignature):
        see_logs.see_log(world.xa.office, XB)
    assert see_logs.see_logs(world.xa.office) == 0


def test_who_shows_nothing_is_passed_over_and_accused_of_nothing(world: SmallWorld) -> None:
    with world.wire.cut(world.xb.host):
        with pytest.raises(Unavailable):
            see_logs.see_log(world.xa.office, XB)
        assert see_logs.see_logs(world.xa.office) == 0
    with world.xa.office.store.transaction() as tx:
        assert tx.proofs.missing() == [] and tx.alarms.all() == []
