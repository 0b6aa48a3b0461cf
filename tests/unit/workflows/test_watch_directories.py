"""A next key takes over on its day only if every peer had time to know it."""

import msgspec
import pytest

from comity.base.instants import Instant
from comity.crypto.signatures import Ed25519Signer
from comity.exchange.directory import Use, open_list, sign_list
from comity.exchange.directory_changes import NOTICE_DAYS, with_new_key
from comity.exchange.directory_signing import add_signature
from comity.workflows import change_directory, keep_directory, watch_directories
from tests.simulators.fakes import KeysInMemory
from tests.simulators.story import at
from tests.simulators.world import START, XB, SmallWorld

NEXT = Ed25519Signer(b"n" * 32)
DAY = START.plus_days(NOTICE_DAYS).plus_seconds(60)


class KeysWithNext(KeysInMemory):
    """A key ring in which a next authority key was made, and what it was told."""

    def __init__(self, like: KeysInMemory, since: Instant) -> None:
        self.__dict__.update(like.__dict__)
        self.since, self.allowed = since, frozenset[str]()

    def allow(self, kids: frozenset[str]) -> None:
        self.allowed = kids

    def waiting(self, use: Use) -> tuple[tuple[str, Instant], ...]:
        return ((NEXT.kid, self.since),) if use is Use.AUTHORITY else ()


@pytest.fixture
def world() -> SmallWorld:
    return at("new")


def with_next(world: SmallWorld, since: Instant = DAY) -> KeysWithNext:
    keys = KeysWithNext(world.xb.keys, since)
    world.change(XB, keys=keys)
    return keys


def alarms(world: SmallWorld) -> list[str]:
    watch_directories.watch(world.xb.office)
    with world.xb.office.store.transaction() as tx:
        return [one.what for one in tx.alarms.all() if one.kind == watch_directories.WAITS]


def list_next(world: SmallWorld, since: Instant = DAY) -> None:
    change_directory.rotate(world.xb.office, "olga", Use.AUTHORITY, NEXT.public, since, [world.xb.keys.root])


def test_a_key_listed_in_time_may_be_used_on_its_day(world: SmallWorld) -> None:
    keys = with_next(world)
    list_next(world)
    assert alarms(world) == [] and NEXT.kid not in keys.allowed
    world.pass_days(NOTICE_DAYS)
    assert alarms(world) == [] and NEXT.kid in keys.allowed


def test_a_key_that_is_not_listed_does_not_take_over_and_an_alarm_says_so(world: SmallWorld) -> None:
    keys = with_next(world)
    assert alarms(world) == []
    world.pass_seconds(120)
    assert alarms(world) == [f"authority key: not listed yet, used from {DAY.day}"]
    world.pass_days(NOTICE_DAYS + 3)
    assert alarms(world) and NEXT.kid not in keys.allowed


def test_a_key_whose_list_came_late_takes_over_when_its_notice_is_over(world: SmallWorld) -> None:
    """The draft was made in time, and its roots' keepers signed it on the key's own day."""
    keys = with_next(world)
    draft = change_directory.rotate(world.xb.office, "olga", Use.AUTHORITY, NEXT.public, DAY, [])
    assert draft.signed is None
    world.pass_days(NOTICE_DAYS)
    world.pass_seconds(120)
    change_directory.adopt(world.xb.office, "olga", add_signature(draft.data, world.xb.keys.root).data)
    assert alarms(world) == ["authority key: listed late, waits for its notice"]
    assert NEXT.kid not in keys.allowed
    world.pass_days(NOTICE_DAYS)
    assert alarms(world) == [] and NEXT.kid in keys.allowed


def test_where_the_key_before_it_is_revoked_the_next_needs_no_notice(world: SmallWorld) -> None:
    keys = with_next(world, START)
    old = world.xb.keys.signer(Use.AUTHORITY).kid
    change_directory.revoke(world.xb.office, "olga", old, START, [world.xb.keys.root])
    list_next(world, START)
    assert alarms(world) == [] and NEXT.kid in keys.allowed


def test_a_nodes_first_keys_wait_for_nothing(world: SmallWorld) -> None:
    keys = with_next(world)
    watch_directories.allow_keys(world.xb.office)
    listed = {key.kid for key in change_directory.own_entity(world.xb.office).keys}
    assert keys.allowed == listed


def test_a_list_of_a_release_that_kept_no_history_holds_its_keys_back_no_longer(world: SmallWorld) -> None:
    keys = with_next(world)
    with world.xb.office.store.transaction() as tx:
        held = tx.directory.get("XB")
        assert held is not None
        value = open_list(held).value
        key = change_directory._entry(Use.AUTHORITY, NEXT.public, DAY)
        entities = tuple(with_new_key(one, key, START) if one.id == XB else one for one in value.entities)
        signed = sign_list(
            msgspec.structs.replace(value, sequence=value.sequence + 1, entities=entities), [world.xb.keys.root]
        )
        tx.directory.put("XB", signed.data, fingerprint=signed.fingerprint, by="olga", at=START)
    watch_directories.allow_keys(world.xb.office)
    assert NEXT.kid in keys.allowed
    assert keep_directory.show(world.xb.office)
