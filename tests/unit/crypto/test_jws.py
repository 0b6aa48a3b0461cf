"""JWS: one algorithm, one header, one spelling; whatever else a JWS may say is refused."""

import hashlib
import hmac
import json

import pytest

from comity.base.encoding import b64u, from_b64u
from comity.base.errors import BadSignature, Malformed, TooLarge
from comity.crypto.jws import HEADER_LIMIT, Header, read_header, sign_compact, verify_compact
from comity.crypto.signatures import Ed25519Signer, verify_ed25519

SIGNER = Ed25519Signer(bytes(range(32)))
OTHER = Ed25519Signer(bytes(32))
TYP = "comity-test+jws"
LIMIT = 4096
PAYLOAD = b'\x00 any bytes, {"not": even JSON \xff'
TOKEN = sign_compact(PAYLOAD, SIGNER, TYP)
GOOD = {"alg": "Ed25519", "kid": SIGNER.kid, "typ": TYP}


def verify(token: bytes, *, public: bytes = SIGNER.public, typ: str = TYP, limit: int = LIMIT) -> bytes:
    return verify_compact(token, public, typ, limit=limit)


def with_header(header: object, signer: Ed25519Signer = SIGNER) -> bytes:
    """A JWS whose signature is right for whatever its header says."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    signed = f"{b64u(text)}.{b64u(PAYLOAD)}".encode()
    return signed + b"." + b64u(signer.sign(signed)).encode()


def test_the_payload_is_carried_as_the_bytes_it_was() -> None:
    assert verify(TOKEN) == PAYLOAD
    assert verify(sign_compact(b"", SIGNER, TYP)) == b""
    assert read_header(TOKEN, limit=LIMIT) == Header("Ed25519", SIGNER.kid, TYP)


def test_the_signature_is_over_the_first_two_parts_as_they_stand() -> None:
    """RFC 7515, section 5.1: checked without the library."""
    header, payload, signature = TOKEN.split(b".")
    verify_ed25519(SIGNER.public, header + b"." + payload, from_b64u(signature.decode()))
    assert from_b64u(header.decode()) == f'{{"alg":"Ed25519","kid":"{SIGNER.kid}","typ":"{TYP}"}}'.encode()


def test_a_header_that_says_what_it_must_is_taken_whoever_wrote_it() -> None:
    """So that the refusals below are for what they change, not for how they are made."""
    assert verify(with_header(GOOD)) == PAYLOAD


def test_alg_none_is_refused() -> None:
    for alg in ("none", "None", ""):
        header = b64u(json.dumps({**GOOD, "alg": alg}).encode())
        for token in (f"{header}.{b64u(PAYLOAD)}.".encode(), with_header({**GOOD, "alg": alg})):
            with pytest.raises(Malformed):
                verify(token)


def test_hs256_with_the_public_key_as_its_secret_is_refused() -> None:
    signed = f"{b64u(json.dumps({**GOOD, 'alg': 'HS256'}).encode())}.{b64u(PAYLOAD)}".encode()
    mac = hmac.new(SIGNER.public, signed, hashlib.sha256).digest()
    with pytest.raises(Malformed):
        verify(signed + b"." + b64u(mac).encode())


@pytest.mark.parametrize("alg", ["EdDSA", "ed25519", "ES256", "RS256", "Ed448", None, 1])
def test_any_other_algorithm_is_refused_even_with_a_good_signature(alg: object) -> None:
    with pytest.raises(Malformed):
        verify(with_header({**GOOD, "alg": alg}))


@pytest.mark.parametrize(
    "more",
    [
        {"jwk": {"kty": "OKP", "crv": "Ed25519", "x": b64u(SIGNER.public)}},
        {"jku": "https://comity.example/keys"},
        {"x5u": "https://comity.example/chain"},
        {"x5c": ["AA"]},
        {"crit": ["exp"], "exp": 0},
        {"crit": ["b64"], "b64": False},
        {"cty": "text/plain"},
        {"nonce": ""},
    ],
    ids=lambda more: next(iter(more)),
)
def test_a_header_with_any_more_members_is_refused(more: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        verify(with_header({**GOOD, **more}))


@pytest.mark.parametrize("missing", ["alg", "kid", "typ"])
def test_a_header_without_one_of_its_members_is_refused(missing: str) -> None:
    with pytest.raises(Malformed):
        verify(with_header({name: value for name, value in GOOD.items() if name != missing}))


def test_a_header_that_says_a_thing_twice_is_refused() -> None:
    text = json.dumps(GOOD).encode()
    with pytest.raises(Malformed):
        verify(with_header(text[:-1] + b', "alg": "Ed25519"}'))


def test_a_header_is_refused_as_often_as_it_comes() -> None:
    """One that is good is read once for the same text; one that is not is not remembered."""
    for header in ({**GOOD, "alg": "none"}, {**GOOD, "jku": ""}):
        for _ in range(3):
            with pytest.raises(Malformed):
                verify(with_header(header))
        assert verify(TOKEN) == PAYLOAD


def test_a_header_that_is_no_object_is_refused() -> None:
    for text in (b"", b"[]", b"null", b'"Ed25519"', b"\xff", json.dumps(GOOD).encode()[:-1]):
        with pytest.raises(Malformed):
            verify(with_header(text))


def test_what_was_signed_for_another_purpose_is_refused() -> None:
    with pytest.raises(BadSignature, match="expected"):
        verify(TOKEN, typ="comity-other+jws")
    for typ in (TYP.upper(), f"application/{TYP}", ""):
        with pytest.raises(BadSignature):
            verify(with_header({**GOOD, "typ": typ}))


def test_another_key_never_verifies_though_the_header_names_the_right_one() -> None:
    with pytest.raises(BadSignature):
        verify(with_header(GOOD, OTHER))
    with pytest.raises(BadSignature):
        verify(TOKEN, public=OTHER.public)


@pytest.mark.parametrize(
    "public", [b"", b"short", bytes(31), bytes(33), b"\xff" * 32], ids=["empty", "short", "31", "33", "no point"]
)
def test_a_directory_key_that_is_no_key_verifies_nothing(public: bytes) -> None:
    """The key comes from another State's list: a bad one there is that State's fault, not a fall of this node."""
    with pytest.raises(BadSignature):
        verify(TOKEN, public=public)


def test_a_changed_byte_anywhere_is_refused() -> None:
    for place in range(len(TOKEN)):
        for bit in (1, 2, 32):
            changed = bytearray(TOKEN)
            changed[place] ^= bit
            with pytest.raises((BadSignature, Malformed)):
                verify(bytes(changed))


def test_only_the_canonical_spelling_of_each_part_is_taken() -> None:
    """64 bytes of signature leave four bits unused in the last character: the same bytes could be spelt 16 ways."""
    header, payload, signature = TOKEN.decode().split(".")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = alphabet.index(signature[-1])
    assert last % 16 == 0
    for spelling in (
        *(f"{header}.{payload}.{signature[:-1]}{alphabet[last + n]}" for n in range(1, 16)),
        f"{header}.{payload}.{signature}==",
        f"{header}.{payload}.{signature}\n",
        f"{header}.{payload}. {signature}",
        f"{header}.{payload}=.{signature}",
        TOKEN.decode().replace("-", "+").replace("_", "/"),
    ):
        assert spelling != TOKEN.decode()
        with pytest.raises(Malformed):
            verify(spelling.encode())


def test_three_parts_are_needed_in_ascii() -> None:
    header, payload, signature = TOKEN.split(b".")
    for token in (
        b"",
        b"..",
        header,
        header + b"." + payload,
        TOKEN + b".",
        TOKEN + b"." + signature,
        header + b".." + signature,
        TOKEN.replace(b".", b"\xc2\xb7"),
        TOKEN + "é".encode(),
    ):
        with pytest.raises((Malformed, BadSignature)):
            verify(token)


def test_nothing_is_read_above_the_limit() -> None:
    assert verify(TOKEN, limit=len(TOKEN)) == PAYLOAD
    with pytest.raises(TooLarge):
        verify(TOKEN, limit=len(TOKEN) - 1)
    with pytest.raises(TooLarge):
        verify(with_header({**GOOD, "typ": "x" * HEADER_LIMIT}))


def test_a_payload_longer_than_the_library_takes_by_itself_is_verified() -> None:
    payload = bytes(190 * 1024)
    assert verify(sign_compact(payload, SIGNER, TYP), limit=260 * 1024) == payload
