"""Documents: signed as bytes, read strictly, and never larger than every node takes."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base.encoding import to_json
from comity.base.errors import BadSignature, ComityError, Malformed, TooLarge
from comity.crypto import jws
from comity.exchange import document as documents
from comity.exchange.document import PAYLOAD_LIMIT, TYP, Actor, AttachedFile, InReplyTo, Part
from comity.exchange.envelope import ENVELOPE_LIMIT, VERSION, open_sealed
from comity.exchange.message import AskBody, RequestBody, WithdrawBody
from comity.exchange.other_version import read_versioned
from comity.exchange.problems import ExchangeProblem
from tests.simulators.messages import REQUEST, XA, XB, document, sealed
from tests.simulators.second_reader import open_document

SIGNED = documents.sign(document(), XA.authority)


def of_size(size: int) -> documents.Document:
    """A document whose payload is exactly `size` bytes."""
    empty = document(body=documents.body_bytes(AskBody(missing=(), text="")))
    text = "x" * (size - len(to_json(empty)))
    return document(body=documents.body_bytes(AskBody(missing=(), text=text)))


def test_what_is_signed_is_read_back_with_the_same_bytes() -> None:
    read = documents.verify(SIGNED.token, XA.authority.public)
    assert read == SIGNED
    assert documents.kid_of(SIGNED.token) == XA.authority.kid
    assert read.answered == InReplyTo(SIGNED.document.id, str(SIGNED.digest))


def test_a_second_reader_finds_the_fields_the_page_names() -> None:
    value = open_document(SIGNED.token, XA.authority.public)
    assert list(value) == [
        *("v", "id", "mode", "from", "to", "iat", "exp", "channel", "seq", "prev", "case", "kind", "actor", "log"),
        *("in_reply_to", "attachments", "body"),
    ]
    assert (value["from"], value["actor"]) == (XA.id, {"id": "reviewer-1", "role": "reviewer", "approved_by": ""})
    assert value["body"] == {"missing": ["the period"], "text": ""}


def test_a_body_is_carried_as_the_bytes_its_sender_wrote() -> None:
    """Another implementation may write its JSON otherwise: what it signed is what a court sees."""
    loose = msgspec.Raw(b'{ "text" : "\\u0041", "missing":[ ] }')
    read = documents.verify(documents.sign(document(body=loose), XA.authority).token, XA.authority.public)
    assert bytes(read.document.body) == bytes(loose)
    assert read.document.any_body() == AskBody(missing=(), text="A")


def test_another_key_or_purpose_is_refused() -> None:
    with pytest.raises(BadSignature):
        documents.verify(SIGNED.token, XB.authority.public)
    with pytest.raises(BadSignature):
        documents.verify(jws.sign_compact(to_json(document()), XA.authority, "comity-card+jws"), XA.authority.public)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"v":1,', ""),
        ('"v":1', '"v":"1"'),
        ('"v":1', '"v":1,"v":1'),
        ('"seq":1', '"seq":1.0'),
        ('"mode":"exercise"', '"mode":"rehearsal"'),
        ('"case":"c-1"', '"case":"c-1","priority":"high"'),
        ('"body":{', '"body":{"deep":' + "[" * 20 + "]" * 20 + ","),
        ('"attachments":[]', '"attachments":[{"name":"a","size":1}]'),
    ],
)
def test_a_signed_payload_that_is_no_document_is_refused(old: str, new: str) -> None:
    payload = to_json(document()).decode()
    assert payload.count(old) == 1
    token = jws.sign_compact(payload.replace(old, new).encode(), XA.authority, TYP)
    with pytest.raises(Malformed):
        documents.verify(token, XA.authority.public)


PAYLOADS = [
    to_json(document(kind=kind, body=documents.body_bytes(body)))
    for kind, body in (
        ("ask", AskBody(missing=("the period", "é"))),
        ("withdraw", WithdrawBody(reasons="over")),
        ("request.preserve", RequestBody(request=REQUEST)),
    )
]
PIECES = [b'"', b"{", b"}", b",", b" ", b"1.0", b'"v":1,', b'"text":"",', b"\\u0041", b"\xff", b"null", b"[" * 20]


@given(st.sampled_from(PAYLOADS), st.lists(st.tuples(st.integers(0, 3000), st.sampled_from(PIECES)), max_size=2))
def test_a_document_in_our_own_spelling_is_read_as_strictly_as_any(
    payload: bytes, spoilt: list[tuple[int, bytes]]
) -> None:
    for place, piece in spoilt:
        payload = payload[: place % len(payload)] + piece + payload[place % len(payload) :]
    token = jws.sign_compact(payload, XA.authority, TYP)
    try:
        expected = read_versioned(payload, documents.Document, VERSION, limit=PAYLOAD_LIMIT, what="the document")
    except ComityError as error:
        with pytest.raises(type(error)) as refused:
            documents.verify(token, XA.authority.public)
        assert (refused.value.code, refused.value.what, refused.value.where) == (error.code, error.what, error.where)
    else:
        found = documents.verify(token, XA.authority.public)
        assert found == documents.Signed(expected, token)


def test_the_largest_document_fits_into_an_envelope_and_opens() -> None:
    signed = documents.sign(of_size(PAYLOAD_LIMIT), XA.authority)
    envelope = sealed(signed.token)
    assert len(envelope.ct) <= ENVELOPE_LIMIT
    assert documents.verify(open_sealed(envelope, XB.opener), XA.authority.public) == signed


def test_one_byte_more_is_neither_signed_nor_read() -> None:
    too_large = of_size(PAYLOAD_LIMIT + 1)
    with pytest.raises(ExchangeProblem) as refused:
        documents.sign(too_large, XA.authority)
    assert refused.value.code == "too-large"
    with pytest.raises(TooLarge):
        documents.verify(jws.sign_compact(to_json(too_large), XA.authority, TYP), XA.authority.public)


def test_a_body_is_read_only_as_the_struct_of_its_kind() -> None:
    value = document(kind="ask")
    assert value.read_body(AskBody) == AskBody(missing=("the period",))
    with pytest.raises(ExchangeProblem) as refused:
        value.read_body(WithdrawBody)
    assert refused.value.code == "version"


def test_a_kind_of_a_newer_version_is_refused_as_such() -> None:
    value = document(kind="request.intercept")
    for read in (value.any_body, lambda: value.read_body(RequestBody)):
        with pytest.raises(ExchangeProblem) as refused:
            read()
        assert refused.value.code == "version"


def test_a_wrong_field_in_the_body_is_named() -> None:
    body = json.loads(to_json(RequestBody(request=REQUEST)))
    body["request"]["offence"] = {"max_penalty_years": 2000}
    with pytest.raises(ExchangeProblem) as refused:
        document(kind="request.preserve", body=msgspec.Raw(json.dumps(body).encode())).any_body()
    assert (refused.value.code, refused.value.where) == ("invalid-field", "body.request.offence.max_penalty_years")


def test_attachments_and_replies_come_back() -> None:
    value = document(
        in_reply_to=InReplyTo("m", "0" * 64),
        attachments=(AttachedFile("data/00000.age", 9, (Part("1" * 64, 5), Part("2" * 64, 4))),),
        actor=Actor("duty-officer-1", "duty_officer", approved_by="reviewer-1"),
    )
    assert documents.verify(documents.sign(value, XA.authority).token, XA.authority.public).document == value
