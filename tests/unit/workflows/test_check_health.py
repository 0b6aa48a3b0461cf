"""Health is found by doing: a key that signs wrong, a store that forgets and a worker that is gone are all seen."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from comity.base.errors import Unavailable
from comity.crypto.signatures import Ed25519Signer, Signer
from comity.exchange.directory import OF_NODES, Use
from comity.workflows.check_health import Health, Standing, check_health
from comity.workflows.office import Office
from comity.workflows.work_store import Process
from tests.simulators.forge import Forged, bring
from tests.simulators.story import at
from tests.simulators.world import SmallWorld, new_world

HOUR = 3600.0


@pytest.fixture
def world() -> SmallWorld:
    return new_world()


def failed(health: Health) -> list[str]:
    return [one.name for one in health.checks if one.standing is Standing.FAILED]


def worrying(health: Health) -> list[str]:
    return [one.name for one in health.checks if one.standing is Standing.WORRYING]


def test_a_sound_node_passes_with_every_key_it_has_and_leaves_nothing_behind(world: SmallWorld) -> None:
    health = check_health(world.xa.office, HOUR)
    assert failed(health) == []
    assert health.standing is Standing.OK, worrying(health)
    tried = {one.name for one in health.checks}
    assert {f"key:{use}" for use in (Use.AUTHORITY, Use.TRANSPORT, Use.ENCRYPTION, Use.EVIDENCE, Use.LOG)} <= tried
    assert {"database", "objects", "log", "work", "stuck", "clock", "directory", "listed"} <= tried
    with world.xa.office.store.transaction() as tx:
        assert tx.work.processes() == []


class OtherKey:
    """A signer that says it is one key, and signs with another: as a mixed-up keys folder would."""

    def __init__(self, named: Signer) -> None:
        self.public, self.kid = named.public, named.kid
        self.sign = Ed25519Signer(bytes(32)).sign


class MixedKeys:
    def __init__(self, office: Office, use: Use) -> None:
        self._keys, self._use = office.keys, use

    def __getattr__(self, name: str) -> object:
        return getattr(self._keys, name)

    def signer(self, use: Use | str) -> Signer:
        found = self._keys.signer(use)
        return OtherKey(found) if use == self._use else found


@pytest.mark.parametrize("use", [Use.AUTHORITY, Use.LOG, Use.RECEIPT])
def test_a_key_that_does_not_sign_for_itself_fails_and_no_other(world: SmallWorld, use: Use) -> None:
    office = replace(world.xa.office, keys=MixedKeys(world.xa.office, use))  # type: ignore[arg-type]
    health = check_health(office, HOUR)
    assert failed(health) == [f"key:{use}"]
    assert health.standing is Standing.FAILED
    assert health.figures["comity_keys_failing"] == 1
    assert use in OF_NODES


class Forgetful:
    """A store of parts that gives back other bytes than it was given."""

    def put(self, sha256: str, data: bytes) -> None: ...

    def read(self, sha256: str) -> bytes:
        return b"other bytes" + sha256.encode()

    def has(self, sha256: str) -> bool:
        return bool(sha256)

    def drop(self, sha256s: Sequence[str]) -> None: ...


class Gone:
    def transaction(self) -> object:
        raise Unavailable("the database cannot be reached")

    def snapshot(self) -> object:
        return self.transaction()


def test_a_store_that_forgets_and_a_database_that_is_gone_fail(world: SmallWorld) -> None:
    assert failed(check_health(replace(world.xa.office, parts=Forgetful()), HOUR)) == ["objects"]
    health = check_health(replace(world.xa.office, store=Gone()), HOUR)  # type: ignore[arg-type]
    assert set(failed(health)) == {"database", "log", "work", "listed", "peers"}


def test_what_came_and_nobody_opens_is_worrying_after_two_leases(world: SmallWorld) -> None:
    bring(world, [Forged().make(world)])
    office = world.xb.office
    assert "work" not in worrying(check_health(office, HOUR))
    world.pass_seconds(121)
    health = check_health(office, HOUR)
    assert "work" in worrying(health)
    assert health.figures["comity_inbox_unopened"] == 1
    assert health.figures["comity_inbox_oldest_seconds"] == 121


def test_a_list_that_is_about_to_end_is_worrying(world: SmallWorld) -> None:
    world.pass_seconds(29 * 86400)
    health = check_health(world.xa.office, HOUR)
    assert "directory" in worrying(health)
    assert health.figures["comity_directory_days_left"] < 3


def test_processes_count_while_they_say_that_they_live(world: SmallWorld) -> None:
    office, now = world.xa.office, world.xa.office.clock.now()
    with office.store.transaction() as tx:
        tx.work.put_process(Process("a", "serve", now, now))
        tx.work.put_process(Process("b", "work", now, now.plus_seconds(-91)))
    assert check_health(office, HOUR).figures["comity_processes"] == 1


def test_nothing_that_is_told_names_a_case_or_a_person() -> None:
    world = at("asked")
    health = check_health(world.xa.office, HOUR)
    said = " ".join(one.why for one in health.checks)
    assert not any(case.id in said for case in world.xa.cases())
