"""Expedited preservation for another Party: contents, period, dual criminality (article 29, with 16(2) at home)."""

from collections.abc import Iterator
from datetime import date, timedelta

from comity.treaty import periods
from comity.treaty.budapest.parties import INSTRUMENT, Declared, load_parties
from comity.treaty.budapest.rules.cited import cite, stated
from comity.treaty.budapest.rules.scope import principal
from comity.treaty.findings import Effect, Finding, Met, NeedsDecision, NotMet, declared_by
from comity.treaty.rules.matter import Item, Matter, shorten
from comity.treaty.terms import Role

MEASURE = "expedited_preservation"


def least_until(start: date, on: date) -> date:
    """The first day on which preservation begun on `start` may end (29(7))."""
    return start + timedelta(days=periods.count("preservation_least", on, INSTRUMENT))


def most_until(start: date, on: date | None = None) -> date:
    """The last day of one domestic order made on `start` (16(2))."""
    return start + timedelta(days=periods.count("preservation_order_most", on or start, INSTRUMENT))


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
    """29(2)(a)."""
    lacking = {} if matter.request.authority else {"which authority seeks it": "Set authority."}
    return stated(matter, "preservation.authority", "29(2)(a)", lacking, MEASURE, shorten(matter.request.authority))


def offence_and_facts(matter: Matter) -> Finding:
    """29(2)(b)."""
    lacking = {}
    if not matter.request.offence.name:
        lacking["the offence"] = "Set offence.name."
    if not matter.request.facts:
        lacking["the facts, briefly"] = "Set facts."
    shown = f"{shorten(matter.request.offence.name)}; {shorten(matter.request.facts)}"
    return stated(matter, "preservation.offence_and_facts", "29(2)(b)", lacking, MEASURE, shown)


def data_and_relation(matter: Matter, item: Item) -> Finding:
    """29(2)(c)."""
    sought, lacking = item[0], {}
    if not sought.data:
        lacking["the data to preserve"] = "Set data in the measure."
    if not sought.relation:
        lacking["how they bear on the offence"] = "Set relation in the measure."
    shown = f"{shorten(sought.data)}; {shorten(sought.relation)}"
    return stated(matter, "preservation.data_and_relation", "29(2)(c)", lacking, MEASURE, shown)


def custodian_or_location(matter: Matter, item: Item) -> Finding:
    """29(2)(d): any available information; what is not known is said to be so."""
    sought, lacking = item[0], {}
    if not (sought.custodian or sought.location):
        advice = (
            "Set custodian or location in the measure; if neither is known, write so, or ask the contact point first."
        )
        lacking["who holds the data or where the system is"] = advice
    shown = "; ".join(shorten(text) for text in (sought.custodian, sought.location) if text)
    return stated(matter, "preservation.custodian_or_location", "29(2)(d)", lacking, MEASURE, shown)


def necessity(matter: Matter) -> Finding:
    """29(2)(e)."""
    lacking = {} if matter.request.necessity else {"why preservation is necessary": "Set necessity."}
    return stated(matter, "preservation.necessity", "29(2)(e)", lacking, MEASURE, shorten(matter.request.necessity))


def assistance_follows(matter: Matter) -> Finding:
    """29(2)(f); without that intention there is nothing to preserve for (29(1))."""
    lacking = {}
    if not matter.request.assistance_will_follow:
        advice = "Set assistance_will_follow = true if a request for the data is intended; otherwise do not ask."
        lacking["that a request for the data will follow"] = advice
    shown = "a request for the data will follow."
    return stated(matter, "preservation.assistance_follows", "29(2)(f)", lacking, MEASURE, shown)


def confidentiality(matter: Matter) -> Finding:
    """27(8): may be asked for with any request; article 29 has no field for it. Silence is noted."""
    wish, citation, rule = matter.request.confidentiality, cite("27(8)"), "preservation.confidentiality"
    title = citation.titles[0]
    if wish is None:
        why = "It is not said whether the user must not be told; then none is asked for."
        todo = "Set [confidentiality] if the user or others must not learn of it."
        return NotMet(rule, citation, title, why, todo, Effect.NOTE, MEASURE)
    lacking = {"why it must be kept secret": "Set confidentiality.reasons."} if wish.wanted and not wish.reasons else {}
    until = f" until {wish.until}" if wish.until else ""
    shown = f"wanted{until}; {shorten(wish.reasons)}" if wish.wanted else "not needed."
    return stated(matter, rule, "27(8)", lacking, MEASURE, shown)


def period_asked(matter: Matter, item: Item) -> Finding:
    """29(7), 16(2): the floor holds even for less; more is a matter of renewal, of which nothing is said here."""
    days, start = item[0].period_days, matter.start
    least, most = least_until(start, matter.on), most_until(start, matter.on)
    citation, title = cite("29(7)", "16(2)"), "How long the data are kept"
    why = f"From {start}: at least until {least}; one order at most until {most}."
    asked = None if days is None else start + timedelta(days=days)
    if asked is not None and asked < least:
        todo = f"Nothing: the requested Party preserves until {least} in any case."
        why = f"{days} days are asked, which is less than the floor. {why}"
        return NotMet("preservation.period", citation, title, why, todo, Effect.NOTE, MEASURE)
    if asked is not None and asked > most:
        todo = f"Send the request for the data, or ask for a renewal, before {most}: no article here gives one."
        why = f"{days} days are asked, which is more than one order can run. {why}"
        return NotMet("preservation.period", citation, title, why, todo, Effect.NOTE, MEASURE)
    return Met("preservation.period", citation, title, why, MEASURE)


def dual_criminality(matter: Matter) -> Finding:
    """29(3): not required; 29(4): a Party may have reserved it for offences other than those of articles 2 to 11."""
    rule, title, requested = "preservation.dual_criminality", "Preserved without dual criminality", matter.requested
    if principal(matter) is not None:
        why = "Dual criminality is never a condition of preservation for an offence of articles 2 to 11."
        return Met(rule, cite("29(3)", "29(4)"), title, why, MEASURE)
    entry, basis = load_parties().entry(requested.state), declared_by(requested.state)
    known = entry.reservation_29_4 if entry else Declared.NOT_KNOWN
    name = entry.name if entry else requested.name
    if known is Declared.NONE or (entry is None and requested.invented):
        why = f"{name} has made no reservation by what was read, and dual criminality is no condition without one."
        return Met(rule, cite("29(3)", "29(4)"), title, why, MEASURE, basis)
    if known is Declared.MADE:
        why = f"{name} has reserved refusal outside articles 2 to 11 where dual criminality fails at disclosure."
        todo = "Decide whether there is reason to believe that the condition cannot be met when the data are asked for."
        return matter.theirs(rule, cite("29(4)"), title, why=why, todo=todo, measure=MEASURE, basis=basis)
    told = "is said, unconfirmed, to have" if known is Declared.UNCONFIRMED else "may have, which was not read,"
    why = f"The offence is none of articles 2 to 11, and {name} {told} reserved refusal for lack of dual criminality."
    todo = "Read its reservations in the depositary's list; without one, dual criminality is no condition."
    return NeedsDecision(rule, cite("29(4)"), title, why, todo, Role.CASE_LAWYER, MEASURE, basis)
