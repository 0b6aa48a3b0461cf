"""Ed25519 signatures (RFC 8032), and how a key is named.

A `Signer` is all that the rest of comity knows of a private key, so that it may live in a file or in hardware.
Primitives by `cryptography`.
"""

import hashlib
from functools import lru_cache
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from comity.base.encoding import b64u
from comity.base.errors import BadSignature, Malformed

PUBLIC_BYTES = 32
SIGNATURE_BYTES = 64


class Signer(Protocol):
    """Signs with one Ed25519 key. `public`: 32 raw bytes; `kid`: its RFC 7638 thumbprint."""

    @property
    def public(self) -> bytes: ...

    @property
    def kid(self) -> str: ...

    def sign(self, message: bytes) -> bytes:
        """64 bytes over exactly `message`."""
        ...


class Ed25519Signer:
    """A Signer over a private key held in memory: 32 raw bytes (the RFC 8032 seed)."""

    def __init__(self, private: bytes) -> None:
        if len(private) != 32:
            raise Malformed("an Ed25519 private key is 32 bytes", hint="the raw RFC 8032 seed")
        self._key = Ed25519PrivateKey.from_private_bytes(private)
        self.public = self._key.public_key().public_bytes_raw()
        self.kid = thumbprint(self.public)

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)

    def __repr__(self) -> str:
        return f"Ed25519Signer(kid={self.kid})"


def verify_ed25519(public: bytes, message: bytes, signature: bytes) -> None:
    """Raise BadSignature unless `signature` is the key's over exactly `message`. Source: RFC 8032 section 5.1.7."""
    try:
        _public_key(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise BadSignature(
            "the signature does not belong to these bytes and this key", hint="trust none of it"
        ) from None


@lru_cache(maxsize=256)
def _public_key(public: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(public)


def thumbprint(public: bytes) -> str:
    """The RFC 7638 thumbprint of an Ed25519 public key as a JWK (RFC 8037): 43 characters of base64url."""
    jwk = f'{{"crv":"Ed25519","kty":"OKP","x":"{b64u(public)}"}}'
    return b64u(hashlib.sha256(jwk.encode("ascii")).digest())
