"""Messages carried as a file when the network is down: the same bytes, the same checks, receipts carried back."""

import pytest

from comity.base.errors import BadSignature, ComityError, Malformed, NotFound, NotPermitted
from comity.exchange import envelope as envelopes
from comity.exchange.problems import ExchangeProblem
from comity.workflows import carry_by_hand, hand_over
from comity.workflows.show_lines import lines
from comity.workflows.stores import OutboxState
from comity.workflows.suspend_peer import readmit, suspend
from tests.simulators.story import approve, at, case_at, draft
from tests.simulators.wire import flipped
from tests.simulators.world import XA, XB, SmallWorld, new_world, preservation


@pytest.fixture
def world() -> SmallWorld:
    """XB cannot be reached, and three requests wait for it."""
    made = new_world()
    made.wire.down = {made.xa.host, made.xb.host}
    for _ in range(3):
        approve(made, draft(made, preservation()))
    return made


def test_what_waits_goes_as_a_file_and_its_receipts_come_back_as_one(world: SmallWorld) -> None:
    out = carry_by_hand.pack(world.xa.office, "bo", XB)
    assert (out.peer, out.count) == (XB, 3)
    there = carry_by_hand.take_in(world.xb.office, "dan", out.data)
    assert (there.peer, there.count) == (XA, 3)
    assert len(world.xb.cases()) == 3
    back = carry_by_hand.take_in(world.xa.office, "bo", there.data)
    assert (back.peer, back.count, back.data) == (XB, 3, b"")
    assert {one.state for one in world.xa.outbox()} == {OutboxState.DELIVERED}
    with pytest.raises(NotFound):
        carry_by_hand.pack(world.xa.office, "bo", XB)


def test_what_came_by_hand_and_then_over_the_network_is_taken_once(world: SmallWorld) -> None:
    carry_by_hand.take_in(world.xb.office, "dan", carry_by_hand.pack(world.xa.office, "bo", XB).data)
    again = carry_by_hand.take_in(world.xb.office, "dan", carry_by_hand.pack(world.xa.office, "bo", XB).data)
    world.wire.down.clear()
    world.pass_seconds(400)
    world.settle()
    assert again.count == 3
    assert len(world.xb.cases()) == 3
    assert {one.state for one in world.xa.outbox()} == {OutboxState.DELIVERED}


def test_a_file_for_another_node_or_spoiled_on_the_way_enters_nothing(world: SmallWorld) -> None:
    out = carry_by_hand.pack(world.xa.office, "bo", XB)
    for node, person in ((world.provider, "lee"), (world.xa, "bo")):
        before = node.dump()
        with pytest.raises(ExchangeProblem, match=f"the file is for {XB}") as refused:
            carry_by_hand.take_in(node.office, person, out.data)
        assert refused.value.code == "wrong-recipient"
        assert node.dump() == before
    identifier, found = envelopes.parse_batch(out.data)
    bad = [envelopes.Envelope(one.header_bytes, flipped(one.ct)) for one in found]
    spoiled = carry_by_hand.take_in(world.xb.office, "dan", envelopes.format_batch(identifier, bad))
    assert world.xb.cases() == ()
    assert (spoiled.count, spoiled.rejected) == (3, ("cannot-open", "cannot-open", "cannot-open"))


def test_both_ends_are_told_what_was_turned_down(world: SmallWorld) -> None:
    world.pass_seconds(15 * 86400)
    there = carry_by_hand.take_in(world.xb.office, "dan", carry_by_hand.pack(world.xa.office, "bo", XB).data)
    back = carry_by_hand.take_in(world.xa.office, "bo", there.data)
    assert there.rejected == back.rejected == ("expired",) * 3


def test_messages_of_a_suspended_node_are_not_taken_from_a_file_either(world: SmallWorld) -> None:
    data = carry_by_hand.pack(world.xa.office, "bo", XB).data
    suspend(world.xb.office, "olga", XA, reasons="its node was broken into")
    with pytest.raises(ExchangeProblem, match="nothing is taken") as refused:
        carry_by_hand.take_in(world.xb.office, "dan", data)
    assert refused.value.code == "peer-suspended"
    assert world.xb.cases() == ()
    readmit(world.xb.office, "olga", XA, reasons="new keys, compared by two people")
    assert carry_by_hand.take_in(world.xb.office, "dan", data).rejected == ()


def test_receipts_carried_by_hand_say_nothing_of_the_line_nor_of_the_clock(world: SmallWorld) -> None:
    world.settle()
    before = lines(world.xa.office)
    there = carry_by_hand.take_in(world.xb.office, "dan", carry_by_hand.pack(world.xa.office, "bo", XB).data)
    world.pass_seconds(3600)
    carry_by_hand.take_in(world.xa.office, "bo", there.data)
    (was,) = (one for one in before if one.peer == XB)
    (now,) = (one for one in lines(world.xa.office) if one.peer == XB)
    assert was.failures
    assert (now.failures, now.last_answer, now.skew, now.waiting) == (was.failures, was.last_answer, was.skew, 0)


def test_receipts_that_were_changed_on_the_way_are_refused(world: SmallWorld) -> None:
    there = carry_by_hand.take_in(world.xb.office, "dan", carry_by_hand.pack(world.xa.office, "bo", XB).data)
    with pytest.raises(ComityError) as refused:
        carry_by_hand.take_in(world.xa.office, "bo", flipped(there.data))
    assert isinstance(refused.value, BadSignature | Malformed)
    assert {one.state for one in world.xa.outbox()} == {OutboxState.QUEUED}


@pytest.mark.parametrize("data", [b"", b"{}", b'{"jws":"x","rows":[]}', b'{"v":1,"id":"x","envelopes":[]}'])
def test_a_file_that_is_neither_is_malformed(world: SmallWorld, data: bytes) -> None:
    before = world.xb.dump()
    with pytest.raises(ComityError):
        carry_by_hand.take_in(world.xb.office, "dan", data)
    assert world.xb.dump() == before


def test_who_may_not_carry_does_not(world: SmallWorld) -> None:
    with pytest.raises(NotPermitted):
        carry_by_hand.pack(world.xa.office, "rose", XB)


def test_evidence_is_not_in_the_file() -> None:
    world = at("sealed")
    world.wire.down.add(world.xb.host)
    case = case_at(world, "provider", "stored_data")
    hand_over.release(world.provider.office, "lee", case.id, reason="As ordered.")
    with pytest.raises(NotFound, match="nothing waits"):
        carry_by_hand.pack(world.provider.office, "lee", XB)
