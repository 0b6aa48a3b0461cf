"""What became of every message and every case, read from both ends' databases at the end of a run.

lost      the sender holds a receipt that says delivered, and the receiver has no such message or no entry of it
doubled   the receiver entered one message more than once
stuck     the case has not ended, and a message of it was not taken, or a step could not be done
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec
from sqlalchemy import select

from comity.adapters.sql.tables import case_event, inbox, log_entry, outbox
from comity.base.ids import NodeId
from comity.base.parsing import read_json
from comity.cases import events, machine
from comity.cases.case import Case, Position
from comity.exchange.envelope import Envelope
from comity.exchange.receipt import Status
from comity.simulate.hours import DAY
from comity.simulate.nodes import Node
from comity.simulate.world import World
from comity.transparency.entry import BODY_LIMIT
from comity.workflows import read_cases
from comity.workflows.record import LogBody
from comity.workflows.stores import OutboxState


@dataclass(frozen=True, slots=True)
class Message:
    """One message as its sender has it. seconds: until its second receipt was there, None if it is not."""

    id: str
    sender: str
    peer: str
    kind: str
    queued: float
    state: str
    code: str
    attempts: int
    seconds: float | None


class Stuck(msgspec.Struct, frozen=True):
    """A case or a message that goes no further by itself. `days`: since something last happened."""

    node: str
    case: str
    state: str
    why: str
    days: int


@dataclass
class Reckoned:
    messages: list[Message] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    denied: list[str] = field(default_factory=list)
    stuck: list[Stuck] = field(default_factory=list)
    answers: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    emergencies: Counter[str] = field(default_factory=Counter)
    cases: Counter[str] = field(default_factory=Counter)


def reckon(world: World) -> Reckoned:
    """Everything, from the rows and the log entries of every node."""
    found = Reckoned()
    entered = {node.id: _entered(node) for node in world.nodes.values()}
    denied = {(lie.node, lie.about) for lie in world.ledger.lies} | world.ledger.late
    for node in world.nodes.values():
        for message, digest in _messages(world, node):
            found.messages.append(message)
            _weigh(found, message, digest, entered.get(NodeId(message.peer), Counter()), world, denied)
        _cases(world, node, found)
    return found


def _messages(world: World, node: Node) -> Iterator[tuple[Message, str]]:
    skew = node.clock.skew
    told = {lie.about: lie.at for lie in world.ledger.lies if lie.node == node.id}
    with node.database.engine.connect() as connection:
        for row in connection.execute(select(outbox).order_by(outbox.c.row)).all():
            queued = max(float(row.queued - skew), told.get(row.id, 0.0))  # what is back-dated was queued later
            arrived = world.arrived.get(row.id)
            seconds = max(0.0, arrived - queued) if arrived is not None else None
            message = Message(row.id, node.id, row.peer, row.kind, queued, row.state, row.code, row.attempts, seconds)
            yield message, str(Envelope(row.header, row.ct).digest)


def _entered(node: Node) -> Counter[str]:
    """How many steps this node's log holds for each envelope that came from another."""
    found: Counter[str] = Counter()
    with node.database.engine.connect() as connection:
        for data in connection.execute(select(log_entry.c.body)).scalars():  # a notice is entered in no case
            if data:
                body = read_json(data, LogBody, limit=BODY_LIMIT, what="what the entry opens to")
                if body.envelope_sha256 and body.event != events.tag_of(events.Receipted):
                    found[body.envelope_sha256] += 1
    return found


def _weigh(
    found: Reckoned, message: Message, digest: str, entered: Counter[str], world: World, lied: set[tuple[str, str]]
) -> None:
    if message.state != OutboxState.DELIVERED:
        return
    if (message.peer, message.id) in lied or (message.sender, message.id) in lied:
        found.denied.append(message.id)
        return
    peer = world.nodes[NodeId(message.peer)]
    with peer.database.engine.connect() as connection:
        mine = (inbox.c.sender == message.sender) & (inbox.c.id == message.id)
        state = connection.execute(select(inbox.c.state).where(mine)).scalar()
    if entered[digest] == 0 and (message.peer, "log") in lied:
        found.denied.append(message.id)  # it took entries of its log back
    elif state != Status.DELIVERED or entered[digest] == 0:
        found.lost.append(message.id)
    elif entered[digest] > 1:
        found.doubled.append(message.id)


def _cases(world: World, node: Node, found: Reckoned) -> None:
    trouble: dict[str, list[str]] = defaultdict(list)
    for one in world.hindered:
        if one.node == node.id:
            trouble[one.case_id].append(f"{one.step}: {one.code}")
    with node.database.engine.connect() as connection:
        query = select(case_event.c.case_id).distinct().order_by(case_event.c.case_id)
        ids = list(connection.execute(query).scalars())
    for case_id in ids:
        case = read_cases.find(node.office, case_id)
        found.cases[f"{case.position} {case.procedure} {case.state}"] += 1
        history = _history(node, case_id)
        if case.position is Position.REQUESTING:
            _answers(found, history, "emergency, " if case.emergency is not None else "")
            _emergency(world, found, case, history)
        why = _why_stuck(case, trouble.get(case_id, []))
        if why:
            days = int((node.clock.now().seconds - history[-1].at) / DAY)
            found.stuck.append(Stuck(node.id, case_id, str(case.state), why, days))


def _history(node: Node, case_id: str) -> list[events.Event]:
    with node.office.store.transaction() as tx:
        return [events.read(data) for data, _ in tx.cases.events(case_id)]


def _emergency(world: World, found: Reckoned, case: Case, history: list[events.Event]) -> None:
    """Whether it was genuine, and whether anything was disclosed for it."""
    if case.emergency is None:
        return
    kind = "genuine" if case.id in world.matters else "forged"
    found.emergencies[kind] += 1
    if any(isinstance(event, events.EvidenceArrived) for event in history):
        found.emergencies[f"{kind}, answered"] += 1


def _answers(found: Reckoned, history: list[events.Event], before: str) -> None:
    """Hours from the request until the first word of each kind. before: what its name begins with."""
    sent = next((event.at for event in history if isinstance(event, events.Sent)), None)
    if sent is None:
        return
    firsts = {
        "preserved": events.Preserved,
        "granted": events.Granted,
        "refused": events.Refused,
        "evidence here": events.EvidenceArrived,
    }
    for name, kind in firsts.items():
        at = next((event.at for event in history if isinstance(event, kind)), None)
        if at is not None:
            found.answers[before + name].append((at - sent) / 3600)


def _why_stuck(case: Case, trouble: list[str]) -> str:
    """Why it goes no further; '' where somebody will act, or it has ended."""
    if machine.has_ended(case):
        return ""
    if case.trouble:
        return f"a message was not taken: {case.trouble}"
    return f"could not {trouble[-1]}" if trouble else ""
