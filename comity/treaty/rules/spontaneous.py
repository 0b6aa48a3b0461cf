"""Information sent without a request: the sender's conditions, and what binds the one who receives it (40(4)-(5)).

The side that sends stands here as the requesting one; there is no request, so there is nothing to refuse.
"""

from collections.abc import Iterator

from comity.treaty.citation import Citation
from comity.treaty.findings import Effect, Finding, Met, NeedsDecision, NotMet
from comity.treaty.request import Sought
from comity.treaty.rules.matter import Item, Matter, shorten
from comity.treaty.terms import Role, Side


def check(matter: Matter, item: Item) -> Iterator[Finding]:
    sought, _ = item
    yield information(matter, sought)
    yield conditions(matter, sought)
    if matter.side is Side.REQUESTING:
        yield own_law(sought)
    else:
        yield receiver(sought)


def information(matter: Matter, sought: Sought) -> Finding:
    """40(4): on a criminal matter, and what it is."""
    lacking = {}
    if not matter.request.subject:
        lacking["which criminal matter it is about"] = "Set subject."
    if not sought.data:
        lacking["what is sent"] = "Set data in the measure."
    shown = f"{shorten(matter.request.subject)}; {shorten(sought.data)}"
    return matter.stated("spontaneous.information", "40(4)", lacking, sought.measure, shown)


def conditions(matter: Matter, sought: Sought) -> Finding:
    """40(5): the sender may ask that it stay confidential, or restrict its use; silence asks for neither."""
    citation, title = Citation.of("40(5)"), "Conditions of the sender"
    wish, limits = matter.request.confidentiality, matter.request.purpose
    stated = ["confidential"] if wish is not None and wish.wanted else []
    stated += [f"only for: {shorten(limits)}"] if limits else []
    if stated:
        return Met("spontaneous.conditions", citation, title, f"Stated: {'; '.join(stated)}", sought.measure)
    why = "Neither confidentiality nor a limit on use is asked for; then the receiver is bound by none."
    todo = "Set [confidentiality], or purpose for a limit on use, if you want either."
    return NotMet("spontaneous.conditions", citation, title, why, todo, Effect.NOTE, sought.measure)


def own_law(sought: Sought) -> Finding:
    """40(4), 36(1)(a): only as far as the sender's own law allows, personal data above all."""
    why = "Nobody has asked for it, so only your own law says whether it may be sent, personal data above all."
    todo = "Decide, with reasons, whether your law lets you send it, and under which conditions."
    citation, title = Citation.of("40(4)", "36(1)(a)"), "Allowed by the sender's own law"
    return NeedsDecision("spontaneous.own_law", citation, title, why, todo, Role.CASE_LAWYER, sought.measure)


def receiver(sought: Sought) -> Finding:
    """40(5): conditions bind the receiver, save that exculpatory material may go to an accused."""
    why = "The sender's conditions bind you; what speaks for an accused may be disclosed, after notice to the sender."
    todo = "Record the conditions with the material before anyone uses it."
    citation, title = Citation.of("40(5)"), "What binds the receiver"
    return NotMet("spontaneous.receiver", citation, title, why, todo, Effect.NOTE, sought.measure)
