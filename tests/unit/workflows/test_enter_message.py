"""What a message means for its case: only what its sender may say there, and only what the case allows."""

from typing import Any

import msgspec
import pytest

from comity.base.ids import NodeId
from comity.exchange.message import (
    KINDS,
    AcceptBody,
    AskBody,
    Body,
    ConditionsBody,
    ConsultationBody,
    DestroyBody,
    GrantBody,
    LetGoBody,
    LiftBody,
    ObjectionBody,
    PostponementBody,
    PreservedBody,
    QuestionBody,
    RefusalBody,
    ReleaseBody,
    ReplyBody,
    RequestBody,
    ResumptionBody,
    Role,
    SecrecyBody,
    WithdrawBody,
)
from comity.workflows import order_provider, receive_envelope
from tests.simulators.failing import fail_at_every_call
from tests.simulators.forge import Forged, facts, next_in_channel, outcome
from tests.simulators.story import at, case_at
from tests.simulators.world import PROVIDER, WITNESS, XA, XB, SmallWorld, new_world, preservation, production

DAY = preservation().made_on
assert DAY is not None
BODIES: dict[str, Body] = {
    "request.preserve": RequestBody(request=preservation()),
    "request.produce": RequestBody(request=production()),
    "ask": AskBody(missing=("everything",)),
    "preserved": PreservedBody(since=DAY, until=DAY),
    "grant": GrantBody(reasons="none"),
    "refusal": RefusalBody(ground="none", citation="40(21)(b)", reasons="none"),
    "objection": ObjectionBody(ground="none", reasons="none"),
    "evidence.release": ReleaseBody(package="0" * 64, custody=()),
    "evidence.accept": AcceptBody(package="0" * 64, act="x"),
    "evidence.return": ReleaseBody(package="0" * 64, custody=()),
    "evidence.destroy": DestroyBody(package="0" * 64, custody=(), copies="none"),
    "withdraw": WithdrawBody(reasons="none"),
    "consultation": ConsultationBody(about="refusal", text="none"),
    "consultation.reply": ReplyBody(message="none", text="none"),
    "conditions": ConditionsBody(grant="none", accepted=True, reasons="none"),
    "postponement": PostponementBody(ground="none", citation="40(27)", reasons="none", look_again=DAY),
    "resumption": ResumptionBody(reasons="none"),
    "order.question": QuestionBody(text="none"),
    "order.reply": ReplyBody(message="none", text="none"),
    "order.lift": LiftBody(reasons="none"),
    "order.let_go": LetGoBody(text="none"),
    "secrecy": SecrecyBody(reasons="none", role="reviewer"),
}
WRONG = [
    ("xa", "xb", "grant"),
    ("xa", "xb", "refusal"),
    ("xa", "xb", "ask"),
    ("xa", "xb", "preserved"),
    ("xb", "xa", "request.produce"),
    ("xb", "xa", "withdraw"),
    ("xb", "provider", "grant"),
    ("xb", "provider", "refusal"),
    ("xb", "provider", "preserved"),
    ("xb", "provider", "request.produce"),
    ("xa", "xb", "postponement"),
    ("xa", "xb", "resumption"),
    ("xa", "xb", "order.lift"),
    ("xa", "xb", "order.reply"),
    ("xb", "xa", "conditions"),
    ("xb", "xa", "secrecy"),
    ("xb", "xa", "order.lift"),
    ("xb", "provider", "consultation"),
    ("xb", "provider", "postponement"),
    ("xb", "provider", "conditions"),
    ("xb", "provider", "withdraw"),
]


def _place(world: SmallWorld, sender: str, to: str, procedure: str) -> dict[str, Any]:
    node, peer = getattr(world, sender), getattr(world, to).id
    return next_in_channel(node, case_at(world, sender, procedure).id, peer)


