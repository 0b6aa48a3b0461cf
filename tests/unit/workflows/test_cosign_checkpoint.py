"""As a witness: grow or nothing; what was cosigned is remembered first."""

import pytest

from comity.base.digests import Digest
from comity.crypto import merkle
from comity.exchange.directory import Use
from comity.transparency.checkpoint import Checkpoint, log_key, open_checkpoint, sign_checkpoint
from comity.transparency.cosignature import verify_cosignature
from comity.transparency.note import parse_note, parse_signatures
from comity.transparency.signature_kinds import Kind
from comity.transparency.witness import AddCheckpoint, WitnessRefusal, format_add_checkpoint
from comity.workflows.cosign_checkpoint import cosign_checkpoint, last_cosigned
from comity.workflows.log_keys import cosigner_keys, cosigner_name
from tests.simulators.failing import fail_at_every_call
from tests.simulators.world import WITNESS, SmallWorld, new_world

LEAVES = [merkle.leaf_hash(bytes([number])) for number in range(20)]
FORK = [*LEAVES[:5], *(merkle.leaf_hash(bytes([100 + number])) for number in range(15))]


@pytest.fixture
def world() -> SmallWorld:
    return new_world()


def ask(world: SmallWorld, old: int, new: int, leaves: list[Digest] = LEAVES) -> bytes:
    office = world.xa.office
    signed = sign_checkpoint(Checkpoint(office.origin, new, merkle.root(leaves[:new])), office.keys.signer(Use.LOG))
    path = merkle.consistency_path(leaves[:new], old) if 0 < old <= new else ()
    return format_add_checkpoint(AddCheckpoint(old, path, signed))


def test_a_cosignature_is_good_and_dated_with_our_time_of_both_kinds(world: SmallWorld) -> None:
    signatures = parse_signatures(cosign_checkpoint(world.witness.office, ask(world, 0, 7)))
    note = parse_note(ask(world, 0, 7).partition(b"\n\n")[2]).signed_also(signatures)
    keys = cosigner_keys(world.witness.entity(WITNESS), world.witness.clock.now())
    assert [key.kind for key in keys] == [Kind.COSIGNATURE_ED25519, Kind.COSIGNATURE_MLDSA44]
    assert {key.name for key in keys} == {cosigner_name(world.witness.office.origin)}
    for key in keys:
        assert verify_cosignature(note, key) == world.witness.clock.now()


def test_a_log_that_only_grew_is_cosigned_from_size_to_size(world: SmallWorld) -> None:
    for old, new in ((0, 3), (3, 3), (3, 8), (8, 20)):
        assert cosign_checkpoint(world.witness.office, ask(world, old, new))


@pytest.mark.parametrize(("old", "new", "status"), [(5, 9, 422), (7, 7, 422), (7, 12, 422), (0, 12, 409), (5, 3, 400)])
def test_a_fork_is_refused_and_nothing_of_it_remembered(world: SmallWorld, old: int, new: int, status: int) -> None:
    cosign_checkpoint(world.witness.office, ask(world, 0, 5 if old == 5 else 7))
    before = world.witness.dump()
    with pytest.raises(WitnessRefusal) as caught:
        cosign_checkpoint(world.witness.office, ask(world, old, new, FORK if old != 5 else [*LEAVES[:4], *FORK]))
    assert caught.value.status == status
    assert world.witness.dump() == before


def test_a_smaller_tree_is_refused_with_the_size_we_know(world: SmallWorld) -> None:
    cosign_checkpoint(world.witness.office, ask(world, 0, 9))
    with pytest.raises(WitnessRefusal) as caught:
        cosign_checkpoint(world.witness.office, ask(world, 3, 5))
    assert (caught.value.status, caught.value.size) == (409, 9)


def test_a_log_that_no_directory_lists_is_not_cosigned(world: SmallWorld) -> None:
    body = ask(world, 0, 3).replace(world.xa.office.origin.encode(), b"elsewhere.example/log")
    with pytest.raises(WitnessRefusal) as caught:
        cosign_checkpoint(world.witness.office, body)
    assert caught.value.status == 404


def test_the_last_cosigned_checkpoint_is_shown_to_monitors(world: SmallWorld) -> None:
    office, origin = world.witness.office, world.xa.office.origin
    digest = str(Digest.of(origin.encode()))
    assert last_cosigned(office, digest) is None
    for old, new in ((0, 3), (3, 8)):
        cosign_checkpoint(office, ask(world, old, new))
    data = last_cosigned(office, digest)
    assert data is not None
    assert open_checkpoint(data, origin, log_key(origin, world.xa.keys.signer(Use.LOG).public)).size == 8
    assert last_cosigned(office, "0" * 64) is None


def test_what_is_cosigned_is_remembered_or_not_cosigned(world: SmallWorld) -> None:
    assert fail_at_every_call(world, WITNESS, lambda: cosign_checkpoint(world.witness.office, ask(world, 0, 3))) >= 3
