"""People who sign in, as the database keeps them: invitations, passkeys, sessions, challenges, drafts, what changed.

Rules: of a link, a session's name and a challenge only the digest is kept; a challenge is taken once; `PeopleEvent`s
are added and never changed. What a call writes is on the disk when its transaction ends.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from comity.base.digests import Digest
from comity.base.ids import ActorId
from comity.base.instants import Instant


@dataclass(frozen=True, slots=True)
class Person:
    """Who may sign in. `name`: as it is shown to colleagues; `subject`: the issuer and subject of the authority's own
    identity provider, where that is how they come; '' for one who was invited."""

    id: ActorId
    name: str
    roles: frozenset[str]
    active: bool
    since: Instant
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link that can be used once. `key`: the digest of what the link holds."""

    key: Digest
    person: ActorId
    name: str
    roles: frozenset[str]
    by: str
    expires: Instant


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey of a person. `public_key`: COSE bytes (RFC 9052), as the authenticator gave them; `used` is None until
    it is used."""

    id: bytes
    person: ActorId
    public_key: bytes
    sign_count: int
    name: str
    added: Instant
    used: Instant | None = None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """One session of a person. `secret`: what its form tokens are made from; `how`: passkey, provider or persona."""

    key: Digest
    person: ActorId
    secret: bytes
    begun: Instant
    seen: Instant
    how: str


@dataclass(frozen=True, slots=True)
class Challenge:
    """What was asked of a browser. `purpose` and `owner` (a session's key, or a person) bind it; `data`: what the
    answer is about."""

    key: Digest
    purpose: str
    owner: str
    data: bytes
    expires: Instant


@dataclass(frozen=True, slots=True)
class Draft:
    """A form that was begun."""

    person: ActorId
    kind: str
    fields: Mapping[str, list[str]]
    updated: Instant


@dataclass(frozen=True, slots=True)
class PeopleEvent:
    """One change of people, as its JSON bytes, and the digest that joins it to all before."""

    number: int
    event: bytes
    head: Digest


class PeopleStore(Protocol):
    """People, how they sign in, and the record of every change."""

    def get(self, who: str) -> Person | None: ...

    def of_subject(self, subject: str) -> Person | None: ...

    def all(self) -> Sequence[Person]:
        """By id."""
        ...

    def put(self, value: Person) -> None:
        """New, or in place of the same one."""
        ...

    def invite(self, value: Invitation) -> None:
        """Takes the place of an earlier invitation of the same person."""
        ...

    def invitation(self, key: Digest) -> Invitation | None: ...

    def invitations(self) -> Sequence[Invitation]: ...

    def drop_invitation(self, who: str) -> None: ...

    def passkey(self, credential: bytes) -> Passkey | None: ...

    def passkeys(self, who: str) -> Sequence[Passkey]:
        """Oldest first."""
        ...

    def put_passkey(self, value: Passkey) -> None:
        """New, or in place of the same one."""
        ...

    def drop_passkey(self, credential: bytes) -> None: ...

    def forget(self, who: str) -> None:
        """Drop a person with their passkeys; the record of changes stays."""
        ...

    def events(self) -> Sequence[PeopleEvent]:
        """Oldest first."""
        ...

    def add_event(self, value: PeopleEvent) -> None:
        """Raises Conflict if the number is taken."""
        ...


class SessionStore(Protocol):
    """Who is signed in, what browsers were asked, and forms that were begun."""

    def get(self, key: Digest) -> SignedIn | None: ...

    def put(self, value: SignedIn) -> None:
        """New, or in place of the same one."""
        ...

    def of_person(self, person: str) -> Sequence[SignedIn]:
        """Oldest first."""
        ...

    def all(self) -> Sequence[SignedIn]: ...

    def end(self, key: Digest) -> None: ...

    def end_all(self, person: str) -> int:
        """How many were ended."""
        ...

    def end_old(self, *, begun_before: Instant, seen_before: Instant) -> None: ...

    def ask(self, value: Challenge, *, now: Instant, most: int) -> None:
        """Keep a challenge; those that are over go, and beyond `most` the oldest."""
        ...

    def take(self, key: Digest) -> Challenge | None:
        """The challenge, which is there no more."""
        ...

    def draft(self, person: str, kind: str) -> Draft | None: ...

    def keep_draft(self, value: Draft) -> None: ...

    def drop_draft(self, person: str, kind: str) -> None: ...

    def oldest_draft(self) -> int | None:
        """When the one longest untouched was kept, in POSIX seconds."""
        ...

    def drop_drafts_before(self, at: int) -> int:
        """Drop those untouched since then; how many."""
        ...
