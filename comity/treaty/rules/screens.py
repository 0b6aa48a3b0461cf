"""Screens for speech, discrimination and research: software never refuses on these; a hit stops for a person.

Source: articles 6(2), 40(22), 11(2), 53(3)(e). What is looked at is named in the finding, hit or not.
"""

from collections.abc import Iterator

from comity.treaty.citation import Citation
from comity.treaty.findings import Finding, Met, NeedsDecision
from comity.treaty.offences import route, screened_words
from comity.treaty.rules.matter import Matter, shorten
from comity.treaty.terms import Role

EXPOSED = frozenset(
    {"journalist", "human_rights_defender", "lawyer", "opposition", "refugee", "asylum_seeker", "diaspora", "exile"}
)
RESEARCHERS = frozenset({"researcher", "security_researcher"})


def check(matter: Matter) -> Iterator[Finding]:
    yield expression(matter)
    yield discrimination(matter)
    if matter.offence is not None and matter.offence.research:
        yield research(matter)
    if matter.request.emergency:
        yield emergency(matter)


def expression(matter: Matter) -> Finding:
    """Whether the matter is about what somebody said: nothing here may serve to suppress that (6(2))."""
    stated = matter.request.offence
    hits = [f"the word '{word}' in the offence" for word in screened_words(stated.name, stated.law)]
    named = route(stated.route)
    if named is not None and named.screen:
        hits.append(f"the route '{named.name}'")
    if matter.request.screens.expression:
        hits.append("the drafter's answer that it turns on expression or belief")
    looked = "the offence's name, law and route, against the list in offences.toml"
    answered = _answer(matter.request.screens.expression)
    citation, title = Citation.of("6(2)", "40(22)"), "Expression and belief"
    return _screen("screens.expression", citation, title, hits, f"{looked}; {answered}")


def discrimination(matter: Matter) -> Finding:
    """Whether the request may be aimed at a protected ground, or harm a person on one (40(22))."""
    hits = [
        f"a person concerned is marked {status}"
        for person in matter.request.persons
        for status in person.status
        if status in EXPOSED
    ]
    if matter.request.screens.protected_ground:
        hits.append("the drafter's answer that it may bear on a protected ground or political opinion")
    looked = "the status of the persons concerned"
    answered = _answer(matter.request.screens.protected_ground)
    citation, title = Citation.of("40(22)", "6(2)"), "Non-discrimination"
    return _screen("screens.discrimination", citation, title, hits, f"{looked}; {answered}")


def research(matter: Matter) -> Finding:
    """Whether the conduct may be authorised testing, research or reporting, where the offence's wording reaches it."""
    hits = [
        f"a person concerned is marked {status}"
        for person in matter.request.persons
        for status in person.status
        if status in RESEARCHERS
    ]
    if matter.request.screens.research:
        hits.append("the drafter's answer that it may be research, testing or reporting")
    looked = "the status of the persons concerned"
    answered = _answer(matter.request.screens.research)
    citation, title = Citation.of("11(2)", "53(3)(e)"), "Security research"
    return _screen("screens.research", citation, title, hits, f"{looked}; {answered}")


def emergency(matter: Matter) -> Finding:
    """Whether it is an emergency in the treaty's sense: a person's life or safety, significant and imminent (2(o))."""
    why = f"The request claims one: {shorten(matter.request.emergency)}"
    todo = "Call back on the number in the directory; decide whether a person's life or safety is at imminent risk."
    citation, title = Citation.of("2(o)", "41(3)(e)"), "Emergency"
    return NeedsDecision("screens.emergency", citation, title, why, todo, Role.DUTY_OFFICER)


def _answer(value: bool | None) -> str:
    if value is None:
        return "the drafter's own answer, of which there is none"
    return f"the drafter's own answer, {'yes' if value else 'no'}"


def _screen(rule: str, citation: Citation, title: str, hits: list[str], looked: str) -> Finding:
    if not hits:
        return Met(rule, citation, title, f"Nothing found. Looked at: {looked}.")
    why = f"Found: {'; '.join(hits)}."
    todo = (
        "Decide, with reasons, whether the request may go on; software does not refuse it, and does not pass it either."
    )
    return NeedsDecision(rule, citation, title, why, todo, Role.REVIEWER)
