"""Traffic data in real time for another State: contents beside those of 40(15), and how far the duty goes (45)."""

from collections.abc import Iterator

from comity.treaty.citation import Citation
from comity.treaty.findings import Effect, Finding, NotMet, declared_by
from comity.treaty.request import Sought
from comity.treaty.rules.matter import Item, Matter, shorten


def check(matter: Matter, item: Item) -> Iterator[Finding]:
    sought, _ = item
    yield authority(matter, sought)
    yield facts_and_nature(matter, sought)
    yield data_and_relation(matter, sought)
    yield user_or_location(matter, sought)
    yield need(matter, sought)
    yield duration(matter, sought)
    yield from reserved(matter, sought)
    yield endeavour(sought)


def authority(matter: Matter, sought: Sought) -> Finding:
    """45(3)(a)."""
    lacking = {} if matter.request.authority else {"the requesting authority": "Set authority."}
    return matter.stated("real_time.authority", "45(3)(a)", lacking, sought.measure, shorten(matter.request.authority))


def facts_and_nature(matter: Matter, sought: Sought) -> Finding:
    """45(3)(b)."""
    request, lacking = matter.request, {}
    if not request.facts:
        lacking["the main facts"] = "Set facts."
    if request.stage is None:
        lacking["whether it is an investigation, a prosecution or a proceeding"] = "Set stage."
    shown = f"{request.stage}; {shorten(request.facts)}"
    return matter.stated("real_time.facts_and_nature", "45(3)(b)", lacking, sought.measure, shown)


def data_and_relation(matter: Matter, sought: Sought) -> Finding:
    """45(3)(c)."""
    lacking = {}
    if not sought.data:
        lacking["the data concerned"] = "Set data in the measure."
    if not sought.relation:
        lacking["how they bear on the offence"] = "Set relation in the measure."
    shown = f"{shorten(sought.data)}; {shorten(sought.relation)}"
    return matter.stated("real_time.data_and_relation", "45(3)(c)", lacking, sought.measure, shown)


def user_or_location(matter: Matter, sought: Sought) -> Finding:
    """45(3)(d): collection is of specified communications (45(1)), so something must say which."""
    shown = ", ".join(shorten(text, 48) for text in (*sought.identifiers, sought.location, sought.custodian) if text)
    lacking = {}
    if not shown:
        lacking["whose communications or which system"] = "Set identifiers, location or custodian in the measure."
    return matter.stated("real_time.user_or_location", "45(3)(d)", lacking, sought.measure, shown)


def need(matter: Matter, sought: Sought) -> Finding:
    """45(3)(e)."""
    lacking = {} if matter.request.necessity else {"why it is needed": "Set necessity."}
    return matter.stated("real_time.need", "45(3)(e)", lacking, sought.measure, shorten(matter.request.necessity))


def duration(matter: Matter, sought: Sought) -> Finding:
    """45(3)(f): the treaty sets no longest period, so the request must state one and say why it is so long."""
    lacking, shown = duration_lacking(sought), duration_shown(sought)
    return matter.stated("real_time.duration", "45(3)(f)", lacking, sought.measure, shown)


def duration_lacking(sought: Sought) -> dict[str, str]:
    """What is not said of a period of collection, and what to write for it."""
    lacking = {}
    if not (_is_dated(sought) or sought.period_days):
        lacking["for how long"] = "Set period_days, or period_from and period_to, in the measure."
    if not sought.duration_justification:
        lacking["why so long"] = "Set duration_justification in the measure."
    return lacking


def duration_shown(sought: Sought) -> str:
    period = f"{sought.period_from} to {sought.period_to}" if _is_dated(sought) else f"{sought.period_days} days"
    return f"{period}; {shorten(sought.duration_justification)}"


def _is_dated(sought: Sought) -> bool:
    return sought.period_from is not None and sought.period_to is not None


def reserved(matter: Matter, sought: Sought) -> Iterator[Finding]:
    """23(3): a State may apply the power to some offences only, or spare closed groups; only where it has said so."""
    held = matter.requested.reservation("23(3)", matter.on)
    if held is not None:
        citation, title = Citation.of("23(3)", "45(2)"), "Within what the requested State has kept open"
        why = f"{matter.requested.name} has reserved how far it collects traffic data in real time: {held.about}"
        todo = "Decide whether this offence and this system are within what your State has kept open."
        basis = declared_by(matter.requested.state)
        rule = "real_time.reserved"
        yield matter.theirs(rule, citation, title, why=why, todo=todo, measure=sought.measure, basis=basis)


def endeavour(sought: Sought) -> Finding:
    """45(1)-(2): States endeavour to assist; domestic conditions apply, for offences that open it at home at least."""
    citation, title = Citation.of("45(1)", "45(2)"), "How far the duty goes"
    why = "The requested State endeavours to assist, under its own conditions, in its territory, as it would at home."
    todo = "Do not count on it; say early if less would do."
    return NotMet("real_time.endeavour", citation, title, why, todo, Effect.NOTE, sought.measure)
