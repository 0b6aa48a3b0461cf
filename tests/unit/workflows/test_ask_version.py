"""A peer is asked what it speaks, and only it can answer."""

import pytest

from comity.base.errors import BadSignature, Unavailable
from comity.workflows.ask_version import ask_version
from tests.simulators.fakes import KeysInMemory
from tests.simulators.world import PROVIDER, XB, new_world


def test_a_peer_says_what_it_speaks_and_at_which_directory_it_is() -> None:
    world = new_world()
    found = ask_version(world.xa.office, XB)
    assert (found.node, found.versions, found.directory) == (XB, (1,), 2)
    assert ask_version(world.xa.office, PROVIDER).directory == 2


def test_a_peer_that_is_down_or_replaced_does_not_answer_for_it() -> None:
    world = new_world()
    world.change(XB, keys=KeysInMemory("a thief"))
    with pytest.raises(BadSignature):
        ask_version(world.xa.office, XB)
    world.wire.down.add(world.xb.host)
    with pytest.raises(Unavailable):
        ask_version(world.xa.office, XB)
