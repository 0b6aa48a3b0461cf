"""The log's next key: both sign for a while, the log says so, and what was signed before stays good."""

import pytest

from comity.base.errors import BadSignature, NotPermitted, OutOfOrder
from comity.exchange.directory import Use
from comity.transparency.checkpoint import open_signed, parse_checkpoint
from comity.transparency.log_keys import keys_at, read_terms
from comity.transparency.monitor import Watched, look
from comity.transparency.note import VerifierKey, parse_note
from comity.workflows import change_directory, sequence_log
from comity.workflows.log_keys import log_keys, own_keys
from comity.workflows.rotate_log_key import OVERLAP_DAYS, add_key, retire_key
from tests.simulators.world import WITNESS, XA, SmallWorld, new_world, share_directories


@pytest.fixture
def world() -> SmallWorld:
    found = new_world()
    found.publish()
    return found


def keys(world: SmallWorld) -> list[VerifierKey]:
    with world.xa.office.store.transaction() as tx:
        return [one.key for one in own_keys(world.xa.office, tx)]


def signers(note: bytes) -> set[bytes]:
    return {one.key_id for one in parse_note(note).signatures}


def statements(world: SmallWorld) -> list[tuple[int, bytes]]:
    with world.xa.office.store.transaction() as tx:
        return list(tx.log.statements(0))


def test_from_one_key_to_the_next(world: SmallWorld) -> None:
    office = world.xa.office
    before = world.xa.log.files["checkpoint"]
    made = add_key(office, "bo")
    both = sequence_log.publish(office).note
    first, second = keys(world)
    assert second == made.key
    assert {first.key_id, second.key_id} <= signers(both)
    with pytest.raises(OutOfOrder, match="both keys sign until"):
        retire_key(office, "bo")
    world.pass_days(OVERLAP_DAYS)
    assert retire_key(office, "bo").key == first
    after = sequence_log.publish(office).note  # by its own witness, who knows the first key only
    assert first.key_id not in signers(after)
    terms = read_terms(office.origin, first, statements(world))
    assert terms == read_terms(office.origin, second, statements(world))
    for note, good, bad in ((before, first, second), (after, second, first)):
        size = parse_checkpoint(parse_note(note).text).size
        assert good in keys_at(terms, size)
        assert bad not in keys_at(terms, size)
        open_signed(parse_note(note), office.origin, *keys_at(terms, size))
    with pytest.raises(BadSignature):
        open_signed(parse_note(after), office.origin, first)


def test_a_witness_takes_the_new_key_from_the_directory(world: SmallWorld) -> None:
    office = world.xa.office
    made = add_key(office, "bo")
    since = world.xa.clock.now().plus_days(8)
    change_directory.rotate(office, "bo", Use.LOG, made.key.public, since, [world.xa.keys.root])
    share_directories(world)
    world.pass_days(10)
    now = world.xa.clock.now()
    found = log_keys(world.nodes[WITNESS].entity(XA), now)
    assert found[:2] == tuple(keys(world))
    world.pass_days(OVERLAP_DAYS - 10)
    retire_key(office, "bo")
    assert sequence_log.publish(office).cosigned_by


def test_a_monitor_that_trusts_the_first_key_follows_to_the_next(world: SmallWorld) -> None:
    office, trusted = world.xa.office, keys(world)[0]
    watched, _ = look(Watched(origin=office.origin), world.xa.log, trusted, lambda _: (), world.xa.clock.now(), 10**9)
    add_key(office, "bo")
    world.pass_days(OVERLAP_DAYS)
    retire_key(office, "bo")
    sequence_log.publish(office)
    watched, faults = look(watched, world.xa.log, trusted, lambda _: (), world.xa.clock.now(), 10**9)
    assert {one.kind for one in faults} <= {"stale"}
    assert watched.size == parse_checkpoint(parse_note(world.xa.log.files["checkpoint"]).text).size
    again, _ = look(Watched(origin=office.origin), world.xa.log, trusted, lambda _: (), world.xa.clock.now(), 10**9)
    assert again.key_statements == watched.key_statements


def test_one_key_at_a_time_and_never_the_last(world: SmallWorld) -> None:
    with pytest.raises(OutOfOrder, match="only one key"):
        retire_key(world.xa.office, "bo")
    add_key(world.xa.office, "bo")
    with pytest.raises(OutOfOrder, match="two keys"):
        add_key(world.xa.office, "bo")
    for act in (add_key, retire_key):
        with pytest.raises(NotPermitted):
            act(world.xa.office, "anna")
