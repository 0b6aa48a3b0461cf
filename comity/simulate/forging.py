"""Forged emergencies: a corrupt officer, with two colleagues' accounts, asks for data in the name of the State.

Every signature holds and both approvals are inside: only whoever is called at the directory's number knows that nobody
asked. Of three, one repeats the words of an earlier one and one asks to be answered elsewhere; some have an accomplice
at the telephone, and are found only when nothing in writing follows.
"""

from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Final

import msgspec

from comity.base.errors import ComityError
from comity.base.ids import NodeId, StateCode
from comity.cases.case import Case
from comity.simulate import emergencies
from comity.simulate.behaviour import Behaviour, Post
from comity.simulate.chance import drawn_for
from comity.simulate.hours import DAY, HOUR
from comity.simulate.matters import CONVENTION, Matter
from comity.simulate.officers import PROVIDER, settle_findings
from comity.simulate.plan import START
from comity.simulate.world import POLL_SECONDS, Hindered
from comity.treaty.request import Request
from comity.workflows import draft_request

FIRST_DAY: Final = 3.0
EVERY_DAYS: Final = 9.0
ACCOMPLICES: Final = 0.2
_REVIEWED_DAYS: Final = 12.0
"""Whatever an accomplice confirmed is reviewed within so many days: a later lie has nobody to be found by."""
_NUMBER: Final = 3_000_000
"""Matters that nobody knows of are counted from here."""


@dataclass
class ForgesEmergencies(Behaviour):
    """Asks for stored data because a life is said to be at risk."""

    name = "forges-emergencies"
    told: dict[str, Request] = field(default_factory=dict)

    def begin(self, post: Post) -> None:
        number, day = 0, FIRST_DAY
        while START.seconds + day * DAY < post.latest:
            drawn = drawn_for(post.world.plan.seed, post.node.id, "forged", number)
            moment = START.seconds + (day + drawn.random() * 2) * DAY
            post.world.timeline.at(moment, partial(self._prepare, post, number, drawn))
            number, day = number + 1, day + EVERY_DAYS

    def _prepare(self, post: Post, number: int, drawn: Random) -> None:
        """Whom it asks must be known for a while: a new node's keys are not good yet by a clock that is behind."""
        world, node = post.world, post.node
        code = drawn.choice(world.states[node.office.state].partners)[0]
        world.node(NodeId(f"{code}/{PROVIDER}"))
        world.introduce(node, world.authority(code))
        world.timeline.after(HOUR, partial(self._forge, post, number, code, drawn))

    def _forge(self, post: Post, number: int, code: StateCode, drawn: Random) -> None:
        world, node = post.world, post.node
        try:
            case = self._sent(post, number, code, drawn)
        except ComityError as error:
            world.hindered.append(Hindered(node.id, "", "forge an emergency", error.code))
            return
        if drawn.random() < ACCOMPLICES and world.timeline.now < world.timeline.end - _REVIEWED_DAYS * DAY:
            world.accomplices.add(case.id)
        post.tell(self.name, case.request_message)
        world.wake(node, POLL_SECONDS)

    def _sent(self, post: Post, number: int, code: StateCode, drawn: Random) -> Case:
        node, peer = post.node, post.world.authority(code)
        matter = Matter(_NUMBER + number, node.office.state, code, drawn.choice(CONVENTION), True, False, False, False)
        request = self._worded(emergencies.request(matter, node.clock.now().day, drawn), number)
        case = draft_request.draft(node.office, "officer-1", request, peer.id)
        settle_findings(node.office, case)
        draft_request.approve(node.office, "lawyer-2", case.id)
        return draft_request.approve(node.office, "reviewer-1", case.id)

    def _worded(self, request: Request, number: int) -> Request:
        before = self.told.setdefault(request.requested, request)
        match number % 3:
            case 1:
                names = ("emergency", "emergency_imminence", "emergency_averts")
                return msgspec.structs.replace(request, **{name: getattr(before, name) for name in names})
            case 2:
                return msgspec.structs.replace(request, note="Answer to desk@quick-reply.example, not to the node.")
            case _:
                return request
