"""What Parties do with a request: refusal and postponement by this instrument's lists, the rest told from shared rules.

Source: articles 25(4)-(5), 27(4)-(8), 28, 29(4)-(7), 30(2), 16(2). A ground outside the list stops the refusal, not the
person. Where this instrument is silent (onward transfer, personal data, extension), the requested Party's law and any
condition it attached decide, and that is said.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import msgspec

from comity.base.parsing import read_toml
from comity.treaty import acts
from comity.treaty.budapest.offences import in_convention_terms, offence
from comity.treaty.budapest.parties import INSTRUMENT, Declared, load_parties
from comity.treaty.budapest.rules.cited import cite, recite
from comity.treaty.data import FILE_LIMIT, packaged
from comity.treaty.findings import PROGRAM, Effect, Finding, Met, NeedsDecision, NotMet
from comity.treaty.grounds import GroundKind
from comity.treaty.measures import Family, measure
from comity.treaty.rules import conduct_answer, conduct_preservation, conduct_refusal, conduct_secrecy
from comity.treaty.rules.circumstances import Circumstances
from comity.treaty.rules.matter import shorten
from comity.treaty.terms import Role

_TITLE = "A ground on the list"
_LISTS = {
    Family.ASSISTANCE: ("25(4)", "27(4)"),
    Family.PRESERVATION: ("29(5)",),
    Family.PATH: ("30(2)",),
}


class Ground(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One ground; `citations`: its paragraph for each family of measures that has it."""

    name: str
    kind: GroundKind
    about: str
    citations: dict[Family, str]


class _Grounds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    ground: tuple[Ground, ...]


@cache
def all_grounds() -> tuple[Ground, ...]:
    name = "budapest/grounds.toml"
    return read_toml(packaged(name), _Grounds, limit=FILE_LIMIT, what=name).ground


def ground(name: str, family: Family) -> Ground | None:
    """By its name, or by its paragraph for that family."""
    return next((one for one in all_grounds() if name and name in {one.name, one.citations.get(family)}), None)


def family_of(name: str) -> Family:
    """The list of grounds of a measure; that of assistance where it has none of its own."""
    found = measure(name, INSTRUMENT)
    return found.family if found is not None and found.family in _LISTS else Family.ASSISTANCE


def check(act: acts.Act, around: Circumstances) -> Iterator[Finding]:
    """The findings on one act. What has no rule in this instrument is said to have none."""
    told = None if around.request is None else in_convention_terms(around.request)
    shared = replace(around, request=told)
    match act:
        case acts.Refusal():
            yield refusal_ground(act, around)
            yield from reasons(act)
            yield considered(act)
        case acts.Postponement():
            yield postponement(act)
            yield reasons_for_delay(act)
            yield considered(act)
        case acts.Execution():
            yield from recite(conduct_preservation.execution(act, shared))
        case acts.Renewal():
            yield from recite(conduct_preservation.renewal(act))
        case acts.DualAnswer():
            yield from recite(conduct_answer.dual(act, shared))
        case acts.Answer():
            yield from recite(conduct_answer.answer(act))
        case acts.Secrecy():
            yield from recite(conduct_secrecy.check(act, shared))
        case acts.Use():
            yield use(act)
        case acts.OnwardTransfer():
            yield onward(act)
        case _:
            yield silent(act)


def refusal_ground(act: acts.Refusal, around: Circumstances) -> Finding:
    """25(4), 27(4); only two grounds for preservation (29(5)) and the path (30(2)), beside the reservation of 29(4)."""
    rule, family = "conduct.refusal_ground", family_of(act.measure)
    found = ground(act.ground, family)
    cited = found.citations.get(family) if found is not None else None
    if found is None or cited is None or found.kind is GroundKind.POSTPONE:
        listed = ", ".join(
            f"{one.name} ({one.citations[family]})"
            for one in all_grounds()
            if one.kind is GroundKind.GROUND and family in one.citations
        )
        why = f"{shorten(act.ground) or 'Nothing'} is no ground for refusing this measure."
        todo = f"Name one of: {listed}; or carry it out, in part or on conditions if need be."
        return NotMet(rule, cite(*_LISTS[family]), _TITLE, why, todo, Effect.STOP, act.measure)
    match found.kind:
        case GroundKind.FORBIDDEN:
            return _fiscal(act, found, around)
        case GroundKind.RESERVED:
            return _reserved(act, around)
        case GroundKind.ELSEWHERE:
            todo = f"Decide, with reasons, whether the ground of {cited} carries it, and cite that."
            role = Role.REQUESTED_AUTHORITY
            return NeedsDecision(rule, cite(cited), _TITLE, found.about, todo, role, act.measure)
        case _:
            why = f"{found.about} It is optional: a person has chosen it."
            return Met(rule, cite(cited), _TITLE, why, act.measure)


def _fiscal(act: acts.Refusal, found: Ground, around: Circumstances) -> Finding:
    """25(4): barred for the offences of articles 2 to 11; for others the requested Party's law decides."""
    rule, title, citation = "conduct.refusal_forbidden", "Not a forbidden ground", cite("25(4)")
    if around.request is not None and offence(around.request.offence.article) is None:
        why = "The offence is none of articles 2 to 11, and for others the requested Party's law decides."
        todo = "Name the provision of your law."
        return NeedsDecision(rule, citation, title, why, todo, Role.REQUESTED_AUTHORITY, act.measure)
    todo = "Carry it out, or name another ground that truly holds."
    return NotMet(rule, citation, title, found.about, todo, Effect.STOP, act.measure)


