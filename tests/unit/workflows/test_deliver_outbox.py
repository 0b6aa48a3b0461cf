"""Delivery: the same bytes until the second receipt, whatever the way does; no peer holds up another."""

from collections import Counter
from itertools import pairwise

import msgspec
import pytest
from sqlalchemy import delete, update

from comity.adapters.sql.tables import inbox, outbox
from comity.base.errors import BadSignature, Unavailable
from comity.cases import events
from comity.exchange import envelope as envelopes
from comity.exchange.directory import Use
from comity.exchange.problems import ExchangeProblem
from comity.exchange.receipt import Row, Status, issue
from comity.workflows import deliver_outbox, order_provider, read_cases
from comity.workflows.stores import OutboxState
from tests.simulators.forge import send_request_unchecked
from tests.simulators.story import approve, ask, at, case_at, draft, order
from tests.simulators.wire import Fate, flipped
from tests.simulators.world import PROVIDER, XA, XB, SmallWorld, new_world, preservation, without_statement

ENVELOPES = "/v1/envelopes"
TROUBLES = [fate for fate in Fate if fate is not Fate.PASS]


@pytest.fixture
def world() -> SmallWorld:
    """A request is approved at XA and nothing was sent yet."""
    found = new_world()
    approve(found, draft(found, preservation()))
    return found


def bytes_sent(world: SmallWorld) -> list[tuple[bytes, bytes]]:
    """Header and ciphertext of each envelope on the wire so far."""
    batches = [envelopes.parse_batch(one.body)[1] for one in world.wire.to(ENVELOPES)]
    return [(one.header_bytes, one.ct) for batch in batches for one in batch]


def test_nothing_is_sent_before_it_is_delivered(world: SmallWorld) -> None:
    assert world.wire.carried == []
    assert [message.state for message in world.xa.outbox()] == [OutboxState.QUEUED]


def test_a_message_is_stored_and_then_delivered_with_two_receipts(world: SmallWorld) -> None:
    assert deliver_outbox.deliver(world.xa.office) == deliver_outbox.Delivered(1, 0)
    assert world.xa.outbox()[0].state == OutboxState.STORED
    world.settle()
    assert world.xa.outbox()[0].state == OutboxState.DELIVERED
    assert world.xa.history(case_at(world, "xa", "preservation").id)[-1] == "receipted"


def test_a_retry_sends_the_same_bytes_in_a_newly_signed_request(world: SmallWorld) -> None:
    world.wire.next(ENVELOPES, Fate.DROP, Fate.LOSE_ANSWER)
    for _ in range(3):
        deliver_outbox.deliver(world.xa.office)
        world.pass_seconds(300)
    assert len(bytes_sent(world)) == 3
    assert len(set(bytes_sent(world))) == 1
    assert len({one.headers["signature"] for one in world.wire.to(ENVELOPES)}) == 3


@pytest.mark.parametrize("fate", TROUBLES)
def test_whatever_befalls_a_message_it_has_one_effect_in_the_end(world: SmallWorld, fate: Fate) -> None:
    world.wire.next(ENVELOPES, fate)
    world.settle()
    world.wire.release()
    world.heal()
    assert len(world.xb.cases()) == 1
    assert world.xa.history(case_at(world, "xa", "preservation").id) == ["drafted", "approved", "sent", "receipted"]
    assert [message.state for message in world.xa.outbox()] == [OutboxState.DELIVERED]


@pytest.mark.parametrize("fate", TROUBLES)
def test_whatever_befalls_a_second_receipt_it_is_entered_once(world: SmallWorld, fate: Fate) -> None:
    world.wire.next("/v1/receipts", fate, fate)
    world.settle()
    world.wire.release()
    world.heal()
    assert Counter(world.xa.history(case_at(world, "xa", "preservation").id))["receipted"] == 1
    assert [row["done"] for row in world.xb.dump()["receipt"]] == [1]


def test_messages_of_a_channel_that_overtake_each_other_take_effect_in_order() -> None:
    world = at("asked")
    theirs = case_at(world, "xb", "preservation")
    ours = case_at(world, "xa", "preservation")
    order(world, theirs)
    world.settle()
    order_provider.confirm_preserved(world.provider.office, "lee", case_at(world, "provider", "preservation").id)
    world.wire.next(ENVELOPES, Fate.PASS, Fate.DELAY)
    world.round(PROVIDER)
    world.settle()
    order_provider.confirm_preserved(world.provider.office, "lee", case_at(world, "provider", "preservation").id)
    world.settle()
    world.wire.release(backwards=True)
    world.heal()
    assert world.xb.history(theirs.id).count("preserved") == 2
    assert world.xa.history(ours.id).count("preserved") == 2
    places = [one["seq"] for one in _headers(world, PROVIDER)]
    assert places == sorted(places) == [1, 2]


