"""Case events, channels and custody acts in the database."""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, insert, select

from comity.adapters.sql.statements import (
    Ahead,
    Listed,
    Prepared,
    change,
    flush,
    hold,
    insertion,
    known,
    later,
    row_type,
)
from comity.adapters.sql.tables import case_event, channel, custody
from comity.adapters.sql.tables_cases import case_index
from comity.adapters.sql.unit import Row
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
_ChannelRow = row_type(channel)
_COLUMNS: Final = ", ".join(one.name for one in channel.c)
_BY_ID: Final = Listed("channel", f"SELECT {_COLUMNS} FROM channel WHERE id {{}}")  # noqa: S608
_BY_CASE: Final = Listed("channel", f"SELECT {_COLUMNS} FROM channel WHERE case_id {{}}")  # noqa: S608
_SET_ENDS: Final = change(
    channel, "UPDATE channel SET sent_seq = ?, sent_prev = ?, received_seq = ?, received_prev = ? WHERE id = ?"
)
_ADD: Final = insertion(channel, ("sent_seq", "sent_prev", "received_seq", "received_prev", "id", "case_id", "peer"))
_CHANGED: Final = "the case changed meanwhile"
_READ_AGAIN: Final = "read it again, then act"
_OF_CASES: Final = Listed(
    "case_event", "SELECT case_id, event, head FROM case_event WHERE case_id {} ORDER BY case_id, number"
)
_APPEND: Final = insertion(case_event, ("case_id", "number", "event", "head"), refused=(_CHANGED, _READ_AGAIN))
_ENTER: Final = insertion(
    case_index, ("case_id", "peer", "their_case", "due"), " ON CONFLICT (case_id) DO UPDATE SET due = excluded.due"
)
_CALLED: Final = Prepared(
    select(case_index.c.case_id)
    .where(case_index.c.peer == bindparam("who"))
    .where(case_index.c.their_case == bindparam("case"))
    .order_by(case_index.c.case_id)
)


class SqlCases:
    """`_last`: the number of the last event of each case that was read or appended; `_new`: cases with events that are
    not written yet; `_entered`: what is to be looked up of cases, each once."""

    tables = frozenset({"case_index"})

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._last: dict[str, int] = {}
        self._new = set[str]()
        self._entered: dict[str, Row] = {}

    def append(self, case_id: str, number: int, event: bytes, head: Digest) -> None:
        if number <= self._last.get(case_id, 0):
            raise Conflict(_CHANGED, hint=_READ_AGAIN)
        known(self._connection).pop((_EVENTS, case_id), None)
        later(self._connection, _APPEND, [(case_id, number, event, head.value)])
        self._new.add(case_id)
        self._last[case_id] = number

    def events(self, case_id: str) -> Sequence[tuple[bytes, Digest]]:
        if case_id in self._new:
            flush(self._connection)
            self._new.clear()
        rows = known(self._connection).pop((_EVENTS, case_id), None)
        if rows is None:
            rows = _EVENTS.rows(self._connection, is_apart=True, case=case_id)
        self._last[case_id] = len(rows)
        return [(event, Digest(head)) for event, head in rows]

    def ahead(self, case_ids: Collection[str]) -> Iterator[Ahead]:
        """To read the events of cases at once, of those that were not read."""
        unread = [one for one in case_ids if one not in self._last]

        def keep(rows: Sequence[Row]) -> None:
            events: dict[str, list[Row]] = {one: [] for one in unread}
            for case_id, event, head in rows:
                events[case_id].append((event, head))
            known(self._connection).update({(_EVENTS, one): found for one, found in events.items()})

        if unread:
            yield _OF_CASES, {"listed": unread}, keep

    def ids(self) -> Sequence[str]:
        query = select(case_event.c.case_id).where(case_event.c.number == 1).order_by(case_event.c.row)
        return list(self._connection.execute(query).scalars())

    def page(self, after: int, most: int) -> Sequence[tuple[int, str]]:
        query = select(case_event.c.row, case_event.c.case_id).where(case_event.c.number == 1)
        query = query.where(case_event.c.row > after).order_by(case_event.c.row).limit(most)
        return [(row.row, row.case_id) for row in self._connection.execute(query)]

    def enter(self, case_id: str, peer: str, their_case: str, due: date | None) -> None:
        _, peer, their_case, _ = self._entered.get(case_id, (case_id, peer, their_case, None))
        self._entered[case_id] = (case_id, peer, their_case, due.isoformat() if due else None)
        hold(self._connection, self)

    def write(self) -> None:
        later(self._connection, _ENTER, list(self._entered.values()))
        self._entered.clear()

    def due_before(self, day: date, after: str, most: int) -> Sequence[str]:
        query = (
            select(case_index.c.case_id).where(case_index.c.due < day.isoformat()).where(case_index.c.case_id > after)
        )
        return list(self._connection.execute(query.order_by(case_index.c.case_id).limit(most)).scalars())

    def called(self, peer: str, their_case: str) -> Sequence[str]:
        return [row.case_id for row in _CALLED.all(self._connection, who=peer, case=their_case)]


