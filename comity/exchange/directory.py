"""The directory: which keys speak for which authority, with which rights, since when. One signed list per State.

    {"payload":b64u(StateList),"signatures":[{"protected":b64u,"signature":b64u}, ...]}     (RFC 7515 section 7.2.1)

A list names its own root keys and how many of them must sign (`threshold`). The roots are trusted only by their
fingerprint, compared by people out of band: `fingerprint` = SHA-256("comity/1/roots" 0x00 threshold (1 byte), the root
keys in order of their bytes). A later list must be signed by the same roots; its sequence never goes back.
Shape after ETSI TS 119 602 (lists of trusted entities), in JSON. Trust on first use does not exist.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

import msgspec

from comity.base.digests import Digest
from comity.base.encoding import b64u, from_b64u, to_json
from comity.base.errors import BadSignature, Malformed, NotFound
from comity.base.ids import NodeId, StateCode, node_id, state_code, state_of
from comity.base.instants import Instant
from comity.base.mode import Mode
from comity.base.parsing import read_json
from comity.crypto import jws
from comity.crypto.signatures import PUBLIC_BYTES, Signer
from comity.exchange.message import Role
from comity.exchange.problems import ExchangeProblem

TYP: Final = "comity-directory+jws"
CARD_TYP: Final = "comity-card+jws"
LIMIT: Final = 4 * 1024 * 1024
CARD_LIMIT: Final = 64 * 1024
LONGEST_LIFE_DAYS: Final = 30
_VERSION: Final = 1


class Use(StrEnum):
    """What a key is for; each has its own."""

    TRANSPORT = "transport"
    AUTHORITY = "authority"
    ENCRYPTION = "encryption"
    RECEIPT = "receipt"
    LOG = "log"
    WITNESS = "witness"
    EVIDENCE = "evidence"
    LOG_MLDSA44 = "log-mldsa44"
    WITNESS_MLDSA44 = "witness-mldsa44"
    APPROVER = "approver"
    """A passkey of somebody who approves emergencies: `public` is its SubjectPublicKeyInfo, `kid` its credential."""


OF_NODES: Final = tuple(use for use in Use if use is not Use.APPROVER)
"""The uses of which a node itself keeps a private key."""
MLDSA44: Final = (Use.LOG_MLDSA44, Use.WITNESS_MLDSA44)
"""Keys of ML-DSA-44 that sign beside the Ed25519 key of the same purpose; a node made before them has none."""


class KeyEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A public key. `public` is base64url of the raw key, for `evidence` the age recipient's text; times are POSIX
    seconds; `rights`: `emergency` or nothing; `compromised_since` is set when it is revoked."""

    use: Use
    kid: str
    public: str
    not_before: int
    not_after: int
    rights: tuple[str, ...] = ()
    compromised_since: int | None = None

    @property
    def public_bytes(self) -> bytes:
        return _key_of(self.public)

    def is_valid(self, at: Instant) -> bool:
        """Within its dates and not known to be compromised by then."""
        revoked = self.compromised_since is not None and at.seconds >= self.compromised_since
        return self.not_before <= at.seconds <= self.not_after and not revoked


@lru_cache(maxsize=1024)
def _key_of(public: str) -> bytes:
    """Read once for the same text: each message asks for it."""
    return from_b64u(public)


