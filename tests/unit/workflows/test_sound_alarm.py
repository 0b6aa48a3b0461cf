"""An alarm names every matter that stands, up to a number."""

import pytest

from comity.workflows.sound_alarm import NAMED_MOST, sound_also
from tests.simulators.world import Node, SmallWorld, new_world


@pytest.fixture
def world() -> SmallWorld:
    return new_world()


def what(node: Node) -> str:
    with node.office.store.transaction() as tx:
        (alarm,) = tx.alarms.all()
    return alarm.what


def sound(node: Node, *matters: str) -> None:
    for each in matters:
        with node.office.store.transaction() as tx:
            sound_also(tx, "pair", each, node.clock.now())


def test_a_second_matter_does_not_hide_the_first(world: SmallWorld) -> None:
    sound(world.xa, "XB", "XC", "XB")
    assert what(world.xa) == "XB; XC"


def test_of_many_matters_the_last_stay_named(world: SmallWorld) -> None:
    sound(world.xa, *(f"peer {number}" for number in range(30)))
    named = what(world.xa).split("; ")
    assert len(named) == NAMED_MOST
    assert (named[0], named[-1]) == ("earlier ones", "peer 29")