def _headers(world: SmallWorld, sender: str) -> list[dict[str, int]]:
    rows = [row for row in world.xb.dump()["inbox"] if row["sender"] == sender]
    return [msgspec.json.decode(row["header"]) for row in rows]


def test_a_wait_grows_and_is_written_down(world: SmallWorld) -> None:
    world.wire.down.add(world.xb.host)
    waits = []
    for _ in range(14):
        now = world.xa.clock.now().seconds
        assert deliver_outbox.deliver(world.xa.office).failed == 1
        row = world.xa.dump()["outbox"][0]
        waits.append(row["next_attempt"] - now)
        assert (row["lease_until"], row["attempts"], row["code"]) == (0, len(waits), "unavailable")
        world.pass_seconds(deliver_outbox.LONGEST_WAIT_SECONDS)
    assert all(wait <= min(300, 1 << n) for n, wait in enumerate(waits))
    assert max(waits) > 30
    assert world.xa.outbox()[0].state == OutboxState.QUEUED


def test_a_message_put_off_is_not_sent_before_its_time(world: SmallWorld) -> None:
    world.wire.down.add(world.xb.host)
    for _ in range(8):
        deliver_outbox.deliver(world.xa.office)
        world.pass_seconds(300)
    deliver_outbox.deliver(world.xa.office)
    world.wire.down.clear()
    assert world.xa.dump()["outbox"][0]["next_attempt"] > world.xa.clock.now().seconds
    assert deliver_outbox.deliver(world.xa.office) == deliver_outbox.Delivered(0, 0)


def test_a_claimed_message_is_not_claimed_again_before_its_lease_ends(world: SmallWorld) -> None:
    now = world.xa.clock.now()
    with world.xa.office.store.transaction() as tx:
        assert len(tx.outbox.claim(now, lease_until=now.plus_seconds(60), most=10)) == 1
        assert tx.outbox.claim(now, lease_until=now.plus_seconds(60), most=10) == []
        later = now.plus_seconds(60)
        assert len(tx.outbox.claim(later, lease_until=later.plus_seconds(60), most=10)) == 1


def test_a_peer_that_does_not_answer_holds_up_no_other() -> None:
    world = at("asked")
    order(world, case_at(world, "xb", "preservation"))
    ours = draft(world, preservation())
    approve(world, ours)
    send_request_unchecked(world, draft(world, without_statement()))
    with world.wire.cut(world.xa.host):
        world.settle()
        assert case_at(world, "provider", "preservation").state == "ordered"
    assert [message.state for message in world.xb.outbox()] == [OutboxState.DELIVERED, OutboxState.QUEUED]


def test_a_message_past_its_end_is_told_once_and_still_brought(world: SmallWorld) -> None:
    world.wire.down.add(world.xb.host)
    world.pass_days(15)
    for _ in range(3):
        deliver_outbox.deliver(world.xa.office)
        world.pass_seconds(3600)
    (message,) = world.xa.outbox()
    assert (message.state, message.code) == (OutboxState.QUEUED, "expired")
    case = case_at(world, "xa", "preservation")
    assert case.trouble == "expired"
    told = [one for one in read_cases.events_of(world.xa.office, case) if isinstance(one, events.Receipted)]
    assert [one.status for one in told] == ["expired"]


def test_what_came_too_late_is_rejected_with_a_signed_receipt_and_enters_nothing(world: SmallWorld) -> None:
    world.wire.down.add(world.xb.host)
    world.pass_days(15)
    world.settle()
    world.wire.down.clear()
    world.pass_seconds(3600)
    world.settle()
    (message,) = world.xa.outbox()
    assert (message.state, message.code) == (OutboxState.REJECTED, "expired")
    assert world.xb.cases() == ()


def test_what_follows_an_expired_message_in_its_channel_still_arrives() -> None:
    world = at("ordered")
    for down in (True, False):
        order_provider.confirm_preserved(world.provider.office, "lee", case_at(world, "provider", "preservation").id)
        world.wire.down = {world.xb.host} if down else set()
        world.settle()
        world.pass_days(15 if down else 0)
        world.settle()
    world.pass_seconds(3600)
    world.settle()
    assert case_at(world, "xb", "preservation").state == "preserved"


def test_many_large_messages_go_in_batches_that_the_peer_takes() -> None:
    world = new_world()
    long = msgspec.structs.replace(preservation(), facts="x" * 150_000)
    for _ in range(30):
        approve(world, draft(world, long))
    assert deliver_outbox.deliver(world.xa.office) == deliver_outbox.Delivered(30, 0)
    assert len(world.wire.to(ENVELOPES)) > 1
    assert all(len(one.body) <= envelopes.BATCH_LIMIT for one in world.wire.to(ENVELOPES))
    world.settle()
    assert len(world.xb.cases()) == 30


