"""Envelopes that are opened before they are answered. The checks themselves: test_receive_envelope, for both ways."""

import pytest

from comity.base.instants import Instant
from comity.exchange import receipt
from comity.exchange.directory import Use
from comity.exchange.envelope import Envelope
from comity.exchange.message import GrantBody
from comity.workflows import answer_envelopes, deliver_outbox, receive_envelope
from tests.simulators.failing import fail_at_every_call
from tests.simulators.fakes import FakeClock
from tests.simulators.forge import Forged, bring, facts, next_in_channel, tampered
from tests.simulators.story import approve, ask, at, case_at, draft, release_by_provider
from tests.simulators.wire import Fate
from tests.simulators.world import PROVIDER, XA, XB, SmallWorld, new_world, preservation


@pytest.fixture
def world() -> SmallWorld:
    return opening(new_world())


def opening(world: SmallWorld) -> SmallWorld:
    world.opens = True
    return world.joined()


def test_one_request_brings_a_message_and_its_second_receipt(world: SmallWorld) -> None:
    case = approve(world, draft(world, preservation()))
    assert deliver_outbox.deliver(world.xa.office) == deliver_outbox.Delivered(1, 0)
    assert world.xa.outbox()[0].state == "delivered"
    assert world.xa.history(case.id)[-1] == "receipted"
    assert world.xb.case_of(case.id).state == "requested"
    assert [one.path for one in world.wire.carried] == ["/v1/envelopes"]
    assert deliver_outbox.deliver_receipts(world.xb.office) == 0
    assert not world.xb.is_waiting()


def test_a_message_whose_answer_was_lost_comes_again_and_gets_the_same_receipt(world: SmallWorld) -> None:
    approve(world, draft(world, preservation()))
    world.wire.next("/v1/envelopes", Fate.LOSE_ANSWER)
    assert deliver_outbox.deliver(world.xa.office).failed == 1
    before = facts(world.xb)
    world.heal()
    assert world.xa.outbox()[0].state == "delivered"
    assert facts(world.xb) == before


def test_one_that_cannot_be_entered_takes_back_nothing_of_the_others(world: SmallWorld) -> None:
    nothing_begins = Forged(kind="grant", body=GrantBody(reasons="none"))
    batch = [one.make(world) for one in (Forged(), nothing_begins, Forged(header={"seq": 0}), Forged())]
    assert bring(world, [*batch, tampered(Forged().make(world))]) == [
        "delivered",
        "out-of-state",
        "invalid-field",
        "delivered",
        "cannot-open",
    ]
    assert len(world.xb.cases()) == 2
    assert len(facts(world.xb)["channel"]) == 2


def test_a_batch_of_many_groups_is_answered_row_by_row(world: SmallWorld) -> None:
    count = answer_envelopes.GROUP + 2
    batch = [Forged().make(world) for _ in range(count)]
    assert bring(world, batch) == ["delivered"] * count
    assert bring(world, batch) == ["delivered"] * count
    assert len(world.xb.cases()) == count


def test_the_same_twice_in_a_batch_is_entered_once(world: SmallWorld) -> None:
    envelope = Forged().make(world)
    assert bring(world, [envelope, envelope]) == ["delivered", "delivered"]
    assert len(world.xb.cases()) == 1


def test_what_came_early_is_stored_and_opened_after_its_forerunner(world: SmallWorld) -> None:
    ours, _ = ask(world, preservation())
    place = next_in_channel(world.xa, ours.id, XB)
    wrong = Forged(kind="grant", body=GrantBody(reasons="none"), document=place).make(world)
    follows = {**place, "seq": place["seq"] + 1, "prev": str(wrong.digest)}
    early = Forged(kind="grant", body=GrantBody(reasons="none"), document=follows).make(world)
    assert bring(world, [early]) == ["stored"]
    answered = answer(world, wrong)
    assert answered.is_left
    assert receive_envelope.open_waiting(world.xb.office) == 1
    assert not answer(world, wrong).is_left


def answer(world: SmallWorld, *envelopes: Envelope) -> answer_envelopes.Answered:
    return answer_envelopes.answer(world.xb.office, world.xb.entity(XA), envelopes)


def test_what_brings_evidence_is_stored_and_left_to_the_worker() -> None:
    world = opening(at("sealed"))
    release_by_provider(world, case_at(world, "provider", "stored_data"))
    deliver_outbox.deliver(world.provider.office)
    (message,) = (one for one in world.provider.outbox() if one.package)
    assert message.state == "stored"
    world.settle()
    kept = world.xb.incoming(PROVIDER, message.id)
    assert kept is not None and kept.state == "delivered"


class SlowClock(FakeClock):
    """Each look at it takes a second."""

    def now(self) -> Instant:
        self.pass_seconds(1)
        return super().now()


def test_what_is_left_of_a_batch_that_takes_too_long_is_only_stored(world: SmallWorld) -> None:
    batch = [Forged().make(world) for _ in range(answer_envelopes.GROUP + 1)]
    world.change(XB, clock=SlowClock(world.xb.clock.at))
    assert bring(world, batch) == [*["delivered"] * answer_envelopes.GROUP, "stored"]


def test_a_failure_while_answering_leaves_nothing(world: SmallWorld) -> None:
    batch = [Forged().make(world), Forged().make(world)]
    assert fail_at_every_call(world, XB, lambda: answer(world, *batch)) > 20
    assert len(world.xb.cases()) == 2


def test_receipts_of_an_answer_are_kept_for_who_asks_again(world: SmallWorld) -> None:
    envelope = Forged().make(world)
    assert bring(world, [envelope]) == ["delivered"]
    public = world.xb.keys.signer(Use.RECEIPT).public
    (row,) = receipt.verify(receive_envelope.receipt_for(world.xb.office, XA, envelope.read_header().id), public).rows
    assert row.status == "delivered"
