"""The history of a run, and whether it could be that of nodes that never lose, double or reorder: a checker of our own.

A history is what was told from outside (what a person handed in and when it was acknowledged, which receipts passed on
the wire and when) and what the nodes' databases hold at the end. `check` knows nothing of how a node works; it names
every place where the two cannot both be true. The idea is Jepsen's.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from sqlalchemy import Engine, text

from comity.base.encoding import from_b64u
from comity.exchange.envelope import Envelope

_TOLD_MOST: Final = 20
_PLACE: Final = 1
"""Seconds: moments in a database are cut to the second."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """A person's act that was acknowledged: in which case, from when to when (POSIX)."""

    node: str
    case_id: str
    tag: str
    begun: float
    acknowledged: float


@dataclass(frozen=True, slots=True)
class SeenReceipt:
    """One row of receipts that passed on the wire at `at`: `by` says what became of the message `id` of `to`'s."""

    at: float
    by: str
    to: str
    id: str
    envelope: str
    status: str
    doc: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """A row of an outbox or an inbox. `sender`: who sent it; `taken`: its place in the order in which it came."""

    sender: str
    id: str
    channel: str
    seq: int
    prev: str
    envelope: str
    doc: str
    state: str
    case_id: str


@dataclass(frozen=True, slots=True)
class Effect:
    """An event that names a message, in the order in which the node's log has them."""

    case_id: str
    number: int
    tag: str
    message: str
    at: int
    status: str = ""


@dataclass
class Ledger:
    """What one node's database holds at the end."""

    sent: list[Message]
    came: list[Message]
    effects: list[Effect]
    events: int
    entries: int


@dataclass
class History:
    """All of it. `read`: cases that were once read at a node, as (node, case)."""

    submitted: list[Submitted] = field(default_factory=list)
    receipts: list[SeenReceipt] = field(default_factory=list)
    read: list[tuple[str, str]] = field(default_factory=list)
    ledgers: dict[str, Ledger] = field(default_factory=dict)


def rows_of(at: float, data: bytes) -> Iterator[SeenReceipt]:
    """The rows of receipts as they went over the wire; none where these are no receipts."""
    try:
        wire = json.loads(data)
        signed = json.loads(from_b64u(wire["jws"].split(".")[1]))
        rows = [json.loads(from_b64u(row)) for row in wire["rows"]]
    except (ValueError, KeyError, TypeError, IndexError):
        return
    for row in rows:
        yield SeenReceipt(
            at, signed["by"], signed["to"], row["id"], row["envelope_sha256"], row["status"], row["doc_sha256"]
        )


def read_ledger(engine: Engine, node: str) -> Ledger:
    """A node's rows, oldest first."""
    with engine.connect() as connection:

        def rows(query: str) -> Sequence[tuple[object, ...]]:
            return [tuple(row) for row in connection.execute(text(query))]

        columns = "id, header, ct, document, state, case_id"
        sent = [_message(node, *row) for row in rows(f"SELECT {columns} FROM outbox ORDER BY row")]
        came = [_message(str(row[0]), *row[1:]) for row in rows(f"SELECT sender, {columns} FROM inbox ORDER BY row")]
        ordered = (
            "SELECT l.case_id, l.event, e.event FROM log_entry l JOIN case_event e"
            " ON e.case_id = l.case_id AND e.number = l.event WHERE l.case_id <> '' ORDER BY l.idx"
        )
        effects = []
        for case_id, number, data in rows(ordered):
            event = json.loads(bytes(data))  # type: ignore[call-overload]
            if event.get("message"):
                effects.append(
                    Effect(
                        str(case_id),
                        int(str(number)),
                        event["event"],
                        event["message"],
                        event["at"],
                        event.get("status", ""),
                    )
                )
        events = int(str(rows("SELECT count(*) FROM case_event")[0][0]))
        entries = int(str(rows("SELECT count(*) FROM log_entry WHERE case_id <> ''")[0][0]))
    return Ledger(sent, came, effects, events, entries)


def _message(
    sender: str, id_: object, header: object, ct: object, document: object, state: object, case_id: object
) -> Message:
    envelope = Envelope(bytes(header), bytes(ct))  # type: ignore[call-overload]
    said = envelope.read_header()
    return Message(
        sender,
        str(id_),
        said.channel,
        said.seq,
        said.prev,
        str(envelope.digest),
        bytes(document).hex(),  # type: ignore[call-overload]
        str(state),
        str(case_id),
    )


def check(history: History) -> list[str]:
    """Every contradiction, in words; none if the history is one of nodes that keep their word."""
    return [
        *_all_arrived(history),
        *_once(history),
        *_in_order(history),
        *_receipts_true(history),
        *_acknowledged_stays(history),
    ]


def told(found: Sequence[str]) -> list[str]:
    """The first contradictions, and how many more there are."""
    more = len(found) - _TOLD_MOST
    return [*found[:_TOLD_MOST], *([f"and {more} more"] if more > 0 else [])]


