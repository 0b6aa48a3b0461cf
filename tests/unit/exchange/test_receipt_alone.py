"""A receipt shown without the others of its batch: it holds by itself, and says nothing of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base.encoding import b64u, to_json
from comity.base.errors import BadSignature, ComityError, Malformed
from comity.base.instants import Instant
from comity.base.mode import Mode
from comity.crypto.signatures import Ed25519Signer
from comity.exchange import receipt, receipt_alone
from comity.exchange.receipt import Row, Status

SIGNER = Ed25519Signer(b"\x01" * 32)
AT = Instant.from_seconds(1796634000)


def rows(count: int) -> list[Row]:
    return [
        Row(id=f"message-{n}", envelope_sha256=f"{n:064x}", status=Status.DELIVERED, at=AT.seconds)
        for n in range(count)
    ]


def batch(count: int) -> receipt.Receipts:
    data = receipt.issue(
        rows(count), by="XB/central-authority", to="XA/central-authority", mode=Mode.EXERCISE, at=AT, signer=SIGNER
    )
    return receipt.verify(data, SIGNER.public)


@given(count=st.integers(1, 12), data=st.data())
def test_each_row_of_a_batch_holds_by_itself_and_names_no_other(count: int, data: st.DataObject) -> None:
    number = data.draw(st.integers(0, count - 1))
    shown = receipt_alone.alone(batch(count), number)
    assert receipt_alone.kid_of(shown) == SIGNER.kid
    assert receipt_alone.verify(shown, SIGNER.public).row == rows(count)[number]
    assert not any(to_json(row.id) in shown for row in rows(count))


def test_a_row_that_was_not_signed_is_refused() -> None:
    ours = receipt_alone.alone(batch(3), 1)
    other_row = b64u(to_json(rows(3)[2])).encode()
    for wrong in (
        ours.replace(b64u(to_json(rows(3)[1])).encode(), other_row),
        ours.replace(b'"index":1', b'"index":2'),
        ours.replace(b'"index":1', b'"index":-1'),
    ):
        assert wrong != ours
        with pytest.raises(BadSignature):
            receipt_alone.verify(wrong, SIGNER.public)
    with pytest.raises(BadSignature):
        receipt_alone.verify(ours, Ed25519Signer(b"\x02" * 32).public)


@given(st.binary(max_size=300))
def test_any_bytes_at_all_are_refused_by_a_typed_error(data: bytes) -> None:
    with pytest.raises(ComityError):
        receipt_alone.verify(data, SIGNER.public)
    with pytest.raises(Malformed):
        receipt_alone.kid_of(b"{}")


def test_all_of_a_batch_are_shown_as_each_would_be_alone() -> None:
    for size in (1, 2, 3, 7, 8):
        found = batch(size)
        assert receipt_alone.each(found) == [receipt_alone.alone(found, number) for number in range(size)]
