"""Envelopes: sealed to one recipient under one header, padded, and carried in batches of limited size."""

import hashlib
import json

import pytest

from comity.base.encoding import b64u
from comity.base.errors import Malformed, TooLarge
from comity.crypto import hpke
from comity.crypto.hpke import CannotOpen
from comity.exchange import document as documents
from comity.exchange.envelope import (
    BATCH_LIMIT,
    BATCH_MOST,
    ENVELOPE_LIMIT,
    HEADER_LIMIT,
    Envelope,
    format_batch,
    open_sealed,
    padded_size,
    parse_batch,
    seal,
)
from tests.simulators.messages import MESSAGE, PROVIDER, XA, XB, document, header, sealed
from tests.simulators.second_reader import open_document, open_envelope

TOKEN = documents.sign(document(), XA.authority).token
ENVELOPE = sealed()
SMALL = Envelope(b"{}", b"")


def info(header_bytes: bytes) -> bytes:
    """As the page says it."""
    return b"comity/1/envelope\0" + hashlib.sha256(header_bytes).digest()


def sealed_raw(padded: bytes) -> Envelope:
    """An envelope whose HPKE is right and whose content is anything."""
    return Envelope(ENVELOPE.header_bytes, hpke.seal(padded, XB.opener.public, info(ENVELOPE.header_bytes)))


def batch(**changes: object) -> bytes:
    wire = {"v": 1, "id": "b-1", "envelopes": [{"header": b64u(b"{}"), "ct": b64u(b"x")}]}
    return json.dumps({**wire, **changes}).encode()


def test_an_envelope_opens_to_the_very_token() -> None:
    assert open_sealed(ENVELOPE, XB.opener) == TOKEN
    assert ENVELOPE.read_header() == header()


def test_a_second_reader_opens_it_from_the_page_alone() -> None:
    token = open_envelope(bytes([XB.number]) * 96, ENVELOPE.header_bytes, ENVELOPE.ct)
    assert open_document(token, XA.authority.public)["id"] == MESSAGE


def test_nobody_but_the_recipient_opens_it() -> None:
    for other in (XA, PROVIDER):
        with pytest.raises(CannotOpen):
            open_sealed(ENVELOPE, other.opener)


def test_a_header_put_on_another_envelope_does_not_open() -> None:
    urgent = sealed(pri=1)
    with pytest.raises(CannotOpen):
        open_sealed(Envelope(urgent.header_bytes, ENVELOPE.ct), XB.opener)


def test_the_same_header_spelt_otherwise_does_not_open() -> None:
    spelt = ENVELOPE.header_bytes.replace(b'"v":1,', b'"v": 1,')
    assert Envelope(spelt, b"").read_header() == header()
    with pytest.raises(CannotOpen):
        open_sealed(Envelope(spelt, ENVELOPE.ct), XB.opener)


def test_the_digest_is_over_the_header_s_length_the_header_and_the_ciphertext() -> None:
    size = len(ENVELOPE.header_bytes).to_bytes(4, "big")
    assert ENVELOPE.digest.value == hashlib.sha256(size + ENVELOPE.header_bytes + ENVELOPE.ct).digest()


def test_bytes_do_not_shift_between_header_and_ciphertext() -> None:
    assert Envelope(b"ab", b"c").digest != Envelope(b"a", b"bc").digest


def test_a_document_sealed_twice_gives_two_envelopes() -> None:
    assert sealed().digest != sealed().digest


@pytest.mark.parametrize(
    ("size", "padded"),
    [(0, 0), (1, 1), (2, 2), (8, 8), (9, 10), (100, 104), (1000, 1024), (1025, 1088), (4096, 4096), (200_000, 200_704)],
)
def test_padding_is_padme_s(size: int, padded: int) -> None:
    """Nikitin and others, PoPETs 2019, algorithm 1, worked by hand."""
    assert padded_size(size) == padded


@pytest.mark.parametrize("size", [0, 1, 996, 997, 5000])
def test_a_token_is_sealed_at_its_padded_size(size: int) -> None:
    envelope = seal(b"t" * size, header(), XB.opener.public)
    overhead = 1088 + 32 + 16
    assert len(envelope.ct) == overhead + padded_size(size + 4)
    assert open_sealed(envelope, XB.opener) == b"t" * size


def test_tokens_of_nearly_the_same_length_look_the_same() -> None:
    assert len({len(seal(b"t" * size, header(), XB.opener.public).ct) for size in range(1021, 1084)}) == 1


