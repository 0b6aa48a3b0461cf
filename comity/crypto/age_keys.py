"""Who may read an age file: recipients that a file key is wrapped for, identities that unwrap it.

Source: c2sp.org/age, 'Native recipient types'.

    kind               recipient     identity                 wrapped by
    X25519             age1...       AGE-SECRET-KEY-1...      X25519, HKDF-SHA-256, ChaCha20-Poly1305
    mlkem768x25519     age1pq1...    AGE-SECRET-KEY-PQ-1...   HPKE (RFC 9180), X-Wing; never beside another kind
    p256tag            age1tag1...   in a device              HPKE, P-256; the key never leaves the hardware
    scrypt             -             a passphrase             scrypt (RFC 7914); only read: how `age -p` keeps a key

Reading is strict, and stops at a stanza of its own kind that is not as it must be: such a file was made to test us.
HPKE in `cryptography` draws its own chance; the other kinds are given theirs.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from comity.base.errors import Malformed
from comity.crypto import bech32
from comity.crypto.age_header import HeaderFault, Stanza, derive, to_base64

Chance = Callable[[int], bytes]
"""Gives so many unpredictable bytes."""

X25519: Final = "X25519"
HYBRID: Final = "mlkem768x25519"
TAGGED: Final = "p256tag"
SCRYPT: Final = "scrypt"
SCRYPT_MOST_WORK: Final = 18
"""Base-two logarithm of the work accepted, 256 MiB: what `age -p` writes; more is a way to exhaust memory."""

_PREFIXES: Final = {"age": (X25519, 32), "age1pq": (HYBRID, 1216), "age1tag": (TAGGED, 33)}
_ZERO_NONCE: Final = bytes(12)
_X25519_INFO: Final = b"age-encryption.org/v1/X25519"
_HYBRID_INFO: Final = b"age-encryption.org/mlkem768x25519"
_TAGGED_INFO: Final = b"age-encryption.org/p256tag"
_HYBRID_SUITE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)
_TAGGED_SUITE = hpke.Suite(hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)
_HYBRID_ENC, _TAGGED_ENC = 1120, 65
_DECIMAL = re.compile(r"[1-9][0-9]*")


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody a file can be encrypted to. `data`: the public key's bytes."""

    text: str
    kind: str
    data: bytes

    def wrap(self, file_key: bytes, chance: Chance) -> Stanza:
        """A fresh stanza for this recipient."""
        match self.kind:
            case "X25519":
                return self._wrap_x25519(file_key, X25519PrivateKey.from_private_bytes(chance(32)))
            case "mlkem768x25519":
                kem = MLKEM768PublicKey.from_public_bytes(self.data[:1184])
                curve = X25519PublicKey.from_public_bytes(self.data[1184:])
                public = hpke.MLKEM768X25519PublicKey(kem, curve)
                sealed = _HYBRID_SUITE.encrypt(file_key, public, _HYBRID_INFO)
                return Stanza((HYBRID, _text(sealed[:_HYBRID_ENC])), sealed[_HYBRID_ENC:])
            case _:
                point = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), self.data)
                sealed = _TAGGED_SUITE.encrypt(file_key, point, _TAGGED_INFO)
                enc = sealed[:_TAGGED_ENC]
                return Stanza((TAGGED, _text(_tag(enc, self.data)), _text(enc)), sealed[_TAGGED_ENC:])

    def _wrap_x25519(self, file_key: bytes, ephemeral: X25519PrivateKey) -> Stanza:
        share = ephemeral.public_key().public_bytes_raw()
        secret = ephemeral.exchange(X25519PublicKey.from_public_bytes(self.data))
        key = derive(secret, share + self.data, _X25519_INFO)
        return Stanza((X25519, _text(share)), ChaCha20Poly1305(key).encrypt(_ZERO_NONCE, file_key, None))


class Identity(Protocol):
    """Unwraps file keys."""

    def unwrap(self, stanzas: Sequence[Stanza]) -> bytes | None:
        """The file key, or None if no stanza is for this identity. Raises HeaderFault."""
        ...


