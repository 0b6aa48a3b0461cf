"""Dual criminality: tested and met, tested and not met, or not tested, and why (articles 35(3), 40(8)).

The test is whether the conduct is an offence in both States, not whether the name is the same. It is never made for
preservation: `preservation.dual_criminality` sees to that measure.
"""

from comity.treaty.citation import Citation
from comity.treaty.declarations import DualCriminality
from comity.treaty.findings import Finding, Met, declared_by
from comity.treaty.offences import PARTICIPATION
from comity.treaty.rules.matter import Item, Matter, shorten

RULE = "dual_criminality"
TITLE = "Dual criminality"


def check(matter: Matter, item: Item) -> Finding:
    """One finding a measure that discloses data."""
    measure, requested = item[0].measure, matter.requested
    if requested.dual_criminality is DualCriminality.NOT_REQUIRED:
        why = f"{requested.name} has declared that it assists without it."
        return Met(RULE, Citation.of("40(8)"), TITLE, why, measure, declared_by(requested.state))
    found = matter.offence
    if found is None:
        return _not_tested(matter, measure, "the offence is none of the Convention's, so each State's law decides")
    if not (requested.known and matter.requesting.known):
        return _not_tested(matter, measure, "what the two States have reserved is not known here")
    if matter.request.offence.article.partition("(")[0] == PARTICIPATION:
        return _not_tested(matter, measure, "attempt and preparation are offences only where a State has made them so")
    if requested.reservation(found.article, matter.on) is not None:
        why = f"Tested and not met: {requested.name} has reserved article {found.article}."
        todo = "Assist nonetheless at discretion, or decline with reasons, after consulting (arts 40(25), 40(28))."
        return matter.theirs(RULE, Citation.of("40(8)"), TITLE, why=why, todo=todo, measure=measure)
    why = f"Tested and met: article {found.article} makes this conduct an offence in both States; none reserves it."
    return Met(RULE, Citation.of("35(3)", found.article), TITLE, why, measure)


def _not_tested(matter: Matter, measure: str, because: str) -> Finding:
    said = matter.request.dual_criminality
    stated = f" The request states: {shorten(said)}" if said else " The request says nothing on it."
    todo = "Compare the conduct, not its name, with your own law; if it is no offence, assist or decline with reasons."
    why = f"Not tested: {because}.{stated}"
    return matter.theirs(RULE, Citation.of("40(8)", "35(3)"), TITLE, why=why, todo=todo, measure=measure)
