"""What a passkey signed: checked from the record alone, as docs/formats/approval.md says."""

import base64
import hashlib
import json
import re
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.base.digests import Digest
from comity.base.encoding import b64u, from_b64u
from comity.base.errors import BadSignature, Malformed, OutOfOrder
from comity.cases import approval
from comity.cases.approval import Decision, PasskeyApproval
from comity.crypto.passkey_signature import verify_passkey_signature


@pytest.fixture(scope="module")
def example(root: Path) -> PasskeyApproval:
    page = (root / "docs" / "formats" / "approval.md").read_text(encoding="utf-8")
    written = re.findall(r"```json\n(.*?)```", page, re.DOTALL)[0]
    return msgspec.json.decode(written, type=PasskeyApproval)


def test_the_example_of_the_page_holds_and_names_every_field(root: Path, example: PasskeyApproval) -> None:
    page = (root / "docs" / "formats" / "approval.md").read_text(encoding="utf-8")
    decision = approval.verify_approval(example)
    assert (decision.person, decision.events) == ("bo", 1)
    named = re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)
    assert named == [*PasskeyApproval.__struct_fields__, *Decision.__struct_fields__]


def test_a_reader_that_knows_only_the_page_comes_to_the_same(example: PasskeyApproval) -> None:
    """Written from the page, with nothing of ours."""

    def raw(text: str) -> bytes:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

    challenge = hashlib.sha256(b"comity/1/approval\0" + raw(example.nonce) + raw(example.decision)).digest()
    client, data = raw(example.client_data), raw(example.authenticator_data)
    assert raw(json.loads(client)["challenge"]) == challenge
    assert data[:32] == hashlib.sha256(example.site.encode()).digest() and data[32] & 0b101 == 0b101
    signed = data + hashlib.sha256(client).digest()
    key = load_der_public_key(raw(example.public_key))
    assert isinstance(key, EllipticCurvePublicKey)
    key.verify(raw(example.signature), signed, ECDSA(SHA256()))


@given(st.data())
@settings(max_examples=60)
def test_a_changed_byte_never_holds(example: PasskeyApproval, data: st.DataObject) -> None:
    field = data.draw(st.sampled_from(sorted({*PasskeyApproval.__struct_fields__} - {"site", "credential"})))
    raw = bytearray(from_b64u(getattr(example, field)))
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= data.draw(st.integers(1, 255))
    changed = msgspec.structs.replace(example, **{field: b64u(bytes(raw))})
    with pytest.raises((BadSignature, Malformed)):
        approval.verify_approval(changed)


def test_a_decision_counts_for_its_case_its_head_its_request_and_its_person(example: PasskeyApproval) -> None:
    said = approval.verify_approval(example)
    right = {
        "case": said.case,
        "head": Digest.from_hex(said.head),
        "request_sha256": said.request_sha256,
        "person": said.person,
    }
    approval.check_bound(example, **right)  # type: ignore[arg-type]
    wrong = {"case": "x", "head": Digest.of(b"x"), "request_sha256": "x", "person": "anna"}
    for name, value in wrong.items():
        with pytest.raises(OutOfOrder):
            approval.check_bound(example, **{**right, name: value})  # type: ignore[arg-type]


def test_an_rsa_key_is_checked_as_some_platforms_have_no_other(rsa_signed: dict[str, bytes]) -> None:
    assert verify_passkey_signature(**rsa_signed, challenge=b"c" * 32, site="a.example") == "https://a.example"
    with pytest.raises(BadSignature):
        verify_passkey_signature(**rsa_signed, challenge=b"d" * 32, site="a.example")


@pytest.fixture(scope="module")
def rsa_signed() -> dict[str, bytes]:
    key = generate_private_key(65537, 2048)
    client = json.dumps({"type": "webauthn.get", "challenge": b64u(b"c" * 32), "origin": "https://a.example"}).encode()
    data = Digest.of(b"a.example").value + b"\x05" + bytes(4)
    return {
        "public_key": key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "client_data": client,
        "authenticator_data": data,
        "signature": key.sign(data + Digest.of(client).value, PKCS1v15(), SHA256()),
    }


@pytest.mark.parametrize(
    "change",
    [
        {"client_data": b"{}"},
        {"client_data": b"\xff"},
        {"authenticator_data": b""},
        {"authenticator_data": Digest.of(b"a.example").value + b"\x01" + bytes(4)},
        {"public_key": b"no key"},
        {"signature": b""},
    ],
    ids=lambda change: f"{next(iter(change))}-{len(next(iter(change.values())))}",
)
def test_what_is_not_whole_is_a_bad_signature(rsa_signed: dict[str, bytes], change: dict[str, bytes]) -> None:
    with pytest.raises(BadSignature):
        verify_passkey_signature(**{**rsa_signed, **change}, challenge=b"c" * 32, site="a.example")
