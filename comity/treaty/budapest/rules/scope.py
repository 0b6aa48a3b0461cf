"""Scope: any criminal offence whose evidence is electronic; a specific case; a measure the instrument has (23, 25)."""

from collections.abc import Iterator

from comity.treaty.budapest.offences import PARTICIPATION, BudapestOffence
from comity.treaty.budapest.offences import offence as offence_of
from comity.treaty.budapest.parties import INSTRUMENT
from comity.treaty.budapest.rules.cited import cite, recite
from comity.treaty.findings import PROGRAM, Effect, Finding, Met, NotMet
from comity.treaty.measures import all_measures, measure
from comity.treaty.offences import without_paragraph
from comity.treaty.rules import scope
from comity.treaty.rules.matter import Item, Matter, shorten


def check(matter: Matter) -> Iterator[Finding]:
    yield offence(matter)
    yield from recite([scope.specific(matter)])
    yield asked(matter)


def check_measure(item: Item) -> Iterator[Finding]:
    if item[1].is_carried:
        yield from recite([scope.reach(item)])
    else:
        yield not_carried(item)


def principal(matter: Matter) -> BudapestOffence | None:
    """The offence of articles 2 to 10 that the request is about: the principal one with article 11; None for others."""
    stated = matter.request.offence
    named = offence_of(stated.article)
    if named is not None and named.article == PARTICIPATION:
        named = offence_of(stated.principal)
    return named if named is not None and named.article != PARTICIPATION else None


def offence(matter: Matter) -> Finding:
    """14(2)(c), 23, 25(1): any criminal offence, for electronic evidence; a named article must be one of 2-11."""
    stated, title = matter.request.offence, "A criminal offence, for electronic evidence"
    found = principal(matter)
    if found is not None:
        why = f"An offence of this instrument: {found.name}. {found.about}"
        cited = dict.fromkeys((without_paragraph(stated.article), found.article))
        return Met("scope.offence", cite(*cited, "23", "25(1)"), title, why)
    if stated.article:
        why = f"Article {stated.article} establishes no offence here, or names no principal one."
        todo = "Name one of 2 to 10, or 11 with its principal; or leave the article out: any offence opens assistance."
        return NotMet("scope.offence", cite("23", "25(1)"), title, why, todo, Effect.STOP)
    if not (stated.name and stated.law):
        why = "The offence, or the law that makes it one, is not stated."
        todo = "Set offence.name and offence.law; no least penalty is needed."
        return NotMet("scope.offence", cite("14(2)(c)", "25(1)"), title, why, todo, Effect.STOP)
    why = f"{shorten(stated.name)}: none of articles 2 to 11, and any criminal offence opens electronic evidence."
    return Met("scope.offence", cite("14(2)(c)", "23", "25(1)"), title, why)


def asked(matter: Matter) -> Finding:
    """Something is asked, and every measure asked is one the instrument has."""
    citation, title = cite("25(1)", "31(1)"), "Measures the instrument has"
    if not matter.request.measures:
        return NotMet("scope.measures", citation, title, "No measure is asked for.", "Add [[measures]].", Effect.STOP)
    unknown = [one.measure for one in matter.request.measures if measure(one.measure, INSTRUMENT) is None]
    if unknown:
        why = f"The Budapest Convention has no measure {', '.join(unknown)}."
        todo = f"Use one of: {', '.join(one.name for one in all_measures(INSTRUMENT))}; or another instrument."
        return NotMet("scope.measures", citation, title, why, todo, Effect.STOP)
    return Met("scope.measures", citation, title, f"{len(matter.request.measures)} asked, all in its list.")


def not_carried(item: Item) -> Finding:
    """A measure that is no request for electronic evidence is recognised, and said where it belongs."""
    sought, kind = item
    rule, title = "scope.carried", "Carried by comity"
    return NotMet(rule, kind.cited, title, kind.elsewhere, kind.instead, Effect.STOP, sought.measure, PROGRAM)
