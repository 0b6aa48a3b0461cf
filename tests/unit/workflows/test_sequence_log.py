"""Publishing the log: fail-closed, padded, checkpoint last, and never a fork, whatever was restored."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest
from sqlalchemy import delete

from comity.adapters.sql.tables import log_entry
from comity.base.errors import BadSignature, Conflict, Unavailable
from comity.crypto import merkle
from comity.exchange.directory import Use
from comity.simulate.memory_database import copy_database
from comity.transparency.cosignature import verify_quorum
from comity.transparency.note import parse_note
from comity.transparency.signature_kinds import Kind
from comity.transparency.tiles import read_bundle
from comity.workflows import sequence_log
from comity.workflows.log_keys import cosigner_keys
from comity.workflows.log_state import log_state
from comity.workflows.ports import Answer
from comity.workflows.stores import TreeHead
from tests.simulators.failing import FailingStore
from tests.simulators.log_files import files_for
from tests.simulators.story import approve, ask, draft
from tests.simulators.wire import Fate
from tests.simulators.world import WITNESS, XA, Node, SmallWorld, new_world, preservation

ASK = "/witness/add-checkpoint"


@pytest.fixture
def world() -> SmallWorld:
    """A world in which XA's log was published once."""
    found = new_world()
    sequence_log.publish(found.xa.office)
    return found


def entries(node: Node) -> list[bytes]:
    with node.office.store.transaction() as tx:
        return list(tx.log.entries(0, tx.log.size()))


def signed_sizes(world: SmallWorld) -> list[int]:
    """The size of every checkpoint that XA signed and sent to a witness."""
    return [int(one.body.partition(b"\n\n")[2].split(b"\n")[1]) for one in world.wire.to(ASK)]


def test_a_published_checkpoint_is_of_all_entries_padded_and_cosigned(world: SmallWorld) -> None:
    standing = sequence_log.published(world.xa.office)
    assert standing is not None
    found = entries(world.xa)
    assert standing.size == len(found)
    assert standing.size % world.xa.office.pad_to == 0
    assert standing.root == merkle.root([merkle.leaf_hash(entry) for entry in found])
    key = sequence_log.cosigner_key(world.xa.office, world.xa.entity(WITNESS))
    (cosigned,) = verify_quorum(parse_note(world.xa.log.files["checkpoint"]), [key], 1)
    assert cosigned.witness == "xc.observatory.example/log/witness"


def test_the_checkpoint_is_written_after_all_it_calls_for(world: SmallWorld) -> None:
    assert world.xa.log.order[-1] == "checkpoint"
    assert world.xa.log.order.count("checkpoint") == 1
    for path, data in files_for(entries(world.xa), 0):
        assert world.xa.log.files[path] == data


def test_the_published_files_hold_every_entry(world: SmallWorld) -> None:
    ask(world, preservation())
    sequence_log.publish(world.xa.office)
    found = entries(world.xa)
    assert read_bundle(world.xa.log.files[f"tile/entries/000.p/{len(found)}"]) == tuple(found)


def test_every_checkpoint_continues_the_one_before(world: SmallWorld) -> None:
    earlier = []
    for _ in range(4):
        standing = sequence_log.published(world.xa.office)
        assert standing is not None
        earlier.append(standing)
        approve(world, draft(world, preservation()))
        approve(world, draft(world, preservation()))
        approve(world, draft(world, preservation()))
        sequence_log.publish(world.xa.office)
    leaves = [merkle.leaf_hash(entry) for entry in entries(world.xa)]
    assert len({one.size for one in earlier}) == 4
    for one in earlier:
        path = merkle.consistency_path(leaves, one.size)
        merkle.verify_consistency(one.size, one.root, len(leaves), merkle.root(leaves), path)


def test_publishing_with_nothing_new_gives_the_same_tree(world: SmallWorld) -> None:
    before = sequence_log.published(world.xa.office)
    world.pass_seconds(60)
    assert sequence_log.publish(world.xa.office).size == len(entries(world.xa))
    assert sequence_log.published(world.xa.office) == before


FAILS = [Fate.DROP, Fate.LOSE_ANSWER, Fate.SPOIL_REQUEST, Fate.SPOIL_ANSWER]


@pytest.mark.parametrize("fate", FAILS)
def test_without_the_quorum_the_last_cosigned_checkpoint_stays_and_work_goes_on(world: SmallWorld, fate: Fate) -> None:
    before = dict(world.xa.log.files)
    approve(world, draft(world, preservation()))
    world.wire.next(ASK, fate)
    with pytest.raises(Unavailable):
        sequence_log.publish(world.xa.office)
    assert world.xa.log.files == before
    ask(world, preservation())
    assert sequence_log.publish(world.xa.office).size == len(entries(world.xa))


