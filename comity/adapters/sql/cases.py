"""Case events, channels and custody acts in the database."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, insert, select, update

from comity.adapters.sql.portable import Prepared, add, add_new, straight
from comity.adapters.sql.tables import case_event, channel, custody
from comity.adapters.sql.tables_cases import case_index
from comity.base.digests import Digest
from comity.base.errors import Conflict
from comity.exchange.checks import ChannelEnd
from comity.workflows.stores import Channel

_EVENTS: Final = Prepared(
    select(case_event.c.event, case_event.c.head)
    .where(case_event.c.case_id == bindparam("case"))
    .order_by(case_event.c.number)
)
_CHANNEL: Final = Prepared(select(channel).where(channel.c.id == bindparam("channel")))
_OF_CASE: Final = Prepared(
    select(channel).where(channel.c.case_id == bindparam("case")).where(channel.c.peer == bindparam("peer"))
)
_SET_SENT: Final = Prepared(
    update(channel)
    .where(channel.c.id == bindparam("channel"))
    .values(sent_seq=bindparam("seq"), sent_prev=bindparam("prev"))
)
_SET_RECEIVED: Final = Prepared(
    update(channel)
    .where(channel.c.id == bindparam("channel"))
    .values(received_seq=bindparam("seq"), received_prev=bindparam("prev"))
)


_ENTER: Final = (
    "INSERT INTO case_index (case_id, peer, their_case, due) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (case_id) DO UPDATE SET due = excluded.due"
)
_CALLED: Final = Prepared(
    select(case_index.c.case_id)
    .where(case_index.c.peer == bindparam("who"))
    .where(case_index.c.their_case == bindparam("case"))
    .order_by(case_index.c.case_id)
)


class SqlCases:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def append(self, case_id: str, number: int, event: bytes, head: Digest) -> None:
        row = {"case_id": case_id, "number": number, "event": event, "head": head.value}
        if not add_new(self._connection, case_event, row):
            raise Conflict("the case changed meanwhile", hint="read it again, then act")

    def events(self, case_id: str) -> Sequence[tuple[bytes, Digest]]:
        rows = _EVENTS.run(self._connection, case=case_id).fetchall()
        return [(event, Digest(head)) for event, head in rows]

    def ids(self) -> Sequence[str]:
        query = select(case_event.c.case_id).where(case_event.c.number == 1).order_by(case_event.c.row)
        return list(self._connection.execute(query).scalars())

    def enter(self, case_id: str, peer: str, their_case: str, due: date | None) -> None:
        straight(self._connection, _ENTER, (case_id, peer, their_case, due.isoformat() if due else None))

    def due_before(self, day: date, after: str, most: int) -> Sequence[str]:
        query = (
            select(case_index.c.case_id).where(case_index.c.due < day.isoformat()).where(case_index.c.case_id > after)
        )
        return list(self._connection.execute(query.order_by(case_index.c.case_id).limit(most)).scalars())

    def called(self, peer: str, their_case: str) -> Sequence[str]:
        return [row.case_id for row in _CALLED.all(self._connection, who=peer, case=their_case)]


class SqlChannels:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, value: Channel) -> None:
        row = {
            "id": value.id,
            "case_id": value.case_id,
            "peer": value.peer,
            "sent_seq": value.sent.seq,
            "sent_prev": value.sent.prev,
            "received_seq": value.received.seq,
            "received_prev": value.received.prev,
        }
        add(self._connection, channel, row)

    def get(self, channel_id: str) -> Channel | None:
        row = _CHANNEL.first(self._connection, channel=channel_id)
        return _channel(row) if row else None

    def of_case(self, case_id: str, peer: str) -> Channel | None:
        row = _OF_CASE.first(self._connection, case=case_id, peer=peer)
        return _channel(row) if row else None

    def with_peer(self, peer: str, *, after: str, most: int) -> Sequence[Channel]:
        query = select(channel).where(channel.c.peer == peer).where(channel.c.id > after)
        return [_channel(row) for row in self._connection.execute(query.order_by(channel.c.id).limit(most))]

    def set_sent(self, channel_id: str, end: ChannelEnd) -> None:
        _SET_SENT.run(self._connection, channel=channel_id, seq=end.seq, prev=end.prev)

    def set_received(self, channel_id: str, end: ChannelEnd) -> None:
        _SET_RECEIVED.run(self._connection, channel=channel_id, seq=end.seq, prev=end.prev)


def _channel(row: Any) -> Channel:
    sent, received = ChannelEnd(row.sent_seq, row.sent_prev), ChannelEnd(row.received_seq, row.received_prev)
    return Channel(row.id, row.case_id, row.peer, sent, received)


class SqlCustody:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def acts(self, package: str) -> Sequence[bytes]:
        query = select(custody.c.act).where(custody.c.package == package).order_by(custody.c.number)
        return list(self._connection.execute(query).scalars())

    def append(self, package: str, acts: Sequence[bytes]) -> None:
        query = select(func.count()).select_from(custody).where(custody.c.package == package)
        start = self._connection.execute(query).scalar_one()
        for number, act in enumerate(acts, start):
            self._connection.execute(insert(custody).values(package=package, number=number, act=act))
