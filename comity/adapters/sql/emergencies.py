"""Emergencies and notices of them, in the database."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Select, and_, func, insert, or_, select, update

from comity.adapters.sql.portable import upsert
from comity.adapters.sql.tables_emergencies import emergency, emergency_notice
from comity.base.instants import Instant
from comity.workflows.emergency_store import EmergencyNotice, EmergencyRow


class SqlEmergencies:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, row: EmergencyRow) -> None:
        values = {**asdict(row), "at": row.at.seconds, "review_due": row.review_due.seconds}
        case_id = values.pop("case_id")
        query = upsert(self._connection, emergency).values(case_id=case_id, **values)
        self._connection.execute(query.on_conflict_do_update(index_elements=["case_id"], set_=values))

    def get(self, case_id: str) -> EmergencyRow | None:
        found = self._rows(select(emergency).where(emergency.c.case_id == case_id))
        return found[0] if found else None

    def since(self, peer: str, since: Instant) -> int:
        query = select(func.count()).where(emergency.c.peer == peer, emergency.c.at > since.seconds)
        return int(self._connection.execute(query).scalar_one())

    def unconfirmed(self, peer: str, since: Instant, now: Instant) -> int:
        not_so = or_(
            emergency.c.outcome == "unconfirmed",
            and_(emergency.c.outcome == "open", emergency.c.review_due < now.seconds),
        )
        query = select(func.count()).where(emergency.c.peer == peer, emergency.c.at > since.seconds, not_so)
        return int(self._connection.execute(query).scalar_one())

    def with_text(self, text_sha256: str) -> Sequence[EmergencyRow]:
        return self._rows(select(emergency).where(emergency.c.text_sha256 == text_sha256).order_by(emergency.c.at))

    def waiting(self) -> Sequence[EmergencyRow]:
        return self._rows(select(emergency).where(emergency.c.waits).order_by(emergency.c.at))

    def overdue(self, now: Instant) -> Sequence[EmergencyRow]:
        query = select(emergency).where(emergency.c.outcome == "open", emergency.c.review_due < now.seconds)
        return self._rows(query.order_by(emergency.c.review_due))

    def newest(self, most: int) -> Sequence[EmergencyRow]:
        return self._rows(select(emergency).order_by(emergency.c.at.desc(), emergency.c.case_id).limit(most))

    def note(self, notice: EmergencyNotice) -> None:
        values = {**asdict(notice), "at": notice.at.seconds, "came": notice.came.seconds}
        values["idx"] = values.pop("index")
        self._connection.execute(insert(emergency_notice).values(**values))

    def notice(self, message: str) -> EmergencyNotice | None:
        row = self._connection.execute(select(emergency_notice).where(emergency_notice.c.message == message)).first()
        return _notice(row) if row else None

    def notices(self, most: int) -> Sequence[EmergencyNotice]:
        query = select(emergency_notice).order_by(emergency_notice.c.at.desc(), emergency_notice.c.message)
        return [_notice(row) for row in self._connection.execute(query.limit(most))]

    def saw(self, message: str, person: str) -> None:
        query = update(emergency_notice).where(emergency_notice.c.message == message).values(seen_by=person)
        self._connection.execute(query)

    def _rows(self, query: Select[Any]) -> list[EmergencyRow]:
        return [
            EmergencyRow(
                row.case_id,
                row.peer,
                Instant.from_seconds(row.at),
                row.text_sha256,
                Instant.from_seconds(row.review_due),
                row.outcome,
                bool(row.waits),
            )
            for row in self._connection.execute(query)
        ]


def _notice(row: Any) -> EmergencyNotice:
    return EmergencyNotice(
        row.message,
        row.sender,
        Instant.from_seconds(row.at),
        row.about,
        row.asked_by,
        row.key,
        row.their_case,
        row.asker_case,
        Instant.from_seconds(row.came),
        row.idx,
        row.seen_by,
    )
