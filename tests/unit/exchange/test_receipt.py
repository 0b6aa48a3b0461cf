"""Receipts: exactly these rows, by this key, each row provable alone."""

import json
from typing import Any

import msgspec
import pytest

from comity.base.digests import Digest
from comity.base.encoding import b64u, to_json
from comity.base.errors import BadSignature, Malformed, TooLarge
from comity.base.mode import Mode
from comity.crypto import jws, merkle
from comity.crypto.signatures import Ed25519Signer
from comity.exchange import receipt
from comity.exchange.directory import Use
from comity.exchange.problems import ExchangeProblem
from comity.exchange.receipt import LIMIT, TYP, Row, Signature, Status, issue, kid_of, verify
from tests.simulators.messages import NOW, XA, XB
from tests.simulators.second_reader import open_receipts

SIGNER: Ed25519Signer = XB.signers[Use.RECEIPT]
ROWS = tuple(
    Row(
        id=f"01934f5e-7c00-7000-8000-00000000000{n}",
        envelope_sha256=str(Digest.of(bytes([n]))),
        status=status,
        at=NOW.seconds,
        doc_sha256=str(Digest.of(b"doc")) if status is Status.DELIVERED else "",
        code="expired" if status is Status.REJECTED else "",
    )
    for n, status in enumerate(Status)
)


def issued(*rows: Row, signer: Ed25519Signer = SIGNER) -> bytes:
    return issue(rows, by=XB.id, to=XA.id, mode=Mode.EXERCISE, at=NOW, signer=signer)


DATA = issued(*ROWS)
WIRE: dict[str, Any] = json.loads(DATA)


def with_rows(rows: list[str]) -> bytes:
    return json.dumps({**WIRE, "rows": rows}).encode()


def signed_over(rows: list[bytes], **changes: Any) -> bytes:
    """Receipts whose signature is good for whatever is signed."""
    root = merkle.root([merkle.leaf_hash(row) for row in rows])
    signature = Signature(v=1, mode=Mode.EXERCISE, by=XB.id, to=XA.id, at=NOW.seconds, size=len(rows), root=str(root))
    token = jws.sign_compact(to_json(msgspec.structs.replace(signature, **changes)), SIGNER, TYP)
    return json.dumps({"jws": token.decode(), "rows": [b64u(row) for row in rows]}).encode()


def test_receipts_come_back_row_for_row() -> None:
    read = verify(DATA, SIGNER.public)
    assert read.rows == ROWS
    assert (read.signature.by, read.signature.to, read.signature.mode) == (XB.id, XA.id, Mode.EXERCISE)
    assert (read.signature.size, read.signature.at) == (3, NOW.seconds)
    assert kid_of(DATA) == SIGNER.kid


def test_a_second_reader_checks_them_from_the_page_alone() -> None:
    assert [row["status"] for row in open_receipts(DATA, SIGNER.public)] == ["stored", "delivered", "rejected"]


def test_one_row_can_be_shown_without_the_others() -> None:
    read = verify(DATA, SIGNER.public)
    leaves = [merkle.leaf_hash(row) for row in read.row_bytes]
    path = merkle.inclusion_path(leaves, 1)
    root = Digest.from_hex(read.signature.root)
    merkle.verify_inclusion(merkle.leaf_hash(read.row_bytes[1]), 1, 3, path, root)


def test_a_changed_row_is_refused() -> None:
    for number, row in enumerate(ROWS):
        delivered = msgspec.structs.replace(row, status=Status.DELIVERED, at=row.at + 1)
        rows = [*WIRE["rows"]]
        rows[number] = b64u(to_json(delivered))
        with pytest.raises(BadSignature):
            verify(with_rows(rows), SIGNER.public)


def test_a_dropped_row_is_refused() -> None:
    for number in range(len(ROWS)):
        with pytest.raises(BadSignature):
            verify(with_rows([row for n, row in enumerate(WIRE["rows"]) if n != number]), SIGNER.public)


def test_a_row_added_or_told_twice_is_refused() -> None:
    for more in WIRE["rows"]:
        with pytest.raises(BadSignature):
            verify(with_rows([*WIRE["rows"], more]), SIGNER.public)


