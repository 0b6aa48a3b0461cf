"""Expedited preservation for another State: contents, periods, what may be refused (article 42, with 25(2) at home).

Two periods meet here. The requested State keeps the data for at least a floor (42(8)); one domestic order to a person
runs for at most a ceiling, and each renewal is a decision of its own (25(2)). Both figures stand in periods.toml.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from comity.treaty import periods
from comity.treaty.citation import Citation
from comity.treaty.findings import Effect, Finding, Met, NotMet, declared_by, with_cautions
from comity.treaty.request import Confidentiality
from comity.treaty.rules.matter import Item, Matter, shorten

MEASURE = "expedited_preservation"
RESERVATION = "42(5)"


def least_until(start: date, on: date) -> date:
    """The first day on which preservation begun on `start` may end, by the floor that holds on day `on` (42(8))."""
    return start + timedelta(days=periods.count("preservation_least", on))


def most_until(start: date, on: date | None = None) -> date:
    """The last day of one domestic preservation order made on `start`, by the ceiling of `on` or `start` (25(2))."""
    return start + timedelta(days=periods.count("preservation_order_most", on or start))


def period_findings(start: date, until: date) -> tuple[Finding, ...]:
    """Whether an order of the requested State from `start` until `until` keeps the floor and the ceiling."""
    return with_cautions((_floor(start, until), ceiling(start, until)))


def _floor(start: date, until: date) -> Finding:
    least, figure = least_until(start, start), periods.figure("preservation_least", start)
    citation, title = figure.cited, "Preserved at least as long as the treaty says"
    if until >= least:
        why = f"Until {until}; at least {figure.value} {figure.unit} from {start} is {least}."
        return Met("preservation.least", citation, title, why, MEASURE)
    why = f"Until {until} is shorter than {figure.value} {figure.unit} from {start}, which is {least}."
    return NotMet("preservation.least", citation, title, why, f"Preserve until {least} or later.", Effect.STOP, MEASURE)


def ceiling(start: date, until: date) -> Finding:
    """25(2): no order runs longer than so many days; a renewal is another order."""
    most, figure = most_until(start), periods.figure("preservation_order_most", start)
    citation, title = figure.cited, "One order, no longer than the treaty allows"
    if until <= most:
        why = f"Until {until}; at most {figure.value} {figure.unit} from {start} is {most}."
        return Met("preservation.most", citation, title, why, MEASURE)
    why = f"Until {until} is longer than one order may run: {figure.value} {figure.unit} from {start} is {most}."
    todo = f"Order until {most} at the latest; renew by a new decision before then."
    return NotMet("preservation.most", citation, title, why, todo, Effect.STOP, MEASURE)


def check(matter: Matter, item: Item) -> Iterator[Finding]:
    yield authority(matter)
    yield offence_and_facts(matter)
    yield data_and_relation(matter, item)
    yield custodian_or_location(matter, item)
    yield necessity(matter)
    yield assistance_follows(matter)
    yield confidentiality(matter)
    yield period_asked(matter, item)
    yield dual_criminality(matter)


def authority(matter: Matter) -> Finding:
    """42(3)(a)."""
    lacking = {} if matter.request.authority else {"which authority seeks it": "Set authority."}
    return matter.stated("preservation.authority", "42(3)(a)", lacking, MEASURE, shorten(matter.request.authority))


def offence_and_facts(matter: Matter) -> Finding:
    """42(3)(b)."""
    lacking = {}
    if not matter.request.offence.name:
        lacking["the offence"] = "Set offence.name."
    if not matter.request.facts:
        lacking["the facts, briefly"] = "Set facts."
    shown = f"{shorten(matter.request.offence.name)}; {shorten(matter.request.facts)}"
    return matter.stated("preservation.offence_and_facts", "42(3)(b)", lacking, MEASURE, shown)


def data_and_relation(matter: Matter, item: Item) -> Finding:
    """42(3)(c)."""
    sought, _ = item
    lacking = {}
    if not sought.data:
        lacking["the data to preserve"] = "Set data in the measure."
    if not sought.relation:
        lacking["how they bear on the offence"] = "Set relation in the measure."
    shown = f"{shorten(sought.data)}; {shorten(sought.relation)}"
    return matter.stated("preservation.data_and_relation", "42(3)(c)", lacking, MEASURE, shown)


def custodian_or_location(matter: Matter, item: Item) -> Finding:
    """42(3)(d): available information. What is not known can be said so, or asked for first under 42(2)."""
    sought, _ = item
    lacking = {}
    if not (sought.custodian or sought.location):
        advice = (
            "Set custodian or location in the measure; if neither is known, write so, or ask first under art. 42(2)."
        )
        lacking["who holds the data or where the system is"] = advice
    shown = "; ".join(shorten(text) for text in (sought.custodian, sought.location) if text)
    return matter.stated("preservation.custodian_or_location", "42(3)(d)", lacking, MEASURE, shown)


def necessity(matter: Matter) -> Finding:
    """42(3)(e)."""
    lacking = {} if matter.request.necessity else {"why preservation is necessary": "Set necessity."}
    return matter.stated("preservation.necessity", "42(3)(e)", lacking, MEASURE, shorten(matter.request.necessity))


def assistance_follows(matter: Matter) -> Finding:
    """42(3)(f); without that intention there is nothing to preserve for (42(1))."""
    lacking = {}
    if not matter.request.assistance_will_follow:
        advice = "Set assistance_will_follow = true if a request for the data is intended; otherwise do not ask."
        lacking["that a request for mutual legal assistance will follow"] = advice
    shown = "a request for mutual legal assistance will follow."
    return matter.stated("preservation.assistance_follows", "42(3)(f)", lacking, MEASURE, shown)


def confidentiality(matter: Matter) -> Finding:
    """42(3)(g): as appropriate. Wanted secrecy needs its reasons; silence is noted, not refused."""
    wish, rule = matter.request.confidentiality, "preservation.confidentiality"
    citation = Citation.of("42(3)(g)")
    if wish is None:
        why = "It is not said whether the user must not be told; then none is asked for."
        todo = "Set [confidentiality] if the user or others must not learn of it."
        return NotMet(rule, citation, citation.titles[0], why, todo, Effect.NOTE, MEASURE)
    lacking = {"why it must be kept secret": "Set confidentiality.reasons."} if wish.wanted and not wish.reasons else {}
    return matter.stated(rule, "42(3)(g)", lacking, MEASURE, _wish_in_words(wish))


def _wish_in_words(wish: Confidentiality) -> str:
    until = f" until {wish.until}" if wish.until else ""
    return f"wanted{until}; {shorten(wish.reasons)}" if wish.wanted else "not needed."


def period_asked(matter: Matter, item: Item) -> Finding:
    """How long is asked, beside floor and ceiling: the floor holds even for less, and more is a matter of renewal."""
    days, start = item[0].period_days, matter.start
    least, most = least_until(start, matter.on), most_until(start, matter.on)
    citation, title = Citation.of("42(8)", "25(2)"), "How long the data are kept"
    why = f"From {start}: at least until {least}; one order at most until {most}."
    asked = None if days is None else start + timedelta(days=days)
    if asked is not None and asked < least:
        todo = f"Nothing: the requested State preserves until {least} in any case."
        why = f"{days} days are asked, which is less than the floor. {why}"
        return NotMet("preservation.period", citation, title, why, todo, Effect.NOTE, MEASURE)
    if asked is not None and asked > most:
        todo = f"Send the request for the data, or ask for an extension (art. 42(9)), before {most}."
        why = f"{days} days are asked, which is more than one order can run. {why}"
        return NotMet("preservation.period", citation, title, why, todo, Effect.NOTE, MEASURE)
    return Met("preservation.period", citation, title, why, MEASURE)


def dual_criminality(matter: Matter) -> Finding:
    """Not required (42(4)), unless the requested State has made the reservation of 42(5) and the offence is not one of
    the Convention."""
    title = "Preserved without dual criminality"
    held = matter.requested.reservation(RESERVATION, matter.on)
    if held is None or matter.offence is not None:
        why = "Dual criminality is never a condition of preservation."
        if held is not None:
            why = f"{matter.requested.name} has made the reservation, but the offence is one of the Convention."
        return Met("preservation.dual_criminality", Citation.of("42(4)"), title, why, MEASURE)
    why = (
        f"{matter.requested.name} has reserved refusal where dual criminality cannot be met at disclosure: {held.about}"
    )
    todo = "Decide whether there is reason to believe that the condition cannot be met when the data are asked for."
    basis = declared_by(matter.requested.state)
    rule, citation = "preservation.dual_criminality", Citation.of("42(5)")
    return matter.theirs(rule, citation, title, why=why, todo=todo, measure=MEASURE, basis=basis)
