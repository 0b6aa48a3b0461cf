"""Answers: dual criminality in one of three forms, progress, what was left out, what is needed no more.

Source: articles 35(3), 40(8), 40(25)-(26), 42(4)-(5), 50.
"""

from collections.abc import Iterator

from comity.treaty.acts import Answer, DualAnswer, DualForm, Lifting, NoLongerNeeded, ProgressAnswer
from comity.treaty.citation import Citation
from comity.treaty.findings import Effect, Finding, Met, NeedsDecision, NotMet
from comity.treaty.measures import Family
from comity.treaty.rules.circumstances import Circumstances, family_of
from comity.treaty.rules.matter import shorten
from comity.treaty.terms import Role


def dual(act: DualAnswer, around: Circumstances) -> Iterator[Finding]:
    """35(3), 40(8): tested and met; tested and not met, assisting at discretion (who, why); not tested (why)."""
    rule, citation = "conduct.dual_criminality", Citation.of("40(8)")
    title = "Dual criminality, in one of its three forms"
    family = family_of(act.measure)
    if family is Family.PRESERVATION and not _may_be_tested(around):
        why = "For preservation it is never tested, save by a State that has reserved it, for other offences."
        todo = "Preserve the data; answer this when they are asked for."
        yield NotMet(rule, Citation.of("42(4)", "42(5)"), title, why, todo, Effect.STOP, act.measure)
        return
    if family is Family.PATH:
        why = "Dual criminality is none of the grounds to withhold the path of a communication."
        todo = "Disclose enough to find the other provider and the path; withhold only on the grounds of 43(2)."
        yield NotMet(rule, Citation.of("43(2)"), title, why, todo, Effect.STOP, act.measure)
        return
    lacking = {
        DualForm.TESTED_AND_MET: {"the provision of your own law": act.law},
        DualForm.TESTED_AND_NOT_MET: {"who decides to assist nonetheless": act.by, "why": act.why},
        DualForm.NOT_TESTED: {"why it was not tested": act.why},
    }[act.form]
    gaps = [name for name, value in lacking.items() if not value.strip()]
    form = act.form.value.replace("_", " ")
    if gaps:
        why = f"The answer is '{form}', and does not say {' or '.join(gaps)}."
        todo = "Complete it: an answer that is skipped in silence is none."
        yield NotMet(rule, citation, title, why, todo, Effect.STOP, act.measure)
        return
    said = "; ".join(shorten(text) for text in (act.law, act.by, act.why) if text)
    yield Met(rule, Citation.of("35(3)", "40(8)"), title, f"{form.capitalize()}: {said}", act.measure)


def _may_be_tested(around: Circumstances) -> bool:
    state = around.requested
    held = state is not None and state.reservation("42(5)", around.on) is not None
    return held and around.is_convention_offence is False


def progress(act: ProgressAnswer) -> Iterator[Finding]:
    """40(26): reasonable questions about progress are answered; the treaty gives no number of days."""
    citation, title, rule = Citation.of("40(26)"), "Questions about progress are answered", "conduct.progress"
    if act.answered:
        yield Met(rule, citation, title, f"Asked on {act.asked_on}, and answered.", act.measure)
        return
    why = f"Asked on {act.asked_on}, and not answered. The treaty gives no number of days."
    todo = "Say where it stands and what comes next, even if that is little."
    yield NotMet(rule, citation, title, why, todo, Effect.ASK, act.measure)


def no_longer_needed(act: NoLongerNeeded) -> Iterator[Finding]:
    """40(26): the requesting State promptly says when help is needed no more."""
    citation, title, rule = Citation.of("40(26)"), "Told when help is needed no more", "conduct.no_longer_needed"
    if act.told:
        yield Met(rule, citation, title, "The requested State knows.", act.measure)
        return
    why = "Help is needed no more, and the requested State does not know: data stay kept, people keep working."
    yield NotMet(rule, citation, title, why, "Withdraw the request now.", Effect.ASK, act.measure)


def lifting(act: Lifting) -> Iterator[Finding]:
    """50: the requesting State may say why a freezing should stay, before it is lifted."""
    citation, title, rule = Citation.of("50"), "Heard before a freezing is lifted", "conduct.lifting"
    if act.heard:
        yield Met(rule, citation, title, "The requesting State could say why it should stay.", act.measure)
        return
    why = "The freezing is to be lifted, and the requesting State has not been heard."
    todo = "Give it the chance now; where that is not possible, decide with reasons."
    yield NeedsDecision(rule, citation, title, why, todo, Role.REQUESTED_AUTHORITY, act.measure)


def answer(act: Answer) -> Iterator[Finding]:
    """40(25): what is not given is refused, and a refusal has its reasons: so what is left out is said."""
    citation, title, rule = Citation.of("40(25)"), "What is left out is said", "conduct.left_out"
    if act.complete:
        yield Met(rule, citation, title, "All that was asked for is handed over.", act.measure)
        return
    if act.left_out.strip():
        yield Met(rule, citation, title, f"Said: {shorten(act.left_out)}", act.measure)
        return
    why = "Not all is handed over, and nothing says what is left out, or why."
    todo = "List what is left out, and why; each refused part has its ground."
    yield NotMet(rule, citation, title, why, todo, Effect.STOP, act.measure)
