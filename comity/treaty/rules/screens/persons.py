"""Who is concerned: protected grounds, and people whom their own State may pursue abroad (OV-03, OV-08)."""

from comity.treaty import screens
from comity.treaty.findings import Finding
from comity.treaty.request import Person
from comity.treaty.rules.matter import Matter
from comity.treaty.rules.screens.answer import answer, marked, own_answer, words


def discrimination(matter: Matter) -> Finding:
    """Whether the request may be aimed at a protected ground, or harm a person on one (40(22))."""
    stated, said = matter.request.offence, matter.request.screens.protected_ground
    hits = marked(matter.request.persons, "exposed", "protected_group")
    hits += words(matter, "ground", "the offence", stated.name, stated.law)
    if said:
        hits.append("the drafter's answer that it may bear on a protected ground or political opinion")
    looked = f"the status of the persons concerned, the offence's name and law; {own_answer(said)}"
    return answer("screens.discrimination", hits, looked)


def transnational_repression(matter: Matter) -> Finding:
    """Whether a State reaches for somebody who fled it, reports on it or opposes it (40(22), 36(1)(a), 6(1))."""
    request, said = matter.request, matter.request.screens.repression
    hits = marked(request.persons, "exposed")
    if any(_has_fled(person) and _is_from(person, matter) for person in request.persons):
        hits.append(f"that person is from {matter.requesting.name}, which asks")
    if said:
        hits.append("the drafter's answer that a person may be sought for having fled, reported on or opposed a State")
    looked = f"the status, nationality and origin of the persons concerned; {own_answer(said)}"
    beside = ""
    if any(sought.measure == "locate_suspect" for sought in request.measures):
        beside = "It asks where a person is: that is handled with the care of mutual legal assistance."
    return answer("screens.transnational_repression", hits, looked, beside=beside)


def _has_fled(person: Person) -> bool:
    return not screens.codes("fled").isdisjoint(map(screens.code, person.status))


def _is_from(person: Person, matter: Matter) -> bool:
    names = {screens.fold(matter.requesting.state), screens.fold(matter.requesting.name)}
    return bool(names & {screens.fold(person.nationality), screens.fold(person.country_of_origin)})
