"""Two authorities and a provider as values: their keys, directory entries, and a message from one to another."""

from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from comity.base.encoding import b64u
from comity.base.ids import StateCode
from comity.base.instants import Instant
from comity.base.mode import Mode
from comity.crypto import hpke
from comity.crypto.hpke import HybridOpener
from comity.crypto.signatures import Ed25519Signer
from comity.exchange import document as documents
from comity.exchange import envelope as envelopes
from comity.exchange.directory import MLDSA44, Entity, KeyEntry, StateList, Use
from comity.exchange.message import AskBody, Role
from comity.treaty.request import Request

NOW: Final = Instant.parse("2026-11-22T03:00:00Z")
DAY: Final = 86400
MESSAGE: Final = "01934f5e-7c00-7000-8000-000000000000"
REQUEST: Final = Request(requesting=StateCode("XA"), requested=StateCode("XB"), subject="an investment scam")


@dataclass(frozen=True)
class Node:
    """A node's private keys, each made from its number, and what the directory says of it."""

    id: str
    role: Role
    number: int
    rights: tuple[str, ...] = ()
    signers: dict[Use, Ed25519Signer] = field(init=False)
    opener: HybridOpener = field(init=False)

    def __post_init__(self) -> None:
        uses = [use for use in Use if use not in (Use.ENCRYPTION, Use.EVIDENCE, *MLDSA44)]
        seeds = {use: bytes([self.number, n]) * 16 for n, use in enumerate(uses)}
        object.__setattr__(self, "signers", {use: Ed25519Signer(seed) for use, seed in seeds.items()})
        object.__setattr__(self, "opener", HybridOpener(bytes([self.number]) * 96))

    @property
    def authority(self) -> Ed25519Signer:
        return self.signers[Use.AUTHORITY]

    @property
    def entity(self) -> Entity:
        """Its keys are good from a day ago, for a year."""
        found = [self.entry(use, signer.kid, b64u(signer.public)) for use, signer in self.signers.items()]
        found.append(self.entry(Use.ENCRYPTION, self.opener.kid, b64u(self.opener.public)))
        name = self.id.partition("/")[2]
        return Entity(
            id=self.id,
            role=self.role,
            name=name,
            endpoint=f"https://{name}.example",
            origin=f"{name}.example/log",
            keys=tuple(found),
        )

    def entry(self, use: Use, kid: str, public: str) -> KeyEntry:
        return KeyEntry(
            use=use,
            kid=kid,
            public=public,
            not_before=NOW.seconds - DAY,
            not_after=NOW.seconds + 364 * DAY,
            rights=self.rights if use is Use.AUTHORITY else (),
        )


XA: Final = Node("XA/central-authority", Role.AUTHORITY, 1)
XB: Final = Node("XB/central-authority", Role.AUTHORITY, 2)
PROVIDER: Final = Node("XB/provider-one", Role.PROVIDER, 3)
POINT_OF_CONTACT: Final = Node("XA/point-of-contact", Role.AUTHORITY, 4, rights=("emergency",))
ROOTS: Final = tuple(Ed25519Signer(bytes([n]) * 32) for n in (101, 102, 103))


def changed_entity(entity: Entity, of_use: Use, /, **changes: Any) -> Entity:
    """The entity with its key of one use changed."""
    keys = tuple(msgspec.structs.replace(key, **changes) if key.use is of_use else key for key in entity.keys)
    return msgspec.structs.replace(entity, keys=keys)


def state_list(**changes: Any) -> StateList:
    """The list of XB: two of three roots, two entities."""
    value = StateList(
        v=1,
        state="XB",
        mode=Mode.EXERCISE,
        sequence=7,
        issued=NOW.seconds,
        next_update=NOW.seconds + 30 * DAY,
        roots=tuple(b64u(root.public) for root in ROOTS),
        threshold=2,
        entities=(XB.entity, PROVIDER.entity),
    )
    return msgspec.structs.replace(value, **changes)


def header(**changes: Any) -> envelopes.Header:
    """The header of a message from XA to XB, made now and good for a day."""
    value = envelopes.Header(
        v=1,
        id=MESSAGE,
        mode=Mode.EXERCISE,
        from_=XA.id,
        to=XB.id,
        channel="AAECAwQFBgcICQoLDA0ODw",
        seq=1,
        prev="",
        iat=NOW.seconds,
        exp=NOW.seconds + DAY,
        pri=0,
        suite=hpke.SUITE,
        rkid=XB.opener.kid,
    )
    return msgspec.structs.replace(value, **changes)


def document(**changes: Any) -> documents.Document:
    """The document that belongs in an envelope with that header: XA asks for something."""
    outside = header()
    value = documents.Document(
        v=1,
        id=outside.id,
        mode=outside.mode,
        from_=outside.from_,
        to=outside.to,
        iat=outside.iat,
        exp=outside.exp,
        channel=outside.channel,
        seq=outside.seq,
        prev=outside.prev,
        case="c-1",
        kind="ask",
        actor=documents.Actor("reviewer-1", "reviewer"),
        log=documents.LogPlace("central-authority.example/log", 12),
        body=documents.body_bytes(AskBody(missing=("the period",))),
    )
    return msgspec.structs.replace(value, **changes)


def sealed(token: bytes | None = None, **changes: Any) -> envelopes.Envelope:
    """The document, signed by XA and sealed for XB."""
    inside = documents.sign(document(), XA.authority).token if token is None else token
    return envelopes.seal(inside, header(**changes), XB.opener.public)
