"""Proceeds: tracing them, freezing or confiscating them (articles 40(3)(j), (l), 31, 49, 50).

For offences of the Convention only: `scope.opens` stops a serious crime that asks for freezing.
"""

from collections.abc import Iterator

from comity.treaty.citation import Citation
from comity.treaty.findings import Effect, Finding, NotMet
from comity.treaty.request import Sought
from comity.treaty.rules import assistance, records
from comity.treaty.rules.matter import Item, Matter, shorten
from comity.treaty.terms import Seeking

_ARTICLE = "50"


def tracing(matter: Matter, item: Item) -> Iterator[Finding]:
    yield from assistance.check(matter, item)
    yield records.bank_secrecy(item[0])
    yield third_parties(item[0])


def confiscation(matter: Matter, item: Item) -> Iterator[Finding]:
    yield from assistance.check(matter, item)
    yield way(matter, item[0])
    match item[0].seeking:
        case Seeking.NEW_ORDER:
            yield described(matter, item[0])
        case Seeking.EXECUTION:
            yield order(matter, item[0])
        case Seeking.FREEZING:
            yield actions(matter, item[0])
    yield third_parties(item[0])
    yield hear_before_lifting(item[0])


def way(matter: Matter, sought: Sought) -> Finding:
    """50: which of the three is asked, since each has its own contents."""
    lacking = {}
    if sought.seeking is None:
        lacking["whether property is to be frozen, or an order made or carried out"] = (
            "Set seeking in the measure: freezing, new_order or execution."
        )
    return matter.stated("proceeds.way", _ARTICLE, lacking, sought.measure, str(sought.seeking or ""))


def described(matter: Matter, sought: Sought) -> Finding:
    """50: for an order of the requested State: the property, where it is, and facts enough for its courts."""
    lacking = _property(sought) | _facts(matter)
    shown = f"{shorten(sought.data)}; {shorten(sought.location or sought.custodian)}; {shorten(matter.request.facts)}"
    return matter.stated("proceeds.described", _ARTICLE, lacking, sought.measure, shown)


def order(matter: Matter, sought: Sought) -> Finding:
    """50: for execution: an admissible copy of the order, the facts, and how far it is to be executed."""
    lacking = _facts(matter)
    if not sought.order:
        lacking["which order, with an admissible copy"] = "Set order in the measure, and attach the copy."
    if not sought.extent:
        lacking["how far it is to be executed"] = "Set extent in the measure."
    shown = f"{shorten(sought.order)}; {shorten(sought.extent)}; {shorten(matter.request.facts)}"
    return matter.stated("proceeds.order", _ARTICLE, lacking, sought.measure, shown)


def actions(matter: Matter, sought: Sought) -> Finding:
    """50: for freezing: the facts relied on, the actions asked for, and a copy of the order if there is one."""
    lacking = _property(sought) | _facts(matter)
    beside = shorten(sought.order) if sought.order else "no order is named"
    shown = f"{shorten(sought.data)}; {shorten(matter.request.facts)}; {beside}"
    return matter.stated("proceeds.actions", _ARTICLE, lacking, sought.measure, shown)


def third_parties(sought: Sought) -> Finding:
    """31, 50: rights of third parties in good faith are kept."""
    why = "Others may hold this property in good faith; their rights are kept."
    todo = "Say who else is known to have a right in it."
    citation, title = Citation.of("31", _ARTICLE), "Third parties in good faith"
    return NotMet("proceeds.third_parties", citation, title, why, todo, Effect.NOTE, sought.measure)


def hear_before_lifting(sought: Sought) -> Finding:
    """50: before a provisional measure is lifted, the other State may say why it should stay."""
    why = "Before a freezing is lifted, the requesting State is given the chance to say why it should stay."
    todo = "Name who is to be told, and how to reach them at once."
    citation, title = Citation.of(_ARTICLE), "Heard before it is lifted"
    return NotMet("proceeds.hear_before_lifting", citation, title, why, todo, Effect.NOTE, sought.measure)


def _property(sought: Sought) -> dict[str, str]:
    lacking = {}
    if not sought.data:
        lacking["which property, and what is to be done"] = "Set data in the measure."
    if not (sought.location or sought.custodian):
        lacking["where the property is or who holds it"] = "Set location or custodian in the measure."
    return lacking


def _facts(matter: Matter) -> dict[str, str]:
    return {} if matter.request.facts else {"the facts relied on": "Set facts."}