def test_rows_in_another_order_are_refused() -> None:
    first, second, third = WIRE["rows"]
    for rows in ([second, first, third], [third, second, first], [first, third, second]):
        with pytest.raises(BadSignature):
            verify(with_rows(rows), SIGNER.public)


def test_a_row_spelt_otherwise_is_refused() -> None:
    spelt = to_json(ROWS[0]).replace(b":", b": ", 1)
    assert msgspec.json.decode(spelt, type=Row) == ROWS[0]
    with pytest.raises(BadSignature):
        verify(with_rows([b64u(spelt), *WIRE["rows"][1:]]), SIGNER.public)


def test_another_key_is_refused_though_it_is_the_same_node_s() -> None:
    for use in (Use.TRANSPORT, Use.AUTHORITY, Use.LOG):
        with pytest.raises(BadSignature):
            verify(DATA, XB.signers[use].public)
        with pytest.raises(BadSignature):
            verify(issued(*ROWS, signer=XB.signers[use]), SIGNER.public)


def test_the_signature_of_one_batch_does_not_serve_another() -> None:
    other: dict[str, Any] = json.loads(issued(ROWS[0]))
    with pytest.raises(BadSignature):
        verify(json.dumps({"jws": other["jws"], "rows": WIRE["rows"]}).encode(), SIGNER.public)


def test_a_document_of_the_same_key_is_no_receipt() -> None:
    token = jws.sign_compact(to_json(verify(DATA, SIGNER.public).signature), SIGNER, "comity-doc+jws")
    with pytest.raises(BadSignature):
        verify(json.dumps({**WIRE, "jws": token.decode()}).encode(), SIGNER.public)


def test_what_is_made_by_hand_as_the_page_says_is_taken() -> None:
    """So that the refusals below are for what they change."""
    assert verify(signed_over([to_json(row) for row in ROWS]), SIGNER.public).rows == ROWS


@pytest.mark.parametrize("changes", [{"size": 2}, {"size": 4}, {"root": "0" * 64}, {"root": ""}, {"size": -3}])
def test_a_signed_size_or_root_that_is_not_the_rows_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(BadSignature):
        verify(signed_over([to_json(row) for row in ROWS], **changes), SIGNER.public)


def test_another_version_or_no_rows_are_refused() -> None:
    with pytest.raises(ExchangeProblem, match="of version 2"):
        verify(signed_over([to_json(ROWS[0])], v=2), SIGNER.public)
    with pytest.raises(Malformed):
        verify(with_rows([]), SIGNER.public)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"status":"stored"', b'"status":"lost"'),
        (b'"code":""', b'"code":"","more":1'),
        (b'"at":', b'"when":'),
    ],
)
def test_a_row_is_closed_even_when_it_is_signed(old: bytes, new: bytes) -> None:
    row = to_json(ROWS[0])
    assert old in row
    with pytest.raises(Malformed):
        verify(signed_over([row.replace(old, new)]), SIGNER.public)


@pytest.mark.parametrize("digest", ["", "00", "0" * 63, "A" * 64])
def test_a_row_names_an_envelope_by_a_whole_digest(digest: str) -> None:
    row = msgspec.structs.replace(ROWS[0], envelope_sha256=digest)
    with pytest.raises(Malformed):
        verify(issued(row), SIGNER.public)


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"jws":"","rows":[]}', '{"jws":"é..","rows":["e30"]}'.encode()])
def test_what_are_no_receipts_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        verify(data, SIGNER.public)
    with pytest.raises(Malformed):
        kid_of(data)


def test_nothing_is_read_above_the_limit() -> None:
    for read in (kid_of, lambda data: verify(data, SIGNER.public)):
        with pytest.raises(TooLarge):
            read(DATA + b" " * (LIMIT + 1 - len(DATA)))


def test_receipts_for_the_largest_batch_fit() -> None:
    longest = msgspec.structs.replace(ROWS[1], code="x" * 20)
    assert len(issued(*[longest] * 128)) <= receipt.LIMIT