@pytest.mark.parametrize(
    "padded",
    [
        b"",
        b"\0\0\0",
        b"\0\0\0\1",  # a length and nothing after it
        b"\0\0\0\2xx" + b"\0",  # one zero too many
        b"\0\0\0\5xxxxx",  # 9 bytes, which Padmé makes 10
        b"\0\0\0\5xxxxx\1",  # not zeros
        b"\xff\xff\xff\xffxxxx",  # longer than it is
        (5).to_bytes(4, "big") + b"x" * 5 + bytes(100),  # a hidden cargo of zeros
    ],
    ids=range(8),
)
def test_what_opens_to_something_padded_otherwise_is_refused(padded: bytes) -> None:
    with pytest.raises(CannotOpen, match="no document"):
        open_sealed(sealed_raw(padded), XB.opener)


def test_a_right_padding_made_by_hand_is_taken() -> None:
    """So that the refusals above are for what they are."""
    assert open_sealed(sealed_raw(b"\0\0\0\5xxxxx\0"), XB.opener) == b"xxxxx"
    assert open_sealed(sealed_raw(b"\0\0\0\0"), XB.opener) == b""


def test_a_header_above_its_limit_is_neither_sealed_nor_read() -> None:
    room = HEADER_LIMIT - len(ENVELOPE.header_bytes)
    longest = header(channel=header().channel + "x" * room)
    assert len(seal(b"", longest, XB.opener.public).header_bytes) == HEADER_LIMIT
    with pytest.raises(TooLarge):
        seal(b"", header(channel=longest.channel + "x"), XB.opener.public)
    with pytest.raises(TooLarge):
        Envelope(b" " * (HEADER_LIMIT + 1), b"").read_header()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"v":1,', b""),
        (b'"v":1,', b'"v":1,"v":1,'),
        (b'"v":1,', b'"v":1,"note":"x",'),
        (b'"seq":1', b'"seq":"1"'),
        (b'"seq":1', b'"seq":1.5'),
        (b'"mode":"exercise"', b'"mode":"other"'),
        (b'"from"', b'"from_"'),
        (b"{", b"["),
    ],
)
def test_a_header_is_closed(old: bytes, new: bytes) -> None:
    assert old in ENVELOPE.header_bytes
    with pytest.raises(Malformed):
        Envelope(ENVELOPE.header_bytes.replace(old, new, 1), b"").read_header()


def test_a_batch_comes_back_with_the_same_bytes() -> None:
    envelopes = (ENVELOPE, sealed(pri=1))
    assert parse_batch(format_batch("b-1", envelopes)) == ("b-1", envelopes)


def test_128_envelopes_are_taken_and_one_more_is_not() -> None:
    assert len(parse_batch(format_batch("b", [SMALL] * BATCH_MOST))[1]) == BATCH_MOST == 128
    with pytest.raises(Malformed):
        parse_batch(format_batch("b", [SMALL] * (BATCH_MOST + 1)))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        batch(v="1"),
        batch(envelopes=[]),
        batch(more=1),
        batch(id=None),
        batch(envelopes=[{"header": "e30"}]),
        batch(envelopes=[{"header": "e30", "ct": "eA=="}]),
        batch(envelopes=[{"header": "e30", "ct": "eB"}]),
        batch(envelopes=[{"header": "e30", "ct": "e+"}]),
        batch(envelopes=[{"header": "e30", "ct": "e3", "digest": ""}]),
    ],
    ids=range(11),
)
def test_what_is_no_batch_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        parse_batch(data)


def test_a_batch_made_by_hand_is_taken() -> None:
    assert parse_batch(batch()) == ("b-1", (Envelope(b"{}", b"x"),))


def test_the_sizes_in_a_batch_are_checked_for_each_envelope() -> None:
    assert parse_batch(format_batch("b", [Envelope(bytes(HEADER_LIMIT), bytes(ENVELOPE_LIMIT))]))
    for envelope in (Envelope(bytes(HEADER_LIMIT + 1), b""), Envelope(b"", bytes(ENVELOPE_LIMIT + 1))):
        with pytest.raises(TooLarge):
            parse_batch(format_batch("b", [SMALL, envelope]))


def test_nothing_is_read_of_a_batch_above_the_limit() -> None:
    whole = batch()
    assert parse_batch(whole + b" " * (BATCH_LIMIT - len(whole)))
    with pytest.raises(TooLarge):
        parse_batch(whole + b" " * (BATCH_LIMIT + 1 - len(whole)))
