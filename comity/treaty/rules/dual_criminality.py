"""Dual criminality, for each measure in one of three forms (articles 35(3), 40(8)):

- tested and met;
- tested and not met: assisting only at discretion, and a named person says why;
- not tested, and why.

The test is whether the conduct is an offence in both States, not whether the name is the same. It is never made for
preservation: `preservation.dual_criminality` sees to that measure, and to the reservation of 42(5).
"""

from comity.treaty.citation import Citation
from comity.treaty.declarations import DualCriminality
from comity.treaty.elements import Element
from comity.treaty.findings import Finding, Met, declared_by
from comity.treaty.measures import Dual
from comity.treaty.offences import PARTICIPATION, without_paragraph
from comity.treaty.rules.matter import Item, Matter, shorten

RULE = "dual_criminality"
TITLE = "Dual criminality"
_DISCRETION = "Assist at discretion, saying who decides and why; or consult, and decline with reasons (40(25), 40(28))."


def check(matter: Matter, item: Item) -> Finding:
    """One finding a measure other than preservation."""
    measure, requested = item[0].measure, matter.requested
    if item[1].dual is Dual.NEVER:
        why = "Not tested: the treaty lists the only grounds on which this may be withheld, and this is none of them."
        return Met(RULE, item[1].cited, TITLE, why, measure)
    if item[1].dual is Dual.NOT_STATED:
        why = "Not tested: the treaty makes it no condition of this measure, which compels nobody."
        return Met(RULE, item[1].cited, TITLE, why, measure)
    if requested.dual_criminality is DualCriminality.NOT_REQUIRED:
        why = f"Not tested: {requested.name} has declared that it assists without it."
        return Met(RULE, Citation.of("40(8)"), TITLE, why, measure, declared_by(requested.state))
    found = matter.offence
    if found is None:
        return _not_tested(matter, measure, "the offence is none of the Convention's, so each State's law decides")
    if not (requested.known and matter.requesting.known):
        return _not_tested(matter, measure, "what the two States have reserved is not known here")
    if without_paragraph(matter.request.offence.article) == PARTICIPATION:
        return _not_tested(matter, measure, "attempt and preparation are offences only where a State has made them so")
    if requested.reservation(found.article, matter.on) is not None:
        why = f"Tested and not met: {requested.name} has reserved article {found.article}."
        return matter.theirs(RULE, Citation.of("40(8)"), TITLE, why=why, todo=_DISCRETION, measure=measure)
    if (held := requested.narrowing(found.article, matter.on)) is not None:
        limits = f"{requested.name} applies article {found.article} within limits: {held.about.rstrip('.')}"
        return _not_tested(matter, measure, limits)
    if required := requested.elements_required(found.article, matter.on):
        return _with_elements(matter, measure, required)
    why = f"Tested and met: article {found.article} makes this conduct an offence in both States; none reserves it."
    return Met(RULE, Citation.of("35(3)", found.article), TITLE, why, measure)


def _with_elements(matter: Matter, measure: str, required: tuple[Element, ...]) -> Finding:
    """Where the requested State requires more than the article, the facts decide, and a person reads them. The request
    may admit that an element is lacking; that it is there is for the requested State to find."""
    beside = ", ".join(one.replace("_", " ") for one in required)
    lacking = [one.replace("_", " ") for one in required if one in matter.request.screens.elements_absent]
    if not lacking:
        return _not_tested(
            matter, measure, f"{matter.requested.name} also requires {beside}, which the facts must show"
        )
    why = f"Tested and not met: {matter.requested.name} also requires {beside}; the facts exclude {', '.join(lacking)}."
    return matter.theirs(RULE, Citation.of("40(8)"), TITLE, why=why, todo=_DISCRETION, measure=measure)


def _not_tested(matter: Matter, measure: str, because: str) -> Finding:
    said = matter.request.dual_criminality
    stated = f" The request states: {shorten(said)}" if said else " The request says nothing on it."
    todo = "Compare the conduct, not its name, with your own law; if it is no offence, assist or decline with reasons."
    why = f"Not tested: {because}.{stated}"
    return matter.theirs(RULE, Citation.of("40(8)", "35(3)"), TITLE, why=why, todo=todo, measure=measure)
