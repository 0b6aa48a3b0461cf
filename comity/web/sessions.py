"""Who is at the pages: people who signed in, whose sessions the database keeps, and visitors, whom this process does.

A cookie holds a random name of which only the digest is kept. A visitor's session is there for the token of the form
with which they sign in; a restart ends it, and when there are too many the oldest goes. People's sessions and drafts
survive a restart (`workflows.people_sessions`).
"""

import hmac
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from comity.base.encoding import b64u, from_b64u
from comity.base.errors import Malformed, NotPermitted
from comity.base.instants import Instant
from comity.web.typed import Typed
from comity.workflows import people_sessions
from comity.workflows.office import Office
from comity.workflows.people_store import SignedIn

VISITORS_MOST: Final = 10_000
VISIT_SECONDS: Final = 3600
SEEN_MOST: Final = 1_000
"""Sessions of people that are remembered after they ended, so that what was typed in them finds its person."""
_BYTES: Final = 32
_TOKEN_BYTES: Final = 16
"""Of a session's secret, so many are in its form tokens: each page carries one in clear beside its pad."""


@dataclass(frozen=True, slots=True)
class Session:
    """One browser's session. `key`: the digest of its name; `person` is '' for a visitor; `name`: as they are shown;
    `secret`: what its form tokens are made from; `ends`: if nothing more is done; `how` they signed in."""

    key: str
    person: str
    name: str
    secret: bytes
    ends: Instant
    how: str = ""


@dataclass(slots=True)
class Sessions:
    """The sessions of a node's pages, and the drafts of its people."""

    office: Office
    typed: Typed = field(default_factory=Typed)
    _visitors: dict[str, Session] = field(default_factory=dict)
    _seen: dict[str, Session] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, person: str, how: str) -> tuple[str, Session]:
        """A new session of somebody who signed in, and the name that its cookie holds."""
        name, session = people_sessions.begin(self.office, person, how)
        return name, _shown(session, person)

    def visit(self) -> tuple[str, Session]:
        """A new session of a visitor, and the name that its cookie holds."""
        name, randomness = b64u(self.office.randomness.bytes(_BYTES)), self.office.randomness
        key = str(people_sessions.key_of(name))
        session = Session(key, "", "", randomness.bytes(_BYTES), self.office.clock.now().plus_seconds(VISIT_SECONDS))
        with self._lock:
            while len(self._visitors) >= VISITORS_MOST:
                del self._visitors[next(iter(self._visitors))]
            self._visitors[key] = session
        return name, session

    def find(self, name: str, *, touch: bool = True) -> Session | None:
        """The session of a cookie. touch: it was a person who came, not a script that keeps a page fresh."""
        if not name:
            return None
        key = str(people_sessions.key_of(name))
        with self._lock:
            visitor = self._visitors.get(key)
        if visitor is not None:
            return visitor if self.office.clock.now() <= visitor.ends else None
        found = people_sessions.find(self.office, name, touch=touch)
        if found is None:
            return None
        session = _shown(found.session, found.name)
        with self._lock:
            self._seen.pop(key, None)
            while len(self._seen) >= SEEN_MOST:
                del self._seen[next(iter(self._seen))]
            self._seen[key] = session
        return session

    def over(self, name: str) -> Session | None:
        """A person's session that has ended, as it was last seen here: it says whose form comes too late, no more.

        None for one that its person ended, or that was not seen since this process began."""
        with self._lock:
            return self._seen.get(str(people_sessions.key_of(name)))

    def end(self, session: Session) -> None:
        """End a visitor's session, or a person's."""
        if session.person:
            with self._lock:
                self._seen.pop(session.key, None)
            people_sessions.end_one(self.office, session.person, session.key)
        else:
            with self._lock:
                self._visitors.pop(session.key, None)

    def draft(self, person: str, kind: str) -> Mapping[str, list[str]]:
        """The fields of a person's draft; empty where there is none."""
        return people_sessions.draft(self.office, person, kind)

    def keep_draft(self, person: str, kind: str, fields: Mapping[str, list[str]]) -> None:
        """Add to a draft what was typed on one of its pages."""
        people_sessions.keep_draft(self.office, person, kind, fields)

    def drop_draft(self, person: str, kind: str) -> None:
        people_sessions.drop_draft(self.office, person, kind)

    def token(self, session: Session) -> str:
        """A form token: another text each time, so that a compressed page does not give it away by its length."""
        pad = self.office.randomness.bytes(_TOKEN_BYTES)
        return b64u(pad + _mixed(pad, session.secret[:_TOKEN_BYTES]))


def _shown(session: SignedIn, name: str) -> Session:
    ends = people_sessions.ends_at(session)
    return Session(str(session.key), session.person, name, session.secret, ends, session.how)


def check_token(session: Session, token: str) -> None:
    """Raise NotPermitted unless the token is one of this session's."""
    try:
        data = from_b64u(token)
    except Malformed:
        data = b""
    pad, mixed = data[:_TOKEN_BYTES], data[_TOKEN_BYTES:]
    if len(mixed) != _TOKEN_BYTES or not hmac.compare_digest(_mixed(pad, mixed), session.secret[:_TOKEN_BYTES]):
        raise NotPermitted("the form is not from this session", hint="open the page again and send it from there")


def _mixed(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