def test_urgent_messages_go_first() -> None:
    world = new_world()
    calm = msgspec.structs.replace(preservation(), urgent=False)
    for request in (calm, preservation()):
        approve(world, draft(world, request))
    now = world.xa.clock.now()
    with world.xa.office.store.transaction() as tx:
        claimed = tx.outbox.claim(now, lease_until=now, most=10)
    assert [message.priority for message in claimed] == [1, 0]


def test_a_rejected_message_shows_as_trouble_in_the_senders_case(world: SmallWorld) -> None:
    case = case_at(world, "xa", "preservation")
    _spoil_outbox(world, flipped(world.xa.outbox()[0].envelope.ct))
    world.settle()
    assert world.xa.case(case.id).trouble == "cannot-open"
    assert world.xa.outbox()[0].state == OutboxState.REJECTED
    assert world.xb.cases() == ()


def _spoil_outbox(world: SmallWorld, ct: bytes) -> None:
    with world.xa.database.engine.begin() as connection:
        connection.execute(update(outbox).values(ct=ct))


def rows_for(world: SmallWorld, **changes: str) -> list[Row]:
    (message,) = world.xa.outbox()
    right = Row(
        id=message.id,
        envelope_sha256=str(message.envelope.digest),
        status=Status.DELIVERED,
        at=world.xb.clock.now().seconds,
    )
    return [msgspec.structs.replace(right, **changes)]


def receipts_by_xb(world: SmallWorld, rows: list[Row], *, to: str = XA, key: Use = Use.RECEIPT) -> bytes:
    office = world.xb.office
    return issue(rows, by=XB, to=to, mode=office.mode, at=office.clock.now(), signer=office.keys.signer(key))


def test_a_receipt_about_other_bytes_or_another_message_changes_nothing(world: SmallWorld) -> None:
    before, peer = _but_the_line(world), world.xa.entity(XB)
    for change in ({"envelope_sha256": "0" * 64}, {"id": "01a24fbb-0000-7000-8000-000000000000"}):
        deliver_outbox.enter_receipts(world.xa.office, peer, receipts_by_xb(world, rows_for(world, **change)))
    assert _but_the_line(world) == before


def _but_the_line(world: SmallWorld) -> dict[str, object]:
    """Everything XA holds, but that a peer answered."""
    return {name: rows for name, rows in world.xa.dump().items() if name != "peer_line"}


def test_a_receipt_of_a_node_the_message_was_not_for_changes_nothing(world: SmallWorld) -> None:
    before, office = _but_the_line(world), world.provider.office
    signer = office.keys.signer(Use.RECEIPT)
    data = issue(rows_for(world), by=PROVIDER, to=XA, mode=office.mode, at=office.clock.now(), signer=signer)
    deliver_outbox.enter_receipts(world.xa.office, world.xa.entity(PROVIDER), data)
    assert _but_the_line(world) == before


def test_receipts_for_another_node_or_by_another_key_are_refused(world: SmallWorld) -> None:
    before, peer = world.xa.dump(), world.xa.entity(XB)
    with pytest.raises(ExchangeProblem) as caught:
        deliver_outbox.enter_receipts(world.xa.office, peer, receipts_by_xb(world, rows_for(world), to=PROVIDER))
    assert caught.value.code == "wrong-recipient"
    with pytest.raises(ExchangeProblem) as caught:
        deliver_outbox.enter_receipts(world.xa.office, peer, receipts_by_xb(world, rows_for(world), key=Use.AUTHORITY))
    assert caught.value.code == "unknown-key"
    spoiled = receipts_by_xb(world, rows_for(world)).replace(b'"rows":["', b'"rows":["e30","')
    with pytest.raises(BadSignature):
        deliver_outbox.enter_receipts(world.xa.office, peer, spoiled)
    assert world.xa.dump() == before


def test_the_second_receipt_may_come_before_the_first(world: SmallWorld) -> None:
    peer = world.xa.entity(XB)
    for status in (Status.DELIVERED, Status.STORED, Status.REJECTED):
        deliver_outbox.enter_receipts(world.xa.office, peer, receipts_by_xb(world, rows_for(world, status=status)))
    assert world.xa.outbox()[0].state == OutboxState.DELIVERED
    assert world.xa.history(case_at(world, "xa", "preservation").id).count("receipted") == 1


def test_a_receipt_that_was_lost_is_asked_for_again(world: SmallWorld) -> None:
    world.round(XA)
    world.round(XB)
    with world.xa.database.engine.begin() as connection:
        connection.execute(update(outbox).values(state=OutboxState.STORED))
    world.pass_seconds(1000)
    assert deliver_outbox.ask_for_receipts(world.xa.office, world.xa.clock.now().plus_seconds(-900)) == 1
    assert world.xa.outbox()[0].state == OutboxState.DELIVERED