def test_two_witnesses_are_needed_where_two_are_asked_for(world: SmallWorld) -> None:
    office = world.change(XA, witnesses_needed=2)
    with pytest.raises((Unavailable,)):
        sequence_log.publish(office)


def test_a_witness_that_saw_more_than_was_published_is_asked_again_from_what_it_saw(world: SmallWorld) -> None:
    approve(world, draft(world, preservation()))
    world.wire.next(ASK, Fate.LOSE_ANSWER)
    with pytest.raises(Unavailable):
        sequence_log.publish(world.xa.office)
    for _ in range(5):
        approve(world, draft(world, preservation()))
    sequence_log.publish(world.xa.office)
    assert [one.status for one in world.wire.to(ASK)[-2:]] == [0, 200]


def test_an_older_database_never_gets_a_smaller_tree_signed(world: SmallWorld) -> None:
    older = copy_database(world.xa.database)
    for _ in range(3):
        approve(world, draft(world, preservation()))
    sequence_log.publish(world.xa.office)
    before, asked = dict(world.xa.log.files), signed_sizes(world)
    world.restore(XA, older)
    with pytest.raises(Conflict):
        sequence_log.publish(world.xa.office)
    assert world.xa.log.files == before
    assert signed_sizes(world) == asked


def test_an_older_database_that_grew_again_never_gets_its_fork_signed(world: SmallWorld) -> None:
    older = copy_database(world.xa.database)
    approve(world, draft(world, preservation()))
    sequence_log.publish(world.xa.office)
    before, asked = dict(world.xa.log.files), signed_sizes(world)
    world.restore(XA, older)
    for _ in range(8):
        approve(world, draft(world, preservation()))
    with pytest.raises(Conflict):
        sequence_log.publish(world.xa.office)
    assert world.xa.log.files == before
    assert signed_sizes(world) == asked


def test_a_whole_node_restored_from_long_ago_is_stopped_by_its_witness(world: SmallWorld) -> None:
    older, files, head = copy_database(world.xa.database), dict(world.xa.log.files), world.xa.head.head
    for _ in range(3):
        approve(world, draft(world, preservation()))
    sequence_log.publish(world.xa.office)
    world.restore(XA, older)
    world.xa.log.files.clear()
    world.xa.log.files.update(files)
    world.xa.head.head = head
    asked = signed_sizes(world)
    for _ in range(2):
        approve(world, draft(world, preservation()))
        with pytest.raises(Conflict, match="seen by XC/observatory"):
            sequence_log.publish(world.xa.office)
    assert world.xa.log.files == files
    assert signed_sizes(world) == asked


def test_nothing_is_signed_while_too_few_witnesses_say_what_they_saw(world: SmallWorld) -> None:
    approve(world, draft(world, preservation()))
    asked = signed_sizes(world)
    with world.wire.cut(world.witness.host), pytest.raises(Unavailable, match="witnesses that answered: 0 of 1 needed"):
        sequence_log.publish(world.xa.office)
    assert signed_sizes(world) == asked
    assert world.xa.head.head is not None
    assert world.xa.head.head.size == asked[-1]


def alarms(world: SmallWorld) -> list[tuple[str, str]]:
    return [(one.kind, str(one.since)) for one in log_state(world.xa.office).alarms]


def test_an_alarm_stands_from_the_first_failure_until_publishing_goes_on(world: SmallWorld) -> None:
    assert alarms(world) == []
    since = str(world.xa.clock.now())
    with world.wire.cut(world.witness.host):
        for _ in range(2):
            with pytest.raises(Unavailable):
                sequence_log.publish(world.xa.office)
            world.pass_seconds(60)
    assert alarms(world) == [("quorum", since)]
    sequence_log.publish(world.xa.office)
    assert alarms(world) == []


def test_what_was_signed_stands_apart_from_the_database_and_in_it(world: SmallWorld) -> None:
    standing = sequence_log.published(world.xa.office)
    assert standing is not None
    with world.xa.office.store.transaction() as tx:
        assert tx.log.signed() == world.xa.head.head == TreeHead(standing.size, standing.root)


def test_only_the_files_that_changed_are_written_again(world: SmallWorld) -> None:
    office = world.change(XA, pad_to=256)
    sequence_log.publish(office)
    world.xa.log.order.clear()
    approve(world, draft(world, preservation()))
    sequence_log.publish(office)
    assert world.xa.log.order == ["tile/entries/001", "tile/0/001", "tile/1/000.p/2", "checkpoint"]