@pytest.mark.parametrize(("sender", "to", "kind"), WRONG)
def test_no_side_says_what_is_for_another_to_say(sender: str, to: str, kind: str) -> None:
    world = at("production ordered")
    there, back = getattr(world, sender).id, getattr(world, to).id
    place = _place(world, sender, to, "stored_data")
    before = [(node.id, case.id, case.state, case.events) for node in world.nodes.values() for case in node.cases()]
    forged = Forged(kind=kind, body=BODIES[kind], sender=there, to=back, document=place)
    assert outcome(world, forged.make(world), sender=there, to=back) == "out-of-state"
    assert before == [
        (node.id, case.id, case.state, case.events) for node in world.nodes.values() for case in node.cases()
    ]


def test_a_grant_that_reaches_beyond_the_request_is_not_taken() -> None:
    world = at("production asked")
    ours = case_at(world, "xa", "stored_data")
    beyond = msgspec.structs.replace(ours.measures[0], identifiers=("somebody-else@example",))
    place = _place(world, "xb", "xa", "stored_data")
    body = GrantBody(reasons="all", scope=(beyond,), left_out="nothing")
    forged = Forged(kind="grant", body=body, sender=XB, to=XA, document=place)
    assert outcome(world, forged.make(world), sender=XB, to=XA) not in ("stored", "delivered")
    assert case_at(world, "xa", "stored_data").state == "requested"


def test_the_requesting_state_cannot_grant_its_own_request() -> None:
    world = at("production asked")
    place = _place(world, "xa", "xb", "stored_data")
    forged = Forged(kind="grant", body=BODIES["grant"], document=place)
    assert outcome(world, forged.make(world)) == "out-of-state"
    assert case_at(world, "xb", "stored_data").state == "requested"


@pytest.mark.parametrize("kind", sorted(set(BODIES) - {"request.preserve", "request.produce"}))
def test_nothing_but_a_request_or_an_order_begins_a_case(kind: str) -> None:
    world = new_world()
    sender = NodeId(PROVIDER if Role.AUTHORITY not in KINDS[kind].senders else XA)
    before = facts(world.xb)
    forged = Forged(kind=kind, body=BODIES[kind], sender=sender)
    assert outcome(world, forged.make(world), sender=sender) in ("out-of-state", "broken-custody")
    assert facts(world.xb) == before


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_witness_sends_nothing_at_all(kind: str) -> None:
    world = new_world()
    body = BODIES.get(kind, BODIES["ask"])
    before = facts(world.xb)
    assert outcome(world, Forged(kind=kind, body=body, sender=WITNESS).make(world), sender=WITNESS) == "not-allowed"
    assert facts(world.xb) == before


def test_a_provider_withdraws_nothing() -> None:
    world = at("ordered")
    theirs = case_at(world, "xb", "preservation")
    before = world.xb.case(theirs.id)
    place = next_in_channel(world.provider, case_at(world, "provider", "preservation").id, XB)
    forged = Forged(kind="withdraw", body=BODIES["withdraw"], sender=PROVIDER, document=place)
    assert outcome(world, forged.make(world), sender=PROVIDER) == "not-allowed"
    assert world.xb.case(theirs.id) == before


@pytest.mark.parametrize("stage", ["asked", "production asked"])
def test_a_withdrawal_ends_the_case_on_both_sides_that_know_it(stage: str) -> None:
    world = at(stage)
    procedure = "preservation" if stage == "asked" else "stored_data"
    place = _place(world, "xa", "xb", procedure)
    assert outcome(world, Forged(kind="withdraw", body=BODIES["withdraw"], document=place).make(world)) == "delivered"
    assert case_at(world, "xb", procedure).state == "withdrawn"


def test_a_failure_while_passing_a_confirmation_on_leaves_neither_half() -> None:
    world = at("ordered")
    order_provider.confirm_preserved(world.provider.office, "lee", case_at(world, "provider", "preservation").id)
    world.round(PROVIDER)
    theirs = case_at(world, "xb", "preservation")
    assert fail_at_every_call(world, XB, lambda: receive_envelope.open_waiting(world.xb.office)) > 20
    assert world.xb.history(theirs.id)[-2:] == ["preserved", "answered"]