def _came(history: History) -> Mapping[tuple[str, str], list[tuple[str, Message]]]:
    """By sender and id: who took it, and as what."""
    found = defaultdict[tuple[str, str], list[tuple[str, Message]]](list)
    for node, ledger in history.ledgers.items():
        for message in ledger.came:
            found[message.sender, message.id].append((node, message))
    return found


def _all_arrived(history: History) -> Iterator[str]:
    """What was sent has come, with the same bytes, and took effect; nothing came that nobody sent."""
    came = _came(history)
    sent = {(node, message.id) for node, ledger in history.ledgers.items() for message in ledger.sent}
    for node, ledger in history.ledgers.items():
        for message in ledger.sent:
            taken = came.get((node, message.id), [])
            if not taken:
                yield f"lost: {message.id} of {node} came nowhere"
            for _, one in taken:
                if one.envelope != message.envelope or one.doc != message.doc:
                    yield f"changed: {message.id} of {node}"
                if one.state != "delivered":
                    yield f"lost: {message.id} of {node} is {one.state} at its recipient"
            if message.state != "delivered":
                yield f"unknown: {message.id} is {message.state} at its sender"
    yield from (f"invented: {id_} of {sender}" for sender, id_ in came.keys() - sent if sender in history.ledgers)


def _once(history: History) -> Iterator[str]:
    """One inbox row, one effect and one second receipt a message; a log entry for every event."""
    for (sender, id_), taken in _came(history).items():
        if len(taken) > 1:
            yield f"doubled: {id_} of {sender} was taken {len(taken)} times"
    for node, ledger in history.ledgers.items():
        own = {message.id for message in ledger.sent}
        effects = Counter(effect.message for effect in ledger.effects if effect.tag != "receipted")
        receipted = Counter(effect.message for effect in ledger.effects if effect.tag == "receipted")
        for message in ledger.came:
            if effects[message.id] != 1:
                yield f"{'doubled' if effects[message.id] else 'lost'}: {message.id} has {effects[message.id]} effects"
        for id_ in own:
            if receipted[id_] != 1:
                yield f"{'doubled' if receipted[id_] else 'lost'}: {receipted[id_]} receipts entered for {id_}"
            if effects[id_] > 1:
                yield f"doubled: {id_} was sent by {effects[id_]} steps"
        if ledger.events != ledger.entries:
            yield f"{node} has {ledger.events} events and {ledger.entries} log entries of cases"


def _in_order(history: History) -> Iterator[str]:
    """In each channel what took effect did so by its place, without a gap, each naming the one before it."""
    for node, ledger in history.ledgers.items():
        known = {message.id: message for message in ledger.came}
        channels = defaultdict[tuple[str, str], list[Message]](list)
        for effect in ledger.effects:
            if effect.tag != "receipted" and effect.message in known:
                message = known[effect.message]
                channels[message.sender, message.channel].append(message)
        for (_, channel), messages in channels.items():
            if [message.seq for message in messages] != list(range(1, len(messages) + 1)):
                yield f"reordered: channel {channel} at {node}"
            elif any(after.prev != before.envelope for before, after in pairwise(messages)):
                yield f"broken: channel {channel} at {node}"


def _receipts_true(history: History) -> Iterator[str]:
    """A receipt that was seen speaks of a row that is there, and no second receipt contradicts another."""
    final = dict[tuple[str, str], str]()
    came = {(node, one.sender, one.id): one for node, ledger in history.ledgers.items() for one in ledger.came}
    effects = {
        (node, effect.message): effect
        for node, ledger in history.ledgers.items()
        for effect in ledger.effects
        if effect.tag != "receipted"
    }
    for seen in history.receipts:
        row = came.get((seen.by, seen.to, seen.id))
        if row is None or row.envelope != seen.envelope:
            yield f"a receipt without a row: {seen.by} said {seen.status} of {seen.id}"
            continue
        if seen.status == "stored":
            continue
        if final.setdefault((seen.by, seen.id), seen.status) != seen.status or row.state != seen.status:
            yield f"two answers: {seen.id} is {row.state}, and {seen.by} said {seen.status}"
        effect = effects.get((seen.by, seen.id))
        if seen.status == "delivered" and (effect is None or effect.at > seen.at + _PLACE):
            yield f"a receipt before its effect: {seen.id} at {seen.by}"


def _acknowledged_stays(history: History) -> Iterator[str]:
    """What a person was told is done, is there; so is what was once read, and not before it was asked for."""
    cases = {node: {effect.case_id for effect in ledger.effects} for node, ledger in history.ledgers.items()}
    steps = {
        (node, effect.case_id, effect.tag): effect
        for node, ledger in history.ledgers.items()
        for effect in ledger.effects
    }
    for one in history.submitted:
        step = steps.get((one.node, one.case_id, one.tag))
        if step is None:
            yield f"lost: {one.tag} of {one.case_id} at {one.node} was acknowledged"
        elif not one.begun - _PLACE <= step.at <= one.acknowledged + _PLACE:
            yield f"another time: {one.tag} of {one.case_id} at {one.node}"
    yield from (f"unread: {case} at {node}" for node, case in history.read if case not in cases[node])
