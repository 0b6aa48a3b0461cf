"""Alarms about what has happened stand until a named person says what came of it; the others end by themselves."""

import pytest

from comity.base.errors import Malformed, NotFound, NotPermitted, OutOfOrder
from comity.web.log_alarms import KINDS
from comity.workflows import (
    close_pairs,
    keep_directory,
    listed_keys,
    open_emergency,
    people_record,
    resume_channels,
    sequence_log,
    swap_proofs,
    watch_directories,
)
from comity.workflows.acknowledge_alarm import WHO, acknowledge
from comity.workflows.sound_alarm import sound_also
from tests.simulators.emergencies import ask_at_once, called, checked, ready_world
from tests.simulators.world import SmallWorld, new_world

REASONS = "They were off the net; the proof came since."


@pytest.fixture
def world() -> SmallWorld:
    return new_world()


def sound(world: SmallWorld, kind: str, what: str) -> None:
    with world.xb.office.store.transaction() as tx:
        sound_also(tx, kind, what, world.xb.clock.now())


def kinds(world: SmallWorld) -> set[str]:
    return {one["kind"] for one in world.xb.dump()["log_alarm"]}


@pytest.mark.parametrize("kind", sorted(WHO))
def test_it_ends_with_a_name_and_reasons_in_the_record_and_sounds_anew_for_the_next(
    world: SmallWorld, kind: str
) -> None:
    sound(world, kind, "the first")
    entries = len(world.xb.dump()["log_entry"])
    assert acknowledge(world.xb.office, "olga", kind, reasons=REASONS) == "the first"
    assert kind not in kinds(world)
    said = people_record.changes(world.xb.office)[-1]
    assert (said.by, said.what, said.detail) == ("olga", "acknowledged", f"{kind}: the first ({REASONS})")
    assert len(world.xb.dump()["log_entry"]) == entries + 1
    sound(world, kind, "the second")
    assert kind in kinds(world)


@pytest.mark.parametrize("kind", [sequence_log.QUORUM, watch_directories.OVER, resume_channels.ALARM])
def test_what_ends_by_itself_is_ended_by_nobody(world: SmallWorld, kind: str) -> None:
    sound(world, kind, "so it is")
    with pytest.raises(OutOfOrder, match="ends when what it is about does"):
        acknowledge(world.xb.office, "olga", kind, reasons=REASONS)
    assert kind in kinds(world)


def test_nobody_ends_what_does_not_stand_or_without_the_right_or_a_reason(world: SmallWorld) -> None:
    with pytest.raises(NotFound):
        acknowledge(world.xb.office, "olga", swap_proofs.ALARM, reasons=REASONS)
    sound(world, swap_proofs.ALARM, "no proof")
    with pytest.raises(NotPermitted):
        acknowledge(world.xb.office, "rita", swap_proofs.ALARM, reasons=REASONS)
    with pytest.raises(Malformed):
        acknowledge(world.xb.office, "olga", swap_proofs.ALARM, reasons=" ")
    assert swap_proofs.ALARM in kinds(world)


@pytest.mark.parametrize("how", ["the call", "the check"])
def test_an_emergency_that_a_call_denied_stands_as_an_alarm_until_somebody_says_what_came_of_it(how: str) -> None:
    world = ready_world()
    _, theirs = ask_at_once(world)
    called(world, theirs, "denied" if how == "the call" else "confirmed")
    if how == "the check":
        checked(world, theirs, confirmed=False)
    assert open_emergency.DENIED in kinds(world)
    ask_at_once(world)  # another comes and is settled meanwhile
    assert open_emergency.DENIED in kinds(world)
    acknowledge(world.xb.office, "rita", open_emergency.DENIED, reasons="their central authority revokes the key")
    assert open_emergency.DENIED not in kinds(world)


def test_every_alarm_is_told_in_words_at_the_pages() -> None:
    own = {sequence_log.QUORUM, sequence_log.RECOVERY, sequence_log.PUBLISH, close_pairs.ALARM, swap_proofs.ALARM}
    of_lists = {keep_directory.FORK, watch_directories.ENDS, watch_directories.OVER, watch_directories.WAITS}
    of_people = {people_record.OVERSIGHT_ALARM, open_emergency.ALARM, open_emergency.DENIED, open_emergency.OVERDUE}
    assert own | of_lists | of_people | {listed_keys.END, resume_channels.ALARM} | set(WHO) <= set(KINDS)