class SqlChannels:
    """`_known`: those that were read or changed, by id, None for one that is not there; `_whole`: cases of which all
    were read; `_new`, `_moved`: those to be written."""

    tables = frozenset({"channel"})

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[str, Channel | None] = {}
        self._whole = set[str]()
        self._new = set[str]()
        self._moved = set[str]()

    def ahead(self, channel_ids: Collection[str], case_ids: Collection[str]) -> Iterator[Ahead]:
        """To read channels at once, by their ids, and all of some cases."""
        unread = [one for one in channel_ids if one not in self._known]

        def keep(rows: Sequence[Row]) -> None:
            for row in rows:
                self._known.setdefault(row[0], _channel(_ChannelRow._make(row)))

        def keep_all(rows: Sequence[Row]) -> None:
            keep(rows)
            self._known.update({one: None for one in unread if one not in self._known})

        def keep_whole(rows: Sequence[Row]) -> None:
            keep(rows)
            self._whole.update(case_ids)

        if unread:
            yield _BY_ID, {"listed": unread}, keep_all
        if case_ids:
            yield _BY_CASE, {"listed": list(case_ids)}, keep_whole

    def add(self, value: Channel) -> None:
        self._known[value.id] = value
        self._new.add(value.id)
        hold(self._connection, self)

    def get(self, channel_id: str) -> Channel | None:
        if channel_id not in self._known:
            row = _CHANNEL.first(self._connection, is_apart=True, channel=channel_id)
            self._known[channel_id] = _channel(row) if row else None
        return self._known[channel_id]

    def of_case(self, case_id: str, peer: str) -> Channel | None:
        for one in self._known.values():
            if one is not None and (one.case_id, one.peer) == (case_id, peer):
                return one
        if case_id in self._whole:
            return None
        row = _OF_CASE.first(self._connection, is_apart=True, case=case_id, peer=peer)
        return None if row is None else self._known.setdefault(row.id, _channel(row))

    def with_peer(self, peer: str, *, after: str, most: int) -> Sequence[Channel]:
        query = select(channel).where(channel.c.peer == peer).where(channel.c.id > after)
        return [_channel(row) for row in self._connection.execute(query.order_by(channel.c.id).limit(most))]

    def set_sent(self, channel_id: str, end: ChannelEnd) -> None:
        self._move(channel_id, lambda one: Channel(one.id, one.case_id, one.peer, end, one.received))

    def set_received(self, channel_id: str, end: ChannelEnd) -> None:
        self._move(channel_id, lambda one: Channel(one.id, one.case_id, one.peer, one.sent, end))

    def _move(self, channel_id: str, moved: Callable[[Channel], Channel]) -> None:
        known = self.get(channel_id)
        if known is not None:
            self._known[channel_id] = moved(known)
            self._moved.add(channel_id)
            hold(self._connection, self)

    def write(self) -> None:
        new = [one for name in self._new if (one := self._known[name])]
        moved = [one for name in self._moved - self._new if (one := self._known[name])]
        self._new, self._moved = set(), set()
        later(self._connection, _ADD, [(*_ends(one), one.id, one.case_id, one.peer) for one in new])
        later(self._connection, _SET_ENDS, [(*_ends(one), one.id) for one in moved])


def _ends(one: Channel) -> tuple[int, str, int, str]:
    return one.sent.seq, one.sent.prev, one.received.seq, one.received.prev


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
