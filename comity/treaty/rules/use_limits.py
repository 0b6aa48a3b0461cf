"""Limits on use, and secrecy with an end (articles 40(19), 40(20), 36(3), 25(3))."""

from datetime import timedelta

from comity.treaty.citation import Citation
from comity.treaty.findings import Effect, Finding, Met, NotMet, policy_of
from comity.treaty.rules.matter import Item, Matter, shorten


def use(matter: Matter, item: Item) -> Finding:
    """40(19), 36(3): what comes back is for the matter stated; without a purpose there is nothing to hold it to."""
    sought, _ = item
    citation, title = Citation.of("40(19)", "36(3)"), "Use limited to the matter stated"
    if matter.request.purpose and matter.request.subject:
        why = (
            f"Only for: {shorten(matter.request.subject)}. Other use, or passing it on, needs the sender's consent "
            "first; exculpatory material may always go to an accused."
        )
        return Met("use_limits.use", citation, title, why, sought.measure)
    why = "Subject and purpose are not both stated, so nothing says what the limit on use is."
    return NotMet("use_limits.use", citation, title, why, "Set subject and purpose.", Effect.NOTE, sought.measure)


def secrecy(matter: Matter) -> Finding | None:
    """40(20): secrecy may be asked for. An end, and the longest term, are the policy of the State that set one."""
    wish = matter.request.confidentiality
    if wish is None or not wish.wanted:
        return None
    citation, title = Citation.of("40(20)", "25(3)"), "Secrecy with an end"
    cap = matter.requesting.policy.secrecy_cap_days
    if cap is None:
        why = f"No policy of {matter.requesting.state} on the length of secrecy is known here. "
        why += f"Asked for until {wish.until}." if wish.until else "It is asked for without an end."
        todo = "Give an end: the treaty presupposes a period."
        return NotMet("use_limits.secrecy", citation, title, why, todo, Effect.NOTE)
    basis, last = policy_of(matter.requesting.state), matter.start + timedelta(days=cap)
    if wish.until is not None and wish.until <= last:
        why = f"Until {wish.until}; {matter.requesting.name} allows {cap} days from {matter.start}."
        return Met("use_limits.secrecy", citation, title, why, basis=basis)
    asked = f"until {wish.until}" if wish.until else "without an end"
    why = f"Asked for {asked}; {matter.requesting.name} allows {cap} days from {matter.start}, until {last}."
    todo = f"Set confidentiality.until to {last} or earlier; renew by a new decision."
    return NotMet("use_limits.secrecy", citation, title, why, todo, matter.missing, basis=basis)
