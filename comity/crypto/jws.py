"""JWS compact serialisation (RFC 7515) with a closed header.

    BASE64URL(header) '.' BASE64URL(payload) '.' BASE64URL(signature)
    header = {"alg":"Ed25519","kid":<RFC 7638 thumbprint>,"typ":<what it is>}

The payload is any bytes and is carried as they are: nothing is canonicalised. `alg` is the fully specified name of
RFC 9864; `none`, HMAC, RSA and keys or addresses inside the header (`jwk`, `jku`, `x5u`) are refused by the closed
type. The three parts are joined and taken apart here, because a key in hardware only signs bytes, and because a library
for every algorithm takes as long as the signature to find the only one there is.
"""

from functools import lru_cache
from typing import Final, Literal

import msgspec

from comity.base.encoding import b64u, from_b64u, to_json
from comity.base.errors import BadSignature, Malformed
from comity.base.parsing import check_size, read_json
from comity.crypto.signatures import Signer, verify_ed25519

HEADER_LIMIT: Final = 512


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The protected header: these three members and no other."""

    alg: Literal["Ed25519"]
    kid: str
    typ: str


def sign_compact(payload: bytes, signer: Signer, typ: str) -> bytes:
    """A JWS over exactly `payload`, as ASCII bytes."""
    signed = f"{_write_header(signer.kid, typ)}.{b64u(payload)}".encode("ascii")
    return signed + b"." + b64u(signer.sign(signed)).encode("ascii")


@lru_cache(maxsize=256)
def _write_header(kid: str, typ: str) -> str:
    return b64u(to_json(Header(alg="Ed25519", kid=kid, typ=typ)))


def read_header(token: bytes, *, limit: int) -> Header:
    """The header of a JWS whose signature has not been checked: to find the key, and for nothing else.

    Raises TooLarge or Malformed.
    """
    return _header(_parts(token, limit)[0])


def verify_compact(token: bytes, public: bytes, typ: str, *, limit: int) -> bytes:
    """The payload, if the JWS is signed by the Ed25519 key `public` (32 bytes) and is of this `typ`.

    Raises TooLarge, Malformed or BadSignature.
    """
    head, *parts = _parts(token, limit)
    payload, signature = (from_b64u(part) for part in parts)
    header = _header(head)
    if header.typ != typ:
        raise BadSignature(f"signed as {header.typ!r}, expected {typ!r}", hint="it was made for another purpose")
    verify_ed25519(public, token[: token.rindex(b".")], signature)
    return payload


@lru_cache(maxsize=256)
def _header(text: str) -> Header:
    """Read once for the same text: a key writes the same one each time. What is refused is not kept."""
    return read_json(from_b64u(text), Header, limit=HEADER_LIMIT, what="the JWS header")


def _parts(token: bytes, limit: int) -> list[str]:
    check_size(token, limit, "the signed document")
    try:
        parts = token.decode("ascii").split(".")
    except UnicodeDecodeError:
        parts = []
    if len(parts) != 3:
        raise Malformed("not a JWS in compact form", hint="three base64url parts joined by dots (RFC 7515)")
    return parts
