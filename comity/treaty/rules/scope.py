"""Scope: an offence of the Convention, or a serious crime; what that opens (articles 2(h), 4(2), 35, 40(1))."""

from collections.abc import Iterator

from comity.treaty import periods
from comity.treaty.citation import Citation
from comity.treaty.findings import PROGRAM, Effect, Finding, Met, NeedsDecision, NotMet, declared_by
from comity.treaty.measures import Contents, Scope, all_measures, measure
from comity.treaty.offences import PARTICIPATION, convention_offence, route
from comity.treaty.rules.matter import Item, Matter
from comity.treaty.terms import Role

_TO_NARROW = (
    "Name an offence of arts 7 to 17, or the law that provides the higher maximum; otherwise use another treaty."
)


def check(matter: Matter) -> Iterator[Finding]:
    yield offence(matter)
    yield from reserved(matter)
    if not sent_without_request(matter):
        yield specific(matter)
    yield asked(matter)


def check_measure(matter: Matter, item: Item) -> Iterator[Finding]:
    yield opens(matter, item)
    if item[1].is_carried:
        yield reach(item)
    else:
        yield not_carried(item)


def sent_without_request(matter: Matter) -> bool:
    """40(4): information sent of one's own accord may start an investigation, so none need exist yet."""
    kinds = [measure(sought.measure) for sought in matter.request.measures]
    return bool(kinds) and all(kind is not None and kind.contents is Contents.SPONTANEOUS for kind in kinds)


def is_serious(matter: Matter) -> bool:
    """At least the maximum penalty of article 2(h), by the requesting State's law."""
    years = matter.request.offence.max_penalty_years
    return years is not None and years >= periods.count("serious_crime", matter.on)


def offence(matter: Matter) -> Finding:
    """An offence of articles 7 to 17 (with 19), or a serious crime for electronic evidence; otherwise nothing opens."""
    stated = matter.request.offence
    if stated.article:
        return _convention_offence(matter)
    citation = Citation.of("2(h)", "35(1)(c)", "40(1)")
    title = "Convention offence or serious crime"
    least = periods.count("serious_crime", matter.on)
    known = route(stated.route)
    beside = f" {known.about}" if known else " No article of the Convention is named for the offence."
    if stated.max_penalty_years is None:
        why = f"Neither an article of the Convention nor a maximum penalty is stated.{beside if known else ''}"
        todo = f"Name the article (7 to 17), or the law and its maximum penalty: a serious crime has {least} or more."
        return NotMet("scope.offence", citation, title, why, todo, Effect.STOP)
    if not is_serious(matter):
        why = f"The maximum penalty is {stated.max_penalty_years} years; a serious crime has at least {least}.{beside}"
        return NotMet("scope.offence", citation, title, why, _TO_NARROW, Effect.STOP)
    why = f"A serious crime: maximum {stated.max_penalty_years} years, {least} needed, by the requesting State's law."
    return Met("scope.offence", citation, title, f"{why} It opens electronic evidence only.{beside if known else ''}")


def _convention_offence(matter: Matter) -> Finding:
    stated, title = matter.request.offence, "Convention offence or serious crime"
    found = matter.offence
    if found is None and stated.article == PARTICIPATION:
        why = "Article 19 is participation in another offence, and no principal offence of arts 7 to 17 is named."
        todo = "Name the offence taken part in: principal = its article."
        return NotMet("scope.offence", Citation.of("19"), title, why, todo, Effect.STOP)
    if found is None:
        why = f"Article {stated.article} establishes no offence of the Convention."
        todo = "Name one of arts 7 to 17 or 19, or leave the article out and state law and maximum penalty."
        return NotMet("scope.offence", Citation.of("4(2)", "35(1)(a)"), title, why, todo, Effect.STOP)
    if convention_offence(stated.article) is not found:
        why = f"Participation in an offence of the Convention, article {found.article}. {found.about}"
        return Met("scope.offence", Citation.of("19", found.article, "35(1)(a)", "35(1)(b)"), title, why)
    why = f"An offence of the Convention. {found.about}"
    return Met("scope.offence", Citation.of(found.article, "35(1)(a)", "35(1)(b)"), title, why)


def reserved(matter: Matter) -> Iterator[Finding]:
    """A State that has reserved the offence's article is not bound by it (real reservations are data, never code)."""
    found = matter.offence
    if found is None:
        return
    for side in (matter.requesting, matter.requested):
        held = side.reservation(found.article, matter.on)
        if held is not None:
            why = f"{side.name} has reserved article {held.provision} since {held.since}: {held.about}"
            todo = "Rest the request on another offence or another treaty, if one is open between the two."
            citation, title = Citation.of(found.article, "64"), f"Article {found.article} not reserved by {side.state}"
            yield NotMet("scope.reserved", citation, title, why, todo, Effect.STOP, basis=declared_by(side.state))


