"""A second implementation of the sender's side, written from docs/formats/envelope.md and the RFCs.

It imports nothing of comity: what it signs and seals, a comity node takes only if the page is enough. Beside
`second_reader`, which opens what comes back.
"""

import base64
import hashlib
import json
import secrets
import struct
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.simulators.second_reader import hpke_key, thumbprint, tree_root, unb64

COMPONENTS = ("@method", "@authority", "@path", "content-type", "content-digest")
ML_KEM_PUBLIC = 1184


def b64u(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def to_json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def public_of(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()


def sign_jws(payload: bytes, key: Ed25519PrivateKey, typ: str) -> bytes:
    header = to_json({"alg": "Ed25519", "kid": thumbprint(public_of(key)), "typ": typ})
    signed = f"{b64u(header)}.{b64u(payload)}".encode()
    return signed + b"." + b64u(key.sign(signed)).encode()


def encapsulate(public: bytes) -> tuple[bytes, bytes]:
    """X-Wing: the shared secret, and what the recipient needs to make it too."""
    ours, theirs = X25519PrivateKey.generate(), public[ML_KEM_PUBLIC:]
    shared, ciphertext = MLKEM768PublicKey.from_public_bytes(public[:ML_KEM_PUBLIC]).encapsulate()
    ephemeral = ours.public_key().public_bytes_raw()
    curve = ours.exchange(X25519PublicKey.from_public_bytes(theirs))
    return hashlib.sha3_256(shared + curve + ephemeral + theirs + b"\\.//^\\").digest(), ciphertext + ephemeral


def padme(size: int) -> int:
    exponent = size.bit_length() - 1
    step = 1 << (exponent - exponent.bit_length())
    return -(-size // step) * step


def seal(header: bytes, token: bytes, recipient: bytes) -> bytes:
    """Layer 1: the ciphertext of an envelope."""
    content = struct.pack(">I", len(token)) + token
    shared, encapsulated = encapsulate(recipient)
    key, nonce = hpke_key(shared, b"comity/1/envelope\x00" + hashlib.sha256(header).digest())
    return encapsulated + AESGCM(key).encrypt(nonce, content.ljust(padme(len(content)), b"\x00"), b"")


def signed_headers(
    method: str, authority: str, path: str, body: bytes, content_type: str, key: Ed25519PrivateKey
) -> dict[str, str]:
    """Layer 0, RFC 9421 section 2.5 and RFC 9530."""
    now = int(time.time())
    digest = f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
    values = dict(zip(COMPONENTS, (method, authority, path, content_type, digest), strict=True))
    names = " ".join(f'"{name}"' for name in COMPONENTS)
    parameters = (
        f'({names});created={now};keyid="{thumbprint(public_of(key))}";alg="ed25519";'
        f'expires={now + 300};nonce="{b64u(secrets.token_bytes(16))}";tag="comity"'
    )
    signature = base64.b64encode(key.sign(_signature_base(values, parameters))).decode()
    return {
        "content-type": content_type,
        "content-digest": digest,
        "signature-input": f"comity={parameters}",
        "signature": f"comity=:{signature}:",
    }


def _signature_base(values: Mapping[str, str], parameters: str) -> bytes:
    lines = [f'"{name}": {value}' for name, value in values.items()]
    return "\n".join([*lines, f'"@signature-params": {parameters}']).encode()


def verify_headers(method: str, authority: str, path: str, headers: Mapping[str, str], body: bytes, key: bytes) -> None:
    """The same, of a request that came."""
    digest = f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
    assert headers["content-digest"] == digest
    values = dict(zip(COMPONENTS, (method, authority, path, headers["content-type"], digest), strict=True))
    parameters = headers["signature-input"].removeprefix("comity=")
    assert f'keyid="{thumbprint(key)}"' in parameters
    signature = base64.b64decode(headers["signature"].removeprefix("comity=:").removesuffix(":"))
    Ed25519PublicKey.from_public_bytes(key).verify(signature, _signature_base(values, parameters))


def new_channel() -> str:
    return b64u(secrets.token_bytes(16))


@dataclass
class SecondNode:
    """A node by another's hand: its keys, and a channel to one peer."""

    id: str
    endpoint: str
    keys: dict[str, Ed25519PrivateKey] = field(
        default_factory=lambda: {
            use: Ed25519PrivateKey.generate() for use in ("transport", "authority", "receipt", "log", "witness")
        }
    )
    roots: list[Ed25519PrivateKey] = field(default_factory=lambda: [Ed25519PrivateKey.generate() for _ in range(3)])
    opens: bytes = field(default_factory=lambda: secrets.token_bytes(96))
    channel: str = field(default_factory=new_channel)
    sent: int = 0
    prev: str = ""

    @property
    def encryption(self) -> bytes:
        kem = MLKEM768PrivateKey.from_seed_bytes(self.opens[:64]).public_key().public_bytes_raw()
        return kem + X25519PrivateKey.from_private_bytes(self.opens[64:]).public_key().public_bytes_raw()

    def list_of_state(self, **changes: Any) -> bytes:
        """Section 6: the list of its State, signed by two of three roots."""
        now = int(time.time())
        keys = [_entry(use, thumbprint(public_of(key)), public_of(key), now) for use, key in self.keys.items()]
        keys.append(_entry("encryption", b64u(hashlib.sha256(self.encryption).digest()), self.encryption, now))
        entity = {"id": self.id, "role": "authority", "name": "Another's software", "endpoint": self.endpoint}
        listed = {
            "v": 1,
            "state": self.id[:2],
            "mode": "exercise",
            "sequence": 1,
            "issued": now,
            "next_update": now + 20 * 86400,
            "roots": [b64u(public_of(root)) for root in self.roots],
            "threshold": 2,
            "entities": [{**entity, "origin": "second.example/log", "keys": keys}],
            **changes,
        }
        payload = to_json(listed)
        signatures = []
        for root in self.roots[:2]:
            protected, _, signature = sign_jws(payload, root, "comity-directory+jws").decode().split(".")
            signatures.append({"protected": protected, "signature": signature})
        return to_json({"payload": b64u(payload), "signatures": signatures})

    def envelope(
        self, to: str, recipient: bytes, kind: str, body: object, **changes: Any
    ) -> tuple[str, dict[str, str]]:
        """Layers 1 and 2: the id of the next message of its channel, and the envelope as it stands in a batch.
        changes: of the header and the document alike."""
        now = int(time.time())
        self.sent += 1
        way: dict[str, Any] = {"v": 1, "id": str(uuid.uuid4()), "mode": "exercise", "from": self.id, "to": to}
        way |= {"channel": self.channel, "seq": self.sent, "prev": self.prev, "iat": now, "exp": now + 86400, **changes}
        sealed_for = {"pri": 0, "suite": 1, "rkid": b64u(hashlib.sha256(recipient).digest())}
        header = to_json({**way, **{name: way.pop(name, value) for name, value in sealed_for.items()}})
        document = {**way, "case": "second-1", "kind": kind, "body": body}
        document |= {"actor": {"id": "p-1", "role": "duty_officer", "approved_by": "p-2"}}
        document |= {"log": {"origin": "second.example/log", "index": self.sent}}
        ct = seal(header, sign_jws(to_json(document), self.keys["authority"], "comity-doc+jws"), recipient)
        self.prev = hashlib.sha256(struct.pack(">I", len(header)) + header + ct).hexdigest()
        return str(way["id"]), {"header": b64u(header), "ct": b64u(ct)}

    def receipts(self, to: str, rows: Sequence[Mapping[str, Any]]) -> bytes:
        """Section 4: rows under a signed root."""
        data = [to_json(row) for row in rows]
        signed = {"v": 1, "mode": "exercise", "by": self.id, "to": to, "at": int(time.time())}
        signed |= {"size": len(data), "root": tree_root(data).hex()}
        token = sign_jws(to_json(signed), self.keys["receipt"], "comity-receipt+jws")
        return to_json({"jws": token.decode(), "rows": [b64u(row) for row in data]})


def _entry(use: str, kid: str, public: bytes, now: int) -> dict[str, Any]:
    return {"use": use, "kid": kid, "public": b64u(public), "not_before": now - 60, "not_after": now + 300 * 86400}


def batch(*envelopes: Mapping[str, str]) -> bytes:
    return to_json({"v": 1, "id": "by another's hand", "envelopes": envelopes})


def open_list(data: bytes, fingerprint: str) -> dict[str, Any]:
    """A State's list, if the roots that were compared by another way signed it."""
    wire = json.loads(data)
    listed: dict[str, Any] = json.loads(unb64(wire["payload"]))
    roots = sorted(unb64(root) for root in listed["roots"])
    said = hashlib.sha256(b"comity/1/roots\x00" + bytes([listed["threshold"]]) + b"".join(roots)).hexdigest()
    assert said == fingerprint
    signed = set()
    for one in wire["signatures"]:
        kid = json.loads(unb64(one["protected"]))["kid"]
        root = next(root for root in roots if thumbprint(root) == kid)
        covered = f"{one['protected']}.{wire['payload']}".encode()
        Ed25519PublicKey.from_public_bytes(root).verify(unb64(one["signature"]), covered)
        signed.add(root)
    assert len(signed) >= listed["threshold"]
    return listed


def key_of(listed: Mapping[str, Any], use: str) -> bytes:
    """A key of the only entity of a list."""
    (entity,) = listed["entities"]
    return unb64(next(key["public"] for key in entity["keys"] if key["use"] == use))