def test_asking_goes_on_where_one_peer_knows_nothing_or_does_not_answer() -> None:
    world = new_world()
    for _ in range(3):
        ask(world, preservation())
    first, second, _third = world.xa.outbox()
    with world.xa.database.engine.begin() as connection:
        connection.execute(update(outbox).values(state=OutboxState.STORED))
    with world.xb.database.engine.begin() as connection:
        connection.execute(delete(inbox).where(inbox.c.id == first.id))
    world.wire.next(f"/v1/receipts/{second.id}", Fate.DROP)
    world.pass_seconds(1000)
    assert deliver_outbox.ask_for_receipts(world.xa.office, world.xa.clock.now()) == 1
    assert [one.state for one in world.xa.outbox()] == ["stored", "stored", "delivered"]


TURN = 900
"""How often a node looks whether it has something to ask."""


def ask_each_turn(world: SmallWorld, turns: int) -> list[int]:
    """The turns of so many in which XA asked about its message."""
    found = []
    for turn in range(1, turns + 1):
        world.pass_seconds(TURN)
        asked = len(world.wire.to("/v1/receipts/"))
        deliver_outbox.ask_for_receipts(world.xa.office, world.xa.clock.now().plus_seconds(-TURN))
        if len(world.wire.to("/v1/receipts/")) > asked:
            found.append(turn)
    return found


def test_what_a_peer_never_enters_is_asked_about_less_and_less_often_and_at_least_once_a_day(
    world: SmallWorld,
) -> None:
    deliver_outbox.deliver(world.xa.office)
    a_day = 86400 // TURN
    asked = ask_each_turn(world, 20 * a_day)
    gaps = [later - earlier for earlier, later in pairwise(asked)]
    assert asked[0] <= 2
    assert len([turn for turn in asked if turn <= a_day]) < 20
    assert len(asked) < 60
    assert max(gaps) <= a_day
    assert all(gap <= max(2, earlier // 2 + 1) for earlier, gap in zip(asked, gaps, strict=False))
    assert world.xa.outbox()[0].state == OutboxState.STORED


def test_who_does_not_answer_is_asked_again_at_the_next_turn(world: SmallWorld) -> None:
    deliver_outbox.deliver(world.xa.office)
    ask_each_turn(world, 400)
    world.wire.down.add(world.xb.host)
    first = ask_each_turn(world, 100)[0]
    world.wire.carried.clear()
    assert ask_each_turn(world, 5) == [1, 2, 3, 4, 5]
    assert first <= 96


def test_what_is_sent_again_because_the_peer_misses_it_is_asked_about_soon(world: SmallWorld) -> None:
    deliver_outbox.deliver(world.xa.office)
    ask_each_turn(world, 400)
    (message,) = world.xa.outbox()
    with world.xa.office.store.transaction() as tx:
        tx.outbox.hasten(message.id, world.xa.clock.now())
    deliver_outbox.deliver(world.xa.office)
    assert ask_each_turn(world, 1) == [1]


@pytest.mark.parametrize("waited", [0, 900, 1800, 3600, 86400, 40 * 86400])
def test_the_wait_before_a_question_is_bounded_and_chance_takes_off_at_most_half(waited: int) -> None:
    waits = [deliver_outbox.seconds_until_asked(waited, chance / 8) for chance in range(8)]
    longest = min(max(waited // 2, 900), 86400)
    assert waits == sorted(waits)
    assert len(set(waits)) == 8
    assert waits[0] == longest // 2
    assert waits[-1] < longest


def test_what_has_no_second_receipt_for_long_is_shown_to_a_person(world: SmallWorld) -> None:
    world.round(XA)
    world.pass_seconds(1)
    (message,) = world.xa.outbox()
    with world.xa.office.store.transaction() as tx:
        assert [one.id for one in tx.outbox.stuck(world.xa.clock.now())] == [message.id]
        assert tx.outbox.stuck(world.xa.clock.now().plus_seconds(-1)) == []


def test_a_failure_of_the_database_is_never_taken_for_a_refusal(world: SmallWorld) -> None:
    class Full:
        def transaction(self) -> object:
            raise Unavailable("the disk is full")

    before = world.xa.dump()["outbox"][0]["document"]
    right = world.xb.office.store
    world.change(XB, store=Full())
    assert deliver_outbox.deliver(world.xa.office).failed == 1
    world.change(XB, store=right)
    world.heal()
    assert world.xa.outbox()[0].state == OutboxState.DELIVERED
    assert world.xa.outbox()[0].document == before
