"""Search, seizure, examination: stored data (44, 28), property and devices (40(3)(c)), objects and sites (40(3)(g))."""

from collections.abc import Iterator

from comity.treaty.citation import Citation
from comity.treaty.findings import Effect, Finding, Met, NotMet
from comity.treaty.request import Sought
from comity.treaty.rules import assistance
from comity.treaty.rules.matter import Item, Matter, shorten


def stored_data(matter: Matter, item: Item) -> Iterator[Finding]:
    yield from assistance.check(matter, item)
    yield reasonable_help(matter, item[0])
    if matter.request.urgent:
        yield expedited(matter, item[0])


def property_(matter: Matter, item: Item) -> Iterator[Finding]:
    yield from assistance.check(matter, item)
    yield place(matter, item[0], "40(3)(c)")
    yield device_content(item[0])


def examination(matter: Matter, item: Item) -> Iterator[Finding]:
    yield from assistance.check(matter, item)
    yield place(matter, item[0], "40(3)(g)")


def reasonable_help(matter: Matter, sought: Sought) -> Finding:
    """28(4): whoever knows the system gives necessary information only, as is reasonable; a person weighs that."""
    rule, title = "search.reasonable_help", "Help with access, as is reasonable"
    citation = Citation.of("28(4)", "24(1)")
    if not sought.compelled_help:
        return Met(rule, citation, title, "Nobody is to be made to help with access.", sought.measure)
    why = f"Somebody who knows the system is to be made to help: {shorten(sought.compelled_help)}"
    todo = (
        "Ask the organisation, not an employee; only for necessary information, as is reasonable, and never for a "
        "weakening of its protection."
    )
    return matter.theirs(rule, citation, title, why=why, todo=todo, measure=sought.measure)


def expedited(matter: Matter, sought: Sought) -> Finding:
    """44: expedited where the data are particularly vulnerable to loss or change; the request says why they are."""
    citation, title = Citation.of("44"), "Why it is expedited"
    if matter.request.necessity:
        why = f"Stated: {shorten(matter.request.necessity)}"
        return Met("search.expedited", citation, title, why, sought.measure)
    why = "It is marked urgent, and nothing says why the data are at particular risk."
    return NotMet("search.expedited", citation, title, why, "Set necessity.", Effect.NOTE, sought.measure)


def place(matter: Matter, sought: Sought, provision: str) -> Finding:
    """40(3)(c), (g) with 40(15)(e): which thing or site, and where it is."""
    shown = "; ".join(shorten(text, 48) for text in (sought.location, sought.custodian) if text)
    lacking = {} if shown else {"where the property or site is": "Set location or custodian in the measure."}
    return matter.stated("search.place", provision, lacking, sought.measure, shown)


def device_content(sought: Sought) -> Finding:
    """44, 40(3)(d): holding a device is one thing, reading it another."""
    citation, title = Citation.of("44", "40(3)(d)"), "What is on a seized device"
    why = "This covers the thing itself; to read what is stored on it is search of stored data."
    todo = "Ask for search_seizure_of_stored_data as well if the content is needed."
    return NotMet("search.device_content", citation, title, why, todo, Effect.NOTE, sought.measure)
