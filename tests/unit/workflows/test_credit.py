"""Back-pressure and the urgent lane: shown as order, at the sender and at the recipient, under ten thousand others."""

from dataclasses import replace
from typing import Final

import msgspec
import pytest

from comity.base.encoding import to_json
from comity.base.errors import Malformed
from comity.exchange.envelope import BATCH_MOST, Envelope, format_batch, parse_batch
from comity.exchange.receipt import Status
from comity.workflows import credit, deliver_outbox, receive_envelope
from comity.workflows.ports import Answer
from comity.workflows.stores import Incoming, Outgoing
from tests.simulators.forge import Forged, bring, request_to
from tests.simulators.messages import header
from tests.simulators.story import approve, at, draft
from tests.simulators.world import START, XA, XB, SmallWorld, preservation, production

MANY: Final = 10_000
EMPTY: Final = Envelope(b"{}", b"")


def routine(number: int, peer: str = XB) -> Outgoing:
    return Outgoing(f"r{number:05}", peer, "ask", "case", 0, EMPTY, b"", START.plus_days(9))


HELD: Final = Envelope(to_json(header(channel="a channel of its own", seq=1)), b"")


def stored(number: int, priority: int = 0, envelope: Envelope = HELD) -> Incoming:
    return Incoming(XA, f"r{number:05}", envelope, START, priority=priority)


def queue(world: SmallWorld, messages: list[Outgoing]) -> None:
    with world.xa.office.store.transaction() as tx:
        for message in messages:
            tx.outbox.queue(message, START)


def fill(world: SmallWorld, count: int, priority: int = 0, envelope: Envelope = HELD) -> None:
    """So many messages of XA wait at XB."""
    with world.xb.office.store.transaction() as tx:
        for number in range(count):
            tx.inbox.add(stored(number, priority, envelope))


def claimed(world: SmallWorld) -> list[str]:
    now = START.plus_seconds(1)
    with world.xa.office.store.transaction() as tx:
        found = tx.outbox.claim(now, lease_until=now.plus_seconds(60), most=BATCH_MOST, peer=XB)
    return [one.id for one in found]


def test_urgent_messages_are_first_under_ten_thousand_routine_ones() -> None:
    world = at("new")
    queue(world, [routine(number) for number in range(MANY)])
    queue(world, [replace(routine(number), id=f"u{number:02}", priority=1) for number in range(90)])
    queue(world, [replace(routine(0), id="life", priority=2)])
    first = claimed(world)
    assert first[:91] == ["life", *(f"u{number:02}" for number in range(90))]
    assert first[91:] == [f"r{number:05}" for number in range(BATCH_MOST - 91)]


def test_routine_ones_go_on_under_ten_thousand_urgent_ones() -> None:
    world = at("new")
    queue(world, [replace(routine(number), id=f"u{number:05}", priority=1) for number in range(MANY)])
    queue(world, [routine(number) for number in range(64)])
    ours = [one for _ in range(2) for one in claimed(world) if one.startswith("r")]
    assert ours == [f"r{number:05}" for number in range(64)]


def test_what_is_urgent_is_opened_first_at_the_recipient() -> None:
    world = at("new")
    fill(world, 300, envelope=EMPTY)
    urgent = Forged(header={"pri": 1}).make(world)
    assert bring(world, [urgent]) == ["stored"]
    with pytest.raises(Malformed):  # what was put there for the test is no envelope, and comes after it
        receive_envelope.open_waiting(world.xb.office)
    kept = world.xb.incoming(XA, urgent.read_header().id)
    assert kept is not None and kept.state is Status.DELIVERED


def test_a_threat_to_life_is_only_urgent_without_the_right_to_say_so() -> None:
    world = at("new")
    envelope = Forged(header={"pri": 2}).make(world)
    assert bring(world, [envelope]) == ["stored"]
    kept = world.xb.incoming(XA, envelope.read_header().id)
    assert kept is not None and kept.priority == 1


def answer_to(world: SmallWorld, *envelopes: Envelope) -> Answer:
    return request_to(world, world.xa, XB, "/v1/envelopes", format_batch("b", envelopes))


def test_every_answer_tells_how_many_more_are_taken() -> None:
    world = at("new")
    answer = answer_to(world, Forged().make(world))
    assert answer.headers[credit.HEADER] == "2047, urgent=2559"
    fill(world, 1000)
    assert answer_to(world, Forged().make(world)).headers[credit.HEADER] == "1046, urgent=1558"


def test_more_than_the_credit_is_refused_whole_and_a_fifth_is_kept_for_urgent_ones() -> None:
    world = at("new")
    fill(world, credit.MOST - credit.FOR_URGENT)
    before = world.xb.dump()["inbox"]
    answer = answer_to(world, Forged().make(world), Forged(header={"pri": 1}).make(world))
    assert (answer.status, answer.headers["retry-after"]) == (429, "5")
    assert answer.headers[credit.HEADER] == "0, urgent=512"
    assert world.xb.dump()["inbox"] == before
    assert bring(world, [Forged(header={"pri": 1}).make(world)]) == ["stored"]


