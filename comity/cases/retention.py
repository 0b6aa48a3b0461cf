"""How long things are kept, each with its end and the basis of that end. Nothing is kept without one.

Source: articles 24(2), 36(2), 42(8); the number of days is the node's policy, but for what the treaty or an order sets.
An open case has a day on which somebody looks whether it is still needed. Software says what is due; a person deletes
or keeps longer, with reasons.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import msgspec

from comity.cases.case import Case, Position
from comity.cases.deadlines import Basis
from comity.cases.holding import holds, is_sealers
from comity.cases.machine import has_ended, keeps_copies

CASE, DRAFT, EVIDENCE, COPY, PRESERVED = "case", "draft", "evidence", "copy", "preserved copy"
ITEMS = (CASE, DRAFT, EVIDENCE, COPY, PRESERVED)
"""What is kept of a case. `copy`: of evidence handed on; `preserved copy`: what a provider keeps for an order."""
_COMMAND: Final = "comity evidence destroy"
_DESTROY: Final = f"destroy it: {_COMMAND}"


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[retention] in days, all of them policy. `case_days` after a case has ended; `open_days` after the last step of
    one that has not; `draft_days` after a draft was last touched; `evidence_days` after the last step of a case whose
    evidence is here; `copy_days` after that where it was handed on, or its order was lifted; `access_days` after
    somebody looked; `people_days` after somebody left; `question_days` after a question that a signal opened was
    answered; `use_days`: how long another State may use what we hand over, 0 for no limit."""

    case_days: int = 3650
    open_days: int = 365
    draft_days: int = 90
    evidence_days: int = 1825
    copy_days: int = 180
    access_days: int = 1095
    people_days: int = 1095
    question_days: int = 1825
    use_days: int = 0


@dataclass(frozen=True, slots=True, order=True)
class Item:
    """One thing that is kept: until when, on which basis; `what`: of `ITEMS`, or of the node's own; `ref`: the case,
    person or place; `extended`: a person moved its end. `ends`: what then ends it, as a command."""

    until: date
    what: str
    ref: str
    basis: Basis
    citation: str
    ends: str
    extended: bool = False

    def is_due(self, today: date) -> bool:
        return self.until < today


def items_of(case: Case, last: date, policy: Policy) -> tuple[Item, ...]:
    """What is kept of a case, and until when, soonest first. last: the day of its last event."""
    kept = dict(case.kept_until)
    found = []
    for one in _items(case, last, policy):
        until = kept.get(one.what, one.until)
        later = max(until, one.until)
        found.append(Item(later, one.what, one.ref, one.basis, one.citation, one.ends, later != one.until))
    return tuple(sorted(found))


def _items(case: Case, last: date, policy: Policy) -> Iterator[Item]:
    def item(what: str, days: int, ends: str) -> Item:
        return Item(last + timedelta(days=days), what, case.id, Basis.POLICY, "24(2), 36(2)", ends)

    if case.state in ("draft", "approved"):
        yield item(DRAFT, policy.draft_days, "withdraw it: comity case withdraw")
    elif has_ended(case):
        yield item(CASE, policy.case_days, "erase it: comity log erase")
    else:
        yield item(CASE, policy.open_days, "look whether it is still needed: comity case show")
    if case.package and not case.copy_gone and case.state != "evidence destroyed":
        if is_sealers(case):  # it is no copy: nobody else has it. Under a lifted order nobody will take it over
            yield item(EVIDENCE, policy.copy_days if case.lifted else policy.evidence_days, _DESTROY)
        elif holds(case):
            yield item(EVIDENCE, policy.evidence_days, f"give it back or {_DESTROY}")
        else:
            yield item(COPY, policy.copy_days, f"destroy the copy: {_COMMAND}")
    if case.position is Position.PROVIDER and case.procedure == "preservation" and not case.copies_released:
        until = case.preserved_until or (case.order.until if case.order else last)
        if case.state in ("ordered", "preserved", "lapsed", "order lifted") or keeps_copies(case):
            yield Item(until, PRESERVED, case.id, Basis.ORDER, "25(2), 42(8)", "let it go: comity case let-go")
