"""Second receipts in the database, until their senders have them and for who asks again."""

from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select, update

from comity.adapters.sql.mail_claims import DUE_RECEIPTS, IS_TO_BRING, lease
from comity.adapters.sql.statements import Prepared, add, add_all, row_type
from comity.adapters.sql.tables import receipt
from comity.base.encoding import to_json
from comity.base.instants import Instant
from comity.base.parsing import read_json
from comity.exchange.receipt import LIMIT, Row

_ReceiptRow = row_type(receipt)
_LATEST: Final = Prepared(
    select(receipt.c.row)
    .where(receipt.c.peer == bindparam("who"))
    .where(receipt.c.message_id == bindparam("message"))
    .order_by(receipt.c.number.desc())
    .limit(1)
)


class SqlReceipts:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def queue(self, peer: str, row: Row, at: Instant) -> None:
        add(self._connection, receipt, _receipt_row(peer, row, at, done=0))

    def keep(self, peer: str, rows: Sequence[Row], at: Instant) -> None:
        add_all(self._connection, receipt, [_receipt_row(peer, row, at, done=1) for row in rows])

    def claim(
        self, now: Instant, *, lease_until: Instant, most: int, peer: str | None = None, without: Collection[str] = ()
    ) -> Sequence[tuple[int, str, Row]]:
        if peer is None and not without:
            numbers = [row.number for row in DUE_RECEIPTS.all(self._connection, now=now.seconds, most=most)]
        else:
            query = select(receipt.c.number).where(IS_TO_BRING).where(receipt.c.next_attempt <= now.seconds)
            query = query.where(receipt.c.lease_until <= now.seconds).order_by(receipt.c.number).limit(most)
            query = query.where(receipt.c.peer.not_in(without) if peer is None else receipt.c.peer == peer)
            numbers = list(self._connection.execute(query).scalars())
        leased = lease(self._connection, receipt, numbers, lease_until.seconds, now.seconds)
        rows = [_ReceiptRow(*row) for row in leased]
        return sorted((row.number, row.peer, _row(row.row)) for row in rows)

    def free(self) -> None:
        self._connection.execute(
            update(receipt).where(IS_TO_BRING).where(receipt.c.lease_until > 0).values(lease_until=0)
        )

    def done(self, numbers: Sequence[int]) -> None:
        self._connection.execute(update(receipt).where(receipt.c.number.in_(numbers)).values(done=1))

    def taken(self, peer: str, message_ids: Collection[str]) -> None:
        query = update(receipt).where(receipt.c.peer == peer).where(receipt.c.message_id.in_(message_ids))
        self._connection.execute(query.where(receipt.c.lease_until > 0).values(done=1))

    def retry(self, numbers: Sequence[int], next_attempt: Instant) -> None:
        values = {"next_attempt": next_attempt.seconds, "lease_until": 0}
        self._connection.execute(update(receipt).where(receipt.c.number.in_(numbers)).values(values))

    def hasten(self, peer: str, at: Instant) -> None:
        query = update(receipt).where(receipt.c.peer == peer).where(IS_TO_BRING)
        self._connection.execute(query.where(receipt.c.next_attempt > at.seconds).values(next_attempt=at.seconds))

    def is_due(self, peer: str, now: Instant) -> bool:
        query = select(receipt.c.number).where(receipt.c.peer == peer).where(IS_TO_BRING)
        query = query.where(receipt.c.next_attempt <= now.seconds).where(receipt.c.lease_until <= now.seconds)
        return self._connection.execute(query.limit(1)).first() is not None

    def of_message(self, peer: str, message_id: str) -> Row | None:
        found = _LATEST.first(self._connection, who=peer, message=message_id)
        return _row(found.row) if found else None


def _receipt_row(peer: str, row: Row, at: Instant, done: int) -> dict[str, Any]:
    return {
        "peer": peer,
        "message_id": row.id,
        "row": to_json(row),
        "done": done,
        "next_attempt": at.seconds,
        "lease_until": 0,
    }


def _row(data: bytes) -> Row:
    return read_json(data, Row, limit=LIMIT, what="a stored receipt")