def test_partial_tiles_go_once_the_full_one_is_there_and_not_before(world: SmallWorld) -> None:
    names = [name for name in world.xa.log.files if ".p/" in name]
    assert names == ["tile/entries/000.p/8", "tile/0/000.p/8"]
    sequence_log.publish(world.change(XA, pad_to=256))
    assert [name for name in world.xa.log.files if ".p/" in name] == ["tile/1/000.p/1"]


def test_a_checkpoint_is_signed_with_both_kinds_of_key_and_cosigned_with_both(world: SmallWorld) -> None:
    note = parse_note(world.xa.log.files["checkpoint"])
    names = [one.name.rpartition("/")[2] for one in note.signatures]
    assert names == ["log", "log", "witness", "witness"]
    entity = world.xa.entity(WITNESS)
    keys = cosigner_keys(entity, world.xa.clock.now())
    assert [key.kind for key in keys] == [Kind.COSIGNATURE_ED25519, Kind.COSIGNATURE_MLDSA44]
    for key in keys:
        assert len(verify_quorum(note, [key], 1)) == 1
    assert len(verify_quorum(note, keys, 0)) == 1


def test_a_node_without_the_newer_keys_signs_and_cosigns_all_the_same() -> None:
    other = new_world()
    for node in (other.xa, other.witness):
        node.keys.missing |= {Use.LOG_MLDSA44, Use.WITNESS_MLDSA44}
    try:
        note = parse_note(sequence_log.publish(other.xa.office).note)
    finally:
        for node in (other.xa, other.witness):
            node.keys.missing.clear()
    assert len(note.signatures) == 2


def test_a_witness_that_moved_on_between_is_asked_once_more_from_what_it_tells(world: SmallWorld) -> None:
    class LateCourier:
        """Says that nothing was cosigned yet, as a witness behind a slow cache may."""

        def carry(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
            if method == "GET":
                return Answer(404, {}, b"")
            return world.wire.carry(method, url, headers, body)

    approve(world, draft(world, preservation()))
    sequence_log.publish(world.change(XA, courier=LateCourier()))
    assert [one.status for one in world.wire.to(ASK)[-2:]] == [409, 200]


def test_what_the_log_key_signs_is_remembered_before_the_signature_leaves(world: SmallWorld) -> None:
    approve(world, draft(world, preservation()))
    world.wire.next(ASK, Fate.DROP)
    with pytest.raises(Unavailable):
        sequence_log.publish(world.xa.office)
    with world.xa.office.store.transaction() as tx:
        signed = tx.log.signed()
    assert signed is not None
    assert signed.size == signed_sizes(world)[-1]


def test_a_smaller_tree_than_was_ever_signed_is_a_conflict_even_with_no_file_published(world: SmallWorld) -> None:
    approve(world, draft(world, preservation()))
    sequence_log.publish(world.xa.office)
    asked = signed_sizes(world)
    world.xa.log.files.clear()
    with world.xa.database.engine.begin() as connection:
        connection.execute(delete(log_entry).where(log_entry.c.idx >= 1))
    office = world.change(XA, pad_to=1)
    with pytest.raises(Conflict):
        sequence_log.publish(office)
    assert signed_sizes(world) == asked


def test_a_failure_at_any_call_while_publishing_leaves_a_log_that_can_go_on(world: SmallWorld) -> None:
    approve(world, draft(world, preservation()))
    store = world.xa.office.store
    for at_call in range(1, 100):
        office = world.change(XA, store=FailingStore(store, at_call))
        try:
            sequence_log.publish(office)
        except Unavailable:
            continue
        finally:
            world.change(XA, store=store)
        break
    assert at_call > 8
    assert sequence_log.publish(world.xa.office).size == len(entries(world.xa))


def test_a_checkpoint_of_another_log_in_the_folder_is_not_built_upon(world: SmallWorld) -> None:
    sequence_log.publish(world.xb.office)
    world.xa.log.files["checkpoint"] = world.xb.log.files["checkpoint"]
    with pytest.raises(BadSignature):
        sequence_log.publish(world.xa.office)


def test_one_publisher_at_a_time_holds_the_lock(world: SmallWorld) -> None:
    held: list[str] = []

    class FakeLock:
        @contextmanager
        def hold(self, name: str) -> Iterator[None]:
            held.append(name)
            yield
            held.append("free")

    sequence_log.publish(world.change(XA, lock=FakeLock()))
    assert held == ["publish", "free"]


def test_growth_tells_little_of_what_happened() -> None:
    sizes = set()
    for steps in range(3):
        other = new_world()
        for _ in range(steps):
            draft(other, preservation())
        sizes.add(sequence_log.publish(other.xa.office).size)
    assert sizes == {8}
