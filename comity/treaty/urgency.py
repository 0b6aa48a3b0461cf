"""Urgency changes the order of the checks and drops none (OV-45; articles 41, 40(26)).

In an urgent request what stops, what is an emergency and what must be decided before anything is done come first. Some
screens' decisions may wait: each is listed with the moment it falls due. How long is the policy of our State
(`postponed_screens_due_hours` in its declarations); a State that has set none lets nothing wait. What may wait at all
stands with each screen in screens.toml: some never, some only while nothing is disclosed.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from comity.base.errors import Mistake
from comity.base.instants import Instant
from comity.treaty import screens
from comity.treaty.assess import Assessment
from comity.treaty.declarations import Declarations
from comity.treaty.findings import Basis, Finding, NeedsDecision, Verdict, policy_of, verdict
from comity.treaty.measures import measure
from comity.treaty.request import Request
from comity.treaty.terms import Risk

EMERGENCY = "screens.emergency"
_TO_PEOPLE: Final = frozenset({Risk.LIFE, Risk.SAFETY})
_SAYS: Final[Mapping[str, str]] = {
    "emergency": "what happens, and to whom (2(o))",
    "emergency_risks": "what is at risk: life or safety (2(o))",
    "emergency_person": "who is at risk (2(o))",
    "emergency_imminence": "how soon, and how that is known (2(o))",
    "emergency_averts": "how the data would avert it (41(3)(e))",
    "emergency_minimum": "why no less data would do (41(3)(e))",
}
_JUSTIFIES: Final = ("emergency", "emergency_imminence", "emergency_averts")
_SECONDS_AN_HOUR = 3600
_ORDER = (Verdict.STOP, Verdict.DECIDE, Verdict.ASK, Verdict.NOTE, Verdict.MET)


@dataclass(frozen=True, slots=True)
class Postponed:
    """A decision that waits, and the moment by which somebody must have taken it."""

    finding: NeedsDecision
    due: Instant


@dataclass(frozen=True, slots=True)
class Order:
    """Every finding of an assessment, once: what counts now, in the order to take it, and what waits until when.

    why: why things wait or do not, in a sentence; basis: whose policy lets them.
    """

    urgent: bool
    now: tuple[Finding, ...]
    postponed: tuple[Postponed, ...]
    why: str
    basis: Basis


def ordered(assessment: Assessment, request: Request, on: Instant, ours: Declarations) -> Order:
    """The findings of `assessment` in the order in which they are taken on `request`, from the moment `on`.

    ours: the declarations of the State on whose side we stand. Nothing is dropped: `now` and `postponed` together are
    the assessment's findings. A request that is not urgent keeps its order and lets nothing wait.
    """
    basis, hours = policy_of(ours.state), ours.policy.postponed_screens_due_hours
    if not is_urgent(request):
        return Order(False, assessment.findings, (), "It is not marked urgent: every check comes first.", basis)
    if hours is None:
        why = f"Nothing waits: {ours.name} has set no time by which a postponed check falls due."
        return Order(True, _sorted(assessment.findings), (), why, basis)
    due = on.plus_seconds(hours * _SECONDS_AN_HOUR)
    waiting = [one for one in assessment.decisions if may_wait(one, request)]
    now = _sorted(one for one in assessment.findings if one not in waiting)
    why = f"{ours.name} lets some checks of an urgent request wait for {hours} hours; none is dropped."
    return Order(True, now, tuple(Postponed(one, due) for one in waiting), why, basis)


def is_urgent(request: Request) -> bool:
    """Marked urgent, or claimed to be an emergency, even one that turns out to be about things only."""
    return request.urgent or bool(request.emergency or request.emergency_risks)


def is_emergency(request: Request) -> bool:
    """Whether data are asked for because of a risk to somebody's life or safety (articles 2(o), 41(3)(e)).

    A claim that names only property or data is none. To preserve discloses nothing, and needs no emergency.
    """
    risks = request.emergency_risks
    claimed = not _TO_PEOPLE.isdisjoint(risks) if risks else bool(request.emergency.strip())
    return claimed and _may_disclose(request)


def lacking(request: Request) -> tuple[Mistake, ...]:
    """What an emergency has to say and does not, by field: who is at risk of what and how soon, how the data avert it,
    and why no less data would do."""
    if not is_emergency(request):
        return ()
    found = [Mistake(field, what) for field, what in _SAYS.items() if not getattr(request, field)]
    if any(not sought.identifiers for sought in request.measures):
        found.append(Mistake("identifiers", "whose account or device: named ones only (41(3)(e))"))
    return tuple(found)


def emergency_text(request: Request) -> str:
    """What an emergency is justified with, spelt one way: by its digest the same story is known again."""
    said = " ".join(getattr(request, field) for field in _JUSTIFIES)
    return " ".join(unicodedata.normalize("NFKC", said).casefold().split())


def may_wait(finding: NeedsDecision, request: Request) -> bool:
    """Whether a decision may wait in an urgent request: those of some screens only, never another rule's."""
    screen = screens.screen_or_none(finding.rule)
    if screen is None or screen.wait is screens.Wait.NEVER:
        return False
    return screen.wait is screens.Wait.URGENT or not _may_disclose(request)


def _may_disclose(request: Request) -> bool:
    """Whether anything asked for hands over data; a measure that nobody knows might."""
    kinds = [measure(sought.measure, request.instrument) for sought in request.measures]
    return not kinds or any(kind is None or kind.discloses for kind in kinds)


def _sorted(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Stops, then whether it is an emergency, then what must be decided, asked, noted; what is met comes last."""
    return tuple(sorted(findings, key=lambda one: (_ORDER.index(verdict(one)), one.rule != EMERGENCY)))
