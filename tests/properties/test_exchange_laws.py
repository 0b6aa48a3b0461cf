"""Laws of the exchange: what is sent is read, a changed byte never opens, of several faults the first is told."""

from typing import Any, Final

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.base.encoding import to_json
from comity.base.errors import BadSignature, ComityError, Malformed, NotVerified
from comity.base.mode import Mode
from comity.base.parsing import read_json
from comity.crypto.hpke import CannotOpen
from comity.exchange import document as documents
from comity.exchange import receipt
from comity.exchange.checks import ChannelEnd, check_header, check_inside, check_order
from comity.exchange.directory import Entity, Use, fingerprint, open_card, open_list, sign_card, sign_list
from comity.exchange.document import PAYLOAD_LIMIT, Actor, AttachedFile, Document, InReplyTo, LogPlace
from comity.exchange.envelope import (
    BATCH_FRAME,
    HEADER_LIMIT,
    Envelope,
    Header,
    format_batch,
    open_sealed,
    padded_size,
    parse_batch,
    seal,
    size_in_batch,
)
from comity.exchange.message import KINDS
from comity.exchange.problems import PROBLEMS, ExchangeProblem, problem_of
from tests.simulators.messages import NOW, ROOTS, XA, XB, document, header, sealed, state_list
from tests.simulators.second_reader import roots_fingerprint
from tests.simulators.values import CHANGES, PLACES, SECONDS, TEXT, any_of, changed

HEADERS: Final[st.SearchStrategy[Header]] = any_of(Header).filter(lambda value: len(to_json(value)) <= HEADER_LIMIT)


@st.composite
def any_document(draw: st.DrawFn) -> Document:
    """Any document, its body that of its kind."""
    kind = draw(st.sampled_from(sorted(KINDS)))
    fields: dict[str, Any] = {name: draw(TEXT) for name in ("id", "from_", "to", "channel", "prev", "case")}
    fields |= {name: draw(SECONDS) for name in ("v", "iat", "exp", "seq")}
    return Document(
        **fields,
        mode=draw(st.sampled_from(Mode)),
        kind=kind,
        actor=draw(any_of(Actor)),
        log=draw(any_of(LogPlace)),
        in_reply_to=draw(st.none() | any_of(InReplyTo)),
        attachments=tuple(draw(st.lists(any_of(AttachedFile), max_size=2))),
        body=documents.body_bytes(draw(any_of(KINDS[kind].body))),
    )


@given(any_document())
def test_every_document_is_read_as_it_was_signed(value: Document) -> None:
    signed = documents.sign(value, XA.authority)
    read = documents.verify(signed.token, XA.authority.public)
    assert read.document == value
    assert to_json(read.document) == to_json(value)
    assert documents.body_bytes(read.document.any_body()) == value.body


@given(HEADERS)
def test_every_header_is_read_as_it_was_written(value: Header) -> None:
    data = to_json(value)
    assert read_json(data, Header, limit=HEADER_LIMIT, what="header") == value
    assert Envelope(data, b"").read_header() == value


@given(HEADERS, st.binary(max_size=600))
@settings(max_examples=50)
def test_what_is_sealed_under_any_header_opens_to_itself(value: Header, token: bytes) -> None:
    assert open_sealed(seal(token, value, XB.opener.public), XB.opener) == token


ENVELOPE: Final = sealed()
TOKEN: Final = open_sealed(ENVELOPE, XB.opener)


@given(PLACES, CHANGES)
@settings(max_examples=200)
def test_any_changed_byte_of_the_ciphertext_never_opens(place: int, by: int) -> None:
    with pytest.raises(CannotOpen):
        open_sealed(Envelope(ENVELOPE.header_bytes, changed(ENVELOPE.ct, place, by)), XB.opener)


@given(PLACES, CHANGES)
@settings(max_examples=200)
def test_any_changed_byte_of_the_header_never_opens(place: int, by: int) -> None:
    with pytest.raises(CannotOpen):
        open_sealed(Envelope(changed(ENVELOPE.header_bytes, place, by), ENVELOPE.ct), XB.opener)


