"""Whether it is an emergency in the treaty's sense: a person's life or safety, significant and imminent (2(o))."""

from comity.treaty import screens
from comity.treaty.findings import Effect, Finding, NeedsDecision, NotMet
from comity.treaty.rules.matter import Matter, shorten
from comity.treaty.terms import Risk

RULE = "screens.emergency"
TO_PEOPLE = frozenset({Risk.LIFE, Risk.SAFETY})


def is_claimed(matter: Matter) -> bool:
    return bool(matter.request.emergency or matter.request.emergency_risks)


def emergency(matter: Matter) -> Finding:
    """Life or safety at risk is for the duty officer to confirm; property or data alone make a request urgent only."""
    claimed, risks = matter.request.emergency, matter.request.emergency_risks
    one, citation = screens.screen(RULE), screens.cited(RULE)
    if risks and TO_PEOPLE.isdisjoint(risks):
        why = f"At risk: {' and '.join(risks)}, no person's life or safety. That alone is no emergency."
        todo = "Treat it as urgent: ask for preservation at once, and say in necessity why it cannot wait."
        return NotMet(RULE, citation, one.title, why, todo, Effect.NOTE)
    why = f"The request claims one: {shorten(claimed)}" if claimed else "It is claimed to be one, and not described."
    if not risks and matter.reading.spotted("thing", [claimed]) and not matter.reading.spotted("life", [claimed]):
        why += " It speaks of things, and of nobody's life or safety: then it is urgent, and no emergency."
    return NeedsDecision(RULE, citation, one.title, why, one.todo, one.who)
