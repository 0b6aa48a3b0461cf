"""A year of requests as the node that is asked records them, drawn and not exchanged: what signals are measured on.

Matters come from the same plan as a run's, and each is a real request with the real events of a case. Nothing is sent,
so that a year among two dozen States takes a second and a rare false alarm can be counted. How requesters differ is
drawn: no two honest States have the same shares, each of which lies around `HONEST` by a beta distribution.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from random import Random
from typing import Final

import msgspec

from comity.base.ids import NodeId, StateCode, uuid7
from comity.base.instants import Instant
from comity.base.mode import Mode
from comity.cases import events as e
from comity.cases.emergency import REVIEW_DAYS
from comity.oversight.signals.asked import Asked, asked_of
from comity.simulate import matters, wording
from comity.simulate.chance import drawn_for
from comity.simulate.drawing import matters_of
from comity.simulate.hours import into_office_hours
from comity.simulate.matters import Matter
from comity.simulate.plan import START, Plan
from comity.simulate.states import State, draw_states
from comity.treaty.request import Request, Screens
from comity.treaty.terms import Risk

ALIKE: Final = 25.0
"""How alike honest States are: a share of 0.2 lies between 0.07 and 0.37 for nineteen of twenty of them."""
_DAY, _HOUR = 86_400, 3_600
_KEYS: Final = 2
_NONE: Final = "0" * 64


@dataclass(frozen=True, slots=True)
class Ways:
    """How a requester's matters go, as shares of one: of all matters; of serious crimes; of emergencies; of decided
    requests; of all; of those asked about; of secret ones. All are assumptions (docs/guides/signals.md)."""

    serious: float = 0.2
    expression: float = 0.02
    at_limit: float = 0.2
    raised: float = 0.01
    repeated: float = 0.12
    emergency: float = 0.08
    unconfirmed: float = 0.05
    refused: float = 0.12
    persecution: float = 0.05
    questioned: float = 0.15
    dropped: float = 0.06
    secret: float = 0.6
    renewed: float = 0.12
    at_night: float = 0.01


HONEST: Final = Ways()
MISUSES: Final[Mapping[str, Mapping[str, float]]] = {
    "serious-crime-share": {"serious": 0.95},
    "expression-share": {"expression": 0.5, "serious": 0.6},
    "penalty-at-four-years": {"at_limit": 0.9, "serious": 0.8},
    "penalty-raised": {"raised": 0.4, "serious": 0.8},
    "identical-texts": {"repeated": 0.8},
    "emergencies-unconfirmed": {"emergency": 0.5, "unconfirmed": 0.6},
    "refused-40-22": {"refused": 0.6, "persecution": 0.7},
    "withdrawn-at-review": {"questioned": 0.5, "dropped": 0.7},
    "secrecy-renewed": {"secret": 0.9, "renewed": 0.8},
    "just-under-quota": {"emergency": 1.0},
    "out-of-hours-spike": {},
}
"""What a requester that misuses does otherwise, by the signal that is to see it. The last two also choose their time:
one makes as many as `FULL_DAY` says on each day on which it makes any, the other's stolen key makes `NIGHT` in one."""
FULL_DAY: Final = (4, 5)
NIGHT: Final = 8


def honest_year(plan: Plan) -> dict[NodeId, tuple[Asked, ...]]:
    """Every authority's requests of a year as it has them on the last day, by the node asked. Nobody misuses."""
    states = draw_states(plan.states, drawn_for(plan.seed, "states"))
    own = {one.code: _around(HONEST, drawn_for(plan.seed, one.code, "ways")) for one in states}
    hours = {one.code: one.hour for one in states}
    found: dict[NodeId, list[Asked]] = {}
    for moment, matter in matters_of(plan, states, {}):
        drawn = drawn_for(plan.seed, matter.number, "course")
        node, code = authority(matter.requested), matter.requesting
        made = _moment(moment, hours[code], own[code], drawn)
        found.setdefault(node, []).extend(_asked(plan, matter, own[code], made, drawn))
    return {node: tuple(every) for node, every in found.items()}


