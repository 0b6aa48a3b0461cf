"""Records, information and expert evaluations (40(3)(h)-(i)); government records (40(31)); bank secrecy (40(24))."""

from collections.abc import Iterator

from comity.treaty.citation import Citation
from comity.treaty.findings import Effect, Finding, NotMet
from comity.treaty.request import Sought
from comity.treaty.rules import assistance
from comity.treaty.rules.matter import Item, Matter


def check(matter: Matter, item: Item) -> Iterator[Finding]:
    yield from assistance.check(matter, item)
    yield government(item[0])
    yield bank_secrecy(item[0])


def government(sought: Sought) -> Finding:
    """40(31): what is open to the public shall be given, the rest may be."""
    why = "Government records open to the public shall be given; others may be, in whole, in part or on conditions."
    todo = "Say in data which of the two you ask for."
    citation, title = Citation.of("40(31)"), "Government records"
    return NotMet("records.government", citation, title, why, todo, Effect.NOTE, sought.measure)


def bank_secrecy(sought: Sought) -> Finding:
    """40(24), 31: bank, financial or commercial records are not withheld for secrecy."""
    why = "Bank secrecy is no ground to withhold bank, financial or commercial records."
    todo = "If it is raised all the same, point to this paragraph when you consult."
    citation, title = Citation.of("40(24)", "31"), "Bank secrecy does not stand in the way"
    return NotMet("records.bank_secrecy", citation, title, why, todo, Effect.NOTE, sought.measure)
