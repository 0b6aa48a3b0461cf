"""Case events, channels and custody acts in the database."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from comity.adapters.sql.portable import add_new
from comity.adapters.sql.tables import case_event, channel, custody
from comity.base.digests import Digest
from comity.base.errors import Conflict
from comity.exchange.checks import ChannelEnd
from comity.workflows.stores import Channel


class SqlCases:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def append(self, case_id: str, number: int, event: bytes, head: Digest) -> None:
        row = {"case_id": case_id, "number": number, "event": event, "head": head.value}
        if not add_new(self._connection, case_event, row):
            raise Conflict("the case changed meanwhile", hint="read it again, then act")

    def events(self, case_id: str) -> Sequence[tuple[bytes, Digest]]:
        query = select(case_event.c.event, case_event.c.head).where(case_event.c.case_id == case_id)
        rows = self._connection.execute(query.order_by(case_event.c.number))
        return [(row.event, Digest(row.head)) for row in rows]

    def ids(self) -> Sequence[str]:
        query = select(case_event.c.case_id).where(case_event.c.number == 1).order_by(case_event.c.row)
        return list(self._connection.execute(query).scalars())


class SqlChannels:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, value: Channel) -> None:
        self._connection.execute(
            insert(channel).values(
                id=value.id,
                case_id=value.case_id,
                peer=value.peer,
                sent_seq=value.sent.seq,
                sent_prev=value.sent.prev,
                received_seq=value.received.seq,
                received_prev=value.received.prev,
            )
        )

    def get(self, channel_id: str) -> Channel | None:
        return self._one(channel.c.id == channel_id)

    def of_case(self, case_id: str, peer: str) -> Channel | None:
        return self._one((channel.c.case_id == case_id) & (channel.c.peer == peer))

    def with_peer(self, peer: str, *, after: str, most: int) -> Sequence[Channel]:
        query = select(channel).where(channel.c.peer == peer).where(channel.c.id > after)
        return [_channel(row) for row in self._connection.execute(query.order_by(channel.c.id).limit(most))]

    def _one(self, condition: object) -> Channel | None:
        row = self._connection.execute(select(channel).where(condition)).first()  # type: ignore[arg-type]
        return _channel(row) if row else None

    def set_sent(self, channel_id: str, end: ChannelEnd) -> None:
        values = {"sent_seq": end.seq, "sent_prev": end.prev}
        self._connection.execute(update(channel).where(channel.c.id == channel_id).values(values))

    def set_received(self, channel_id: str, end: ChannelEnd) -> None:
        values = {"received_seq": end.seq, "received_prev": end.prev}
        self._connection.execute(update(channel).where(channel.c.id == channel_id).values(values))


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
