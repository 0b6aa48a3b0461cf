"""A passkey's signature, checked from what was kept of it (W3C Web Authentication, Level 3, section 7.2).

    signed       = authenticator data, SHA-256(client data JSON)
    authenticator data = SHA-256(site)[32], flags[1], sign count[4], extensions
    flags        bit 0: a person was there; bit 2: and was verified, by a PIN or by what they are

What the library checks while a person waits is checked here again by anybody, from the record alone.
"""

from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from comity.base.digests import Digest, same
from comity.base.encoding import b64u
from comity.base.errors import BadSignature
from comity.base.parsing import check_size

CLIENT_DATA_LIMIT: Final = 8 * 1024
_PRESENT_AND_VERIFIED: Final = 0b101
_FLAGS_AT: Final = 32
_LEAST_BYTES: Final = 37


class _ClientData(msgspec.Struct):
    """Other members may stand beside these (section 5.8.1)."""

    type: str
    challenge: str
    origin: str


def verify_passkey_signature(
    *, public_key: bytes, authenticator_data: bytes, client_data: bytes, signature: bytes, challenge: bytes, site: str
) -> str:
    """The origin at which it was signed. Raises BadSignature.

    public_key: SubjectPublicKeyInfo DER, of Ed25519, P-256 (ECDSA, SHA-256) or RSA (PKCS #1 v1.5, SHA-256).
    """
    check_size(client_data, CLIENT_DATA_LIMIT, "the client data")
    try:
        said = msgspec.json.decode(client_data, type=_ClientData)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise _bad("its client data cannot be read") from None
    if said.type != "webauthn.get":
        raise _bad("it is no signature, but something else of a passkey")
    if not same(said.challenge.encode(), b64u(challenge).encode()):
        raise _bad("it signs something else")
    if len(authenticator_data) < _LEAST_BYTES:
        raise _bad("its authenticator data are too short")
    if authenticator_data[:_FLAGS_AT] != Digest.of(site.encode()).value:
        raise _bad("it is for another site")
    if authenticator_data[_FLAGS_AT] & _PRESENT_AND_VERIFIED != _PRESENT_AND_VERIFIED:
        raise _bad("nobody was verified when it was made")
    _verify(public_key, signature, authenticator_data + Digest.of(client_data).value)
    return said.origin


def _verify(public_key: bytes, signature: bytes, data: bytes) -> None:
    try:
        match load_der_public_key(public_key):
            case Ed25519PublicKey() as key:
                key.verify(signature, data)
            case EllipticCurvePublicKey(curve=SECP256R1()) as key:
                key.verify(signature, data, ECDSA(SHA256()))
            case RSAPublicKey() as key:
                key.verify(signature, data, PKCS1v15(), SHA256())
            case _:
                raise _bad("a key of a kind that is not in use")
    except InvalidSignature:
        raise _bad("the signature is another's, or of something else") from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise _bad("the key cannot be read") from None


def _bad(why: str) -> BadSignature:
    return BadSignature(f"the passkey's signature does not hold: {why}", hint="do not rely on it; tell oversight")
