"""What a rule answers: `Met`, `NotMet` or `NeedsDecision`, each with its citation, its basis and plain words.

How it is shown: NotMet as stop, ask or note by its effect; NeedsDecision as decide; Met as met.
"""

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from comity.base.ids import StateCode
from comity.treaty.citation import Citation, Confidence
from comity.treaty.terms import Role


class BasisKind(StrEnum):
    """What a finding rests on."""

    TREATY = "treaty"
    POLICY = "policy"
    """What a State asks beyond the treaty."""
    DECLARATION = "declaration"
    """What a State has declared or reserved, or the lack of any record of it."""
    PROGRAM = "program"
    """A limit of this version of comity: neither law nor policy."""


class Basis(msgspec.Struct, frozen=True, gc=False):
    """What a finding rests on, and whose policy or declaration it is."""

    kind: BasisKind
    state: StateCode | None = None

    def __str__(self) -> str:
        return f"{self.kind} of {self.state}" if self.state else str(self.kind)


TREATY = Basis(BasisKind.TREATY)
PROGRAM = Basis(BasisKind.PROGRAM)


def policy_of(state: StateCode) -> Basis:
    return Basis(BasisKind.POLICY, state)


def declared_by(state: StateCode) -> Basis:
    return Basis(BasisKind.DECLARATION, state)


class Effect(StrEnum):
    """What follows when a condition is not met."""

    STOP = "stop"
    """The request cannot be sent or executed so."""
    ASK = "ask"
    """The requesting State is asked for it; it is no ground to refuse (articles 40(16), 42(6))."""
    NOTE = "note"
    """Nothing is barred; somebody should know."""


class Verdict(StrEnum):
    """The one word a finding is shown with, in the order they are read."""

    STOP = "stop"
    DECIDE = "decide"
    ASK = "ask"
    NOTE = "note"
    MET = "met"


class Met(msgspec.Struct, frozen=True, gc=False):
    """The condition holds. `rule`: stable id; `measure`: its name, '' for the whole request."""

    rule: str
    citation: Citation
    title: str
    why: str
    measure: str = ""
    basis: Basis = TREATY


class NotMet(msgspec.Struct, frozen=True, gc=False):
    """The condition does not hold; `todo`: what to do about it."""

    rule: str
    citation: Citation
    title: str
    why: str
    todo: str
    effect: Effect
    measure: str = ""
    basis: Basis = TREATY


class NeedsDecision(msgspec.Struct, frozen=True, gc=False):
    """Software stops: `who` must decide, with reasons; `todo`: what they should look at."""

    rule: str
    citation: Citation
    title: str
    why: str
    todo: str
    who: Role
    measure: str = ""
    basis: Basis = TREATY


Finding = Met | NotMet | NeedsDecision

CAUTION = "Check the certified text before relying on this number or wording."


def with_cautions(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings; each says so where it rests on a provision whose text or number could not be confirmed."""
    unsure = Confidence.UNSURE
    return tuple([_cautious(one) if one.citation.confidence is unsure else one for one in findings])


def _cautious(finding: Finding) -> Finding:
    if finding.why.endswith(CAUTION):
        return finding
    return msgspec.structs.replace(finding, why=f"{finding.why} {CAUTION}")


def verdict(finding: Finding) -> Verdict:
    match finding:
        case Met():
            return Verdict.MET
        case NeedsDecision():
            return Verdict.DECIDE
        case NotMet(effect=effect):
            return Verdict(effect.value)


def as_json(finding: Finding) -> dict[str, str]:
    """The finding as text values. `todo` and `who` are '' where they do not apply."""
    return {
        "rule": finding.rule,
        "measure": finding.measure,
        "verdict": verdict(finding).value,
        "citation": str(finding.citation),
        "confidence": finding.citation.confidence.value,
        "basis": str(finding.basis),
        "title": finding.title,
        "why": finding.why,
        "todo": "" if isinstance(finding, Met) else finding.todo,
        "who": finding.who.value if isinstance(finding, NeedsDecision) else "",
    }