@given(st.binary(max_size=2000))
def test_any_bytes_that_were_not_sealed_never_open(ct: bytes) -> None:
    with pytest.raises(CannotOpen):
        open_sealed(Envelope(ENVELOPE.header_bytes, ct), XB.opener)


@given(PLACES, CHANGES)
@settings(max_examples=200)
def test_any_changed_byte_of_a_document_is_refused(place: int, by: int) -> None:
    with pytest.raises((BadSignature, Malformed)):
        documents.verify(changed(TOKEN, place, by), XA.authority.public)


@given(st.integers(0, 300_000))
def test_padding_never_shrinks_adds_little_and_changes_nothing_twice(size: int) -> None:
    padded = padded_size(size)
    assert size <= padded <= size * 1.12 + 1
    assert padded_size(padded) == padded
    assert padded_size(size + 1) >= padded


@given(st.lists(st.tuples(st.binary(max_size=50), st.binary(max_size=50)), min_size=1, max_size=8), TEXT)
def test_every_batch_comes_back_byte_for_byte(pairs: list[tuple[bytes, bytes]], batch_id: str) -> None:
    envelopes = tuple(Envelope(*pair) for pair in pairs)
    assert parse_batch(format_batch(batch_id, envelopes)) == (batch_id, envelopes)


@given(st.lists(st.tuples(st.integers(0, 1024), st.integers(0, 5000)), min_size=1, max_size=20), st.text(max_size=99))
def test_a_batch_is_never_larger_than_it_was_reckoned_to_be(sizes: list[tuple[int, int]], batch_id: str) -> None:
    envelopes = [Envelope(bytes(head), bytes(body)) for head, body in sizes]
    assert len(format_batch(batch_id, envelopes)) <= BATCH_FRAME + sum(map(size_in_batch, envelopes))


def _refuses_or_reads(read: Any, data: bytes) -> None:
    """Any bytes are a value or a typed error: nothing else ever leaves a reader."""
    try:
        read(data)
    except ComityError as error:
        assert problem_of(error)[0] in PROBLEMS


READERS: Final = {
    "batch": (parse_batch, format_batch("b", [ENVELOPE])),
    "header": (lambda data: Envelope(data, b"").read_header(), ENVELOPE.header_bytes),
    "document": (lambda data: documents.verify(data, XA.authority.public), TOKEN),
    "list": (open_list, sign_list(state_list(entities=(XB.entity,)), ROOTS).data),
    "card": (open_card, sign_card(XB.entity, XB.authority)),
}


@pytest.mark.parametrize("name", READERS)
@given(data=st.data())
@settings(max_examples=60)
def test_any_bytes_are_read_or_refused_with_a_problem_of_their_own(name: str, data: st.DataObject) -> None:
    read, good = READERS[name]
    start = data.draw(st.integers(0, len(good)))
    garbage = data.draw(st.binary(max_size=20))
    skipped = data.draw(st.integers(0, 40))
    _refuses_or_reads(read, good[:start] + garbage + good[start + skipped :])
    _refuses_or_reads(read, garbage)


@pytest.mark.parametrize("name", ["document", "list", "card"])
@given(place=PLACES, by=CHANGES)
@settings(max_examples=60)
def test_a_changed_byte_of_what_is_signed_is_refused(name: str, place: int, by: int) -> None:
    """A list may lose one of three signatures and still hold: then it says the same."""
    read, good = READERS[name]
    try:
        found: Any = read(changed(good, place, by))
    except (NotVerified, Malformed):
        return
    assert name == "list"
    assert found.value == state_list(entities=(XB.entity,))


ROWS: Final = st.lists(
    any_of(receipt.Row).map(lambda row: msgspec.structs.replace(row, envelope_sha256="ab" * 32, at=row.at % (1 << 32))),
    min_size=1,
    max_size=9,
)
RECEIPT: Final = XB.signers[Use.RECEIPT]


def _issue(rows: list[receipt.Row]) -> bytes:
    return receipt.issue(rows, by=XB.id, to=XA.id, mode=Mode.EXERCISE, at=NOW, signer=RECEIPT)


@given(ROWS)
def test_receipts_for_any_rows_come_back(rows: list[receipt.Row]) -> None:
    assert list(receipt.verify(_issue(rows), RECEIPT.public).rows) == rows


