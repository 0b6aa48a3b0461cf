"""The line to a peer: closed for a while after failures in a row, one batch to try, open at the first answer."""

from comity.workflows import deliver_outbox, peer_line, receive_envelope, try_lines, withdraw_request
from comity.workflows.channel_places import missing_from
from comity.workflows.doubts import DOUBT
from comity.workflows.stores import Line, OutboxState
from tests.simulators.story import approve, ask, draft
from tests.simulators.wire import Fate
from tests.simulators.world import XA, XB, SmallWorld, new_world, preservation

ENVELOPES = "/v1/envelopes"


def line(world: SmallWorld) -> Line:
    with world.xa.office.store.transaction() as tx:
        return peer_line.line_of(tx, XB)


def waiting(world: SmallWorld, count: int) -> None:
    for _ in range(count):
        approve(world, draft(world, preservation()))


def test_a_peer_that_fails_again_and_again_is_left_alone_for_a_while_however_much_waits_for_it() -> None:
    world = new_world()
    world.wire.down.add(world.xb.host)
    waiting(world, 3)
    for _ in range(peer_line.FAILURES_TO_CLOSE):
        deliver_outbox.deliver(world.xa.office)
        world.pass_seconds(8)
    tried = len(world.wire.to(ENVELOPES))
    waiting(world, 10)
    for _ in range(60):
        world.pass_seconds(30)
        deliver_outbox.deliver(world.xa.office)
    assert len(world.wire.to(ENVELOPES)) - tried < 30
    assert line(world).reason == "unavailable"


def test_a_closed_line_sends_nothing_until_its_pause_is_over_and_then_everything() -> None:
    world = new_world()
    world.wire.down.add(world.xb.host)
    waiting(world, 1)
    while line(world).closed_until <= world.xa.clock.now():
        deliver_outbox.deliver(world.xa.office)
        world.pass_seconds(1)
    world.wire.down.clear()
    waiting(world, 5)
    assert deliver_outbox.deliver(world.xa.office).sent == 0
    world.pass_seconds(peer_line.LONGEST_PAUSE_SECONDS)
    assert deliver_outbox.deliver(world.xa.office).sent == 6
    assert (line(world).failures, line(world).last_answer) == (0, world.xa.clock.now())


def test_a_closed_line_opens_when_the_peer_is_found_to_answer_and_what_was_put_off_goes_at_once() -> None:
    world = new_world()
    world.wire.down.add(world.xb.host)
    waiting(world, 3)
    for _ in range(40):
        world.pass_seconds(300)
        deliver_outbox.deliver(world.xa.office)
    assert try_lines.try_closed(world.xa.office) == 0
    world.wire.down.clear()
    assert deliver_outbox.deliver(world.xa.office).sent == 0
    assert try_lines.try_closed(world.xa.office) == 1
    assert line(world).failures > peer_line.FAILURES_TO_CLOSE, "until it has taken a message"
    assert deliver_outbox.deliver(world.xa.office).sent == 3
    assert line(world).failures == 0
    assert try_lines.try_closed(world.xa.office) == 0, "there is none"


def test_who_answers_in_place_of_a_peer_opens_no_line() -> None:
    world = new_world()
    waiting(world, 1)
    world.wire.down.add(world.xb.host)
    while line(world).closed_until <= world.xa.clock.now():
        deliver_outbox.deliver(world.xa.office)
        world.pass_seconds(1)
    world.wire.down.clear()
    world.wire.apps[world.xb.host] = world.wire.apps[world.provider.host]
    assert try_lines.try_closed(world.xa.office) == 0
    assert line(world).closed_until > world.xa.clock.now()


def test_what_waits_for_people_is_not_sent_because_the_peer_answers() -> None:
    world = new_world()
    world.wire.down.add(world.xb.host)
    waiting(world, 2)
    deliver_outbox.deliver(world.xa.office)
    held = world.xa.outbox()[0].id
    later = world.xa.clock.now().plus_days(1)
    with world.xa.office.store.transaction() as tx:
        tx.outbox.wait(held, next_attempt=later, reason=DOUBT)
        peer_line.reached(tx, XB, world.xa.clock.now())
    world.wire.down.clear()
    assert deliver_outbox.deliver(world.xa.office).sent == 1
    assert [one.state for one in world.xa.outbox() if one.id == held] == [OutboxState.QUEUED]


def test_a_peer_that_takes_our_receipts_is_sent_messages_though_its_line_was_closed() -> None:
    world = new_world()
    waiting(world, 1)
    deliver_outbox.deliver(world.xa.office)
    receive_envelope.open_waiting(world.xb.office)  # its second receipt waits to be brought
    with world.xb.office.store.transaction() as tx:
        for _ in range(20):
            peer_line.failed(world.xb.office, tx, XA, world.xb.clock.now(), "unavailable")
        assert peer_line.line_of(tx, XA).closed_until > world.xb.clock.now()
    assert deliver_outbox.deliver_receipts(world.xb.office) == 1
    with world.xb.office.store.transaction() as tx:
        assert peer_line.line_of(tx, XA).failures == 0


def test_a_peer_that_refuses_has_answered_and_its_line_stays_open() -> None:
    world = new_world()
    waiting(world, 1)
    world.wire.next(ENVELOPES, *[Fate.SPOIL_REQUEST] * 6)
    for _ in range(6):
        deliver_outbox.deliver(world.xa.office)
        world.pass_seconds(400)
    assert line(world).failures == 0


def test_how_far_a_peers_clock_is_from_ours_is_known_from_its_receipts() -> None:
    world = new_world()
    world.xb.clock.pass_seconds(45)
    ask(world, preservation())
    assert line(world).skew == 45
    assert abs(line(world).skew) > peer_line.SKEW_TO_TELL_SECONDS


def test_what_a_peer_misses_it_names_and_gets_again_the_same_bytes() -> None:
    """As after a restored backup: we hold its receipt, and it has forgotten the message."""
    world = new_world()
    ours = draft(world, preservation())
    approve(world, ours)
    (first,) = world.xa.outbox()
    with world.xa.office.store.transaction() as tx:
        tx.outbox.settle([first.id], OutboxState.DELIVERED)
    withdraw_request.withdraw(world.xa.office, "bo", ours.id, reasons="It is no longer needed.")
    world.settle()
    assert [one.state for one in world.xa.outbox()] == [OutboxState.DELIVERED, OutboxState.STORED]
    world.pass_seconds(901)
    now = world.xa.clock.now()
    assert deliver_outbox.ask_for_receipts(world.xa.office, now.plus_seconds(-900)) == 1
    world.settle()
    assert [one.state for one in world.xa.outbox()] == [OutboxState.DELIVERED, OutboxState.DELIVERED]
    assert world.xa.outbox()[0].envelope == first.envelope
    assert world.xb.case_of(ours.id).state == "withdrawn"


def test_nothing_is_missing_where_everything_came_or_is_only_just_late() -> None:
    world = new_world()
    ask(world, preservation())
    world.settle()
    world.pass_seconds(3600)
    with world.xb.office.store.transaction() as tx:
        assert missing_from(tx, XA, world.xb.clock.now()) == ()
