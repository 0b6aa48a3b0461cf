"""A refusal or postponement: its ground on the closed list, its reasons, consultation (40(21)-(28), 42(6), 43(2)).

A ground outside the list stops the refusal, not the person: the finding names those it can be told through. Where human
rights or a political offence are the reason, somebody must decide, and nothing here says that help must be given.
"""

from collections.abc import Iterator

from comity.treaty.acts import Postponement, Refusal
from comity.treaty.citation import Citation
from comity.treaty.findings import Effect, Finding, Met, NeedsDecision, NotMet, declared_by
from comity.treaty.grounds import Ground, GroundKind, ground, grounds_for
from comity.treaty.measures import Family
from comity.treaty.rules.circumstances import Circumstances, family_of
from comity.treaty.rules.matter import shorten
from comity.treaty.terms import Role

_LISTS = {
    Family.ASSISTANCE: ("40(21)", "40(22)", "40(8)"),
    Family.CONFISCATION: ("40(21)", "40(22)", "50"),
    Family.PRESERVATION: ("42(6)",),
    Family.PATH: ("43(2)",),
}
"""Where each family's closed list stands."""
_TITLE = "A ground on the closed list"


def refusal(act: Refusal, around: Circumstances) -> Iterator[Finding]:
    yield on_the_list(act, around)
    yield reasons(act)
    yield consulted(act)


def postponement(act: Postponement) -> Iterator[Finding]:
    yield own_proceedings(act)
    yield reasons_for_delay(act)
    yield consulted(act)


def on_the_list(act: Refusal, around: Circumstances) -> Finding:
    """40(21)-(22), 40(8), 36(1)(a), 50; narrower for preservation (42(6)) and for the path (43(2))."""
    family = family_of(act.measure)
    found = ground(act.ground, family)
    if found is None:
        return _not_on_it(act, family, f"'{shorten(act.ground)}' is none" if act.ground else "None is named")
    match found.kind:
        case GroundKind.FORBIDDEN:
            return _forbidden(act, found, family)
        case GroundKind.ELSEWHERE:
            return _told_through(act, found, family)
        case GroundKind.RESERVED if family in found.families:
            return _reserved(act, found, around)
        case GroundKind.DISPUTED if family in found.families:
            return _disputed(act, found, family)
        case GroundKind.POSTPONE:
            return _not_on_it(act, family, "Own proceedings put execution off; they refuse nothing")
        case GroundKind.GROUND if family in found.families:
            why = f"{found.about} It is optional: a person has chosen it."
            return Met("conduct.refusal_ground", found.cited, _TITLE, why, act.measure)
        case _ if family is Family.UNLISTED:
            return _unlisted(act)
        case _:
            return _not_on_it(act, family, f"Paragraph {found.citation} is none for this measure")


def reasons(act: Refusal) -> Finding:
    """40(25): for any refusal."""
    citation, title = Citation.of("40(25)"), "Reasons for the refusal"
    if act.reasons.strip():
        return Met("conduct.reasons", citation, title, f"Given: {shorten(act.reasons)}", act.measure)
    why = "No reasons are given, and every refusal has them."
    todo = "Write in a sentence or two why, so that the other side can mend the request or ask elsewhere."
    return NotMet("conduct.reasons", citation, title, why, todo, Effect.STOP, act.measure)


def consulted(act: Refusal | Postponement) -> Finding:
    """40(28): before refusing or postponing, the two talk about conditions. For preservation and the path it is noted
    only: their own articles do not ask for it, and time presses."""
    citation, title = Citation.of("40(28)"), "Consulted first"
    if act.consulted:
        why = "The two States talked first about whether help could be given on conditions."
        return Met("conduct.consulted", citation, title, why, act.measure)
    why = "The other State was not consulted on whether help could be given on conditions."
    todo = "Call its central authority; conditions it accepts bind it."
    owed = family_of(act.measure) in {Family.ASSISTANCE, Family.CONFISCATION}
    effect = Effect.STOP if owed else Effect.NOTE
    return NotMet("conduct.consulted", citation, title, why, todo, effect, act.measure)


def own_proceedings(act: Postponement) -> Finding:
    """40(27): only for proceedings of its own; preservation and the path are not put off."""
    citation, title, rule = Citation.of("40(27)"), "Put off only for own proceedings", "conduct.postponement"
    family = family_of(act.measure)
    if family in {Family.PRESERVATION, Family.PATH}:
        why = "Preservation and disclosure of the path are expeditious; their articles know no postponement."
        provision = _LISTS[family]
        todo = "Carry it out, or refuse on a ground of its own list."
        return NotMet(rule, Citation.of("40(27)", *provision), title, why, todo, Effect.STOP, act.measure)
    found = ground(act.ground, family)
    if found is not None and found.kind is GroundKind.POSTPONE:
        return Met(rule, citation, title, found.about, act.measure)
    why = "Execution is put off for something else than an investigation or proceeding of one's own."
    todo = "Carry it out, or name the proceeding that it would interfere with."
    return NotMet(rule, citation, title, why, todo, Effect.STOP, act.measure)


