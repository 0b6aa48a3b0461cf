"""What may be done in a case, by whom, and whether it waits for somebody: read from the case's own table of moves.

Pure. It decides what is offered; whether it may be done is the workflow's to say, each time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from comity.cases import events as e
from comity.cases.case import Case, Position
from comity.cases.machine import allowed
from comity.treaty.assess import Assessment
from comity.workflows.access import ACTIONS


@dataclass(frozen=True, slots=True)
class Step:
    """One action. `waits`: the case does not go on without it; else it is merely possible."""

    action: str
    waits: bool


_EVENT_OF: Final[dict[str, type[e.CaseEvent]]] = {
    "approve": e.Approved,
    "supply": e.InformationGiven,
    "grant": e.Granted,
    "order": e.OrderIssued,
    "confirm": e.Preserved,
    "seal": e.EvidenceSealed,
    "release": e.EvidenceReleased,
    "accept": e.EvidenceAccepted,
    "examine": e.EvidenceExamined,
    "object": e.Objected,
    "refuse": e.Refused,
}
_AT: Final[dict[Position, tuple[str, ...]]] = {
    Position.REQUESTING: ("approve", "supply", "accept", "examine"),
    Position.REQUESTED: ("grant", "order", "accept", "release", "refuse"),
    Position.PROVIDER: ("confirm", "seal", "release", "object"),
}
_STATES: Final[dict[str, frozenset[str]]] = {
    "accept": frozenset({"evidence arrived"}),
    "supply": frozenset({"information asked"}),
    "confirm": frozenset({"ordered"}),
    "order": frozenset({"requested", "information asked", "granted", "objected"}),
}
"""Where the table allows an event in more states than the ones in which a person here is the one to bring it about."""
OPTIONAL: Final = frozenset({"object", "refuse", "examine"})
_NEEDS_CLEAR: Final = frozenset({"approve", "grant", "order"})
"""Actions that no rule may stand against."""


def steps(case: Case, found: Assessment | None) -> tuple[Step, ...]:
    """The steps open in a case, those that wait first."""
    tags = allowed(case)
    open_ones = [
        action
        for action in _AT[case.position]
        if e.tag_of(_EVENT_OF[action]) in tags and case.state in _STATES.get(action, frozenset({str(case.state)}))
    ]
    decisions = found.decisions if found is not None else ()
    undecided = {one.rule for one in decisions} - case.decided
    blocked = bool(undecided) or (found is not None and bool(found.stops))
    found_steps = [
        Step(action, action not in OPTIONAL and not (blocked and action in _NEEDS_CLEAR)) for action in open_ones
    ]
    if undecided and e.tag_of(e.Decided) in tags:
        found_steps.insert(0, Step("decide", bool(undecided - case.opposed)))
    return tuple(sorted(found_steps, key=lambda step: not step.waits))


def may(case: Case, action: str, person: str, roles: Iterable[str]) -> bool:
    """Whether the person's roles allow an action here; the author of a request neither approves nor supplies it."""
    if action in {"approve", "supply"} and person == case.drafted_by:
        return False
    return bool(ACTIONS[action] & set(roles))
