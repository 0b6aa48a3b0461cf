"""The mailbox's bytes: what is asked and given, signed by the giver for one caller, and read by a second reader."""

from typing import Any, Final

import msgspec
import pytest

from comity.base.encoding import from_b64u
from comity.base.errors import BadSignature, Malformed, TooLarge
from comity.base.instants import Instant
from comity.exchange import mailbox
from comity.exchange.directory import Use
from comity.exchange.envelope import format_batch
from tests.simulators.messages import XA, XB, sealed
from tests.simulators.second_reader import open_document, open_envelope, open_mailbox

NOW: Final = Instant.parse("2026-12-07T09:00:00Z")
GIVER: Final = XA.signers[Use.TRANSPORT]
PART: Final = mailbox.PartName("AAECAwQFBgcICQoLDA0ODw", "00" * 32, 4)


def given() -> bytes:
    batch = msgspec.Raw(format_batch("b", [sealed()]))
    return mailbox.format_given(mailbox.Given(batch=batch, parts=(PART,)))


def seal(data: bytes, **changes: Any) -> str:
    named: dict[str, Any] = {"by": XA.id, "to": XB.id, "at": NOW, "signer": GIVER, **changes}
    return mailbox.seal_given(data, **named)


def opened(data: bytes, token: str, now: Instant = NOW) -> mailbox.Given:
    return mailbox.open_given(data, token, GIVER.public, by=XA.id, to=XB.id, now=now)


def test_what_is_asked_and_given_is_read_as_it_was_written() -> None:
    asked = mailbox.Asked(wait=25, most=7, taken=("a", "b"))
    assert mailbox.parse_asked(mailbox.format_asked(asked)) == asked
    assert mailbox.parse_asked(b'{"v":1}') == mailbox.Asked()
    data = given()
    found = opened(data, seal(data))
    assert found.batch_bytes in data
    assert (found.receipt_bytes, found.parts, found.is_empty) == (b"", (PART,), False)
    assert mailbox.parse_given(mailbox.format_given(mailbox.Given())).is_empty


def test_a_second_reader_opens_it_from_the_page_alone() -> None:
    data = given()
    read = open_mailbox(data, seal(data), GIVER.public)
    (wire,) = read["batch"]["envelopes"]
    token = open_envelope(bytes([XB.number]) * 96, from_b64u(wire["header"]), from_b64u(wire["ct"]))
    assert open_document(token, XA.authority.public)["to"] == read["to"] == XB.id


def test_every_changed_byte_is_noticed() -> None:
    data = given()
    token = seal(data)
    for place in range(0, len(data), 97):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        with pytest.raises(BadSignature):
            opened(changed, token)


@pytest.mark.parametrize(
    "changes", [{"to": "XC/observatory"}, {"by": "XC/observatory"}, {"signer": XB.signers[Use.TRANSPORT]}]
)
def test_an_answer_to_another_or_by_another_is_none(changes: dict[str, Any]) -> None:
    data = given()
    with pytest.raises(BadSignature):
        opened(data, seal(data, **changes))


@pytest.mark.parametrize("seconds", [-301, 301, 86400])
def test_an_answer_of_another_time_is_none(seconds: int) -> None:
    data = given()
    assert opened(data, seal(data), NOW.plus_seconds(300))
    with pytest.raises(BadSignature):
        opened(data, seal(data), NOW.plus_seconds(seconds))


@pytest.mark.parametrize("data", [b"", b'{"v":1,"batch":null,"more":1}', b'{"v":2}', b"[1]"])
def test_what_is_no_answer_is_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        mailbox.parse_given(data)


def test_more_than_the_limits_is_not_read() -> None:
    with pytest.raises(TooLarge):
        mailbox.parse_asked(bytes(mailbox.ASKED_LIMIT + 1))
    with pytest.raises(TooLarge):
        mailbox.parse_given(bytes(mailbox.GIVEN_LIMIT + 1))
    with pytest.raises(Malformed):
        mailbox.parse_asked(msgspec.json.encode({"v": 1, "taken": ["a"] * 129}))