def read_recipient(text: str) -> Recipient:
    """A recipient from its text. Raises Malformed."""
    try:
        prefix, data = bech32.decode(text)
        kind, size = _PREFIXES.get(prefix, ("", 0))
        if kind and len(data) == size:
            recipient = Recipient(text, kind, data)
            if kind == TAGGED:
                EllipticCurvePublicKey.from_encoded_point(SECP256R1(), data)
            elif kind == X25519:
                X25519PrivateKey.from_private_bytes(bytes(32)).exchange(X25519PublicKey.from_public_bytes(data))
            else:
                MLKEM768PublicKey.from_public_bytes(data[:1184])
            if bech32.encode(prefix, data) == text:
                return recipient
    except (Malformed, ValueError):
        pass
    raise Malformed("not an age recipient", hint="a line of small letters and digits that begins with age1")


class X25519Identity:
    """A private key of 32 bytes."""

    def __init__(self, private: bytes) -> None:
        self._key = X25519PrivateKey.from_private_bytes(private)
        self._public = self._key.public_key().public_bytes_raw()

    @property
    def recipient(self) -> str:
        return bech32.encode("age", self._public)

    def unwrap(self, stanzas: Sequence[Stanza]) -> bytes | None:
        _alone(stanzas)
        for stanza in stanzas:
            if stanza.kind != X25519:
                continue
            share = stanza.value(1, 32, 2)
            try:
                secret = self._key.exchange(X25519PublicKey.from_public_bytes(share))
            except ValueError:
                raise _low_order() from None
            found = _unwrapped(derive(secret, share + self._public, _X25519_INFO), stanza.body)
            if found is not None:
                return found
        return None


class HybridIdentity:
    """A seed of 32 bytes, from which ML-KEM-768 and X25519 keys follow (SHAKE256, 96 bytes: X-Wing)."""

    def __init__(self, seed: bytes) -> None:
        expanded = hashlib.shake_256(seed).digest(96)
        kem = MLKEM768PrivateKey.from_seed_bytes(expanded[:64])
        self._curve = X25519PrivateKey.from_private_bytes(expanded[64:])
        self._key = hpke.MLKEM768X25519PrivateKey(kem, self._curve)
        self._public = kem.public_key().public_bytes_raw() + self._curve.public_key().public_bytes_raw()

    @property
    def recipient(self) -> str:
        return bech32.encode("age1pq", self._public)

    def unwrap(self, stanzas: Sequence[Stanza]) -> bytes | None:
        _alone(stanzas)
        for stanza in stanzas:
            if stanza.kind != HYBRID:
                continue
            enc = stanza.value(1, _HYBRID_ENC, 2)
            try:
                self._curve.exchange(X25519PublicKey.from_public_bytes(enc[-32:]))  # HPKE would say only 'no match'
            except ValueError:
                raise _low_order() from None
            try:
                return _HYBRID_SUITE.decrypt(enc + stanza.body, self._key, _HYBRID_INFO)
            except InvalidTag:
                continue
        return None


class TaggedIdentity:
    """A P-256 key in a device, of which only the agreement is asked.

    public: 33 bytes, compressed. agree: the X coordinate shared with an uncompressed point (65 bytes), as a PKCS#11
    token derives it; raises ValueError for what is no point.
    """

    def __init__(self, public: bytes, agree: Callable[[bytes], bytes]) -> None:
        self._public = public
        self._agree = agree

    @property
    def recipient(self) -> str:
        return bech32.encode("age1tag", self._public)

    def unwrap(self, stanzas: Sequence[Stanza]) -> bytes | None:
        _alone(stanzas)
        for stanza in stanzas:
            if stanza.kind != TAGGED:
                continue
            enc, tag = stanza.value(2, _TAGGED_ENC, 3), stanza.value(1, 4, 3)
            if not hmac.compare_digest(tag, _tag(enc, self._public)):
                continue
            try:
                secret = self._agree(enc)
            except ValueError:
                raise _low_order() from None
            key, nonce = _p256_schedule(secret, enc, self._public)
            found = _unwrapped(key, stanza.body, nonce)
            if found is not None:
                return found
        return None


