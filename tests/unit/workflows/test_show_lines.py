"""The lines to the peers: what waits for each, what waits too long, and how each has answered."""

import msgspec

from comity.workflows import deliver_outbox, show_lines
from tests.simulators.story import approve, ask, draft
from tests.simulators.world import PROVIDER, WITNESS, XB, SmallWorld, new_world, preservation


def line(world: SmallWorld) -> show_lines.PeerLine:
    return next(one for one in show_lines.lines(world.xa.office) if one.peer == XB)


def test_every_peer_is_listed_and_we_are_not() -> None:
    assert [one.peer for one in show_lines.lines(new_world().xa.office)] == [XB, PROVIDER, WITNESS]


def test_what_was_delivered_waits_no_longer() -> None:
    world = new_world()
    ask(world, preservation())
    found = line(world)
    assert (found.waiting, found.oldest, found.stuck, found.failures) == (0, None, 0, 0)
    assert found.last_answer == world.xa.clock.now()


def test_an_urgent_message_is_stuck_after_fifteen_minutes_and_another_after_four_hours() -> None:
    world = new_world()
    world.wire.down.add(world.xb.host)
    start = world.xa.clock.now()
    calm = msgspec.structs.replace(preservation(), urgent=False)
    for request in (preservation(), calm):
        approve(world, draft(world, request))
    seen = []
    for seconds in (0, 900, 1, 4 * 3600 - 901, 1):
        world.pass_seconds(seconds)
        deliver_outbox.deliver(world.xa.office)
        seen.append(line(world).stuck)
    assert seen == [0, 0, 1, 1, 2]
    assert (line(world).waiting, line(world).oldest) == (2, start)
    assert line(world).reason == "unavailable"
