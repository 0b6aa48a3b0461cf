"""A key that signs is believed only while our State's list says so: told a month before it ends, and once it has."""

from dataclasses import replace

import pytest

from comity.base.errors import NotFound, NotPermitted
from comity.base.ids import NodeId
from comity.crypto.signatures import Ed25519Signer
from comity.exchange.directory import Use
from comity.workflows import change_directory, listed_keys, watch_directories
from comity.workflows.check_health import Standing, check_health
from comity.workflows.keep_directory import KEY_DAYS
from tests.simulators.fakes import KeysInMemory
from tests.simulators.forge import revoke
from tests.simulators.world import PROVIDER, XB, SmallWorld, new_world

HOUR = 3600.0


@pytest.fixture
def world() -> SmallWorld:
    return new_world()


class OtherTransport(KeysInMemory):
    """A key ring with another transport key than was listed: as a folder of keys put back from a wrong copy."""

    def __init__(self, like: KeysInMemory) -> None:
        self.__dict__.update(like.__dict__)
        self._signers = {**like._signers, Use.TRANSPORT: Ed25519Signer(bytes([9]) * 32)}


def renewed(world: SmallWorld, days: int) -> None:
    """So many days pass, and the list is signed anew meanwhile."""
    world.pass_days(days)
    change_directory.amend(world.xb.office, "olga", [world.xb.keys.root], lambda entity: entity)


def said(world: SmallWorld) -> tuple[Standing, str]:
    (found,) = (one for one in check_health(world.xb.office, HOUR).checks if one.name == "listed")
    return found.standing, found.why


def alarm(world: SmallWorld) -> str:
    watch_directories.watch(world.xb.office)
    return next((one["what"] for one in world.xb.dump()["log_alarm"] if one["kind"] == listed_keys.END), "")


def test_keys_with_most_of_their_year_left_are_nobody_s_worry(world: SmallWorld) -> None:
    assert said(world) == (Standing.OK, "")
    assert alarm(world) == ""
    assert check_health(world.xb.office, HOUR).figures["comity_keys_days_left_least"] == KEY_DAYS


def test_a_month_before_their_end_an_alarm_and_the_health_say_which(world: SmallWorld) -> None:
    renewed(world, KEY_DAYS - 29)
    standing, why = said(world)
    assert standing is Standing.WORRYING
    assert "transport" in why and "evidence" in why and "comity directory rotate" in why
    assert "transport key: good until" in alarm(world)
    assert 28 <= check_health(world.xb.office, HOUR).figures["comity_keys_days_left_least"] <= 29


def test_once_they_have_ended_health_fails_though_every_key_still_signs(world: SmallWorld) -> None:
    renewed(world, KEY_DAYS + 1)
    standing, why = said(world)
    assert standing is Standing.FAILED
    assert "the transport key is over" in why
    assert [one for one in check_health(world.xb.office, HOUR).checks if one.name.startswith("key:") and one.why] == []
    assert "transport key: none is good any more" in alarm(world)


def test_kept_keys_are_prolonged_and_rotated_ones_are_not(world: SmallWorld) -> None:
    renewed(world, KEY_DAYS - 10)
    root = [world.xb.keys.root]
    before = world.xb.entity(XB)
    change_directory.prolong(world.xb.office, "olga", (), root)
    now, after = world.xb.clock.now(), world.xb.entity(XB)
    for use in change_directory.KEPT:
        assert {key.not_after for key in after.keys if key.use is use} <= {now.plus_days(KEY_DAYS).seconds}
    assert [(one.kid, one.public) for one in after.keys] == [(one.kid, one.public) for one in before.keys]
    standing, why = said(world)
    assert standing is Standing.WORRYING and "evidence" not in why and "transport" in why
    with pytest.raises(NotPermitted, match="changed, not kept"):
        change_directory.prolong(world.xb.office, "olga", (Use.TRANSPORT,), root)
    witness = next(one.kid for one in after.keys if one.use is Use.WITNESS)
    change_directory.revoke(world.xb.office, "olga", witness, now, root)
    with pytest.raises(NotFound, match="no witness key"):
        change_directory.prolong(world.xb.office, "olga", (Use.WITNESS,), root)


def test_a_state_prolongs_the_keys_of_its_provider(world: SmallWorld) -> None:
    renewed(world, KEY_DAYS - 10)
    change_directory.prolong(world.xb.office, "olga", (Use.EVIDENCE,), [world.xb.keys.root], node=PROVIDER)
    (key,) = (one for one in world.xb.entity(PROVIDER).keys if one.use is Use.EVIDENCE)
    assert key.not_after == world.xb.clock.now().plus_days(KEY_DAYS).seconds


def test_a_revoked_key_and_one_that_is_not_listed_fail(world: SmallWorld) -> None:
    revoke(world, XB, Use.RECEIPT, world.xb.clock.now().seconds)
    standing, why = said(world)
    assert (standing, "the receipt key was revoked" in why) == (Standing.FAILED, True)
    world = new_world()
    world.change(XB, keys=OtherTransport(world.xb.keys))
    standing, why = said(world)
    assert (standing, "the transport key is not the one that is listed" in why) == (Standing.FAILED, True)


def test_a_node_that_no_list_names_is_worrying(world: SmallWorld) -> None:
    office = replace(world.xb.office, node=NodeId("XB/another"))
    (found,) = (one for one in check_health(office, HOUR).checks if one.name == "listed")
    assert found.standing is Standing.WORRYING and "names this node" in found.why
