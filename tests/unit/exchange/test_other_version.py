"""What another major version sends is told apart from what is malformed, whatever stands in it."""

import json

import pytest

from comity.base.encoding import b64u, from_b64u, to_json
from comity.base.errors import ComityError, Malformed
from comity.crypto import jws
from comity.exchange import document as documents
from comity.exchange import receipt
from comity.exchange.directory import Use
from comity.exchange.envelope import Envelope, format_batch, parse_batch
from tests.simulators.messages import NOW, XA, document
from tests.simulators.second_writer import to_json as plain

SIGNER = XA.signers[Use.RECEIPT]
ROW = receipt.Row(id="one", envelope_sha256="0" * 64, status=receipt.Status.STORED, at=1)
LATER: dict[str, object] = {"v": 2, "shape": {"of": "another kind"}}


def code_of(error: pytest.ExceptionInfo[ComityError]) -> str:
    return error.value.code


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (plain(LATER), "version"),
        (plain({**json.loads(format_batch("one", [Envelope(b"{}", b"")])), "v": 2}), "version"),
        (plain({"v": 1, "shape": 1}), "malformed"),
        (plain({"v": True}), "malformed"),
        (plain({"v": "2"}), "malformed"),
        (plain([2]), "malformed"),
        (b'{"v":2', "malformed"),
    ],
)
def test_a_batch_and_a_header_of_another_version_are_told_as_such(data: bytes, code: str) -> None:
    with pytest.raises(ComityError) as refused:
        parse_batch(data)
    assert code_of(refused) == code
    if data != plain({**json.loads(format_batch("one", [Envelope(b"{}", b"")])), "v": 2}):
        with pytest.raises(ComityError) as refused:
            Envelope(data, b"").read_header()
        assert code_of(refused) == code


def test_a_signed_document_of_another_version_is_told_as_such_and_a_forged_one_never() -> None:
    for said, code in ((LATER, "version"), ({**LATER, "v": 1}, "malformed")):
        token = jws.sign_compact(plain(said), XA.authority, documents.TYP)
        with pytest.raises(ComityError) as refused:
            documents.verify(token, XA.authority.public)
        assert code_of(refused) == code
        with pytest.raises(ComityError) as refused:
            documents.verify(token, SIGNER.public)
        assert code_of(refused) == "bad-signature"
    assert documents.verify(documents.sign(document(), XA.authority).token, XA.authority.public).document.v == 1


def test_receipts_of_another_version_are_told_as_such_whatever_they_sign() -> None:
    data = receipt.issue([ROW], by="XA/one", to="XB/one", mode=document().mode, at=NOW, signer=SIGNER)
    wire = json.loads(data)
    payload = json.loads(from_b64u(wire["jws"].split(".")[1]))
    for said, code in (({**payload, "v": 2}, "version"), (LATER, "version"), ({**payload, "x": 1}, "malformed")):
        changed = {**wire, "jws": jws.sign_compact(to_json(said), SIGNER, receipt.TYP).decode()}
        with pytest.raises(ComityError) as refused:
            receipt.verify(to_json(changed), SIGNER.public)
        assert code_of(refused) == code
    with pytest.raises(Malformed, match="without a row"):
        empty = {**payload, "size": 0, "root": b64u(b"")}
        token = jws.sign_compact(to_json(empty), SIGNER, receipt.TYP).decode()
        receipt.verify(to_json({"jws": token, "rows": []}), SIGNER.public)
