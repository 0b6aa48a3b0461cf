"""The published files are a cache: whatever befell them, they are made again, and nothing else is."""

import pytest

from comity.simulate.memory_database import copy_database
from comity.workflows import sequence_log
from comity.workflows.repair_log import repair
from tests.simulators.story import approve, draft
from tests.simulators.world import XA, SmallWorld, new_world, preservation


@pytest.fixture
def world() -> SmallWorld:
    """A world in which XA has published 512 entries."""
    found = new_world()
    office = found.change(XA, pad_to=256)
    sequence_log.publish(office)
    approve(found, draft(found, preservation()))
    sequence_log.publish(office)
    return found


@pytest.mark.parametrize("path", ["tile/entries/001", "tile/0/000", "tile/1/000.p/2"])
@pytest.mark.parametrize("torn", [None, b"", b"\0" * 8192, b"half"])
def test_a_file_that_is_missing_or_torn_is_made_again(world: SmallWorld, path: str, torn: bytes | None) -> None:
    before = dict(world.xa.log.files)
    if torn is None:
        del world.xa.log.files[path]
    else:
        world.xa.log.files[path] = torn
    world.xa.log.order.clear()
    assert repair(world.xa.office) == 1
    assert world.xa.log.files == before
    assert world.xa.log.order == [path]


def test_what_is_whole_is_not_written_again(world: SmallWorld) -> None:
    world.xa.log.order.clear()
    assert repair(world.xa.office) == 0
    assert world.xa.log.order == []


def test_all_files_but_the_checkpoint_can_be_lost(world: SmallWorld) -> None:
    before = dict(world.xa.log.files)
    for name in before:
        if name != "checkpoint":
            del world.xa.log.files[name]
    assert repair(world.xa.office) == 5
    assert set(before) - set(world.xa.log.files) == {"tile/1/000.p/1"}  # an earlier width of what is there
    assert world.xa.log.files.items() <= before.items()


@pytest.mark.parametrize("torn", [b"", b"half a checkp"])
def test_a_torn_checkpoint_goes_and_the_next_one_takes_its_place(world: SmallWorld, torn: bytes) -> None:
    standing = sequence_log.published(world.xa.office)
    world.xa.log.files["checkpoint"] = torn
    repair(world.xa.office)
    assert "checkpoint" not in world.xa.log.files
    sequence_log.publish(world.xa.office)
    assert sequence_log.published(world.xa.office) == standing


def test_before_anything_is_published_there_is_nothing_to_mend() -> None:
    assert repair(new_world().xa.office) == 0


def test_files_of_a_log_that_the_database_does_not_continue_are_left_alone(world: SmallWorld) -> None:
    older = copy_database(world.xa.database)
    for _ in range(3):
        approve(world, draft(world, preservation()))
    sequence_log.publish(world.xa.office)
    world.restore(XA, older)
    del world.xa.log.files["tile/0/002"]
    before = dict(world.xa.log.files)
    assert repair(world.xa.office) == 0
    assert world.xa.log.files == before
