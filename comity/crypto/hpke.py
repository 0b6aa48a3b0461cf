"""HPKE base mode (RFC 9180): encrypt to a public key, bound to `info`. A thin wrapper over `cryptography`'s own.

Suite 1 = MLKEM768-X25519 (X-Wing, 0x647A) + HKDF-SHA256 + AES-256-GCM, the only one so far.
Private key: 96 bytes = ML-KEM-768 seed[64] then X25519 scalar[32]. Public key: 1,216 bytes = ML-KEM[1184], X25519[32].
The library draws its own randomness for the encapsulation, so this is the one place in the pure part where chance is
hidden; its vectors are checked by opening.
"""

from functools import lru_cache
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from comity.base.digests import Digest
from comity.base.encoding import b64u
from comity.base.errors import Malformed, NotVerified

SUITE = 1
PRIVATE_BYTES = 96
PUBLIC_BYTES = 1216

_suite = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


class CannotOpen(NotVerified):
    """The ciphertext is not for this key, or it or its header was changed."""

    code = "cannot-open"


class Opener(Protocol):
    """Opens what was sealed to one public key. `kid`: see `key_id`."""

    @property
    def public(self) -> bytes: ...

    @property
    def kid(self) -> str: ...

    def open_sealed(self, ciphertext: bytes, info: bytes) -> bytes: ...


class HybridOpener:
    """An Opener over a private key held in memory (96 bytes, see the module)."""

    def __init__(self, private: bytes) -> None:
        if len(private) != PRIVATE_BYTES:
            raise Malformed("an encryption private key is 96 bytes", hint="ML-KEM-768 seed, then X25519 scalar")
        kem = MLKEM768PrivateKey.from_seed_bytes(private[:64])
        curve = X25519PrivateKey.from_private_bytes(private[64:])
        self._key = hpke.MLKEM768X25519PrivateKey(kem, curve)
        self.public = kem.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw()
        self.kid = key_id(self.public)

    def open_sealed(self, ciphertext: bytes, info: bytes) -> bytes:
        """The plaintext; raises CannotOpen."""
        try:
            return _suite.decrypt(ciphertext, self._key, info)
        except (InvalidTag, ValueError):
            raise CannotOpen(
                "the ciphertext does not open", hint="changed on the way, or sealed to another key"
            ) from None

    def __repr__(self) -> str:
        return f"HybridOpener(kid={self.kid})"


def seal(plaintext: bytes, public: bytes, info: bytes) -> bytes:
    """Ciphertext for the holder of `public` (1,216 bytes), openable only with the same `info`."""
    try:
        return _suite.encrypt(plaintext, _recipient(public), info)
    except ValueError:
        raise Malformed("not an encryption public key", hint="ask the peer for its directory again") from None


@lru_cache(maxsize=256)
def _recipient(public: bytes) -> hpke.MLKEM768X25519PublicKey:
    """The key made of its bytes, once for the same ones: a sixth of the time that sealing takes."""
    if len(public) != PUBLIC_BYTES:
        raise Malformed("an encryption public key is 1,216 bytes", hint="ML-KEM-768, then X25519")
    kem = MLKEM768PublicKey.from_public_bytes(public[:1184])
    return hpke.MLKEM768X25519PublicKey(kem, X25519PublicKey.from_public_bytes(public[1184:]))


def key_id(public: bytes) -> str:
    """SHA-256 of the public key, base64url: how a recipient key is named in an envelope's header (`rkid`)."""
    return b64u(Digest.of(public).value)
