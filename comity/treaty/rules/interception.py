"""Content as it flows, for another State: the most intrusive measure, and no duty to succeed (articles 46, 30).

The treaty lists no contents of its own: period and justification are asked for by analogy with 45(3)(f), as policy.
"""

from collections.abc import Iterator

from comity.treaty.citation import Citation
from comity.treaty.findings import Effect, Finding, NotMet
from comity.treaty.request import Sought
from comity.treaty.rules import analogy, assistance, real_time
from comity.treaty.rules.matter import Item, Matter, shorten


def check(matter: Matter, item: Item) -> Iterator[Finding]:
    sought, _ = item
    yield from assistance.check(matter, item)
    yield communications(matter, sought)
    yield serious_offence(matter, sought)
    yield from analogy.apply(matter, sought.measure, [duration(matter, sought)])
    yield endeavour(sought)


def communications(matter: Matter, sought: Sought) -> Finding:
    """46: of specified communications."""
    shown = ", ".join(shorten(text, 48) for text in sought.identifiers)
    lacking = {} if shown else {"whose communications": "Set identifiers in the measure: accounts, numbers, addresses."}
    return matter.stated("interception.communications", "46", lacking, sought.measure, shown)


def serious_offence(matter: Matter, sought: Sought) -> Finding:
    """30, 46: only for the serious offences that the requested State's law lists; which those are is its own matter."""
    why = "Interception is for a list of serious offences that each State's law draws up."
    todo = "Check that the offence is on your law's list for interception."
    citation, title = Citation.of("30", "46"), "An offence on the requested State's list"
    return matter.theirs("interception.serious_offence", citation, title, why=why, todo=todo, measure=sought.measure)


def duration(matter: Matter, sought: Sought) -> Finding:
    """45(3)(f) by analogy: for how long, and why so long."""
    lacking = real_time.duration_lacking(sought)
    shown = real_time.duration_shown(sought)
    return matter.stated("interception.duration", "45(3)(f)", lacking, sought.measure, shown)


def endeavour(sought: Sought) -> Finding:
    """46: States endeavour, as far as their treaties and laws permit."""
    citation, title = Citation.of("46"), "How far the duty goes"
    why = "The requested State endeavours to assist, only as far as its treaties and law permit."
    todo = "Do not count on it; ask for stored data if they would do."
    return NotMet("interception.endeavour", citation, title, why, todo, Effect.NOTE, sought.measure)
