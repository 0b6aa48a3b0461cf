"""ML-DSA-44 signatures (FIPS 204), pure, with an empty context: what C2SP tlog-cosignature uses beside Ed25519.

Primitives by `cryptography`, which draws the hedging randomness of a signature itself: two signatures of the same
bytes differ, and both verify.
"""

import hashlib
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from comity.base.encoding import b64u
from comity.base.errors import BadSignature, Malformed

PUBLIC_BYTES = 1312
SIGNATURE_BYTES = 2420


class MldsaSigner(Protocol):
    """Signs with one ML-DSA-44 key. `public`: 1312 raw bytes; `kid`: its RFC 7638 thumbprint."""

    @property
    def public(self) -> bytes: ...

    @property
    def kid(self) -> str: ...

    def sign(self, message: bytes) -> bytes:
        """2420 bytes over exactly `message`."""
        ...


class Mldsa44Signer:
    """An MldsaSigner over a private key held in memory: the 32-byte seed of FIPS 204."""

    def __init__(self, seed: bytes) -> None:
        if len(seed) != 32:
            raise Malformed("an ML-DSA-44 seed is 32 bytes", hint="the seed of FIPS 204, not the expanded key")
        self._key = MLDSA44PrivateKey.from_seed_bytes(seed)
        self.public = self._key.public_key().public_bytes_raw()
        self.kid = thumbprint(self.public)

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


def verify_mldsa44(public: bytes, message: bytes, signature: bytes) -> None:
    """Raise BadSignature unless `signature` is the key's over exactly `message`. Source: FIPS 204 section 5.3."""
    try:
        MLDSA44PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise BadSignature(
            "the ML-DSA-44 signature does not belong to these bytes and this key", hint="trust none of it"
        ) from None


def thumbprint(public: bytes) -> str:
    """The RFC 7638 thumbprint of an ML-DSA-44 public key as a JWK of type AKP: 43 characters of base64url."""
    jwk = f'{{"alg":"ML-DSA-44","kty":"AKP","pub":"{b64u(public)}"}}'
    return b64u(hashlib.sha256(jwk.encode("ascii")).digest())
