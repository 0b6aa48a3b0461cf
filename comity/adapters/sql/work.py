"""How the processes of a node share its work. Turns are claimed as messages are, by `UPDATE ... RETURNING`."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from comity.adapters.sql.mail_claims import IS_OPEN, IS_TO_BRING, IS_UNOPENED, WAITING
from comity.adapters.sql.portable import upsert
from comity.adapters.sql.statements import add_new
from comity.adapters.sql.tables import inbox, outbox, receipt
from comity.adapters.sql.tables_work import process, turn
from comity.base.instants import Instant
from comity.workflows.mail_stores import OutboxState
from comity.workflows.work_store import Backlog, Process, Waiting


class SqlWork:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def take_turn(self, name: str, now: Instant, lease_until: Instant) -> bool:
        if add_new(self._connection, turn, {"name": name, "next_at": 0, "lease_until": lease_until.seconds}):
            return True
        query = update(turn).where(turn.c.name == name).where(turn.c.next_at <= now.seconds)
        query = query.where(turn.c.lease_until <= now.seconds).values(lease_until=lease_until.seconds)
        return self._connection.execute(query.returning(turn.c.name)).first() is not None

    def keep_turn(self, name: str, lease_until: Instant) -> None:
        query = update(turn).where(turn.c.name == name).where(turn.c.lease_until > 0)
        self._connection.execute(query.values(lease_until=lease_until.seconds))

    def end_turn(self, name: str, next_at: Instant) -> None:
        query = update(turn).where(turn.c.name == name)
        self._connection.execute(query.values(next_at=next_at.seconds, lease_until=0))

    def free_turns(self) -> None:
        self._connection.execute(delete(turn))

    def put_process(self, value: Process) -> None:
        row = {
            "id": value.id,
            "kind": value.kind,
            "began": value.began.seconds,
            "seen": value.seen.seconds,
            "mark": value.mark,
        }
        query = upsert(self._connection, process).values(row)
        self._connection.execute(
            query.on_conflict_do_update(index_elements=["id"], set_={"seen": row["seen"], "mark": row["mark"]})
        )

    def processes(self) -> Sequence[Process]:
        rows = self._connection.execute(select(process).order_by(process.c.began, process.c.id))
        return [
            Process(row.id, row.kind, Instant.from_seconds(row.began), Instant.from_seconds(row.seen), row.mark)
            for row in rows
        ]

    def remove_processes(self, before: Instant) -> None:
        self._connection.execute(delete(process).where(process.c.seen < before.seconds))

    def remove_process(self, process_id: str) -> None:
        self._connection.execute(delete(process).where(process.c.id == process_id))

    def waiting(self, now: Instant) -> Waiting:
        found = WAITING.first(self._connection, now=now.seconds)
        return Waiting(bool(found.outbox), bool(found.inbox), bool(found.receipts))

    def backlog(self, now: Instant) -> Backlog:
        due = (outbox.c.state == OutboxState.QUEUED) & (outbox.c.next_attempt <= now.seconds)
        due &= outbox.c.lease_until <= now.seconds
        going = select(func.count(), func.min(outbox.c.queued), func.count().filter(due))
        unsettled, queued, may_go = self._one(going.where(IS_OPEN))
        coming = select(func.count(), func.min(inbox.c.at)).where(IS_UNOPENED)
        unopened, came = self._one(coming.where(inbox.c.code == ""))
        (receipts,) = self._one(select(func.count()).select_from(receipt).where(IS_TO_BRING))
        return Backlog(unsettled, _instant(queued), may_go, unopened, _instant(came), receipts)

    def _one(self, query: Any) -> Any:
        return self._connection.execute(query).one()


def _instant(seconds: int | None) -> Instant | None:
    return None if seconds is None else Instant.from_seconds(seconds)
