"""Preservation while it is carried out: floor and ceiling, inform first, hold until decided, renew in time (42, 25)."""

from collections.abc import Iterator

from comity.treaty.acts import Execution, ExtensionRequest, Renewal
from comity.treaty.citation import Citation
from comity.treaty.findings import Effect, Finding, Met, NeedsDecision, NotMet
from comity.treaty.rules import preservation
from comity.treaty.rules.circumstances import Circumstances
from comity.treaty.rules.matter import shorten
from comity.treaty.terms import Role


def execution(act: Execution, around: Circumstances) -> Iterator[Finding]:
    yield from preservation.period_findings(act.start, act.until)
    yield inform_first(act)
    yield let_go(act, around)


def inform_first(act: Execution) -> Finding:
    """42(7): where it would fail, tell the user or harm the investigation, the requesting State hears first."""
    citation, rule = Citation.of("42(7)"), "conduct.inform_first"
    title = "The requesting State decides before harm is done"
    if act.may_fail is None:
        why = "Nobody has said whether the provider would tell the user, or the data would be lost all the same."
        todo = "Ask the provider before the order goes out."
        return NeedsDecision(rule, citation, title, why, todo, Role.DUTY_OFFICER, act.measure)
    if not act.may_fail:
        why = "Nothing is known that would make it fail, tell the user or harm the investigation."
        return Met(rule, citation, title, why, act.measure)
    if act.informed and act.answered:
        why = "The requesting State was told, and said whether to go on."
        return Met(rule, citation, title, why, act.measure)
    why = "Preservation would fail or give the investigation away, and the requesting State has not answered."
    if not act.informed:
        why = "Preservation would fail or give the investigation away, and the requesting State has not been told."
    todo = "Tell it at once, and wait for its word: it decides whether to go on."
    return NotMet(rule, citation, title, why, todo, Effect.STOP, act.measure)


def let_go(act: Execution, around: Circumstances) -> Finding:
    """42(8): once the request for the data has come, they are kept until it is decided; never less than the floor."""
    title, rule = "Kept until the request for the data is decided", "conduct.pending_decision"
    citation, least = Citation.of("42(8)"), preservation.least_until(act.start, around.on)
    if act.ended_on is None:
        held = "until the request for the data is decided" if act.assistance_received and not act.decided else None
        why = f"Kept {held or f'until {act.until}'}; have a person look at it again at each renewal."
        return Met(rule, citation, title, why, act.measure)
    if act.assistance_received and not act.decided:
        why = f"Let go on {act.ended_on}, while the request for the data is still to be decided."
        todo = "Order preservation again at once; tell the requesting State whether anything was lost."
        return NotMet(rule, citation, title, why, todo, Effect.STOP, act.measure)
    decided = act.decided and act.assistance_received  # what has not come cannot have been decided
    if act.ended_on < least and not decided:
        why = f"Let go on {act.ended_on}, before {least}, which is the least the treaty asks for."
        todo = "Order preservation again at once; tell the requesting State whether anything was lost."
        return NotMet(rule, citation, title, why, todo, Effect.STOP, act.measure)
    ended = "the request for the data was decided" if decided else f"the least, until {least}, was kept"
    why = f"Let go on {act.ended_on}: {ended}, and what is kept no longer has an end."
    return Met(rule, citation, title, why, act.measure)


def extension(act: ExtensionRequest) -> Iterator[Finding]:
    yield in_time(act)


def in_time(act: ExtensionRequest) -> Finding:
    """42(9): asked before expiry."""
    citation, title, rule = Citation.of("42(9)"), "Asked before it expires", "conduct.extension"
    if act.asked_on < act.expires_on:
        why = f"Asked on {act.asked_on}; the data are kept until {act.expires_on}."
        return Met(rule, citation, title, why, act.measure)
    if act.asked_on == act.expires_on:
        why = f"Asked on {act.asked_on}, the very last day."
        todo = "Telephone the point of contact now; the data may be gone tomorrow."
        return NotMet(rule, citation, title, why, todo, Effect.NOTE, act.measure)
    why = f"Asked on {act.asked_on}, after preservation expired on {act.expires_on}."
    todo = "Make a new request for preservation, and ask whether the data still exist."
    return NotMet(rule, citation, title, why, todo, Effect.STOP, act.measure)


def renewal(act: Renewal) -> Iterator[Finding]:
    yield own_decision(act)
    yield within_ceiling(act)


def own_decision(act: Renewal) -> Finding:
    """25(2), 24(2): each renewal is a decision of its own, made while the order still runs, with its own reasons."""
    citation, title, rule = Citation.of("25(2)", "24(2)"), "Renewed by a decision of its own", "conduct.renewal"
    if act.decided_on > act.previous_until:
        why = f"Decided on {act.decided_on}, after the order had ended on {act.previous_until}."
        todo = "Make a new order, and ask the provider whether the data still exist."
        return NotMet(rule, citation, title, why, todo, Effect.STOP, act.measure)
    if act.until <= act.previous_until:
        why = f"Until {act.until}, which is no later than {act.previous_until}, when the order ends anyway."
        todo = "Name a later day, or let the order end."
        return NotMet(rule, citation, title, why, todo, Effect.STOP, act.measure)
    if not act.reasons.strip():
        why = "No reasons are given for keeping the data longer."
        todo = "Say why they are still needed; an order does not renew itself."
        return NotMet(rule, citation, title, why, todo, Effect.STOP, act.measure)
    why = f"Decided on {act.decided_on}, until {act.until}: {shorten(act.reasons)}"
    return Met(rule, citation, title, why, act.measure)


def within_ceiling(act: Renewal) -> Finding:
    """25(2): a renewal runs no longer than an order may, from the day on which the last one ends at the latest."""
    return preservation.ceiling(act.previous_until, act.until)