def reasons_for_delay(act: Postponement) -> Finding:
    """40(27)-(28): what there is to consult about; the treaty asks for written reasons of refusals only."""
    citation, title = Citation.of("40(27)", "40(28)"), "Why it is put off, and until when"
    if act.reasons.strip():
        return Met("conduct.reasons", citation, title, f"Given: {shorten(act.reasons)}", act.measure)
    why = "Nothing says why, or until when; the treaty asks for reasons of a refusal only."
    todo = "Say it all the same: the other side must plan, and its data may be lost."
    return NotMet("conduct.reasons", citation, title, why, todo, Effect.NOTE, act.measure)


def _listed(family: Family) -> str:
    return ", ".join(f"{one.name} ({one.citation})" for one in grounds_for(family))


def _not_on_it(act: Refusal, family: Family, because: str) -> Finding:
    if family is Family.UNLISTED:
        return _unlisted(act)
    why = f"{because} of the grounds that the treaty lists for this measure; the list is closed."
    todo = f"Name one of: {_listed(family)}; or carry it out, on conditions if need be."
    citation = Citation.of(*_LISTS[family])
    return NotMet("conduct.refusal_ground", citation, _TITLE, why, todo, Effect.STOP, act.measure)


def _forbidden(act: Refusal, found: Ground, family: Family) -> Finding:
    why = f"A refusal may not rest on this. {found.about}"
    todo = f"Carry it out, or name another ground that truly holds: {_listed(family) or 'by your own law'}."
    title = "Not a forbidden ground"
    return NotMet("conduct.refusal_forbidden", found.cited, title, why, todo, Effect.STOP, act.measure)


def _told_through(act: Refusal, found: Ground, family: Family) -> Finding:
    ways = [one for one in grounds_for(family) if one.name in found.through]
    named = ", ".join(f"{one.name} ({one.citation})" for one in ways) or "your own law"
    why = f"{found.about} The reason may well hold; it has to be told through a ground that is listed."
    todo = f"Decide which of these carries it, and cite that: {named}."
    citation = Citation.of(*dict.fromkeys((found.citation, *(one.citation for one in ways))))
    role = Role.REQUESTED_AUTHORITY
    return NeedsDecision("conduct.refusal_ground", citation, _TITLE, why, todo, role, act.measure)


def _reserved(act: Refusal, found: Ground, around: Circumstances) -> Finding:
    """42(5): only a State that has reserved it, and never for an offence of the Convention."""
    rule, title, state = "conduct.refusal_ground", _TITLE, around.requested
    if around.is_convention_offence:
        why = "The offence is one of the Convention, and for those the reservation does not hold."
        todo = "Preserve the data; dual criminality is no condition of it."
        return NotMet(rule, Citation.of("42(4)", "42(5)"), title, why, todo, Effect.STOP, act.measure)
    if state is None or not state.known:
        why = "Whether the requested State has made this reservation is not known here."
        todo = "Find out what it has notified to the depositary; without the reservation this is no ground."
        return NeedsDecision(rule, found.cited, title, why, todo, Role.CASE_LAWYER, act.measure)
    held = state.reservation(found.citation, around.on)
    if held is None:
        why = f"{state.name} has not reserved it, so preservation may not be refused for lack of dual criminality."
        todo = "Preserve the data; test dual criminality when they are asked for."
        basis = declared_by(state.state)
        return NotMet(rule, Citation.of("42(4)", "42(5)"), title, why, todo, Effect.STOP, act.measure, basis)
    why = f"{state.name} has reserved it since {held.since}: {held.about}"
    todo = "Decide whether there is reason to believe that the condition cannot be met when the data are asked for."
    basis = declared_by(state.state)
    return NeedsDecision(rule, found.cited, title, why, todo, Role.REQUESTED_AUTHORITY, act.measure, basis)


def _disputed(act: Refusal, found: Ground, family: Family) -> Finding:
    why = f"{found.about} The list of this measure does not name it."
    todo = "Try conditions first (art. 36(1)(b)); decide, with reasons, whether the transfer is truly barred."
    citation = Citation.of(found.citation, *_LISTS.get(family, ()))
    role = Role.REQUESTED_AUTHORITY
    return NeedsDecision("conduct.refusal_ground", citation, _TITLE, why, todo, role, act.measure)


def _unlisted(act: Refusal) -> Finding:
    why = "The treaty lists no ground for this measure; domestic law and practice decide."
    todo = "Say which provision or practice of yours stands in the way."
    citation = Citation.of("41(3)", "47")
    role = Role.REQUESTED_AUTHORITY
    return NeedsDecision("conduct.refusal_ground", citation, _TITLE, why, todo, role, act.measure)
