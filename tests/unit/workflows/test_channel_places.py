"""The places of messages in their channels: what is missing is asked for, and no number makes that costly."""

from comity.workflows import receive_envelope
from comity.workflows.channel_places import GAP_SECONDS, missing_from
from tests.simulators.forge import Forged, bring
from tests.simulators.world import XA, SmallWorld, new_world


def early(world: SmallWorld, seq: int) -> str:
    """A message of a new channel that comes long before its forerunners; the channel."""
    envelope = Forged(document={"seq": seq, "prev": "0" * 64}).make(world)
    assert bring(world, [envelope]) == ["stored"]
    assert receive_envelope.open_waiting(world.xb.office) == 0
    return envelope.read_header().channel


def test_what_is_missing_is_asked_for_after_a_minute_and_not_before() -> None:
    world = new_world()
    channel = early(world, 4)
    with world.xb.office.store.transaction() as tx:
        assert missing_from(tx, XA, world.xb.clock.now()) == ()
        later = world.xb.clock.now().plus_seconds(GAP_SECONDS + 1)
        assert [(one.channel, one.seqs) for one in missing_from(tx, XA, later)] == [(channel, (1, 2, 3))]


def test_a_number_beyond_all_measure_asks_for_no_more_than_a_batch() -> None:
    world = new_world()
    early(world, 10**15)
    with world.xb.office.store.transaction() as tx:
        (gap,) = missing_from(tx, XA, world.xb.clock.now().plus_seconds(GAP_SECONDS + 1))
    assert gap.seqs == tuple(range(1, 129))
