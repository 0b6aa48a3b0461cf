"""Conditions and safeguards: proportionality, and independent authorisation of intrusive measures (article 24).

The treaty names review by a court or another independent body as appropriate to the power. That it must come first,
and from which intrusiveness, is the policy of the State that says so.
"""

from collections.abc import Iterator

from comity.treaty.citation import Citation
from comity.treaty.findings import Effect, Finding, Met, NeedsDecision, NotMet, policy_of
from comity.treaty.measures import CONTENT_INTRUSIVENESS
from comity.treaty.rules.matter import Item, Matter, shorten
from comity.treaty.terms import Role, Side


def check(matter: Matter, item: Item) -> Iterator[Finding]:
    yield proportionality(matter, item)
    yield from authorisation(matter, item)


def proportionality(matter: Matter, item: Item) -> Finding:
    """24(1) binds each State's law, not the form of a request: a statement helps, its lack is noted."""
    citation, title = Citation.of("24(1)", "24(4)"), "Proportionality"
    said, measure = matter.request.proportionality, item[0].measure
    if said:
        return Met("safeguards.proportionality", citation, title, f"Stated: {shorten(said)}", measure)
    why = "Nothing is said on it. The treaty does not ask for it in a request; the requested State must weigh it."
    todo = "Set proportionality: why this data, why this period, what less would not do."
    return NotMet("safeguards.proportionality", citation, title, why, todo, Effect.NOTE, measure)


def authorisation(matter: Matter, item: Item) -> Iterator[Finding]:
    """Prior independent authorisation where our State's policy asks for it; else a note on what the treaty asks."""
    sought, kind = item
    weight = kind.intrusiveness_for(sought.categories)
    ours = matter.requesting if matter.side is Side.REQUESTING else matter.requested
    citation, title = Citation.of("24(2)"), "Independent authorisation beforehand"
    said = matter.request.prior_authorisation
    shown = f"The request names: {shorten(said)}" if said else "The request names none."
    threshold = ours.policy.prior_authorisation_from
    if threshold is not None and weight >= threshold:
        why = f"Intrusiveness {weight}; {ours.name} asks for it from {threshold} on. {shown}"
        todo = "Decide whether a body independent of the case has authorised this measure, and attach its order."
        basis, rule = policy_of(ours.state), "safeguards.authorisation"
        yield NeedsDecision(rule, citation, title, why, todo, Role.REVIEWER, sought.measure, basis)
    elif threshold is None and weight >= CONTENT_INTRUSIVENESS:
        why = f"Intrusiveness {weight} on our scale; no policy of {ours.state} is known here. {shown}"
        todo = "Check which review the requested State's law asks for: the same safeguards apply to foreign requests."
        citation = Citation.of("24(2)", "24(4)")
        yield matter.theirs("safeguards.authorisation", citation, title, why=why, todo=todo, measure=sought.measure)
