"""Police to police: inquiries and coordination without coercion; never a way around articles 40 and 42 to 46 (47)."""

from collections.abc import Iterator

from comity.treaty.citation import Citation
from comity.treaty.findings import Finding, Met, NeedsDecision
from comity.treaty.request import Sought
from comity.treaty.rules import analogy, assistance
from comity.treaty.rules.matter import Item, Matter, shorten
from comity.treaty.terms import Role


def check(matter: Matter, item: Item) -> Iterator[Finding]:
    sought, _ = item
    yield non_coercive(sought)
    least = (assistance.authority, assistance.subject, assistance.facts, assistance.description, assistance.purpose)
    yield from analogy.apply(matter, sought.measure, (rule(matter, sought) for rule in least))


def non_coercive(sought: Sought) -> Finding:
    """47: nothing that needs an order; who holds data for others is asked by articles 40 and 42 to 46."""
    citation, title = Citation.of("47", "40(1)"), "Nothing that needs an order"
    if not sought.custodian:
        why = "No holder of others' data is named; inquiries and coordination need no order."
        return Met("police.non_coercive", citation, title, why, sought.measure)
    why = f"A holder of data is named, and to make it hand them over needs an order: {shorten(sought.custodian)}"
    todo = "Decide whether this is still police cooperation; if data are wanted, ask for them by the measure for that."
    return NeedsDecision("police.non_coercive", citation, title, why, todo, Role.CASE_LAWYER, sought.measure)
