"""People, invitations, passkeys, and the record of what changed among them."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, select

from comity.adapters.sql.portable import upsert
from comity.adapters.sql.statements import Ahead, Prepared, add_new
from comity.adapters.sql.tables_people import invitation, passkey, people_event, person
from comity.base.digests import Digest
from comity.base.errors import Conflict
from comity.base.ids import ActorId
from comity.base.instants import Instant
from comity.workflows.people_store import Invitation, Passkey, PeopleEvent, Person

_PERSON: Final = Prepared(select(person).where(person.c.id == bindparam("who")), is_steady=True)


class SqlPeople:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def ahead(self, who: str) -> Iterator[Ahead]:
        return _PERSON.ahead(self._connection, who=who)

    def get(self, who: str) -> Person | None:
        row = _PERSON.first(self._connection, who=who)
        return _person(row) if row else None

    def of_subject(self, subject: str) -> Person | None:
        row = self._connection.execute(select(person).where(person.c.subject == subject)).first()
        return _person(row) if row and subject else None

    def all(self) -> Sequence[Person]:
        return [_person(row) for row in self._connection.execute(select(person).order_by(person.c.id))]

    def put(self, value: Person) -> None:
        row = {
            "name": value.name,
            "roles": _words(value.roles),
            "active": int(value.active),
            "since": value.since.seconds,
            "subject": value.subject,
        }
        query = upsert(self._connection, person).values(id=value.id, **row)
        self._connection.execute(query.on_conflict_do_update(index_elements=[person.c.id], set_=row))

    def invite(self, value: Invitation) -> None:
        row = {
            "key": value.key.value,
            "name": value.name,
            "roles": _words(value.roles),
            "invited_by": value.by,
            "expires": value.expires.seconds,
        }
        query = upsert(self._connection, invitation).values(person=value.person, **row)
        self._connection.execute(query.on_conflict_do_update(index_elements=[invitation.c.person], set_=row))

    def invitation(self, key: Digest) -> Invitation | None:
        row = self._connection.execute(select(invitation).where(invitation.c.key == key.value)).first()
        return _invitation(row) if row else None

    def invitations(self) -> Sequence[Invitation]:
        return [_invitation(row) for row in self._connection.execute(select(invitation).order_by(invitation.c.person))]

    def drop_invitation(self, who: str) -> None:
        self._connection.execute(delete(invitation).where(invitation.c.person == who))

    def passkey(self, credential: bytes) -> Passkey | None:
        row = self._connection.execute(select(passkey).where(passkey.c.id == credential)).first()
        return _passkey(row) if row else None

    def passkeys(self, who: str) -> Sequence[Passkey]:
        query = select(passkey).where(passkey.c.person == who).order_by(passkey.c.row)
        return [_passkey(row) for row in self._connection.execute(query)]

    def put_passkey(self, value: Passkey) -> None:
        row = {
            "person": value.person,
            "public_key": value.public_key,
            "sign_count": value.sign_count,
            "name": value.name,
            "added": value.added.seconds,
            "used": value.used.seconds if value.used else 0,
        }
        query = upsert(self._connection, passkey).values(id=value.id, **row)
        self._connection.execute(query.on_conflict_do_update(index_elements=[passkey.c.id], set_=row))

    def drop_passkey(self, credential: bytes) -> None:
        self._connection.execute(delete(passkey).where(passkey.c.id == credential))

    def forget(self, who: str) -> None:
        self._connection.execute(delete(passkey).where(passkey.c.person == who))
        self._connection.execute(delete(invitation).where(invitation.c.person == who))
        self._connection.execute(delete(person).where(person.c.id == who))

    def events(self) -> Sequence[PeopleEvent]:
        rows = self._connection.execute(select(people_event).order_by(people_event.c.number))
        return [PeopleEvent(row.number, row.event, Digest(row.head)) for row in rows]

    def add_event(self, value: PeopleEvent) -> None:
        row = {"number": value.number, "event": value.event, "head": value.head.value}
        if not add_new(self._connection, people_event, row):
            raise Conflict("the people changed meanwhile", hint="look again, then act")


def _words(roles: frozenset[str]) -> str:
    return " ".join(sorted(roles))


def _person(row: Any) -> Person:
    roles, since = frozenset(row.roles.split()), Instant.from_seconds(row.since)
    return Person(ActorId(row.id), row.name, roles, bool(row.active), since, row.subject)


def _invitation(row: Any) -> Invitation:
    roles, expires = frozenset(row.roles.split()), Instant.from_seconds(row.expires)
    return Invitation(Digest(row.key), ActorId(row.person), row.name, roles, row.invited_by, expires)


def _passkey(row: Any) -> Passkey:
    used = Instant.from_seconds(row.used) if row.used else None
    added = Instant.from_seconds(row.added)
    return Passkey(row.id, ActorId(row.person), row.public_key, row.sign_count, row.name, added, used)
