"""Sessions of people who signed in: named by a random text that only the browser holds, ended at any time.

A session ends when it was idle for an hour, after twelve hours, or when its person or an operator ends it. The limits
are policy of this program. That a session was used is written at most once a minute: most pages cost no write.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from comity.base.digests import Digest
from comity.base.encoding import b64u
from comity.base.errors import NotFound
from comity.base.ids import ActorId
from comity.base.instants import Instant
from comity.workflows.access import permit
from comity.workflows.office import Office
from comity.workflows.people_store import Draft, SignedIn

IDLE_SECONDS: Final = 3600
LONGEST_SECONDS: Final = 12 * 3600
TOUCH_SECONDS: Final = 60
_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Found:
    """A session that is not over, and its person's name as it is shown."""

    session: SignedIn
    name: str


def key_of(name: str) -> Digest:
    """What is kept of a session's name."""
    return Digest.of(name.encode("utf-8", "replace"))


def ends_at(session: SignedIn) -> Instant:
    """When it ends if nothing more is done."""
    return min(session.seen.plus_seconds(IDLE_SECONDS), session.begun.plus_seconds(LONGEST_SECONDS))


def begin(office: Office, person: str, how: str) -> tuple[str, SignedIn]:
    """A new session, and the name that its cookie holds."""
    name, now = b64u(office.randomness.bytes(_BYTES)), office.clock.now()
    session = SignedIn(key_of(name), ActorId(person), office.randomness.bytes(_BYTES), now, now, how)
    with office.store.transaction() as tx:
        tx.sessions.end_old(
            begun_before=now.plus_seconds(-LONGEST_SECONDS), seen_before=now.plus_seconds(-IDLE_SECONDS)
        )
        tx.sessions.put(session)
    return name, session


def find(office: Office, name: str, *, touch: bool = True) -> Found | None:
    """The session of a cookie. touch: it was a person who came, not a script that keeps a page fresh."""
    now = office.clock.now()
    with office.store.transaction() as tx:
        session = tx.sessions.get(key_of(name))
        if session is None:
            return None
        if ends_at(session) < now:
            tx.sessions.end(session.key)
            return None
        if touch and now.seconds - session.seen.seconds >= TOUCH_SECONDS:
            session = replace(session, seen=now)
            tx.sessions.put(session)
        person = tx.people.get(session.person)
        return Found(session, person.name if person else session.person)


def end(office: Office, session: SignedIn) -> None:
    with office.store.transaction() as tx:
        tx.sessions.end(session.key)


def of_person(office: Office, person: str) -> tuple[SignedIn, ...]:
    """The sessions of a person that are not over, oldest first."""
    now = office.clock.now()
    with office.store.transaction() as tx:
        return tuple(one for one in tx.sessions.of_person(person) if now <= ends_at(one))


def end_one(office: Office, person: str, key: str) -> None:
    """End a session of one's own, by the digest it is listed with. Raises NotFound, as for another's."""
    with office.store.transaction() as tx:
        found = next((one for one in tx.sessions.of_person(person) if str(one.key) == key), None)
        if found is None:
            raise NotFound("there is no such session of yours", hint="it may be over: see the list")
        tx.sessions.end(found.key)


def end_all(office: Office, by: str, person: str) -> int:
    """End every session of a person: one's own, or as an operator anybody's; how many there were."""
    if by != person:
        permit(office, by, "keep the people")
    with office.store.transaction() as tx:
        return tx.sessions.end_all(person)


def all_sessions(office: Office) -> tuple[SignedIn, ...]:
    """Every session that is not over, by person."""
    now = office.clock.now()
    with office.store.transaction() as tx:
        return tuple(one for one in tx.sessions.all() if now <= ends_at(one))


def draft(office: Office, person: str, kind: str) -> Mapping[str, list[str]]:
    """The fields of a person's draft; empty where there is none."""
    with office.store.transaction() as tx:
        found = tx.sessions.draft(person, kind)
    return dict(found.fields) if found else {}


def keep_draft(office: Office, person: str, kind: str, fields: Mapping[str, list[str]]) -> None:
    """Add to a draft what was typed on one of its pages."""
    with office.store.transaction() as tx:
        before = tx.sessions.draft(person, kind)
        merged = {**(before.fields if before else {}), **fields}
        tx.sessions.keep_draft(Draft(ActorId(person), kind, merged, office.clock.now()))


def drop_draft(office: Office, person: str, kind: str) -> None:
    with office.store.transaction() as tx:
        tx.sessions.drop_draft(person, kind)
