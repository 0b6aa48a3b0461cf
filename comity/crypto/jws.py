"""JWS compact serialisation (RFC 7515) with a closed header.

    BASE64URL(header) '.' BASE64URL(payload) '.' BASE64URL(signature)
    header = {"alg":"Ed25519","kid":<RFC 7638 thumbprint>,"typ":<what it is>}

The payload is any bytes and is carried as they are: nothing is canonicalised. `alg` is the fully specified name of
RFC 9864; `none`, HMAC, RSA and keys or addresses inside the header (`jwk`, `jku`, `x5u`) are refused by the closed
type. Verification is by joserfc; signing joins the three parts itself, because a key in hardware only signs bytes.
"""

from typing import Literal

import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from comity.base.encoding import b64u, from_b64u, to_json
from comity.base.errors import BadSignature, Malformed
from comity.base.parsing import check_size, read_json
from comity.crypto.signatures import Signer

HEADER_LIMIT = 512


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The protected header: these three members and no other."""

    alg: Literal["Ed25519"]
    kid: str
    typ: str


def sign_compact(payload: bytes, signer: Signer, typ: str) -> bytes:
    """A JWS over exactly `payload`, as ASCII bytes."""
    header = Header(alg="Ed25519", kid=signer.kid, typ=typ)
    signed = f"{b64u(to_json(header))}.{b64u(payload)}".encode("ascii")
    return signed + b"." + b64u(signer.sign(signed)).encode("ascii")


def read_header(token: bytes, *, limit: int) -> Header:
    """The header of a JWS whose signature has not been checked: to find the key, and for nothing else.

    Raises TooLarge or Malformed.
    """
    return read_json(_parts(token, limit)[0], Header, limit=HEADER_LIMIT, what="the JWS header")


def verify_compact(token: bytes, public: bytes, typ: str, *, limit: int) -> bytes:
    """The payload, if the JWS is signed by the Ed25519 key `public` (32 bytes) and is of this `typ`.

    Raises TooLarge, Malformed or BadSignature.
    """
    header = read_header(token, limit=limit)
    if header.typ != typ:
        raise BadSignature(f"signed as {header.typ!r}, expected {typ!r}", hint="it was made for another purpose")
    registry = jws.JWSRegistry(algorithms=["Ed25519"])
    registry.max_payload_length = limit  # the library's own, of about 128 kB, is too small for a long manifest
    try:
        key = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": b64u(public)})
        return bytes(jws.deserialize_compact(token, key, registry=registry).payload)
    except (JoseError, ValueError):
        raise BadSignature(
            "the signature does not belong to these bytes and this key", hint="trust none of it"
        ) from None


def _parts(token: bytes, limit: int) -> tuple[bytes, bytes, bytes]:
    check_size(token, limit, "the signed document")
    try:
        parts = [from_b64u(part) for part in token.decode("ascii").split(".")]
    except UnicodeDecodeError:
        parts = []
    if len(parts) != 3:
        raise Malformed("not a JWS in compact form", hint="three base64url parts joined by dots (RFC 7515)")
    return parts[0], parts[1], parts[2]