def specific(matter: Matter) -> Finding:
    """A specific investigation, prosecution or proceeding; never everybody (articles 23(1), 41(1))."""
    request, citation = matter.request, Citation.of("23(1)", "41(1)")
    title = "A specific investigation or proceeding"
    wide = [name for sought in request.measures for name in sought.identifiers if "*" in name]
    if wide:
        why = "An identifier holds a wildcard: that asks about everybody it fits."
        return NotMet("scope.specific", citation, title, why, "Name each account or address.", Effect.STOP)
    if request.stage is None:
        why = "It is not said whether this is an investigation, a prosecution or a proceeding."
        return NotMet("scope.specific", citation, title, why, "Set stage to one of the three.", matter.missing)
    return Met("scope.specific", citation, title, f"Stage: {request.stage}; no identifier holds a wildcard.")


def asked(matter: Matter) -> Finding:
    """Something is asked, and every measure asked is one the instrument has: the list is closed."""
    citation, title = Citation.of("35(2)", "40(3)"), "Measures the Convention has"
    if not matter.request.measures:
        return NotMet("scope.measures", citation, title, "No measure is asked for.", "Add [[measures]].", Effect.STOP)
    unknown = [sought.measure for sought in matter.request.measures if measure(sought.measure) is None]
    if unknown:
        why = f"The Convention has no measure {', '.join(unknown)}."
        todo = f"Use one of: {', '.join(one.name for one in all_measures())}."
        return NotMet("scope.measures", citation, title, why, todo, Effect.STOP)
    return Met(
        "scope.measures", citation, title, f"{len(matter.request.measures)} asked, all in the Convention's list."
    )


def opens(matter: Matter, item: Item) -> Finding:
    """An offence of the Convention opens every measure; serious crime opens electronic evidence only."""
    sought, kind = item
    title = "The offence opens this measure"
    if matter.offence is None and kind.scope is Scope.CONVENTION:
        why = "This measure is for offences of the Convention only; a serious crime opens electronic evidence only."
        todo = "Use the treaty that covers the offence."
        return NotMet("scope.opens", Citation.of("35(1)(c)", "35(2)"), title, why, todo, Effect.STOP, sought.measure)
    if matter.offence is None and kind.scope is Scope.ELECTRONIC and is_serious(matter):
        why = "A serious crime opens this measure only as far as what is asked for is electronic evidence."
        todo = "Decide, with reasons, whether it is; for anything else use the treaty that covers the offence."
        citation, rule = Citation.of("35(1)(c)", "40(1)"), "scope.opens"
        return NeedsDecision(rule, citation, title, why, todo, Role.CASE_LAWYER, sought.measure)
    if matter.offence is None and not is_serious(matter):
        why = "The offence is neither one of the Convention nor a serious crime, so it opens no measure."
        return NotMet("scope.opens", Citation.of("35(1)"), title, why, _TO_NARROW, Effect.STOP, sought.measure)
    ground = "electronic evidence of a serious crime" if matter.offence is None else "an offence of the Convention"
    return Met("scope.opens", Citation.of("35(1)", *kind.articles), title, f"Open for {ground}.", sought.measure)


def not_carried(item: Item) -> Finding:
    """A measure of the instrument that comity does not carry is recognised, and sent where it belongs."""
    sought, kind = item
    why = kind.elsewhere or "The instrument has this measure, but this version of comity has no rules for its contents."
    todo = kind.instead or "Send it by the usual channel, and leave it out here."
    return NotMet("scope.carried", kind.cited, "Carried by comity", why, todo, Effect.STOP, sought.measure, PROGRAM)


def reach(item: Item) -> Finding:
    """The categories of data asked for are stated, and within what the measure may reach (article 2(c), (d), (f))."""
    sought, kind = item
    citation, title = Citation.of("2(c)", "2(d)", "2(f)"), "Categories of data within the measure"
    beyond = [category for category in sought.categories if category not in kind.reach]
    if not kind.reach and beyond:
        why = f"This measure hands over no data of users; asked for: {', '.join(beyond)}."
        todo = "Ask for them by the measure that reaches them, and leave categories out here."
        return NotMet("scope.reach", citation, title, why, todo, Effect.STOP, sought.measure)
    if not kind.reach:
        return Met("scope.reach", citation, title, "No category of data is asked for.", sought.measure)
    if beyond:
        why = f"This measure reaches {', '.join(kind.reach)} data; asked for: {', '.join(beyond)}."
        todo = "Ask for the other categories by the measure that reaches them."
        return NotMet("scope.reach", citation, title, why, todo, Effect.STOP, sought.measure)
    if not sought.categories:
        why = "The categories of data are not stated. The treaty does not ask for them, but its limits go by them."
        todo = "Set categories: subscriber, traffic, content."
        return NotMet("scope.reach", citation, title, why, todo, Effect.NOTE, sought.measure)
    return Met("scope.reach", citation, title, f"Asked for: {', '.join(sought.categories)}.", sought.measure)
