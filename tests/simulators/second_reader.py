"""A second reader of what is exchanged, written from docs/formats/envelope.md and the RFCs.

It imports nothing of comity, so that a test which reads with it shows what the page says, not what our code does twice.
HPKE (RFC 9180) and X-Wing (0x647A) are written out here; only the bare primitives are a library's.
"""

import base64
import hashlib
import hmac
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEM, KDF, AEAD = 0x647A, 0x0001, 0x0002
SUITE = b"HPKE" + KEM.to_bytes(2, "big") + KDF.to_bytes(2, "big") + AEAD.to_bytes(2, "big")
KEM_CIPHERTEXT = 1088
ENCAPSULATED = KEM_CIPHERTEXT + 32


def unb64(text: str | bytes) -> bytes:
    data = text.encode() if isinstance(text, str) else text
    return base64.urlsafe_b64decode(data + b"=" * (-len(data) % 4))


def decapsulate(private: bytes, encapsulated: bytes) -> bytes:
    """X-Wing: both shared secrets, the X25519 ciphertext and public key, and the label, under SHA3-256."""
    kem = MLKEM768PrivateKey.from_seed_bytes(private[:64])
    curve = X25519PrivateKey.from_private_bytes(private[64:])
    ciphertext, ephemeral = encapsulated[:KEM_CIPHERTEXT], encapsulated[KEM_CIPHERTEXT:]
    shared = kem.decapsulate(ciphertext) + curve.exchange(X25519PublicKey.from_public_bytes(ephemeral))
    own = curve.public_key().public_bytes_raw()
    return hashlib.sha3_256(shared + ephemeral + own + b"\\.//^\\").digest()


def _extract(salt: bytes, label: bytes, key: bytes) -> bytes:
    """LabeledExtract, RFC 9180 section 4."""
    return hmac.digest(salt or bytes(32), b"HPKE-v1" + SUITE + label + key, "sha256")


def _expand(secret: bytes, label: bytes, info: bytes, length: int) -> bytes:
    """LabeledExpand, RFC 9180 section 4; one block of SHA-256 is enough here."""
    labelled = length.to_bytes(2, "big") + b"HPKE-v1" + SUITE + label + info
    return hmac.digest(secret, labelled + b"\x01", "sha256")[:length]


def hpke_key(shared: bytes, info: bytes) -> tuple[bytes, bytes]:
    """The AEAD's key and nonce: the key schedule of RFC 9180 section 5.1 in base mode, for one message."""
    context = b"\x00" + _extract(b"", b"psk_id_hash", b"") + _extract(b"", b"info_hash", info)
    secret = _extract(shared, b"secret", b"")
    return _expand(secret, b"key", context, 32), _expand(secret, b"base_nonce", context, 12)


def hpke_open(private: bytes, sealed: bytes, info: bytes) -> bytes:
    """RFC 9180 section 6.1 in base mode: the encapsulated key stands before the ciphertext."""
    key, nonce = hpke_key(decapsulate(private, sealed[:ENCAPSULATED]), info)
    return AESGCM(key).decrypt(nonce, sealed[ENCAPSULATED:], b"")


def open_envelope(private: bytes, header: bytes, ct: bytes) -> bytes:
    """Layer 1: the JWS inside."""
    padded = hpke_open(private, ct, b"comity/1/envelope\x00" + hashlib.sha256(header).digest())
    size = int.from_bytes(padded[:4], "big")
    assert not any(padded[4 + size :])
    return padded[4 : 4 + size]


def open_jws(token: bytes, public: bytes, typ: str) -> bytes:
    """The payload of a JWS by `public`."""
    header, payload, signature = token.split(b".")
    Ed25519PublicKey.from_public_bytes(public).verify(unb64(signature), header + b"." + payload)
    assert json.loads(unb64(header)) == {"alg": "Ed25519", "kid": thumbprint(public), "typ": typ}
    return unb64(payload)


def thumbprint(public: bytes) -> str:
    x = base64.urlsafe_b64encode(public).rstrip(b"=").decode()
    jwk = json.dumps({"crv": "Ed25519", "kty": "OKP", "x": x}, separators=(",", ":"), sort_keys=True)
    return base64.urlsafe_b64encode(hashlib.sha256(jwk.encode()).digest()).rstrip(b"=").decode()


def open_document(token: bytes, public: bytes) -> dict[str, Any]:
    """Layer 2: the document."""
    document: dict[str, Any] = json.loads(open_jws(token, public, "comity-doc+jws"))
    return document


def tree_root(leaves: list[bytes]) -> bytes:
    """RFC 9162 section 2.1.1, as it is written there: by halves."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    half = 1 << ((len(leaves) - 1).bit_length() - 1)
    return hashlib.sha256(b"\x01" + tree_root(leaves[:half]) + tree_root(leaves[half:])).digest()


def open_receipts(data: bytes, public: bytes) -> list[dict[str, Any]]:
    """The rows, if the root that was signed is theirs."""
    wire = json.loads(data)
    signed = json.loads(open_jws(wire["jws"].encode(), public, "comity-receipt+jws"))
    rows = [unb64(row) for row in wire["rows"]]
    assert (signed["size"], signed["root"]) == (len(rows), tree_root(rows).hex())
    return [json.loads(row) for row in rows]


def open_mailbox(data: bytes, seal: str, public: bytes) -> dict[str, Any]:
    """What a mailbox gave, and to whom, if the giver's transport key signed exactly these bytes."""
    signed: dict[str, Any] = json.loads(open_jws(seal.encode(), public, "comity-mailbox+jws"))
    assert signed["sha256"] == hashlib.sha256(data).hexdigest()
    return {**json.loads(data), "by": signed["by"], "to": signed["to"], "at": signed["at"]}


def roots_fingerprint(roots: list[bytes], threshold: int) -> str:
    return hashlib.sha256(b"comity/1/roots\x00" + bytes([threshold]) + b"".join(sorted(roots))).hexdigest()
