"""Sessions, challenges and drafts of people."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, delete, func, insert, select

from comity.adapters.sql.portable import upsert
from comity.adapters.sql.tables_people import challenge, draft, signed_in
from comity.base.digests import Digest
from comity.base.encoding import to_json
from comity.base.ids import ActorId
from comity.base.instants import Instant
from comity.workflows.people_store import Challenge, Draft, SignedIn

_fields: Final = msgspec.json.Decoder(dict[str, list[str]])


class SqlSessions:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, key: Digest) -> SignedIn | None:
        row = self._connection.execute(select(signed_in).where(signed_in.c.key == key.value)).first()
        return _session(row) if row else None

    def put(self, value: SignedIn) -> None:
        row = {
            "person": value.person,
            "secret": value.secret,
            "begun": value.begun.seconds,
            "seen": value.seen.seconds,
            "how": value.how,
        }
        query = upsert(self._connection, signed_in).values(key=value.key.value, **row)
        self._connection.execute(query.on_conflict_do_update(index_elements=[signed_in.c.key], set_=row))

    def of_person(self, person: str) -> Sequence[SignedIn]:
        query = select(signed_in).where(signed_in.c.person == person).order_by(signed_in.c.begun)
        return [_session(row) for row in self._connection.execute(query)]

    def all(self) -> Sequence[SignedIn]:
        query = select(signed_in).order_by(signed_in.c.person, signed_in.c.begun)
        return [_session(row) for row in self._connection.execute(query)]

    def end(self, key: Digest) -> None:
        self._connection.execute(delete(signed_in).where(signed_in.c.key == key.value))

    def end_all(self, person: str) -> int:
        return self._connection.execute(delete(signed_in).where(signed_in.c.person == person)).rowcount

    def end_old(self, *, begun_before: Instant, seen_before: Instant) -> None:
        is_old = (signed_in.c.begun < begun_before.seconds) | (signed_in.c.seen < seen_before.seconds)
        self._connection.execute(delete(signed_in).where(is_old))

    def ask(self, value: Challenge, *, now: Instant, most: int) -> None:
        self._connection.execute(delete(challenge).where(challenge.c.expires < now.seconds))
        row = {
            "key": value.key.value,
            "purpose": value.purpose,
            "owner": value.owner,
            "data": value.data,
            "expires": value.expires.seconds,
        }
        self._connection.execute(insert(challenge).values(row))
        count = self._connection.execute(select(func.count()).select_from(challenge)).scalar_one()
        if count > most:
            oldest = select(challenge.c.row).order_by(challenge.c.row).limit(count - most)
            self._connection.execute(delete(challenge).where(challenge.c.row.in_(oldest)))

    def take(self, key: Digest) -> Challenge | None:
        row = self._connection.execute(select(challenge).where(challenge.c.key == key.value)).first()
        if row is None:
            return None
        self._connection.execute(delete(challenge).where(challenge.c.row == row.row))
        return Challenge(Digest(row.key), row.purpose, row.owner, row.data, Instant.from_seconds(row.expires))

    def draft(self, person: str, kind: str) -> Draft | None:
        query = select(draft).where(draft.c.person == person, draft.c.kind == kind)
        row = self._connection.execute(query).first()
        if row is None:
            return None
        return Draft(ActorId(row.person), row.kind, _fields.decode(row.fields), Instant.from_seconds(row.updated))

    def keep_draft(self, value: Draft) -> None:
        row = {"fields": to_json(dict(value.fields)), "updated": value.updated.seconds}
        query = upsert(self._connection, draft).values(person=value.person, kind=value.kind, **row)
        self._connection.execute(query.on_conflict_do_update(index_elements=[draft.c.person, draft.c.kind], set_=row))

    def drop_draft(self, person: str, kind: str) -> None:
        self._connection.execute(delete(draft).where(draft.c.person == person, draft.c.kind == kind))

    def oldest_draft(self) -> int | None:
        found = self._connection.execute(select(func.min(draft.c.updated))).scalar()
        return None if found is None else int(found)

    def drop_drafts_before(self, at: int) -> int:
        return int(self._connection.execute(delete(draft).where(draft.c.updated < at)).rowcount)


def _session(row: Any) -> SignedIn:
    begun, seen = Instant.from_seconds(row.begun), Instant.from_seconds(row.seen)
    return SignedIn(Digest(row.key), ActorId(row.person), row.secret, begun, seen, row.how)