@given(ROWS, PLACES, CHANGES)
@settings(max_examples=200)
def test_any_changed_byte_of_receipts_is_refused(rows: list[receipt.Row], place: int, by: int) -> None:
    with pytest.raises((BadSignature, Malformed)):
        receipt.verify(changed(_issue(rows), place, by), RECEIPT.public)


FAULTS: Final[tuple[tuple[dict[str, Any], str], ...]] = (
    ({"id": "no-uuid"}, "malformed"),
    ({"v": 2}, "version"),
    ({"mode": Mode.LIVE}, "wrong-mode"),
    ({"to": "XB/provider-one"}, "wrong-recipient"),
    ({"from_": "XA/point-of-contact"}, "not-allowed"),
    ({"rkid": XA.opener.kid}, "unknown-key"),
    ({"seq": 0}, "invalid-field"),
    ({"iat": NOW.seconds + 301}, "clock-skew"),
    ({"exp": NOW.seconds + 31 * 86400}, "invalid-field"),
)


@given(st.sets(st.integers(0, len(FAULTS) - 1), min_size=1))
def test_a_header_with_several_faults_fails_with_the_first(which: set[int]) -> None:
    changes: dict[str, Any] = {}
    for number in which:
        changes |= FAULTS[number][0]
    with pytest.raises(ComityError) as refused:
        check_header(
            header(**changes),
            sender=XA.entity,
            us=XB.id,
            mode=Mode.EXERCISE,
            our_kids=lambda kid: kid == XB.opener.kid,
            now=NOW,
        )
    assert problem_of(refused.value)[0] == FAULTS[min(which)][1]


@given(any_document(), HEADERS)
def test_a_document_passes_only_in_the_envelope_it_was_made_for(value: Document, outside: Header) -> None:
    shared = ("v", "id", "mode", "from_", "to", "channel", "seq", "prev", "iat", "exp")
    its_own = msgspec.structs.replace(outside, **{name: getattr(value, name) for name in shared})
    check_inside(value, its_own)
    if its_own != outside:
        with pytest.raises(ExchangeProblem):
            check_inside(value, outside)


@given(st.permutations(range(1, 7)), st.integers(1, 6))
def test_a_channel_takes_each_message_once_and_in_order_however_they_come(order: list[int], twice: int) -> None:
    """What comes early waits; nothing is taken twice; in the end all are there."""
    prevs = {seq: f"{seq - 1:064x}" if seq > 1 else "" for seq in order}
    end, taken = ChannelEnd(), []
    waiting = [*order, twice]
    for _ in order:
        for seq in list(waiting):
            try:
                check_order(end, header(seq=seq, prev=prevs[seq]))
            except ExchangeProblem as problem:
                assert problem.code == ("out-of-order" if seq > end.seq + 1 else "broken-channel")
                continue
            waiting.remove(seq)
            taken.append(seq)
            end = ChannelEnd(seq, f"{seq:064x}")
    assert taken == sorted(order)
    assert waiting == [twice]


@given(st.permutations([root.public for root in ROOTS]), st.integers(1, 3))
def test_a_fingerprint_is_the_same_in_any_order_and_for_a_second_reader(publics: list[bytes], threshold: int) -> None:
    texts = [to_text(public) for public in publics]
    assert fingerprint(texts, threshold) == fingerprint(sorted(texts), threshold)
    assert str(fingerprint(texts, threshold)) == roots_fingerprint(publics, threshold)


def to_text(public: bytes) -> str:
    return next(text for root, text in zip(ROOTS, state_list().roots, strict=True) if root.public == public)


@given(any_of(Entity))
def test_any_entity_is_carried_by_a_list_of_its_state(entity: Entity) -> None:
    named = msgspec.structs.replace(entity, id="XB/any-node")
    assert open_list(sign_list(state_list(entities=(named,)), ROOTS).data).value.entities == (named,)


def test_the_document_of_these_laws_is_one_a_node_would_take() -> None:
    assert len(to_json(document())) < PAYLOAD_LIMIT
    check_inside(document(), header())
