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
from comity.treaty.book import RuleBook, no_rules
from comity.treaty.budapest.rulebook import BUDAPEST
from comity.treaty.budapest.second_protocol import SECOND_PROTOCOL
from comity.treaty.declarations import Declarations
from comity.treaty.findings import Effect, Finding, Met, NeedsDecision, NotMet, with_cautions
from comity.treaty.measures import Contents, measure
from comity.treaty.participation import Register, load_register
from comity.treaty.request import Request
from comity.treaty.rules import (
    assistance,
    basis,
    contents,
    dual_criminality,
    refusal,
    safeguards,
    scope,
    use_limits,
)
from comity.treaty.rules.matter import Item, Matter
from comity.treaty.rules.screens import every
from comity.treaty.terms import Side

__all__ = ["BOOKS", "CONVENTION", "Assessment", "Outcome", "Side", "assess", "book_of"]


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
    """Run the rules that apply to `request` on day `on`, as seen from `side`, by the book of its instrument.

    `register` is the Convention's; another book has a record of its own.

    Raises Malformed if the declarations are those of other States than the request's, and NotFound if `on` lies before
    the Convention's adoption, when no figure of it holds.
    """
    if (requesting.state, requested.state) != (request.requesting, request.requested):
        raise Malformed("declarations of other States than the request's", hint="declarations_of(request.requesting)")
    matter = Matter(request, requesting, requested, register, on, side, mode)
    book = book_of(request.instrument)
    if book is None:
        known = ", ".join(f"'{one.instrument}'" for one in BOOKS)
        cited = CONVENTION.cite("60")
        return Assessment((no_rules(request.instrument, f"comity knows these instruments: {known}.", cited),))
    return Assessment(with_cautions(book.findings(matter)))


def _findings(matter: Matter) -> Iterator[Finding]:
    items: list[Item] = [(one, kind) for one in matter.request.measures if (kind := measure(one.measure)) is not None]
    carried = [(sought, kind) for sought, kind in items if kind.is_carried]
    assisting = [item for item in carried if item[1].is_assistance]
    yield from basis.check(matter)
    yield from scope.check(matter)
    for item in items:
        yield from scope.check_measure(matter, item)
    if assisting:
        yield from assistance.form(matter)
    for item in carried:
        yield from contents.check(matter, item)
    for item in carried:
        if item[1].uses_power:
            yield from safeguards.check(matter, item)
    for item in carried:
        if item[1].contents is not Contents.PRESERVATION:
            yield dual_criminality.check(matter, item)
    yield from every.check(matter)
    for item in carried:
        yield from refusal.check(item)
    for item in carried:
        if item[1].discloses:
            yield use_limits.use(matter, item)
    if (secrecy := use_limits.secrecy(matter)) is not None:
        yield secrecy


CONVENTION = RuleBook(
    instrument="",
    name="UN",
    title="United Nations Convention against Cybercrime (Hanoi, 2025)",
    findings=_findings,
    record=load_register,
)
BOOKS = (CONVENTION, BUDAPEST, SECOND_PROTOCOL)
"""Every instrument comity knows; a request names one by its `instrument`."""


_BY_INSTRUMENT = {one.instrument: one for one in BOOKS}


def book_of(instrument: str) -> RuleBook | None:
    return _BY_INSTRUMENT.get(instrument)