def planted(plan: Plan, signal: str, state: State, node: NodeId, count: int) -> tuple[Asked, ...]:
    """`count` matters of one more requester, put to `node` within the year. signal: which is to see its misuse; '' for
    an honest one."""
    drawn = drawn_for(plan.seed, signal, count, "misuse")
    ways = replace(_around(HONEST, drawn), **MISUSES.get(signal, {}))
    found: list[Asked] = []
    for place, moment in enumerate(_moments(plan, signal, state, count, drawn)):
        matter = Matter(
            1_000_000 + place,
            state.code,
            StateCode(node[:2]),
            matters.draw_kind(drawn, 0.0),
            urgent=False,
            preserves=drawn.random() < plan.shares.begins_with_preservation,
            produces=drawn.random() < plan.shares.followed_by_production,
            secret=False,
        )
        found += _asked(plan, matter, ways, moment, drawn)
    if signal == "out-of-hours-spike":
        night = START.seconds + drawn.randrange(plan.days - 2) * _DAY + _DAY - state.hour * _HOUR
        moments = (night + drawn.random() * 4 * _HOUR for _ in range(NIGHT))
        stolen = Matter(2_000_000, state.code, StateCode(node[:2]), matters.SERIOUS[0], False, True, False, False)
        for moment in sorted(moments):
            found += _asked(plan, stolen, ways, moment, drawn, f"{state.code}-0")
    return tuple(found)


def authority(state: str) -> NodeId:
    return NodeId(f"{state}/central-authority")


def _around(ways: Ways, drawn: Random) -> Ways:
    """Another requester's: each share drawn from a beta distribution with the same mean."""
    return Ways(
        **{
            one.name: drawn.betavariate(ALIKE * mean, ALIKE * (1 - mean))
            for one in fields(ways)
            if 0 < (mean := getattr(ways, one.name)) < 1
        }
    )


def _moments(plan: Plan, signal: str, state: State, count: int, drawn: Random) -> list[float]:
    """When the matters of a misuse begin: in office hours, but for full days."""
    span = plan.days - 2
    if signal == "just-under-quota":
        found: list[float] = []
        for day in drawn.sample(range(span), span):
            full = min(drawn.choice(FULL_DAY), count - len(found))
            found += [START.seconds + day * _DAY + drawn.random() * _DAY for _ in range(full)]
            if len(found) == count:
                break
        return sorted(found)
    return sorted(_in_office(drawn.random() * span * _DAY, state.hour) for _ in range(count))


def _in_office(seconds: float, hour: int) -> float:
    """Spread over the hours of the office, not heaped at its opening."""
    return into_office_hours(START.seconds + seconds // _DAY * _DAY - hour * _HOUR + 8 * _HOUR, hour) + (
        seconds % _DAY / _DAY * 9 * _HOUR
    )


def _moment(moment: float, hour: int, ways: Ways, drawn: Random) -> float:
    if drawn.random() < ways.at_night:
        return moment // _DAY * _DAY + drawn.random() * _DAY
    return _in_office(moment - START.seconds, hour)


def _asked(plan: Plan, matter: Matter, ways: Ways, moment: float, drawn: Random, key: str = "") -> Iterator[Asked]:
    """The request of a matter, and the one that follows a preservation."""
    end, node = START.plus_days(plan.days), authority(matter.requested)
    key = key or f"{matter.requesting}-{drawn.randrange(_KEYS)}"
    at = Instant.from_seconds(int(moment))
    for happened in courses(matter, ways, at, drawn):
        told = [one for one in happened if one.at <= end.seconds]
        found = asked_of(uuid7(at, drawn.randbytes(10)), node, told, end, key)
        if found is not None:
            yield found


def _request(matter: Matter, ways: Ways, at: Instant, drawn: Random) -> Request:
    serious, expression = drawn.random() < ways.serious, drawn.random() < ways.expression
    if serious or expression:
        matter = replace(matter, kind=drawn.choice(matters.SERIOUS))
    matter = replace(matter, secret=drawn.random() < ways.secret)
    made = matters.preservation(matter, at.day) if matter.preserves else matters.production(matter, at.day)
    offence = made.offence
    if serious or expression:
        years = 4 if drawn.random() < ways.at_limit else max(5, matter.kind.years)
        since = at.day - timedelta(days=30) if drawn.random() < ways.raised else offence.penalty_in_force_since
        offence = msgspec.structs.replace(offence, max_penalty_years=years, penalty_in_force_since=since)
    facts, why = wording.draw(matter.requesting, ways.repeated, drawn)
    changes: dict[str, object] = {"offence": offence, "facts": facts, "necessity": why, "proportionality": why}
    if expression:
        changes["screens"] = Screens(expression=True, protected_ground=False, research=False)
    if matter.emergency:
        changes["emergency"] = facts
        changes["emergency_risks"] = (Risk.LIFE,)
    return msgspec.structs.replace(made, **changes)


