"""Nobody takes the role of oversight from a person in silence."""

import pytest

from comity.base.errors import NotPermitted, OutOfOrder
from comity.base.ids import ActorId
from comity.base.instants import Instant
from comity.workflows import freeze_case, people, watch_oversight
from comity.workflows.people_record import OVERSIGHT_ALARM, changes, record_change
from comity.workflows.people_store import Person
from tests.simulators.story import at, case_at
from tests.simulators.world import XB, SmallWorld

OVERSEER = "irene"


@pytest.fixture
def world() -> SmallWorld:
    """XB, where an overseer has joined by a passkey, and an operator who would be rid of her."""
    world = at("new")
    with world.xb.office.store.transaction() as tx:
        for name, roles in ((OVERSEER, {"oversight"}), ("omar", {"operator"})):
            since = Instant.parse("2026-12-01T00:00:00Z")
            tx.people.put(Person(ActorId(name), name, frozenset(roles), True, since, ""))
            record_change(world.xb.office, tx, "joined", by=name, person=name, roles=frozenset(roles))
    return world


def _alarms(world: SmallWorld) -> list[str]:
    with world.xb.office.store.transaction() as tx:
        return [one.what for one in tx.alarms.all() if one.kind == OVERSIGHT_ALARM]


def _size(world: SmallWorld) -> int:
    with world.xb.office.store.transaction() as tx:
        return tx.log.size()


def test_suspending_who_oversees_is_in_the_log_and_sounds_an_alarm(world: SmallWorld) -> None:
    size = _size(world)
    people.suspend(world.xb.office, "omar", OVERSEER)
    assert _alarms(world) == [f"omar ended the oversight of {OVERSEER} (suspended)"]
    assert _size(world) == size + 1
    assert (changes(world.xb.office)[-1].what, changes(world.xb.office)[-1].by) == ("suspended", "omar")


def test_other_roles_in_place_of_it_sound_it_too_and_more_roles_do_not(world: SmallWorld) -> None:
    people.set_roles(world.xb.office, "omar", OVERSEER, ["oversight", "reviewer"])
    assert not _alarms(world)
    people.set_roles(world.xb.office, "omar", OVERSEER, ["reviewer"])
    assert len(_alarms(world)) == 1


def test_suspending_anybody_else_sounds_none(world: SmallWorld) -> None:
    people.invite(world.xb.office, "omar", OVERSEER, "", ["reviewer"])  # not yet a change
    assert not _alarms(world)
    with world.xb.office.store.transaction() as tx:
        tx.people.put(Person(ActorId("rolf"), "", frozenset({"reviewer"}), True, Instant.from_seconds(0), ""))
    people.suspend(world.xb.office, "omar", "rolf")
    assert not _alarms(world)


def test_what_is_struck_from_the_configuration_is_seen_when_the_node_starts(world: SmallWorld) -> None:
    assert watch_oversight.compare(world.xb.office) == 1  # otto, by the file
    assert watch_oversight.compare(world.xb.office) == 0
    assert not _alarms(world)
    kept = {person: roles for person, roles in world.xb.office.people.items() if person != "otto"}
    office = world.change(XB, people=kept)
    assert watch_oversight.compare(office) == 1
    assert _alarms(world) == ["terminal ended the oversight of otto (unconfigured)"]
    assert watch_oversight.compare(office) == 0


def test_the_alarm_stands_until_somebody_who_oversees_says_that_they_saw_it(world: SmallWorld) -> None:
    with pytest.raises(OutOfOrder):
        watch_oversight.acknowledge(world.xb.office, "otto", reasons="none")
    people.suspend(world.xb.office, "omar", OVERSEER)
    for person in ("omar", "olga", OVERSEER):
        with pytest.raises(NotPermitted):
            watch_oversight.acknowledge(world.xb.office, person, reasons="nothing happened")
    assert _alarms(world)
    watch_oversight.acknowledge(world.xb.office, "otto", reasons="her term was over")
    assert not _alarms(world)
    last = changes(world.xb.office)[-1]
    assert (last.what, last.person, last.detail) == ("acknowledged", "otto", "her term was over")


def test_who_oversees_needs_nobody_s_leave_to_freeze_and_nobody_else_can_lift_that() -> None:
    world = at("granted")
    case = case_at(world, "xb", "stored_data")
    freeze_case.freeze(world.xb.office, "otto", case.id, reasons="a complaint")
    for person in ("rita", "olga", "dan", "sven"):
        with pytest.raises(NotPermitted):
            freeze_case.unfreeze(world.xb.office, person, case.id, reasons="go on")
    freeze_case.unfreeze(world.xb.office, "otto", case.id, reasons="looked into")
