"""One request between two States on a day: every rule that applies, in the order a lawyer reads.

Legal basis, scope, form and contents, what the measure itself asks, safeguards, dual criminality, screens, grounds for
refusal, limits on use. Both sides run the same rules; only what follows from a gap differs (`Matter.missing`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from comity.base.errors import Malformed
from comity.base.mode import Mode
from comity.treaty.declarations import Declarations
from comity.treaty.findings import Effect, Finding, Met, NeedsDecision, NotMet, with_caution
from comity.treaty.measures import Contents, Dual, measure
from comity.treaty.participation import Register
from comity.treaty.request import Request
from comity.treaty.rules import (
    assistance,
    basis,
    dual_criminality,
    preservation,
    real_time,
    refusal,
    safeguards,
    scope,
    screens,
    use_limits,
)
from comity.treaty.rules.matter import Item, Matter
from comity.treaty.terms import Side

__all__ = ["Assessment", "Outcome", "Side", "assess"]


class Outcome(StrEnum):
    """The whole in one word: NOT_MET wins over NEEDS_DECISION, that over MET. Notes change nothing."""

    MET = "met"
    NEEDS_DECISION = "needs_decision"
    NOT_MET = "not_met"


@dataclass(frozen=True, slots=True)
class Assessment:
    """All findings, in a lawyer's order."""

    findings: tuple[Finding, ...]

    @property
    def stops(self) -> tuple[NotMet, ...]:
        """Why it cannot be sent or executed as it is."""
        return self._not_met(Effect.STOP)

    @property
    def asks(self) -> tuple[NotMet, ...]:
        """What the requesting State must be asked for."""
        return self._not_met(Effect.ASK)

    @property
    def notes(self) -> tuple[NotMet, ...]:
        return self._not_met(Effect.NOTE)

    @property
    def decisions(self) -> tuple[NeedsDecision, ...]:
        """What a named role must decide."""
        return tuple(one for one in self.findings if isinstance(one, NeedsDecision))

    @property
    def met(self) -> tuple[Met, ...]:
        return tuple(one for one in self.findings if isinstance(one, Met))

    @property
    def outcome(self) -> Outcome:
        if self.stops or self.asks:
            return Outcome.NOT_MET
        return Outcome.NEEDS_DECISION if self.decisions else Outcome.MET

    def _not_met(self, effect: Effect) -> tuple[NotMet, ...]:
        return tuple(one for one in self.findings if isinstance(one, NotMet) and one.effect is effect)


def assess(
    request: Request,
    *,
    requesting: Declarations,
    requested: Declarations,
    register: Register,
    on: date,
    side: Side,
    mode: Mode,
) -> Assessment:
    """Run the rules that apply to `request` on day `on`, as seen from `side`.

    Raises Malformed if the declarations are those of other States than the request's, and NotFound if `on` lies before
    the Convention's adoption, when no figure of it holds.
    """
    if (requesting.state, requested.state) != (request.requesting, request.requested):
        raise Malformed("declarations of other States than the request's", hint="declarations_of(request.requesting)")
    matter = Matter(request, requesting, requested, register, on, side, mode)
    return Assessment(tuple(with_caution(finding) for finding in _findings(matter)))


def _findings(matter: Matter) -> Iterator[Finding]:
    items: list[Item] = [(one, kind) for one in matter.request.measures if (kind := measure(one.measure)) is not None]
    carried = [(sought, kind) for sought, kind in items if kind.is_carried]
    disclosing = [item for item in carried if item[1].discloses]
    yield from basis.check(matter)
    yield from scope.check(matter)
    for item in items:
        yield from scope.check_measure(matter, item)
    if disclosing:
        yield from assistance.form(matter)
    for item in carried:
        yield from _contents(matter, item)
    for item in disclosing:
        yield from safeguards.check(matter, item)
    for item in carried:
        if item[1].dual is not Dual.NEVER:
            yield dual_criminality.check(matter, item)
    yield from screens.check(matter)
    for item in carried:
        yield refusal.check(item)
    for item in disclosing:
        yield use_limits.use(matter, item)
    if (secrecy := use_limits.secrecy(matter)) is not None:
        yield secrecy


def _contents(matter: Matter, item: Item) -> Iterator[Finding]:
    match item[1].contents:
        case Contents.PRESERVATION:
            yield from preservation.check(matter, item)
        case Contents.REAL_TIME:
            yield from assistance.check(matter, item)
            yield from real_time.check(matter, item)
        case Contents.ASSISTANCE:
            yield from assistance.check(matter, item)
        case Contents.NONE:
            pass
