"""Mutual legal assistance: form and contents of the request (article 40(13)-(15)); article 44 for stored data."""

from collections.abc import Iterator

from comity.treaty.citation import Citation
from comity.treaty.findings import Effect, Finding, Met, NeedsDecision, NotMet, declared_by
from comity.treaty.measures import Contents
from comity.treaty.request import Sought
from comity.treaty.rules.matter import Item, Matter, shorten
from comity.treaty.terms import Role


def check(matter: Matter, item: Item) -> Iterator[Finding]:
    sought, kind = item
    yield authority(matter, sought)
    yield subject(matter, sought)
    yield facts_not_required(sought) if kind.contents is Contents.SERVICE else facts(matter, sought)
    yield description(matter, sought)
    yield persons_and_accounts(matter, sought)
    yield time_period(matter, sought)
    yield purpose(matter, sought)


def form(matter: Matter) -> Iterator[Finding]:
    """What holds once for the request, whatever its measures: language and deadline (40(14), 40(26))."""
    yield language(matter)
    if matter.request.deadline is not None:
        yield deadline(matter)


def authority(matter: Matter, sought: Sought) -> Finding:
    """40(15)(a)."""
    lacking = {} if matter.request.authority else {"the authority making it": "Set authority."}
    return matter.stated(
        "assistance.authority", "40(15)(a)", lacking, sought.measure, shorten(matter.request.authority)
    )


def subject(matter: Matter, sought: Sought) -> Finding:
    """40(15)(b)."""
    request, lacking = matter.request, {}
    if not request.subject:
        lacking["the subject matter"] = "Set subject."
    if request.stage is None:
        lacking["whether it is an investigation, a prosecution or a proceeding"] = "Set stage."
    if not request.conducting_authority:
        lacking["the authority conducting it, with its functions"] = "Set conducting_authority."
    shown = f"{shorten(request.subject)}; {request.stage}; {shorten(request.conducting_authority)}"
    return matter.stated("assistance.subject", "40(15)(b)", lacking, sought.measure, shown)


def facts(matter: Matter, sought: Sought) -> Finding:
    """40(15)(c)."""
    lacking = {} if matter.request.facts else {"a summary of the facts": "Set facts."}
    return matter.stated("assistance.facts", "40(15)(c)", lacking, sought.measure, shorten(matter.request.facts))


def facts_not_required(sought: Sought) -> Finding:
    """40(15)(c): asked of every request but one for the service of judicial documents."""
    citation, why = Citation.of("40(15)(c)"), "To serve documents no summary of the facts is required."
    return Met("assistance.facts", citation, citation.titles[0], why, sought.measure)


def description(matter: Matter, sought: Sought) -> Finding:
    """40(15)(d); a particular procedure only if one is wished."""
    lacking = {} if sought.data else {"what assistance is sought": "Set data in the measure."}
    shown = shorten(sought.data) + (f"; procedure: {shorten(sought.procedure)}" if sought.procedure else "")
    return matter.stated("assistance.description", "40(15)(d)", lacking, sought.measure, shown)


def persons_and_accounts(matter: Matter, sought: Sought) -> Finding:
    """40(15)(e): where possible and appropriate, so a lawyer says when it is not."""
    citation = Citation.of("40(15)(e)")
    named = [person.name or person.role or person.nationality or person.location for person in matter.request.persons]
    shown = [*sought.identifiers, sought.location, sought.custodian, *named]
    words = ", ".join(shorten(text, 48) for text in shown if text)
    if words:
        return Met("assistance.persons", citation, citation.titles[0], f"Stated: {words}", sought.measure)
    why = "No person, account, item or location is named."
    todo = "Name what is concerned; if that is not possible, say why, and a lawyer signs for it."
    return NeedsDecision(
        "assistance.persons", citation, citation.titles[0], why, todo, Role.CASE_LAWYER, sought.measure
    )


def time_period(matter: Matter, sought: Sought) -> Finding:
    """40(15)(f): where applicable. A period that ends before it begins is none."""
    citation, first, last = Citation.of("40(15)(f)"), sought.period_from, sought.period_to
    title = citation.titles[0]
    if first is not None and last is not None and last < first:
        why = f"The period ends on {last}, before it begins on {first}."
        todo = "Set period_from and period_to in the measure."
        return NotMet("assistance.time_period", citation, title, why, todo, matter.missing, sought.measure)
    if first is not None and last is not None:
        return Met("assistance.time_period", citation, title, f"Stated: {first} to {last}.", sought.measure)
    lacking = " or ".join(name for name, value in (("beginning", first), ("end", last)) if value is None)
    why = f"The period that the data are about has no {lacking}."
    todo = "Set period_from and period_to, or decide, with reasons, that no period applies."
    return NeedsDecision("assistance.time_period", citation, title, why, todo, Role.CASE_LAWYER, sought.measure)


def purpose(matter: Matter, sought: Sought) -> Finding:
    """40(15)(g)."""
    lacking = {} if matter.request.purpose else {"the purpose it is sought for": "Set purpose."}
    return matter.stated("assistance.purpose", "40(15)(g)", lacking, sought.measure, shorten(matter.request.purpose))


def language(matter: Matter) -> Finding:
    """40(14): a language acceptable to the requested State, as it has notified."""
    citation, title = Citation.of("40(14)"), "A language the requested State accepts"
    said, accepted = matter.request.language, matter.requested.languages
    basis = declared_by(matter.requested.state)
    if not said:
        why, todo = "The language of the request is not stated.", "Set language, as two letters (ISO 639-1)."
        return NotMet("assistance.language", citation, title, why, todo, matter.missing)
    if not accepted:
        why = f"Written in '{said}'; which languages {matter.requested.state} accepts is not known here."
        todo = f"Find out which languages {matter.requested.state} has notified."
        return NeedsDecision("assistance.language", citation, title, why, todo, Role.CASE_LAWYER, basis=basis)
    if said not in accepted:
        why = f"Written in '{said}'; {matter.requested.name} accepts {', '.join(accepted)}."
        todo = "Have it translated; the original stays attached."
        return NotMet("assistance.language", citation, title, why, todo, matter.missing, basis=basis)
    why = f"Written in '{said}', which {matter.requested.name} accepts."
    return Met("assistance.language", citation, title, why, basis=basis)


def deadline(matter: Matter) -> Finding:
    """40(26): deadlines are taken into account if reasons are given; the treaty itself sets none for an answer."""
    citation, title = Citation.of("40(26)"), "A deadline with its reasons"
    if matter.request.deadline_reasons:
        why = f"By {matter.request.deadline}: {shorten(matter.request.deadline_reasons)} It asks; it does not bind."
        return Met("assistance.deadline", citation, title, why)
    why = (
        f"A deadline of {matter.request.deadline} is suggested without reasons; then it need not be taken into account."
    )
    return NotMet("assistance.deadline", citation, title, why, "Set deadline_reasons.", Effect.NOTE)
