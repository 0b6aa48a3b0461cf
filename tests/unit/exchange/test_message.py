"""Kinds of message: what each carries, who may send it, and what needs a second person."""

import msgspec
import pytest

from comity.crypto.age import recipient_of
from comity.crypto.age_keys import new_identity
from comity.evidence.manifest import MOST_RECIPIENTS
from comity.exchange import message
from comity.exchange.message import KINDS, Body, Role
from comity.exchange.problems import ExchangeProblem
from tests.simulators.messages import document

NEEDS_APPROVAL = {"request.preserve", "request.produce"}
FROM_PROVIDERS = {
    *("preserved", "objection", "order.question", "order.let_go"),
    *("evidence.release", "evidence.accept", "evidence.destroy", "complaint", "complaint.answer"),
}


def test_the_kinds_are_these() -> None:
    assert list(KINDS) == [
        "request.preserve",
        "request.produce",
        "ask",
        "preserved",
        "grant",
        "refusal",
        "order.preserve",
        "order.produce",
        "objection",
        "evidence.release",
        "evidence.accept",
        "withdraw",
        "consultation",
        "consultation.reply",
        "conditions",
        "postponement",
        "resumption",
        "order.question",
        "order.reply",
        "order.lift",
        "order.let_go",
        "secrecy",
        "evidence.return",
        "evidence.destroy",
        "emergency.notice",
        "emergency.follow_up",
        "exculpatory",
        "complaint",
        "complaint.answer",
        "onward.ask",
        "onward.answer",
    ]


def test_a_request_between_states_needs_a_second_person() -> None:
    assert {tag for tag, kind in KINDS.items() if kind.approved} == NEEDS_APPROVAL


def test_a_provider_answers_and_never_requests_or_orders() -> None:
    """No direct compulsion crosses a border: article 5(2)."""
    assert {tag for tag, kind in KINDS.items() if Role.PROVIDER in kind.senders} == FROM_PROVIDERS
    assert {tag for tag, kind in KINDS.items() if Role.AUTHORITY not in kind.senders} == {
        "objection",
        "order.question",
        "order.let_go",
    }


def test_a_witness_sends_none() -> None:
    assert not any(Role.WITNESS in kind.senders for kind in KINDS.values())


def test_every_body_is_of_use() -> None:
    bodies = {value for value in vars(message).values() if isinstance(value, type) and issubclass(value, Body)}
    assert {kind.body for kind in KINDS.values()} == bodies - {Body}


ORDER = {
    "measure": "production",
    "data": "mail",
    "identifiers": ["a@b.example"],
    "legal_basis": "law",
    "reasons": "why",
    "since": "2026-11-22",
    "until": "2027-01-21",
}


def test_an_order_names_as_many_recipients_as_a_package_has_and_no_more() -> None:
    assert message.MOST_RECIPIENTS == MOST_RECIPIENTS
    longest = recipient_of(new_identity(bytes, hybrid=True))
    for recipients, field in (
        ([longest] * MOST_RECIPIENTS, ""),
        ([longest] * (MOST_RECIPIENTS + 1), "recipients"),
        (["a"] * 40_000, "recipients"),
        (["a" * (message.RECIPIENT_CHARACTERS + 1)], "recipients[0]"),
    ):
        body = msgspec.Raw(msgspec.json.encode({**ORDER, "recipients": recipients}))
        made = document(kind="order.produce", body=body)
        if not field:
            assert made.read_body(message.OrderBody).recipients == tuple(recipients)
            continue
        with pytest.raises(ExchangeProblem) as refused:
            made.any_body()
        assert (refused.value.code, refused.value.where) == ("invalid-field", f"body.{field}")


@pytest.mark.parametrize("tag", KINDS)
def test_a_body_is_a_closed_struct(tag: str) -> None:
    for body in (b'{"extra":1}', b"[]", b"null", b'"x"'):
        with pytest.raises(ExchangeProblem) as refused:
            document(kind=tag, body=msgspec.Raw(body)).any_body()
        assert refused.value.code == "invalid-field"
