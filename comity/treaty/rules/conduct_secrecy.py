"""Secrecy as it is imposed: a reason, an end, and word to the other side where it cannot be kept (40(20), 25(3))."""

from collections.abc import Iterator
from datetime import timedelta

from comity.treaty.acts import Secrecy
from comity.treaty.citation import Citation
from comity.treaty.declarations import Declarations
from comity.treaty.findings import Effect, Finding, Met, NeedsDecision, NotMet, policy_of
from comity.treaty.rules.circumstances import Circumstances
from comity.treaty.rules.matter import shorten
from comity.treaty.terms import Role


def check(act: Secrecy, around: Circumstances) -> Iterator[Finding]:
    yield has_reasons(act)
    yield has_an_end(act)
    for state in (around.requesting, around.requested):
        if state is not None and state.policy.secrecy_cap_days is not None:
            yield within_cap(act, state, state.policy.secrecy_cap_days)
    yield can_be_kept(act)


def has_reasons(act: Secrecy) -> Finding:
    """24(2), 40(20): grounds for a measure are among the safeguards; without them nobody can review it."""
    citation, title = Citation.of("40(20)", "24(2)"), "Why it is secret"
    if act.reasons.strip():
        return Met("conduct.secrecy_reasons", citation, title, f"Given: {shorten(act.reasons)}", act.measure)
    why = "Nothing says why it must be secret, so nobody can review whether it must."
    todo = "Say what would happen if the person or the public knew."
    return NotMet("conduct.secrecy_reasons", citation, title, why, todo, Effect.ASK, act.measure)


def has_an_end(act: Secrecy) -> Finding:
    """25(3): for the period that domestic law provides; there is no secrecy without one."""
    citation, title = Citation.of("25(3)"), "Secrecy has an end"
    if act.end is not None and act.end >= act.start:
        return Met("conduct.secrecy_end", citation, title, f"From {act.start} until {act.end}.", act.measure)
    why = f"It begins on {act.start} and has no end."
    if act.end is not None:
        why = f"It would end on {act.end}, before it begins on {act.start}."
    todo = "Set an end; a new decision can renew it."
    return NotMet("conduct.secrecy_end", citation, title, why, todo, Effect.STOP, act.measure)


def within_cap(act: Secrecy, state: Declarations, days: int) -> Finding:
    """The longest term that a State's policy sets."""
    citation, title, basis = Citation.of("40(20)", "25(3)"), "No longer than the State's policy", policy_of(state.state)
    last, rule = act.start + timedelta(days=days), "conduct.secrecy_cap"
    if act.end is not None and act.end <= last:
        why = f"Until {act.end}; {state.name} allows {days} days, until {last}."
        return Met(rule, citation, title, why, act.measure, basis)
    asked = f"until {act.end}" if act.end else "without an end"
    why = f"Asked for {asked}; {state.name} allows {days} days, until {last}."
    todo = f"End it on {last} or earlier; renew by a new decision."
    return NotMet(rule, citation, title, why, todo, Effect.STOP, act.measure, basis)


def can_be_kept(act: Secrecy) -> Finding:
    """40(20): who cannot keep it says so promptly, before harm is done."""
    citation, title, rule = Citation.of("40(20)"), "It can be kept, or the other side knows", "conduct.secrecy_kept"
    if act.can_comply:
        return Met(rule, citation, title, "The one bound says it can be kept.", act.measure)
    if act.can_comply is None:
        why, todo = "Whether it can be kept is not known.", "Ask the provider before the order goes out."
        return NeedsDecision(rule, citation, title, why, todo, Role.DUTY_OFFICER, act.measure)
    if act.informed:
        why = "It cannot be kept, and the requesting State knows: it decides whether to go on."
        return Met(rule, citation, title, why, act.measure)
    why, todo = "It cannot be kept, and the requesting State does not know.", "Tell it promptly; wait for its word."
    return NotMet(rule, citation, title, why, todo, Effect.STOP, act.measure)