def test_what_others_wait_for_is_taken_however_much_waits_and_frees_them() -> None:
    """A whole credit of messages that came before their forerunner: it is let in with what follows it, nothing else."""
    world = at("new")
    channel = [Forged(document={"channel": "AAECAwQFBgcICQoLDA0ODw", "seq": 1}).make(world)]
    for seq in range(2, 5):
        place = {"channel": "AAECAwQFBgcICQoLDA0ODw", "seq": seq, "prev": str(channel[-1].digest)}
        channel.append(Forged(document=place).make(world))
    assert bring(world, channel[2:]) == ["stored", "stored"]
    fill(world, credit.MOST)
    stranger = Forged().make(world)
    assert bring(world, [stranger]) == ["busy"]
    assert bring(world, [stranger, channel[1], channel[0]]) == ["stored", "stored"]
    while receive_envelope.open_waiting(world.xb.office):
        pass
    states = [world.xb.incoming(XA, one.read_header().id) for one in channel]
    assert all(one is not None and one.state is not Status.STORED for one in states)
    assert world.xb.incoming(XA, stranger.read_header().id) is None


def test_what_is_here_already_gets_its_receipt_however_much_waits() -> None:
    world = at("new")
    envelope = Forged().make(world)
    assert bring(world, [envelope]) == ["stored"]
    fill(world, credit.MOST)
    assert bring(world, [envelope]) == ["stored"]


def test_the_sender_heeds_it_and_goes_on_when_there_is_room_again() -> None:
    world = at("new")
    fill(world, credit.MOST - credit.FOR_URGENT)
    draft_and_send = [approve(world, draft(world, one)) for one in (production(), production())]
    assert len(draft_and_send) == 2 and {one.priority for one in world.xa.outbox()} == {0}
    assert deliver_outbox.deliver(world.xa.office).sent == 0
    tried = len(world.wire.to("/v1/envelopes"))
    world.pass_seconds(1)
    deliver_outbox.deliver(world.xa.office)
    assert len(world.wire.to("/v1/envelopes")) == tried, "it was asked again within the time it said"
    approve(world, draft(world, msgspec.structs.replace(preservation(), urgent=True)))
    deliver_outbox.deliver(world.xa.office)
    assert [one.status for one in world.wire.to("/v1/envelopes")[tried:]] == [200], "urgent ones go on"
    with world.xb.office.store.transaction() as tx:
        for number in range(credit.MOST - credit.FOR_URGENT):
            tx.inbox.settle(replace(stored(number), state=Status.REJECTED, code="cannot-open"))
    world.pass_seconds(credit.HEEDED_SECONDS + 5)
    world.heal()
    assert not world.xa.is_waiting()


@pytest.mark.parametrize("value", ["", "many", "-1, urgent=2", "1", "1, urgent=", "1, urgent=9999999", "²,urgent=1"])
def test_nonsense_about_credit_changes_nothing(value: str) -> None:
    world = at("new")
    with world.xa.office.store.transaction() as tx:
        credit.heed(tx, XB, Answer(200, {credit.HEADER: value}, b""), START)
        assert not tx.credits.all(START)


def test_what_was_said_is_heeded_for_a_while_only() -> None:
    world = at("new")
    with world.xa.office.store.transaction() as tx:
        credit.heed(tx, XB, Answer(429, {credit.HEADER: "0, urgent=5"}, b""), START)
        assert tx.credits.all(START)[XB].urgent == 5
        assert not tx.credits.all(START.plus_seconds(credit.HEEDED_SECONDS))


def test_a_round_holds_one_batch_of_a_peer_whatever_waits() -> None:
    """Memory stays flat: no more is read than is sent."""
    world = at("new")
    queue(world, [routine(number) for number in range(1000)])
    deliver_outbox.deliver(world.xa.office)
    (sent,) = world.wire.to("/v1/envelopes")
    assert len(parse_batch(sent.body)[1]) == BATCH_MOST


def test_a_peer_with_much_to_take_holds_up_no_other() -> None:
    world = at("new")
    queue(world, [routine(number) for number in range(500)])
    queue(world, [replace(routine(1, "XC/observatory"), id="other")])
    deliver_outbox.deliver(world.xa.office)
    assert {one.url.split("/")[2] for one in world.wire.to("/v1/envelopes")} == {world.xb.host, world.witness.host}


def test_a_batch_holds_at_most_128() -> None:
    world = at("new")
    envelopes = [Forged().make(world) for _ in range(BATCH_MOST + 1)]
    assert bring(world, envelopes) == ["malformed"]
    assert bring(world, envelopes[:-1]) == ["stored"] * BATCH_MOST
