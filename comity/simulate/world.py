"""The world: its nodes, what happens at each and when, and the wire between them. One run of a Plan.

A node wakes when something came, or when something of its own is due; it does what its worker would do, and its people
take the steps that the new state of a case calls for. Nothing is done at a node where nothing is to do.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import msgspec

from comity.base.errors import ComityError
from comity.base.ids import NodeId
from comity.cases.case import Case
from comity.exchange.message import Role
from comity.simulate import due, emergencies
from comity.simulate.chance import drawn_for
from comity.simulate.doors import Doors
from comity.simulate.hours import DAY, HOUR
from comity.simulate.lies import Ledger
from comity.simulate.matters import Matter
from comity.simulate.network import Network, host_of
from comity.simulate.nodes import Node, describe, enrol, found_node, trust
from comity.simulate.plan import START, Plan
from comity.simulate.states import OBSERVATORY, State, draw_states
from comity.simulate.timeline import Timeline
from comity.workflows import deliver_outbox, keep_directory, poll_peers, read_cases, receive_envelope
from comity.workflows.office import Office

POLL_SECONDS: Final = 0.2
ASK_AGAIN_SECONDS: Final = 900.0
ASKED_OFTEN: Final = 96
"""After so many questions for receipts, each of which left one wanting, they are asked for daily: what a peer never
enters would else take a good part of a run."""
CALL_SECONDS: Final = 2.5
"""Half of the pause between two questions of a node without an address."""
CALL_AGAIN_SECONDS: Final = 300.0
CALM_DAYS: Final = 1.0
"""At the end of a run nothing fails and nothing new begins for so long, so that what is under way comes home."""
OBSERVATORIES: Final = 3


@dataclass(frozen=True, slots=True)
class Hindered:
    """A step that a person could not take, and why."""

    node: NodeId
    case_id: str
    step: str
    code: str


@dataclass
class World:
    """All of a run. `arrived`: when the second receipt of a message reached its sender, POSIX seconds."""

    plan: Plan
    timeline: Timeline
    network: Network
    states: dict[str, State] = field(default_factory=dict)
    nodes: dict[NodeId, Node] = field(default_factory=dict)
    matters: dict[str, Matter] = field(default_factory=dict)
    arrived: dict[str, float] = field(default_factory=dict)
    hindered: list[Hindered] = field(default_factory=list)
    ledger: Ledger = field(default_factory=Ledger)
    on_log_growth: Callable[[Node], None] = lambda _: None
    on_refused: Callable[[Node, bytes, int], None] = lambda *_: None
    on_closed: Callable[[Node, str], None] = lambda *_: None
    witness_of: dict[str, NodeId] = field(default_factory=dict)
    on_entered: Callable[[Node, Case], None] = lambda *_: None
    on_settled: list[Callable[[Node, Case], bool]] = field(default_factory=list)
    office_of: dict[NodeId, Callable[[str, str], Office]] = field(default_factory=dict)
    after_step: dict[NodeId, Callable[[Office], None]] = field(default_factory=dict)
    accomplices: set[str] = field(default_factory=set)
    callers: set[NodeId] = field(default_factory=set)
    begun: int = 0
    _met: set[tuple[str, str]] = field(default_factory=set)
    _calls: set[tuple[NodeId, NodeId]] = field(default_factory=set)

    def node(self, node: NodeId) -> Node:
        """A node, founded when it is first asked for."""
        if node not in self.nodes:
            self._found(node)
        return self.nodes[node]

    def authority(self, state: str) -> Node:
        return self.node(NodeId(f"{state}/central-authority"))

    def authorities(self) -> list[Node]:
        return [node for node in self.nodes.values() if node.office.role is Role.AUTHORITY]

    def _found(self, name: NodeId) -> None:
        state, role = name[:2], _role_of(name)
        network = self.network
        witness = name if role is Role.WITNESS else self.witness_of[state]
        drawn = drawn_for(self.plan.seed, name, "clock")
        skew = max(-120, min(120, round(drawn.gauss(0, self.plan.weather.skew_seconds))))
        node = found_node(name, role, network, skew, witness)
        self.nodes[name] = node
        if role is Role.AUTHORITY and self._has_no_address(state):
            self.callers.add(name)
        if name not in self.callers:
            network.doors[host_of(name)] = self._doors(node)
        self._list(node, role)

    def _doors(self, node: Node) -> Doors:
        return Doors(
            node.id,
            node.url,
            lambda: node.office,
            lambda seconds: self.wake(node, seconds + POLL_SECONDS),
            lambda seconds: self._note_settled(node, seconds),
            lambda body, status: self.on_refused(node, body, status),
            lambda peer: self.on_closed(node, peer),
        )

    def _has_no_address(self, state: str) -> bool:
        is_small = self.states[state].size.name == "small"
        return is_small and drawn_for(self.plan.seed, state, "address").random() < self.plan.callers

    def _list(self, node: Node, role: Role) -> None:
        """The node into its State's list, and each who must know it."""
        if role is Role.PROVIDER:
            keeper = self.authority(node.office.state)
            enrol(keeper, node)
            self.publish_list(keeper)
        elif role is Role.AUTHORITY or node.id.endswith("-1"):
            entity = describe(node)
            if role is Role.AUTHORITY:
                entity = emergencies.listed(entity, len(self.nodes))
            if node.id in self.callers:
                entity = msgspec.structs.replace(entity, endpoint="")
            keep_directory.found_list(node.office, entity, [node.keys.root])
            node.trusts.add(node.office.state)
        else:
            keeper = self.node(_observatory(0))
            enrol(keeper, node)
            trust(node, keeper)
        if role is not Role.WITNESS:
            trust(node, self.node(_observatory(0)))
            keeper = self.authority(node.office.state)
            if keeper is not node:
                trust(node, keeper)
            trust(self.node(self.witness_of[node.office.state]), keeper)

    def publish_list(self, keeper: Node, people_hours: float = 0.0) -> None:
        """Everybody who trusts the keeper's State takes in its newest list, each when its people come to it."""
        state = keeper.office.state
        for node in list(self.nodes.values()):
            if node is keeper or state not in node.trusts:
                continue
            if people_hours:
                sitting = int(self.timeline.now / (2 * DAY))  # an operator takes in all that came in one sitting
                delay = drawn_for(self.plan.seed, node.id, sitting).random() * people_hours * HOUR
                self.timeline.after(delay, partial(self._take_list, node, keeper))
            else:
                self._take_list(node, keeper)

    def _take_list(self, node: Node, keeper: Node) -> None:
        try:
            trust(node, keeper)
        except ComityError as error:
            self.hindered.append(Hindered(node.id, "", "take a list", error.code))

    def introduce(self, first: Node, second: Node) -> None:
        """Two authorities that never met compare their fingerprints."""
        pair = (min(first.id, second.id), max(first.id, second.id))
        if pair not in self._met:
            self._met.add(pair)
            trust(first, second)
            trust(second, first)

    # --- what a node does by itself

    def wake(self, node: Node, seconds: float) -> None:
        """The node does its rounds so many seconds from now, if not before."""
        moment = self.timeline.now + seconds
        if moment >= node.wakes:
            return
        node.wakes = moment
        self.timeline.at(moment, lambda: self._rounds(node, moment))

    def _rounds(self, node: Node, moment: float) -> None:
        if node.wakes != moment:
            return  # it woke earlier, and will wake again
        node.wakes = float("inf")
        office, now = node.office, node.clock.now().seconds
        stands = due.standing(node.database, self.callers)
        if stands.opens:
            self.attempt(node, "open", lambda: receive_envelope.open_waiting(office))
            stands = due.standing(node.database, self.callers)
        if stands.message is not None and stands.message <= now:
            self.attempt(node, "deliver", lambda: deliver_outbox.deliver(office).sent)
            self._note_settled(node, self.network.seconds_taken.get(node.id, 0.0))
        if stands.receipt is not None and stands.receipt <= now:
            self.attempt(node, "receipts", lambda: deliver_outbox.deliver_receipts(office))
        if stands.last_receipt > node.entered:
            self._look_at_entered(node, stands.last_receipt)
        self._wake_when_due(node)

    def _wake_when_due(self, node: Node) -> None:
        stands = due.standing(node.database, self.callers)
        now = node.clock.now().seconds
        if stands.moment is not None:
            self.wake(node, max(1.0, stands.moment - now + 0.5))
        if stands.waits_for_receipt and not node.asks:
            node.asks = True
            seconds = ASK_AGAIN_SECONDS if node.asked < ASKED_OFTEN else DAY
            self.timeline.after(seconds, partial(self._ask_again, node))
        for caller, moment in stands.given.items():
            self._expect_call(self.nodes[NodeId(caller)], node, moment - now)
        if stands.log_size != node.log_size:
            self.keep_log(node)

    def _expect_call(self, caller: Node, node: Node, seconds: float) -> None:
        """A peer without an address holds a question open most of the time: it gets what waits for it within seconds.
        Questions that would bring nothing are left out."""
        if (caller.id, node.id) not in self._calls:
            self._calls.add((caller.id, node.id))
            self.timeline.after(max(0.0, seconds) + CALL_SECONDS, partial(self._call, caller, node))

    def _call(self, caller: Node, node: Node) -> None:
        self._calls.discard((caller.id, node.id))
        try:
            poll_peers.poll(caller.office, node.id)
        except ComityError as error:
            self.network.befell[f"call: {error.code}"] += 1
            self._expect_call(caller, node, CALL_AGAIN_SECONDS)
            return
        self._note_settled(caller, self.network.seconds_taken.get(caller.id, 0.0))
        self.wake(caller, POLL_SECONDS)
        self._wake_when_due(node)

    def _ask_again(self, node: Node) -> None:
        node.asks = False
        before = node.clock.now().plus_seconds(-int(ASK_AGAIN_SECONDS) + 60)
        self.attempt(node, "ask again", lambda: deliver_outbox.ask_for_receipts(node.office, before))
        self._note_settled(node, 0.0)
        node.asked = node.asked + 1 if due.standing(node.database).waits_for_receipt else 0
        self._wake_when_due(node)

    def attempt(self, node: Node, what: str, work: Callable[[], int]) -> int:
        """As the worker: a typed failure is tried again."""
        try:
            return work()
        except ComityError as error:
            self.network.befell[f"{what}: {error.code}"] += 1
            self.wake(node, 60.0)
            return 0

    def _look_at_entered(self, node: Node, last: int) -> None:
        """The cases of what was entered since this was last done: the people of the node come to them. last: the
        receipt for the latest of it."""
        found = due.entered_since(node.database, node.entered)
        node.entered = last
        for case_id in dict.fromkeys(case_id for case_id in found if case_id):
            case = read_cases.find(node.office, case_id)
            if not any(watching(node, case) for watching in self.on_settled):
                self.on_entered(node, case)

    def _note_settled(self, node: Node, after: float) -> None:
        """When the second receipts that came since this was last done were there."""
        for row, message in due.settled_since(node.database, node.kept):
            node.kept = row
            self.arrived.setdefault(message, self.timeline.now + after)

    @staticmethod
    def log_size(node: Node) -> int:
        return due.log_size(node.database)

    def keep_log(self, node: Node) -> None:
        """The node's rounds over its log are due: see `logs`."""
        if node.keeps or node.office.role is Role.WITNESS:
            return
        node.keeps = True
        self.on_log_growth(node)


def _role_of(name: NodeId) -> Role:
    if name[:2] == OBSERVATORY:
        return Role.WITNESS
    return Role.AUTHORITY if name.endswith("/central-authority") else Role.PROVIDER


def _observatory(number: int) -> NodeId:
    return NodeId(f"{OBSERVATORY}/observatory-{number + 1}")


def new_world(plan: Plan) -> World:
    """A world whose witnesses are there, and nothing else yet."""
    timeline = Timeline(float(START.seconds), float(plan.end.seconds))
    calm_from = timeline.end - CALM_DAYS * DAY
    network = Network(timeline, plan.weather, plan.seed, calm_from)
    world = World(plan, timeline, network)
    found = draw_states(plan.states, drawn_for(plan.seed, "states"))
    world.states = {state.code: state for state in found}
    world.witness_of = {state.code: _observatory(n % OBSERVATORIES) for n, state in enumerate(found)}
    for number in range(OBSERVATORIES):
        world.node(_observatory(number))
    return world
