"""Preserved traffic data, disclosed to find the path: enough to identify a provider elsewhere, no more (article 43)."""

from collections.abc import Iterator

from comity.treaty.citation import Citation
from comity.treaty.findings import Finding, Met
from comity.treaty.request import Sought
from comity.treaty.rules.matter import Item, Matter, shorten


def check(matter: Matter, item: Item) -> Iterator[Finding]:
    sought, _ = item
    yield follows(matter, sought)
    yield communication(matter, sought)
    yield path_only(sought)


def follows(matter: Matter, sought: Sought) -> Finding:
    """43(1): found while executing a request to preserve, so there must be one."""
    said = matter.request.follows
    lacking = {} if said else {"which preservation request it follows": "Set follows, or ask for preservation first."}
    return matter.stated("disclosure.follows", "43(1)", lacking, sought.measure, shorten(said))


def communication(matter: Matter, sought: Sought) -> Finding:
    """43(1): of a specific communication."""
    shown = ", ".join(shorten(text, 48) for text in sought.identifiers)
    lacking = {} if shown else {"which communication is meant": "Set identifiers in the measure."}
    return matter.stated("disclosure.communication", "43(1)", lacking, sought.measure, shown)


def path_only(sought: Sought) -> Finding:
    """43(1), 2(f): the provider and the path; who the subscriber is needs a request for that."""
    why = "Hand over only what identifies the other provider and the path; never who the subscriber is."
    return Met("disclosure.path_only", Citation.of("43(1)", "2(c)"), "Provider and path only", why, sought.measure)