class PassphraseIdentity:
    """A passphrase, for files that `age -p` wrote."""

    def __init__(self, passphrase: bytes) -> None:
        self._passphrase = passphrase

    def unwrap(self, stanzas: Sequence[Stanza]) -> bytes | None:
        _alone(stanzas)
        (stanza,) = stanzas[:1]
        if stanza.kind != SCRYPT:
            return None
        salt = stanza.value(1, 16, 3)
        work = stanza.arguments[2]
        if not _DECIMAL.fullmatch(work) or len(work) > 2 or int(work) > SCRYPT_MOST_WORK:
            raise HeaderFault("the passphrase's work factor is not one that is taken", hint="see age -p")
        salted = b"age-encryption.org/v1/scrypt" + salt
        key = Scrypt(salt=salted, length=32, n=2 ** int(work), r=8, p=1).derive(self._passphrase)
        return _unwrapped(key, stanza.body)


NativeIdentity = X25519Identity | HybridIdentity


def read_identity(text: str) -> NativeIdentity:
    """An identity from its text. Raises Malformed, which does not repeat it."""
    try:
        prefix, data = bech32.decode(text)
    except Malformed:
        prefix, data = "", b""
    if text == text.upper() and len(data) == 32:
        if prefix == "age-secret-key-":
            return X25519Identity(data)
        if prefix == "age-secret-key-pq-":
            return HybridIdentity(data)
    raise Malformed("not an age identity", hint="a line that begins with AGE-SECRET-KEY-1 or AGE-SECRET-KEY-PQ-1")


def new_identity(chance: Chance, *, hybrid: bool = False) -> str:
    """The text of a new identity."""
    return bech32.encode("age-secret-key-pq-" if hybrid else "age-secret-key-", chance(32)).upper()


def _alone(stanzas: Sequence[Stanza]) -> None:
    if len(stanzas) > 1 and any(stanza.kind == SCRYPT for stanza in stanzas):
        raise HeaderFault("a passphrase beside another reader", hint="use nothing of it")


def _unwrapped(key: bytes, body: bytes, nonce: bytes = _ZERO_NONCE) -> bytes | None:
    try:
        return ChaCha20Poly1305(key).decrypt(nonce, body, None)
    except InvalidTag:
        return None


def _tag(enc: bytes, public: bytes) -> bytes:
    return hmac.digest(_TAGGED_INFO, enc + hashlib.sha256(public).digest()[:4], "sha256")[:4]


def _p256_schedule(shared_x: bytes, enc: bytes, public: bytes) -> tuple[bytes, bytes]:
    """Key and nonce of HPKE base mode (RFC 9180 sections 4.1 and 5.1), from an agreement made elsewhere."""
    point = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), public)
    whole = point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    kem = b"KEM\x00\x10"
    suite = b"HPKE\x00\x10\x00\x01\x00\x03"
    secret = _labeled_expand(kem, _labeled_extract(kem, b"", b"eae_prk", shared_x), b"shared_secret", enc + whole, 32)
    ids = _labeled_extract(suite, b"", b"psk_id_hash", b""), _labeled_extract(suite, b"", b"info_hash", _TAGGED_INFO)
    context = b"\x00" + b"".join(ids)
    schedule = _labeled_extract(suite, secret, b"secret", b"")
    return (
        _labeled_expand(suite, schedule, b"key", context, 32),
        _labeled_expand(suite, schedule, b"base_nonce", context, 12),
    )


def _labeled_extract(suite: bytes, salt: bytes, label: bytes, secret: bytes) -> bytes:
    return hmac.digest(salt, b"HPKE-v1" + suite + label + secret, "sha256")


def _labeled_expand(suite: bytes, key: bytes, label: bytes, info: bytes, size: int) -> bytes:
    """One block of HKDF-Expand: `size` is at most 32."""
    return hmac.digest(key, size.to_bytes(2) + b"HPKE-v1" + suite + label + info + b"\x01", "sha256")[:size]


def _text(data: bytes) -> str:
    return to_base64(data).decode("ascii")


def _low_order() -> HeaderFault:
    return HeaderFault("a share that gives no secret", hint="it was made to test the reader: use nothing of it")
