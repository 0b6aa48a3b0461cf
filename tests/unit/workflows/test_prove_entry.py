"""Proofs that an entry is in the log, for whoever holds the keys and nothing else."""

import pytest

from comity.base.errors import BadProof, NotFound
from comity.exchange.directory import Use
from comity.transparency.bundle import parse_bundle, verify_bundle
from comity.transparency.checkpoint import log_key
from comity.workflows import prove_entry, sequence_log
from tests.simulators.story import at
from tests.simulators.world import WITNESS, Node, new_world


def entries(node: Node) -> list[bytes]:
    with node.office.store.transaction() as tx:
        return list(tx.log.entries(0, tx.log.size()))


def test_nothing_is_proven_before_it_is_published() -> None:
    world = new_world()
    with pytest.raises(NotFound):
        prove_entry.prove(world.xa.office, 0)
    size = sequence_log.publish(world.xa.office).size
    prove_entry.prove(world.xa.office, size - 1)
    with pytest.raises(NotFound):
        prove_entry.prove(world.xa.office, size)


def test_proofs_hold_for_any_outsider_with_the_keys() -> None:
    world = at("examined")
    world.publish()
    for node in (world.xa, world.provider):
        office = node.office
        witness = sequence_log.cosigner_key(office, node.entity(WITNESS))
        key = log_key(office.origin, office.keys.signer(Use.LOG).public)
        for index in range(len(entries(node))):
            leaf, data = prove_entry.prove(office, index, with_opening=True)
            found = verify_bundle(parse_bundle(data), leaf.entry, office.origin, key, [witness], 1)
            assert (found.index, found.opening is not None) == (index, bool(leaf.case_id))


def test_a_proof_is_of_its_own_entry_and_of_no_other() -> None:
    world = new_world()
    sequence_log.publish(world.xa.office)
    office = world.xa.office
    key = log_key(office.origin, office.keys.signer(Use.LOG).public)
    _, data = prove_entry.prove(office, 0)
    with pytest.raises(BadProof):
        verify_bundle(parse_bundle(data), entries(world.xa)[1], office.origin, key, [], 0)


def test_what_an_entry_hides_is_told_only_when_asked_for() -> None:
    world = at("asked")
    sequence_log.publish(world.xa.office)
    (leaf, *_) = world.xa.leaves(world.xa.cases()[0].id)
    _, shut = prove_entry.prove(world.xa.office, leaf.index)
    _, opened = prove_entry.prove(world.xa.office, leaf.index, with_opening=True)
    assert parse_bundle(shut).extra is None
    assert parse_bundle(opened).extra is not None
