"""Who is signed in: sessions kept by this server, named by a random cookie of which only the hash is held.

A session ends when it was idle for an hour, after twelve hours, or when its person ends it. They live in the memory of
this process, as do drafts: a restart signs everybody out. A draft belongs to its person, so that signing out or running
out of time loses nothing while the server runs.
"""

import hmac
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from comity.base.digests import Digest
from comity.base.encoding import b64u, from_b64u
from comity.base.errors import Malformed, NotPermitted, Unavailable
from comity.base.instants import Instant
from comity.workflows.ports import Clock, Randomness

IDLE_SECONDS: Final = 3600
LONGEST_SECONDS: Final = 12 * 3600
MOST: Final = 10_000
_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Session:
    """One visit. `person` is '' before signing in. `secret`: what its form tokens are made from."""

    key: str
    person: str
    secret: bytes
    begun: Instant
    seen: Instant

    def is_over(self, now: Instant) -> bool:
        return now.seconds - self.seen.seconds > IDLE_SECONDS or now.seconds - self.begun.seconds > LONGEST_SECONDS


@dataclass(slots=True)
class Sessions:
    """All sessions of this process, and the drafts of its people."""

    clock: Clock
    randomness: Randomness
    _held: dict[str, Session] = field(default_factory=dict)
    _drafts: dict[tuple[str, str], dict[str, list[str]]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, person: str) -> tuple[str, Session]:
        """A new session, and the name that its cookie holds. Raises Unavailable when there are too many."""
        name, now = b64u(self.randomness.bytes(_BYTES)), self.clock.now()
        session = Session(_key(name), person, self.randomness.bytes(_BYTES), now, now)
        with self._lock:
            if len(self._held) >= MOST:
                self._held = {key: one for key, one in self._held.items() if not one.is_over(now) and one.person}
            if len(self._held) >= MOST:
                raise Unavailable("too many people are signed in", hint="try again in a while")
            self._held[session.key] = session
        return name, session

    def find(self, name: str, *, touch: bool = True) -> Session | None:
        """The session of a cookie. touch: it was a person who came, not a script that keeps a page fresh."""
        now, key = self.clock.now(), _key(name)
        with self._lock:
            session = self._held.get(key)
            if session is None:
                return None
            if session.is_over(now):
                del self._held[key]
                return None
            if touch:
                session = self._held[key] = replace(session, seen=now)
            return session

    def end(self, session: Session) -> None:
        with self._lock:
            self._held.pop(session.key, None)

    def draft(self, person: str, name: str) -> Mapping[str, list[str]]:
        """The fields of a person's draft; empty where there is none."""
        with self._lock:
            return dict(self._drafts.get((person, name), {}))

    def keep_draft(self, person: str, name: str, fields: Mapping[str, list[str]]) -> None:
        """Add to a draft what was typed on one of its pages."""
        with self._lock:
            self._drafts[person, name] = {**self._drafts.get((person, name), {}), **fields}

    def drop_draft(self, person: str, name: str) -> None:
        with self._lock:
            self._drafts.pop((person, name), None)

    def token(self, session: Session) -> str:
        """A form token: another text each time, so that a compressed page does not give it away by its length."""
        pad = self.randomness.bytes(_BYTES)
        return b64u(pad + _mixed(pad, session.secret))


def check_token(session: Session, token: str) -> None:
    """Raise NotPermitted unless the token is one of this session's."""
    try:
        data = from_b64u(token)
    except Malformed:
        data = b""
    pad, mixed = data[:_BYTES], data[_BYTES:]
    if len(mixed) != _BYTES or not hmac.compare_digest(_mixed(pad, mixed), session.secret):
        raise NotPermitted("the form is not from this session", hint="open the page again and send it from there")


def _mixed(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def _key(name: str) -> str:
    return str(Digest.of(name.encode("utf-8", "replace")))
