"""The people of the nodes: they take the step that the new state of a case calls for, once they come to it."""

from math import exp
from random import Random
from typing import Final

from comity.base.errors import ComityError
from comity.base.ids import NodeId
from comity.cases import events, machine
from comity.cases.case import Case, Position
from comity.cases.emergency import REVIEW_DAYS
from comity.simulate import emergencies, officers, what_next
from comity.simulate.chance import drawn_for
from comity.simulate.hours import DAY, HOUR, into_office_hours
from comity.simulate.matters import Matter, preservation, production
from comity.simulate.nodes import Node
from comity.simulate.plan import WAITS, Wait
from comity.simulate.world import POLL_SECONDS, Hindered, World
from comity.workflows import preserve_meanwhile, read_cases, watch_deadlines

_TRIES: Final = 4
WITHDRAW: Final = "withdraw"
"""The one step that no state of a case calls for."""


class People:
    """All of them, at every node of a world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._taken: set[tuple[NodeId, str, str, str]] = set()
        self._emergencies: set[str] = set()
        world.on_entered = self.consider

    def consider(self, node: Node, case: Case) -> None:
        """Have the people of a node take the next step of a case, once they come to it."""
        if case.position is Position.REQUESTING:
            self._consider_following(node, case)
        if str(case.state) == "preserved" and case.preserved_until is not None:
            days = (case.preserved_until - node.clock.now().day).days + 1
            self._world.timeline.after(days * DAY, lambda: self._lapse(node))
        if case.position is Position.REQUESTED and case.emergency is not None and case.id not in self._emergencies:
            self._begin_emergency(node, case)
        sight = self._sight(node, case, _standing(case))
        step = what_next.next_step(case, sight)
        mark = _mark(node, case, step)
        if not step or mark in self._taken or step in self._left_out:
            return
        self._taken.add(mark)
        is_urgent = case.emergency is not None or case.their_case in self._emergencies
        self._later(node, case.id, step, self.wait(step, node, sight.random, is_urgent=is_urgent))

    def _begin_emergency(self, node: Node, case: Case) -> None:
        """What it asks for is preserved meanwhile, in a case of its own; and it is looked at again after its review
        fell due."""
        self._emergencies.add(case.id)
        with node.office.store.transaction() as tx:
            beside = [one for one in tx.cases.called(case.peer, case.their_case) if one != case.id]
        for one in beside:
            self.consider(node, read_cases.find(node.office, one))
        after_review = (REVIEW_DAYS + 1) * DAY
        self._world.timeline.after(after_review, lambda: self.consider(node, read_cases.find(node.office, case.id)))

    def _sight(self, node: Node, case: Case, what: str) -> what_next.Sight:
        """What the people of a node see, and whether those who are said to have asked know of it."""
        world = self._world
        if case.position is Position.REQUESTING:
            is_known = case.id in world.matters
        else:
            nobody_calls = emergencies.CALL_BACK in world.plan.without
            is_known = nobody_calls or case.their_case in world.matters or case.their_case in world.accomplices
        with node.office.store.transaction() as tx:
            is_ours_alone = str(case.state) == "objected" and preserve_meanwhile.is_ours_alone(tx, case)
        drawn = self._drawn(node, case, what)
        return what_next.Sight(node.clock.now().day, world.plan.shares, drawn, is_known, is_ours_alone)

    @property
    def _left_out(self) -> tuple[str, ...]:
        """Steps that are a check which this run goes without."""
        return ("review",) if emergencies.REVIEW in self._world.plan.without else ()

    def _drawn(self, node: Node, case: Case, what: str) -> Random:
        return drawn_for(self._world.plan.seed, node.id, case.id, what)

    def _later(self, node: Node, case_id: str, step: str, seconds: float, tries: int = _TRIES) -> None:
        self._world.timeline.after(seconds, lambda: self._take(node, case_id, step, tries))

    def _take(self, node: Node, case_id: str, step: str, tries: int) -> None:
        office = self._world.office_of[node.id](step, case_id) if node.id in self._world.office_of else node.office
        try:
            case = read_cases.find(office, case_id)
            if step == WITHDRAW and events.tag_of(events.Withdrawn) not in machine.allowed(case):
                return  # it came too late: the evidence is here, or it is over
            if step != WITHDRAW and what_next.next_step(case, self._sight(node, case, _standing(case))) != step:
                self._taken.discard(_mark(node, case, step))  # it is called for again once a doubt is settled
                self.consider(node, case)  # it went on meanwhile, and calls for something else
                return
            sight = self._sight(node, case, f"take {step}{emergencies.mark(case) if case.emergency else ''}")
            case = officers.take(step, officers.Turn(office, case, sight))
        except ComityError as error:
            if tries > 1 and error.code in ("unavailable", "not-found"):
                self._later(node, case_id, step, DAY, tries - 1)
            else:
                self._world.hindered.append(Hindered(node.id, case_id, step, error.code))
            return
        if node.id in self._world.after_step:
            self._world.after_step[node.id](office)
        catch = emergencies.catch_of(node.id, step, case, self._world.timeline.now)
        if catch is not None:
            self._world.ledger.catch(catch)
        self._world.wake(node, POLL_SECONDS)
        self.consider(node, case)

    def _consider_following(self, node: Node, case: Case) -> None:
        matter = self._world.matters.get(case.id)
        mark = (node.id, case.id, "follow", "")
        if matter is None or str(case.state) != "preserved" or not matter.produces or mark in self._taken:
            return
        self._taken.add(mark)
        wait = self.wait("follow", node, self._drawn(node, case, "follow"))
        self._world.timeline.after(wait, lambda: self._follow(node, case, matter))

    def _follow(self, node: Node, case: Case, matter: Matter) -> None:
        if self._world.timeline.now > self._world.network.calm_from:
            return
        try:
            follows = officers.follow(node, case, matter)
        except ComityError as error:
            self._world.hindered.append(Hindered(node.id, case.id, "follow", error.code))
            return
        self.consider(node, follows)

    def _lapse(self, node: Node) -> None:
        self._world.attempt(node, "lapse", lambda: watch_deadlines.end_what_ran_out(node.office))

    def begin(self, matter: Matter) -> None:
        """A matter begins: its first request is drafted."""
        asking, asked = self._world.authority(matter.requesting), self._world.authority(matter.requested)
        if {asking.id, asked.id} <= self._world.callers:
            self._world.network.befell["no way between two without an address"] += 1
            return
        self._world.begun += 1
        self._world.node(NodeId(f"{matter.requested}/{officers.PROVIDER}"))
        self._world.introduce(asking, asked)
        today = asking.clock.now().day
        request = preservation(matter, today) if matter.preserves else production(matter, today)
        if matter.emergency:
            words = drawn_for(self._world.plan.seed, matter.number, "emergency text")
            request = emergencies.request(matter, today, words)
        case = officers.draft(asking, request, asked.id)
        self._world.matters[case.id] = matter
        self.consider(asking, case)
        drawn = self._drawn(asking, case, "withdraw")
        if drawn.random() < self._world.plan.shares.withdrawn and not matter.emergency:
            self._later(asking, case.id, WITHDRAW, self.wait(WITHDRAW, asking, drawn))

    def wait(self, step: str, node: Node, drawn: Random, *, is_urgent: bool = False) -> float:
        """Seconds until people come to a step: log-normal, moved into office hours where it waits for them."""
        name = what_next.WAIT_OF.get(step, step)
        kind: Wait = WAITS.get(f"urgent {name}" if is_urgent else name, WAITS[name])
        seconds = kind.median_hours * HOUR * exp(drawn.gauss(0, kind.spread))
        if kind.always:
            return seconds
        state = self._world.states[node.office.state]
        return into_office_hours(self._world.timeline.now + seconds, state.hour) - self._world.timeline.now


def _standing(case: Case) -> str:
    """Where a case stands: at a provider each order is another, to which it may object or not."""
    return f"{case.state}{case.request_message}" if case.position is Position.PROVIDER else str(case.state)


def _mark(node: Node, case: Case, step: str) -> tuple[NodeId, str, str, str]:
    """A step at a case as it stands, which is planned once."""
    standing = emergencies.mark(case)
    if step not in emergencies.STEPS:
        standing = f"{case.state}{case.request_message}{len(case.consultations)}"
    if step == what_next.SETTLE:
        standing += "".join(f" {one.kid}{one.since}" for one in case.doubts)
    return (node.id, case.id, step, standing)