class Entity(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One node: who it is, where it answers, the origin of its log, and its keys, old ones too. `central`: it is its
    State's central authority (art. 40(12)); `telephone`: where it is called back (art. 41)."""

    id: str
    role: Role
    name: str
    endpoint: str
    origin: str
    keys: tuple[KeyEntry, ...]
    telephone: str = ""
    central: bool = False

    def key(self, use: Use, at: Instant) -> KeyEntry:
        """The key to use now; raises NotFound. Of several, the one that is valid longest."""
        valid = [key for key in self.keys if key.use is use and key.is_valid(at)]
        if not valid:
            raise NotFound(f"{self.id} has no valid {use} key at {at}", hint="ask that State for a newer directory")
        return max(valid, key=lambda key: key.not_after)

    def find(self, use: Use, kid: str, at: Instant) -> KeyEntry:
        """The key named `kid`, if it was good at `at`. Raises ExchangeProblem unknown-key or revoked-key."""
        for key in self.keys:
            if key.use is use and key.kid == kid:
                if key.is_valid(at):
                    return key
                if key.compromised_since is not None and at.seconds >= key.compromised_since:
                    raise ExchangeProblem("revoked-key", f"the {use} key was revoked by {self.id}")
                raise ExchangeProblem("unknown-key", f"the {use} key of {self.id} was not valid at {at}")
        raise ExchangeProblem("unknown-key", f"the {use} key is not listed for {self.id}")


class StateList(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A State's list. `roots`: base64url of Ed25519 public keys, of which `threshold` sign each list."""

    v: int
    state: str
    mode: Mode
    sequence: int
    issued: int
    next_update: int
    roots: tuple[str, ...]
    threshold: int
    entities: tuple[Entity, ...]


class Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One root's signature, as RFC 7515 section 7.2.1 has it."""

    protected: str
    signature: str


class Wire(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A list as it travels: the payload's bytes as they were signed, and the signatures it has."""

    payload: str
    signatures: tuple[Signature, ...]


@dataclass(frozen=True, slots=True)
class SignedList:
    """A list whose signatures hold by its own roots; whether those roots are to be trusted is a person's question."""

    value: StateList
    data: bytes

    @property
    def fingerprint(self) -> Digest:
        return fingerprint(self.value.roots, self.value.threshold)

    @property
    def payload_sha256(self) -> Digest:
        """Of the bytes that the roots signed: a list is the same however many of them signed it."""
        wire = read_json(self.data, Wire, limit=LIMIT, what="the directory")
        return Digest.of(from_b64u(wire.payload))


def fingerprint(roots: Sequence[str], threshold: int) -> Digest:
    """What people read to each other before they trust a State's lists."""
    return Digest.of(b"comity/1/roots\0", bytes([threshold]), *sorted(from_b64u(root) for root in roots))


def spoken(digest: Digest) -> str:
    """A fingerprint in groups of four, to read aloud."""
    text = str(digest)
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))


def parse_spoken(text: str) -> Digest:
    """A fingerprint as typed: spaces, colons and dashes do not matter, nor capitals. Raises Malformed."""
    try:
        return Digest.from_hex("".join(c for c in text.lower() if c not in " :-\n\t"))
    except Malformed:
        hint = "64 hexadecimal digits, as that State read them to you"
        raise Malformed("not a whole fingerprint", where="fingerprint", hint=hint) from None


def sign_list(value: StateList, roots: Iterable[Signer]) -> SignedList:
    """Sign a list with the root keys at hand; fewer than `threshold` raise BadSignature."""
    payload = to_json(value)
    signatures = []
    for root in roots:
        protected, _, signature = jws.sign_compact(payload, root, TYP).decode("ascii").split(".")
        signatures.append(Signature(protected, signature))
    data = to_json(Wire(b64u(payload), tuple(signatures)))
    return open_list(data)


def open_list(data: bytes) -> SignedList:
    """Check that enough of the list's own roots signed it, and its inner order. Raises BadSignature or Malformed."""
    wire = read_json(data, Wire, limit=LIMIT, what="the directory")
    payload = from_b64u(wire.payload)
    value = read_json(payload, StateList, limit=LIMIT, what="the directory")
    check_list(value)
    signed = signed_by(wire, value)
    if len(signed) < value.threshold:
        raise BadSignature(
            f"{len(signed)} of the {value.threshold} root signatures needed hold",
            hint="ask that State for its directory",
        )
    return SignedList(value, data)


def signed_by(wire: Wire, value: StateList) -> frozenset[str]:
    """The roots of the list whose signatures hold, base64url."""
    tokens = [f"{one.protected}.{wire.payload}.{one.signature}".encode() for one in wire.signatures]
    return frozenset(root for root in value.roots if any(_is_signed(token, from_b64u(root)) for token in tokens))


def _is_signed(token: bytes, public: bytes) -> bool:
    try:
        jws.verify_compact(token, public, TYP, limit=LIMIT)
    except BadSignature:
        return False
    return True


def check_list(value: StateList) -> None:
    """The inner order of a list: its version, roots, life, and that it lists only its own. Raises Malformed."""
    state_code(value.state)
    roots = {from_b64u(root) for root in value.roots}
    if value.v != _VERSION:
        raise Malformed(f"a directory of version {value.v}", hint=f"this node reads version {_VERSION}")
    if len(roots) != len(value.roots) or not 1 <= value.threshold <= len(roots) <= 16:
        raise Malformed(
            "the roots and their threshold do not fit", hint="different roots, at least `threshold` of them"
        )
    if any(len(root) != PUBLIC_BYTES for root in roots):
        raise Malformed("a root key is 32 bytes", hint="Ed25519, base64url")
    if value.next_update - value.issued > LONGEST_LIFE_DAYS * 86400:
        raise Malformed("a directory is good for at most 30 days", hint="issue it again before it ends")
    names = [entity.id for entity in value.entities]
    if len(set(names)) != len(names) or any(state_of(node_id(name)) != value.state for name in names):
        raise Malformed("each entity is listed once, under its own State", hint="a State lists only its own nodes")


def check_successor(old: StateList, new: StateList) -> None:
    """Whether `new` may follow `old`: same State, roots and mode; a higher sequence; no key's bytes changed or lost.

    Raises ExchangeProblem. Roots are changed only by a new trust ceremony.
    """
    if (new.state, new.mode, new.roots, new.threshold) != (old.state, old.mode, old.roots, old.threshold):
        raise ExchangeProblem("unknown-key", f"the roots of {new.state}'s directory are not the ones trusted here")
    if new.sequence <= old.sequence:
        raise ExchangeProblem(
            "conflict",
            f"sequence {new.sequence} is not after {old.sequence}: a directory never goes back",
            hint="nothing was taken; ask that State for its newest list",
        )
    known = {(entity.id, key.use, key.kid): key for entity in new.entities for key in entity.keys}
    for entity in old.entities:
        for key in entity.keys:
            later = known.get((entity.id, key.use, key.kid))
            if later is None or later.public != key.public:
                raise ExchangeProblem(
                    "conflict", f"a key of {entity.id} is gone: old keys stay listed, with their dates"
                )
            since = key.compromised_since
            if since is not None and (later.compromised_since is None or later.compromised_since > since):
                raise ExchangeProblem("conflict", f"a revocation by {entity.id} is taken back: it stands for ever")


@dataclass(frozen=True, slots=True)
class Directory:
    """All lists trusted here."""

    lists: Mapping[StateCode, StateList]

    def entity(self, node: NodeId) -> Entity:
        """Raises ExchangeProblem unknown-peer."""
        value = self.lists.get(state_of(node))
        for entity in value.entities if value else ():
            if entity.id == node:
                return entity
        raise ExchangeProblem(
            "unknown-peer",
            f"{node} is in no directory trusted here",
            hint="comity directory show names who is; a newer list of its State: comity directory trust",
        )

    def is_over(self, node: NodeId, at: Instant) -> bool:
        """Whether the list that names the node has ended: it was to be signed anew by then, so what it says of the
        node's keys and address may no longer hold. True too where no list names its State."""
        value = self.lists.get(state_of(node))
        return value is None or value.next_update < at.seconds

    def by_transport_key(self, kid: str) -> tuple[Entity, KeyEntry]:
        """Whose transport key this is. Raises ExchangeProblem unknown-peer."""
        for entity in self.all():
            for key in entity.keys:
                if key.use is Use.TRANSPORT and key.kid == kid:
                    return entity, key
        raise ExchangeProblem("unknown-peer", "the request is signed by a key in no directory trusted here")

    def central_authority(self, state: StateCode) -> Entity | None:
        """The one that a State's list names as its central authority; its only authority where it names none."""
        value = self.lists.get(state)
        authorities = [one for one in (value.entities if value else ()) if one.role is Role.AUTHORITY]
        named = [one for one in authorities if one.central] or authorities
        return named[0] if len(named) == 1 else None

    def by_origin(self, origin: str) -> Entity | None:
        """Whose log has this origin."""
        return next((entity for entity in self.all() if entity.origin == origin), None)

    def all(self) -> tuple[Entity, ...]:
        return tuple(entity for value in self.lists.values() for entity in value.entities)


def sign_card(entity: Entity, signer: Signer) -> bytes:
    """A node's own statement of its keys, signed by its authority key, to hand to the State that will list it."""
    return jws.sign_compact(to_json(entity), signer, CARD_TYP)


def open_card(data: bytes) -> Entity:
    """The entity of a card, signed by the authority key it names itself: proof that the keys are held, not of who."""
    kid = jws.read_header(data, limit=CARD_LIMIT).kid
    _, payload, _ = data.split(b".")
    claimed = read_json(from_b64u(payload.decode("ascii")), Entity, limit=CARD_LIMIT, what="the card")
    node_id(claimed.id)
    for key in claimed.keys:
        if key.use is Use.AUTHORITY and key.kid == kid:
            jws.verify_compact(data, key.public_bytes, CARD_TYP, limit=CARD_LIMIT)
            return claimed
    raise BadSignature("the card is not signed by an authority key it names", hint="ask its owner for a new one")
