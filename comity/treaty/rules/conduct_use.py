"""What is done with material received: for the matter stated, never past the sender, always open to the defence.

Source: articles 40(5), 40(19), 36(1)-(3), 21(4).
"""

from collections.abc import Iterator

from comity.treaty.acts import OnwardTransfer, Transfer, Use
from comity.treaty.citation import Citation
from comity.treaty.findings import Effect, Finding, Met, NeedsDecision, NotMet, declared_by
from comity.treaty.rules.circumstances import Circumstances
from comity.treaty.rules.matter import shorten
from comity.treaty.terms import Role


def use(act: Use) -> Iterator[Finding]:
    if act.exculpatory:
        yield exculpatory(act)
    if act.exculpatory and act.to_accused:
        yield notice(act)
    else:
        yield specialty(act)


def specialty(act: Use) -> Finding:
    """40(19): for the matter stated; for another, only with the sender's consent beforehand. 40(5): what came without a
    request is bound by the restrictions its sender attached, and is taken to be bound until that is known."""
    rule, title = "conduct.use", "Used for the matter stated, or with consent first"
    citation = Citation.of("40(5)") if act.spontaneous else Citation.of("40(19)")
    if act.same_matter:
        return Met(rule, citation, title, f"For the matter stated: {shorten(act.purpose)}", act.measure)
    if act.consent:
        why = f"For another matter, with the sender's consent beforehand: {shorten(act.purpose)}"
        return Met(rule, citation, title, why, act.measure)
    if act.spontaneous and act.restricted is False:
        why = f"For another matter; the sender attached no restriction: {shorten(act.purpose)}"
        return Met(rule, citation, title, why, act.measure)
    why = f"For another matter, and the sender has not agreed: {shorten(act.purpose) or 'no purpose is stated'}"
    todo = "Ask the sender for its consent first, and say which matter it is."
    return NotMet(rule, citation, title, why, todo, Effect.STOP, act.measure)


def exculpatory(act: Use) -> Finding:
    """40(5), 40(19), 21(4): no limit on use keeps from an accused what speaks for that person."""
    rule, title = "conduct.exculpatory", "What speaks for an accused"
    citation = Citation.of("40(5)" if act.spontaneous else "40(19)", "21(4)")
    if act.to_accused:
        why = "It goes to the accused; no limit on use and no secrecy stands against that."
        return Met(rule, citation, title, why, act.measure)
    why = "The material speaks for an accused, who does not have it yet."
    todo = "Give the sender notice, then disclose; decide with the court only how and when."
    return NeedsDecision(rule, citation, title, why, todo, Role.CASE_LAWYER, act.measure)


def notice(act: Use) -> Finding:
    """40(5): the sender is told before; in exceptional cases without delay after. It cannot forbid the disclosure."""
    rule, title = "conduct.notice", "The sender is told of the disclosure"
    citation = Citation.of("40(5)") if act.spontaneous else Citation.of("40(19)", "40(5)")
    if act.notice_before:
        why = "The sender was told before; if it asks to be consulted, it is."
        return Met(rule, citation, title, why, act.measure)
    if act.exceptional and act.notice_after:
        why = "An exceptional case: the sender was told afterwards, without delay."
        return Met(rule, citation, title, why, act.measure)
    if act.exceptional:
        why = "An exceptional case: the disclosure goes first, and the sender is still to be told."
        todo = "Tell the sender without delay."
        return NotMet(rule, citation, title, why, todo, Effect.NOTE, act.measure)
    why = "The sender has not been told; that is owed before the disclosure, and never a reason to withhold it."
    todo = "Give notice now, or decide that this case is exceptional and tell the sender without delay afterwards."
    return NeedsDecision(rule, citation, title, why, todo, Role.CASE_LAWYER, act.measure)


def onward(act: OnwardTransfer, around: Circumstances) -> Iterator[Finding]:
    yield authorised(act)
    if act.personal_data and act.authorised:
        yield in_writing(act, around)


def authorised(act: OnwardTransfer) -> Finding:
    """36(3): the sender is told and agrees first. Without personal data, 40(19) alone: not for another matter."""
    rule, title = "conduct.onward", "Passed on only with the sender's authorisation"
    citation = Citation.of("36(3)") if act.personal_data else Citation.of("40(19)")
    if act.authorised and act.sender_notified:
        why = f"The sender was told and agreed that it goes to {shorten(act.to)}."
        return Met(rule, citation, title, why, act.measure)
    if not act.personal_data and act.same_matter:
        why = f"It holds no personal data, and goes to {shorten(act.to)} for the matter stated."
        return Met(rule, citation, title, why, act.measure)
    lack = "told" if not act.sender_notified else "asked for its authorisation"
    why = f"It would go to {shorten(act.to)}, and the State it came from has not been {lack}."
    todo = "Tell the sender who is to have it and why; wait for its authorisation. Without it nothing leaves."
    return NotMet(rule, citation, title, why, todo, Effect.STOP, act.measure)


def in_writing(act: OnwardTransfer, around: Circumstances) -> Finding:
    """36(3): the sender may ask for writing. It is the State that sent, so it stands here as the requested one."""
    citation, title, rule = Citation.of("36(3)"), "Authorised in the form the sender asks for", "conduct.onward_written"
    required, sender = act.writing_required, around.requested
    if required is None and sender is not None:
        required = sender.onward_transfer_in_writing
    if act.in_writing:
        return Met(rule, citation, title, "The authorisation is in writing.", act.measure)
    if required is None:
        why = "The authorisation is not in writing, and whether the sender asks for writing is not known here."
        todo = "Ask the sender; better still, get it in writing."
        return NeedsDecision(rule, citation, title, why, todo, Role.CASE_LAWYER, act.measure)
    if required:
        why = "The sender asks for writing, and its authorisation is not written."
        todo = "Get the authorisation in writing before anything leaves."
        if act.writing_required is None and sender is not None:
            basis = declared_by(sender.state)
            return NotMet(rule, citation, title, why, todo, Effect.STOP, act.measure, basis)
        return NotMet(rule, citation, title, why, todo, Effect.STOP, act.measure)
    return Met(rule, citation, title, "The sender does not ask for writing.", act.measure)


def transfer(act: Transfer) -> Iterator[Finding]:
    yield lawful(act)


def lawful(act: Transfer) -> Finding:
    """36(1)(a)-(b): by the sender's own law; conditions before refusal."""
    rule, title = "conduct.personal_data", "Personal data sent in keeping with the sender's law"
    if act.lawful:
        with_them = f" Conditions: {shorten('; '.join(act.conditions))}" if act.conditions else ""
        why = f"The sender's own law allows it.{with_them}"
        return Met(rule, Citation.of("36(1)(a)"), title, why, act.measure)
    citation = Citation.of("36(1)(a)", "36(1)(b)")
    if act.conditions:
        why = f"It is lawful only on conditions: {shorten('; '.join(act.conditions))}"
        todo = "Decide whether they suffice, and have the receiver accept them before anything is sent."
    elif act.lawful is None:
        why = "Nobody has said whether the sender's own data-protection law allows the transfer."
        todo = "Decide, with reasons: lawful as it is, lawful on conditions, or not at all."
    else:
        why = "The sender's law does not allow it as it stands; there is no duty to send, but conditions come first."
        todo = "Propose conditions that would make it lawful; refuse on this ground only if none would."
    return NeedsDecision(rule, citation, title, why, todo, Role.REQUESTED_AUTHORITY, act.measure)
