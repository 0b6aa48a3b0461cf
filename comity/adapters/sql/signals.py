"""Questions that a signal opened, in the database."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Select, delete, insert, select, update

from comity.adapters.sql.tables_signals import signal_question
from comity.workflows.signal_store import Question


class SqlSignalQuestions:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, one: Question) -> None:
        self._connection.execute(insert(signal_question).values(asdict(one)))

    def get(self, question: str) -> Question | None:
        found = self._rows(select(signal_question).where(signal_question.c.id == question))
        return found[0] if found else None

    def answer(self, question: str, text: str, at: int) -> bool:
        query = update(signal_question).where(signal_question.c.id == question, signal_question.c.answered_at == 0)
        done = self._connection.execute(query.values(answer=text, answered_at=at))
        return done.rowcount == 1

    def open_of(self, person: str) -> Sequence[Question]:
        query = select(signal_question).where(signal_question.c.asked_of == person, signal_question.c.answered_at == 0)
        return self._rows(query.order_by(signal_question.c.due, signal_question.c.id))

    def drop_answered_before(self, at: int) -> int:
        answered = signal_question.c.answered_at
        return self._connection.execute(delete(signal_question).where(answered > 0, answered < at)).rowcount

    def all(self) -> Sequence[Question]:
        return self._rows(select(signal_question).order_by(signal_question.c.id.desc()))

    def _rows(self, query: Select[Any]) -> list[Question]:
        return [Question(**row._mapping) for row in self._connection.execute(query)]
