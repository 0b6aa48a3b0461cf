"""The world: its nodes, what happens at each and when, and the wire between them. One run of a Plan.

A node wakes when something came, or when something of its own is due; it does what its worker would do, and its people
take the steps that the new state of a case calls for. Nothing is done at a node where nothing is to do.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from math import exp
from random import Random
from typing import Final

from sqlalchemy import select

from comity.adapters.sql.tables import inbox, receipt
from comity.base.errors import ComityError
from comity.base.ids import NodeId
from comity.cases.case import Case, Position
from comity.exchange.message import Role
from comity.exchange.receipt import Receipts, Status
from comity.simulate import officers
from comity.simulate.chance import drawn_for
from comity.simulate.doors import Doors
from comity.simulate.due import next_due
from comity.simulate.hours import DAY, HOUR, into_office_hours
from comity.simulate.lies import Ledger
from comity.simulate.matters import Matter, preservation, production
from comity.simulate.network import Network, host_of
from comity.simulate.nodes import Node, describe, enrol, found_node, trust
from comity.simulate.plan import START, WAITS, Plan, Wait
from comity.simulate.states import OBSERVATORY, State, draw_states
from comity.simulate.timeline import Timeline
from comity.workflows import deliver_outbox, keep_directory, read_cases, receive_envelope, watch_deadlines
from comity.workflows.office import Office

POLL_SECONDS: Final = 0.2
ASK_AGAIN_SECONDS: Final = 900.0
CALM_DAYS: Final = 1.0
"""At the end of a run nothing fails and nothing new begins for so long, so that what is under way comes home."""
OBSERVATORIES: Final = 3
_TRIES: Final = 4


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
    on_settled: list[Callable[[Node, Case], bool]] = field(default_factory=list)
    office_of: dict[NodeId, Callable[[str, str], Office]] = field(default_factory=dict)
    after_step: dict[NodeId, Callable[[Office], None]] = field(default_factory=dict)
    begun: int = 0
    _taken: set[tuple[NodeId, str, str, str]] = field(default_factory=set)
    _met: set[tuple[str, str]] = field(default_factory=set)

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
        network.doors[host_of(name)] = Doors(
            name,
            node.url,
            lambda: node.office,
            lambda seconds: self.wake(node, seconds + POLL_SECONDS),
            self._receipted,
            lambda body, status: self.on_refused(node, body, status),
            lambda peer: self.on_closed(node, peer),
        )
        self._list(node, role)

    def _list(self, node: Node, role: Role) -> None:
        """The node into its State's list, and each who must know it."""
        if role is Role.PROVIDER:
            keeper = self.authority(node.office.state)
            enrol(keeper, node)
            self.publish_list(keeper)
        elif role is Role.AUTHORITY or node.id.endswith("-1"):
            keep_directory.found_list(node.office, describe(node), [node.keys.root])
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
        office = node.office
        opened = self._try(node, "open", lambda: receive_envelope.open_waiting(office))
        self._try(node, "deliver", lambda: deliver_outbox.deliver(office).sent)
        self._try(node, "receipts", lambda: deliver_outbox.deliver_receipts(office))
        if opened:
            for case in self._settled(node):
                if not any(watching(node, case) for watching in self.on_settled):
                    self.consider(node, case)
        self._wake_when_due(node)

    def _wake_when_due(self, node: Node) -> None:
        due = next_due(node.database)
        now = node.clock.now().seconds
        if due.moment is not None:
            self.wake(node, max(1.0, due.moment - now + 0.5))
        if due.waits_for_receipt and not node.asks:
            node.asks = True
            self.timeline.after(ASK_AGAIN_SECONDS, partial(self._ask_again, node))
        if self.log_size(node) != node.log_size:
            self.keep_log(node)

    def _ask_again(self, node: Node) -> None:
        node.asks = False
        before = node.clock.now().plus_seconds(-int(ASK_AGAIN_SECONDS) + 60)
        self._try(node, "ask again", lambda: deliver_outbox.ask_for_receipts(node.office, before))
        self._wake_when_due(node)

    def _try(self, node: Node, what: str, work: Callable[[], int]) -> int:
        """As the worker: a typed failure is tried again."""
        try:
            return work()
        except ComityError as error:
            self.network.befell[f"{what}: {error.code}"] += 1
            self.wake(node, 60.0)
            return 0

    def _settled(self, node: Node) -> Iterable[Case]:
        """The cases of what was entered since this was last asked."""
        with node.database.engine.connect() as connection:
            query = (
                select(receipt.c.number, inbox.c.case_id)
                .join(inbox, (inbox.c.sender == receipt.c.peer) & (inbox.c.id == receipt.c.message_id))
                .where(receipt.c.number > node.settled)
                .where(inbox.c.state == Status.DELIVERED)
                .order_by(receipt.c.number)
            )
            rows = connection.execute(query).all()
        if rows:
            node.settled = rows[-1].number
        return [read_cases.find(node.office, case_id) for case_id in dict.fromkeys(row.case_id for row in rows)]

    def _receipted(self, receipts: Receipts, after: float) -> None:
        for row in receipts.rows:
            if row.status is not Status.STORED:
                self.arrived.setdefault(row.id, self.timeline.now + after)

    @staticmethod
    def log_size(node: Node) -> int:
        with node.office.store.transaction() as tx:
            return tx.log.size()

    def keep_log(self, node: Node) -> None:
        """The node's rounds over its log are due: see `logs`."""
        if node.keeps or node.office.role is Role.WITNESS:
            return
        node.keeps = True
        self.on_log_growth(node)

    # --- people

    def consider(self, node: Node, case: Case) -> None:
        """Have the people of a node take the next step of a case, once they come to it."""
        if case.position is Position.REQUESTING:
            self._consider_following(node, case)
        if str(case.state) == "preserved" and case.preserved_until is not None:
            days = (case.preserved_until - node.clock.now().day).days + 1
            self.timeline.after(days * DAY, lambda: self._lapse(node))
        drawn = self._drawn(node, case, str(case.state))
        step = officers.next_step(case, self.plan.shares, drawn)
        mark = (node.id, case.id, step, f"{case.state}{case.request_message}{len(case.consultations)}")
        if not step or mark in self._taken:
            return
        self._taken.add(mark)
        self._later(node, case.id, step, self.wait(step, node, drawn))

    def _drawn(self, node: Node, case: Case, what: str) -> Random:
        return drawn_for(self.plan.seed, node.id, case.id, what)

    def _later(self, node: Node, case_id: str, step: str, seconds: float, tries: int = _TRIES) -> None:
        self.timeline.after(seconds, lambda: self._take(node, case_id, step, tries))

    def _take(self, node: Node, case_id: str, step: str, tries: int) -> None:
        office = self.office_of[node.id](step, case_id) if node.id in self.office_of else node.office
        try:
            case = read_cases.find(office, case_id)
            drawn = self._drawn(node, case, f"take {step}")
            case = officers.take(step, officers.Turn(office, case, self.plan.shares, drawn))
        except ComityError as error:
            if tries > 1 and error.code in ("unavailable", "not-found"):
                self._later(node, case_id, step, DAY, tries - 1)
            else:
                self.hindered.append(Hindered(node.id, case_id, step, error.code))
            return
        if node.id in self.after_step:
            self.after_step[node.id](office)
        self.wake(node, POLL_SECONDS)
        self.consider(node, case)

    def _consider_following(self, node: Node, case: Case) -> None:
        matter = self.matters.get(case.id)
        mark = (node.id, case.id, "follow", "")
        if matter is None or str(case.state) != "preserved" or not matter.produces or mark in self._taken:
            return
        self._taken.add(mark)
        wait = self.wait("follow", node, self._drawn(node, case, "follow"))
        self.timeline.after(wait, lambda: self._follow(node, case, matter))

    def _follow(self, node: Node, case: Case, matter: Matter) -> None:
        if self.timeline.now > self.network.calm_from:
            return
        try:
            follows = officers.follow(node, case, matter)
        except ComityError as error:
            self.hindered.append(Hindered(node.id, case.id, "follow", error.code))
            return
        self.consider(node, follows)

    def _lapse(self, node: Node) -> None:
        self._try(node, "lapse", lambda: watch_deadlines.end_what_ran_out(node.office))

    def begin(self, matter: Matter) -> None:
        """A matter begins: its first request is drafted."""
        self.begun += 1
        asking, asked = self.authority(matter.requesting), self.authority(matter.requested)
        self.node(NodeId(f"{matter.requested}/hosting-company"))
        self.introduce(asking, asked)
        today = asking.clock.now().day
        request = preservation(matter, today) if matter.preserves else production(matter, today)
        case = officers.draft(asking, request, asked.id)
        self.matters[case.id] = matter
        self.consider(asking, case)
        drawn = self._drawn(asking, case, "withdraw")
        if drawn.random() < self.plan.shares.withdrawn:
            self._later(asking, case.id, "withdraw", self.wait("withdraw", asking, drawn))

    def wait(self, step: str, node: Node, drawn: Random) -> float:
        """Seconds until people come to a step: log-normal, moved into office hours where it waits for them."""
        kind: Wait = WAITS[officers.WAIT_OF.get(step, step)]
        seconds = kind.median_hours * HOUR * exp(drawn.gauss(0, kind.spread))
        if kind.always:
            return seconds
        state = self.states[node.office.state]
        return into_office_hours(self.timeline.now + seconds, state.hour) - self.timeline.now


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