def courses(matter: Matter, ways: Ways, at: Instant, drawn: Random) -> Iterator[list[e.Event]]:
    """The events of the case, and of the one that follows it if any: moves that the machine takes, in their order."""
    is_emergency, peer = drawn.random() < ways.emergency, authority(matter.requesting)
    matter = replace(matter, emergency=is_emergency, preserves=matter.preserves and not is_emergency)
    request = _request(matter, ways, at, drawn)
    first = _received(request, peer, "preservation" if matter.preserves else "stored_data", at, drawn)
    decides = not matter.preserves
    yield [first, *_after(first, decides, ways, drawn)]
    if matter.preserves and matter.produces:
        later = Instant.from_seconds(at.seconds + drawn.randrange(5, 40) * _DAY)
        made = msgspec.structs.replace(request, follows=first.their_case)
        second = _received(made, peer, "stored_data", later, drawn)
        yield [second, *_after(second, True, ways, drawn)]


def _received(request: Request, peer: NodeId, procedure: str, at: Instant, drawn: Random) -> e.Received:
    return e.Received(
        at=at.seconds,
        by=peer,
        mode=Mode.EXERCISE,
        procedure=procedure,
        peer=peer,
        their_case=uuid7(at, drawn.randbytes(10)),
        message=uuid7(at, drawn.randbytes(10)),
        doc_sha256=_NONE,
        request=request,
    )


def _after(begun: e.Received, decides: bool, ways: Ways, drawn: Random) -> Iterator[e.Event]:
    """What follows in a case, in order."""
    at, peer, may_grant = begun.at, begun.peer, True
    if begun.request.emergency:
        may_grant = drawn.random() >= ways.unconfirmed
        yield from _emergency(begun, may_grant, drawn)
    if drawn.random() < ways.questioned:
        at += drawn.randrange(1, 10) * _DAY
        yield e.InformationAsked(at=at, by="lawyer-1", missing=("the invoice",), message=_message(at, drawn))
        at += drawn.randrange(1, 10) * _DAY
        if drawn.random() < ways.dropped:
            yield e.Withdrawn(at=at, by=peer, reasons="No longer needed.", message=_message(at, drawn))
            return
        message = _message(at, drawn)
        yield e.InformationGiven(at=at, by=peer, request=begun.request, message=message, doc_sha256=_NONE)
    if begun.request.confidentiality and begun.request.confidentiality.wanted and drawn.random() < ways.renewed:
        until = begun.request.confidentiality.until
        if until is not None:
            renewed = Instant.from_seconds(begun.at + 70 * _DAY)
            yield e.SecrecyExtended(
                at=renewed.seconds, by=peer, until=until + timedelta(days=80), reasons="It goes on.", role="reviewer"
            )
    if decides:
        at += drawn.randrange(5, 60) * _DAY
        yield _decision(at, ways, may_grant, drawn)


def _emergency(begun: e.Received, is_true: bool, drawn: Random) -> Iterator[e.Event]:
    """Called back, checked and confirmed; or denied; or nobody is reached, and nobody ever writes: it is overdue."""
    due = Instant.from_seconds(begun.at).plus_days(REVIEW_DAYS)
    yield e.EmergencyOpened(
        at=begun.at, by=begun.peer, key="", approvers=("a", "b"), text_sha256=_NONE, review_due=due.day
    )
    result = "confirmed" if is_true else drawn.choice(("denied", "unreached"))
    yield e.CalledBack(
        at=begun.at + 600, by="officer-1", number="1", result=result, reached="", text="Called.", role="duty_officer"
    )
    if is_true:
        yield e.CallBackChecked(at=begun.at + 900, by="lawyer-1", confirmed=True, reasons="Read.", role="case_lawyer")
        reviewed = begun.at + drawn.randrange(1, REVIEW_DAYS) * _DAY
        yield e.EmergencyReviewed(at=reviewed, by="reviewer-1", outcome="confirmed", reasons="Read.", role="reviewer")


def _decision(at: int, ways: Ways, may_grant: bool, drawn: Random) -> e.Event:
    if drawn.random() >= ways.refused and may_grant:
        return e.Granted(at=at, by="reviewer-1", reasons="An offence in both States.", message=_message(at, drawn))
    citation = "40(22)" if drawn.random() < ways.persecution else "40(21)(b)"
    return e.Refused(
        at=at,
        by="reviewer-1",
        ground="persecution" if citation == "40(22)" else "essential interests",
        citation=citation,
        reasons="As we told each other.",
        message=_message(at, drawn),
        consulted=True,
    )


def _message(at: int, drawn: Random) -> str:
    return uuid7(Instant.from_seconds(at), drawn.randbytes(10))
