"""Tokens and webhooks of the JSON interface, as the workflows see their tables. Nothing here decides anything."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from comity.base.instants import Instant


class Scope(StrEnum):
    """What a token opens. One scope never includes another."""

    CASES_READ = "cases:read"
    CASES_DRAFT = "cases:draft"
    EVIDENCE_READ = "evidence:read"
    EVIDENCE_WRITE = "evidence:write"
    DECISIONS_WRITE = "decisions:write"
    DIRECTORY_READ = "directory:read"
    EVENTS_READ = "events:read"
    WEBHOOKS_WRITE = "webhooks:write"


@dataclass(frozen=True, slots=True)
class Token:
    """What is kept of a token. `digest`: SHA-256 of its text; `people`: whom it may act for, in no other roles than
    `roles`; `last_used`: to the minute."""

    id: str
    name: str
    digest: bytes
    scopes: frozenset[Scope]
    people: tuple[str, ...]
    roles: frozenset[str]
    made_at: Instant
    made_by: str
    expires: Instant
    last_used: Instant | None = None
    revoked: Instant | None = None

    def is_live(self, at: Instant) -> bool:
        """Neither revoked nor past its end."""
        return self.revoked is None and at < self.expires


class TokenStore(Protocol):
    """The node's tokens. One is never deleted: it says who once could do what."""

    def add(self, token: Token) -> None: ...

    def get(self, token_id: str) -> Token | None: ...

    def all(self) -> Sequence[Token]:
        """Oldest first."""
        ...

    def touch(self, token_id: str, at: Instant) -> None:
        """It was used."""
        ...

    def revoke(self, token_id: str, at: Instant) -> None: ...


class WebhookState(StrEnum):
    ACTIVE = "active"
    STUCK = "stuck"
    """Not reached for days: a person is told, and sets it going again where it stood."""
    ENDED = "ended"
    """Its token ended."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """Whom to tell that something happened. `kinds`: of events, empty for all; `cursor`: the first log entry it has not
    been told of; `failing_since`: the first failure since it last worked; `reason`: the last one's."""

    id: str
    token: str
    url: str
    kinds: tuple[str, ...]
    made_at: Instant
    cursor: int
    state: WebhookState = WebhookState.ACTIVE
    attempts: int = 0
    next_attempt: Instant | None = None
    failing_since: Instant | None = None
    reason: str = ""


class WebhookStore(Protocol):
    """Subscriptions, each with how far it has been told."""

    def add(self, webhook: Webhook) -> None: ...

    def get(self, webhook_id: str) -> Webhook | None: ...

    def all(self) -> Sequence[Webhook]:
        """Oldest first."""
        ...

    def claim(self, now: Instant, *, size: int, lease_until: Instant, most: int) -> Sequence[Webhook]:
        """Active ones that have not been told of all `size` entries, are due, and that no other worker has."""
        ...

    def put(self, webhook: Webhook) -> None:
        """Replace what is kept of one, and give it back."""
        ...

    def remove(self, webhook_id: str) -> None: ...
