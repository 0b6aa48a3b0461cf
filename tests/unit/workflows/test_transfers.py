"""How far evidence on its way out has come, for people to look at."""

from hypothesis import given
from hypothesis import strategies as st

from comity.base.instants import Instant
from comity.workflows import send_parts
from comity.workflows.deliver_outbox import deliver
from comity.workflows.transfers import Brought, Transfers
from tests.simulators import story
from tests.simulators.story import case_at
from tests.simulators.wire import Fate
from tests.simulators.world import PROVIDER

NOW = Instant.parse("2026-11-22T10:00:00Z")


def test_a_transfer_counts_up_and_is_gone_once_it_ended() -> None:
    transfers = Transfers()
    transfers.begin("m", 10, NOW)
    assert transfers.add("m", 4, NOW) is None, "nothing is written down within the second"
    assert transfers.of("m") == Brought(4, 10, under_way=True)
    assert transfers.add("m", 2, NOW.plus_seconds(1)) == Brought(6, 10, under_way=True)
    assert transfers.add("m", 4, NOW.plus_seconds(1)) is None
    assert transfers.end("m") == Brought(10, 10, under_way=False)
    assert transfers.of("m") is None


def test_one_that_begins_again_begins_from_nothing() -> None:
    transfers = Transfers()
    for _ in range(2):
        transfers.begin("m", 10, NOW)
        transfers.add("m", 4, NOW)
        assert transfers.of("m") == Brought(4, 10, under_way=True)


@given(st.lists(st.tuples(st.sampled_from(["begin", "add", "end"]), st.sampled_from("ab"), st.integers(0, 9))))
def test_no_order_of_calls_stops_the_work_or_counts_past_the_end(calls: list[tuple[str, str, int]]) -> None:
    transfers = Transfers()
    for call, message, size in calls:
        if call == "end":
            transfers.end(message)
        else:
            getattr(transfers, call)(message, size, NOW)
        known = transfers.of(message)
        assert known is None or 0 <= known.done <= known.total


def test_what_the_peer_acknowledged_is_counted_while_the_line_holds_and_kept_when_it_breaks() -> None:
    world = story.at("sealed")
    story.release_by_provider(world, case_at(world, "provider", "stored_data"))
    world.wire.next("/v1/parts", *[Fate.PASS] * 4, Fate.DROP)
    deliver(world.provider.office)
    (message,) = (one.id for one in world.provider.outbox() if one.package)
    broken = send_parts.brought(world.provider.office, message)
    assert broken is not None and 0 < broken.done < broken.total and not broken.under_way
    world.change(PROVIDER, transfers=Transfers())  # another process, later
    assert send_parts.brought(world.provider.office, message) == broken
    world.heal()
    assert send_parts.brought(world.provider.office, message) is None
    assert world.provider.dump()["transfer"] == []