def _reserved(act: acts.Refusal, around: Circumstances) -> Finding:
    """29(4): only for a Party that has reserved it, and never for the offences of articles 2 to 11."""
    rule, citation = "conduct.refusal_ground", cite("29(3)", "29(4)")
    if around.request is not None and offence(around.request.offence.article) is not None:
        why = "The offence is one of articles 2 to 11, and for those the reservation does not hold."
        todo = "Preserve the data; dual criminality is no condition of it."
        return NotMet(rule, citation, _TITLE, why, todo, Effect.STOP, act.measure)
    entry = load_parties().entry(around.requested.state) if around.requested is not None else None
    known = entry.reservation_29_4 if entry is not None else Declared.NOT_KNOWN
    if known is Declared.NONE and entry is not None:
        why = f"{entry.name} has made no such reservation by what was read."
        todo = "Preserve the data; test dual criminality when they are asked for."
        return NotMet(rule, citation, _TITLE, why, todo, Effect.STOP, act.measure)
    if known is Declared.MADE and entry is not None:
        why = f"{entry.name} has reserved it for offences outside articles 2 to 11."
        todo = "Decide whether there is reason to believe that the condition cannot be met when the data are asked for."
        return NeedsDecision(rule, citation, _TITLE, why, todo, Role.REQUESTED_AUTHORITY, act.measure)
    why = "Whether the requested Party has made this reservation is not known here."
    todo = "Read its reservations in the depositary's list; without it, this is no ground."
    return NeedsDecision(rule, citation, _TITLE, why, todo, Role.CASE_LAWYER, act.measure)


def reasons(act: acts.Refusal) -> Iterator[Finding]:
    """27(7): for any refusal of assistance; for preservation and the path no article asks, and comity does."""
    basis = None if family_of(act.measure) is Family.ASSISTANCE else PROGRAM
    yield from recite([conduct_refusal.reasons(act)], basis)


def considered(act: acts.Refusal | acts.Postponement) -> Finding:
    """27(6): before refusing or postponing, doing it in part or on conditions is considered, together if fitting."""
    citation, title, rule = cite("27(6)"), "In part or on conditions first", "conduct.consulted"
    if act.consulted:
        why = "The two talked first about doing it in part or on conditions."
        return Met(rule, citation, title, why, act.measure)
    why = "Nothing says that doing it in part or on conditions was considered with the other Party."
    todo = "Call its central authority; conditions it accepts bind it."
    return NotMet(rule, citation, title, why, todo, Effect.NOTE, act.measure)


def postponement(act: acts.Postponement) -> Finding:
    """27(5): only for own investigations or proceedings; preservation and the path are expeditious."""
    citation, title, rule = cite("27(5)"), "Put off only for own proceedings", "conduct.postponement"
    family = family_of(act.measure)
    if family is not Family.ASSISTANCE:
        why = "Preservation and disclosure of the path are expeditious, and their articles know no postponement."
        todo = "Carry it out, or refuse on a ground of its own list."
        return NotMet(rule, cite("27(5)", *_LISTS[family]), title, why, todo, Effect.STOP, act.measure)
    found = ground(act.ground, family)
    if found is not None and found.kind is GroundKind.POSTPONE:
        return Met(rule, citation, title, found.about, act.measure)
    why = "It is put off for something else than an investigation or proceeding of one's own."
    todo = "Carry it out, or name the proceeding that it would prejudice."
    return NotMet(rule, citation, title, why, todo, Effect.STOP, act.measure)


def reasons_for_delay(act: acts.Postponement) -> Finding:
    """27(7): reasons for any postponement."""
    citation, title, rule = cite("27(7)"), "Why it is put off", "conduct.reasons"
    if act.reasons.strip():
        return Met(rule, citation, title, f"Given: {shorten(act.reasons)}", act.measure)
    why = "No reasons are given, and every postponement has them."
    return NotMet(rule, citation, title, why, "Say why, and until when.", Effect.STOP, act.measure)


def use(act: acts.Use) -> Finding:
    """28(2)(b), 28(3): what the supplier attached binds; without a condition nothing here limits the use."""
    citation, title, rule = cite("28(2)(b)", "28(3)"), "Used as the supplier's conditions allow", "conduct.use"
    if act.same_matter or act.consent:
        why = "For the matter stated." if act.same_matter else "The supplier agreed before."
        return Met(rule, citation, title, why, act.measure)
    why = "It is for another matter, and nothing here says which conditions the material came with."
    todo = "Read them: a condition that was accepted binds. Without one, ask the supplier all the same."
    return NeedsDecision(rule, citation, title, why, todo, Role.CASE_LAWYER, act.measure)


def onward(act: acts.OnwardTransfer) -> Finding:
    """28(2), 25(4): this instrument has no rule on passing on; conditions and domestic law decide."""
    citation, title, rule = cite("28(2)", "25(4)"), "Passed on as conditions and law allow", "conduct.onward"
    if act.authorised:
        why = f"The supplier agreed before it goes to {shorten(act.to)}."
        return Met(rule, citation, title, why, act.measure)
    why = "This instrument has no rule on passing material on; its conditions and the supplier's law do."
    todo = "Ask the supplier first, and keep its answer with the material."
    return NeedsDecision(rule, citation, title, why, todo, Role.CASE_LAWYER, act.measure)


def silent(act: acts.Act) -> Finding:
    """25(4): what this instrument has no rule on is for the requested Party's law and other treaties."""
    why = "This instrument has no rule on it: the requested Party's law and other treaties decide."
    todo = "Find the rule there, and record it."
    citation, title = cite("25(4)"), "Where this instrument is silent"
    return NotMet("conduct.silent", citation, title, why, todo, Effect.NOTE, act.measure)
