"""An authenticator in software, as a phone or a key on a ring is one: real keys, real CBOR, a browser's own JSON.

It verifies its user always, unless told not to. `faults` let a test have it do what an honest one never does.
"""

import json
from dataclasses import dataclass, field, replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import encode_cbor

from comity.base.digests import Digest
from comity.base.encoding import b64u, from_b64u
from comity.workflows import people, people_approvals, people_passkeys
from comity.workflows.office import Office

ORIGIN = "http://localhost:8400"
VISITOR = "a visitor's session"


@dataclass(frozen=True)
class Faults:
    """What goes wrong with the next answer."""

    origin: str = ORIGIN
    site: str = ""
    verified: bool = True
    challenge: bytes = b""
    kind: str = ""


@dataclass
class Credential:
    id: bytes
    site: str
    handle: bytes
    key: EllipticCurvePrivateKey | Ed25519PrivateKey
    count: int = 0


@dataclass
class Authenticator:
    """Holds credentials. `seed` makes its keys; `is_ed25519`: of that kind, else P-256."""

    seed: str
    is_ed25519: bool = False
    held: list[Credential] = field(default_factory=list)
    faults: Faults = Faults()

    def create(self, options: str) -> bytes:
        """What `navigator.credentials.create` answers."""
        asked = json.loads(options)
        site = asked["rp"]["id"]
        number = f"{self.seed}/{len(self.held)}".encode()
        secret = Digest.of(b"key", number).value
        key = (
            Ed25519PrivateKey.from_private_bytes(secret)
            if self.is_ed25519
            else derive_private_key(int.from_bytes(secret) >> 1 | 1, SECP256R1())
        )
        made = Credential(Digest.of(b"id", number).value, site, from_b64u(asked["user"]["id"]), key)
        self.held.append(made)
        attested = bytes(16) + len(made.id).to_bytes(2) + made.id + _cose(key)
        data = self._data(made, flags=0x40) + attested
        client = self._client("webauthn.create", asked["challenge"])
        attestation = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
        response = {"clientDataJSON": b64u(client), "attestationObject": b64u(attestation), "transports": ["internal"]}
        return _answer(made, response)

    def get(self, options: str, *, credential: int = -1) -> bytes:
        """What `navigator.credentials.get` answers, with the newest credential unless another is named."""
        asked = json.loads(options)
        one = self.held[credential]
        one.count += 1
        data, client = self._data(one), self._client("webauthn.get", asked["challenge"])
        to_sign = data + Digest.of(client).value
        signature = (
            one.key.sign(to_sign) if isinstance(one.key, Ed25519PrivateKey) else one.key.sign(to_sign, ECDSA(SHA256()))
        )
        response = {
            "clientDataJSON": b64u(client),
            "authenticatorData": b64u(data),
            "signature": b64u(signature),
            "userHandle": b64u(one.handle),
        }
        return _answer(one, response)

    def _data(self, one: Credential, flags: int = 0) -> bytes:
        site = self.faults.site or one.site
        said = flags | 0b001 | (0b100 if self.faults.verified else 0)
        return Digest.of(site.encode()).value + bytes((said,)) + one.count.to_bytes(4)

    def _client(self, kind: str, challenge: str) -> bytes:
        said = {
            "type": self.faults.kind or kind,
            "challenge": b64u(self.faults.challenge) if self.faults.challenge else challenge,
            "origin": self.faults.origin,
            "crossOrigin": False,
        }
        return json.dumps(said).encode()

    def with_faults(self, **faults: Any) -> "Authenticator":
        """The same credentials in the hands of one that does wrong."""
        return replace(self, faults=Faults(**faults))


def _cose(key: EllipticCurvePrivateKey | Ed25519PrivateKey) -> bytes:
    if isinstance(key, Ed25519PrivateKey):
        return encode_cbor({1: 1, 3: -8, -1: 6, -2: key.public_key().public_bytes_raw()})
    numbers = key.public_key().public_numbers()
    return encode_cbor({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)})


def _answer(one: Credential, response: dict[str, Any]) -> bytes:
    whole = {"id": b64u(one.id), "rawId": b64u(one.id), "type": "public-key", "response": response}
    return json.dumps({**whole, "clientExtensionResults": {}, "authenticatorAttachment": "platform"}).encode()


# What people do with one


def first_operator(office: Office, person: str = "olive", *roles: str) -> Authenticator:
    """The first operator joins by the link of the terminal."""
    return _join(office, people.invite_first(office, person, "", roles), person)


def joined(
    office: Office, person: str, *roles: str, by: str = "olive", is_ed25519: bool = False, device: str = ""
) -> Authenticator:
    """Somebody is invited by an operator, and joins."""
    return _join(office, people.invite(office, by, person, "", roles), f"{person}{device}", is_ed25519)


def _join(office: Office, invited: people.Invited, seed: str, is_ed25519: bool = False) -> Authenticator:
    authenticator = Authenticator(f"{office.node}/{seed}", is_ed25519)
    asked = people_passkeys.ask_to_join(office, invited.link, VISITOR)
    people_passkeys.join(office, invited.link, VISITOR, authenticator.create(asked.options))
    return authenticator


def signature(office: Office, person: str, case: str, authenticator: Authenticator, *, reasons: str = "") -> bytes:
    """A person's answer to what they are asked to approve."""
    return authenticator.get(people_approvals.ask(office, person, case, reasons=reasons).options)
