"""How a screen answers: a decision for the role that screens.toml names on a hit, and otherwise what was looked at."""

from collections.abc import Iterable, Sequence

from comity.treaty import screens
from comity.treaty.findings import TREATY, Basis, Finding, Met, NeedsDecision
from comity.treaty.request import Person
from comity.treaty.rules.matter import Matter

MOST_SHOWN = 6
"""So many hits are named; a longer list helps nobody decide."""


def answer(rule: str, hits: Sequence[str], looked: str, *, beside: str = "", basis: Basis = TREATY) -> Finding:
    """`hits`: what was found, a few words each; `looked`: at what; `beside`: a sentence to add in either case."""
    one, added = screens.screen(rule), f" {beside}" if beside else ""
    if not hits:
        return Met(rule, screens.cited(rule), one.title, f"Nothing found. Looked at: {looked}.{added}", basis=basis)
    found = tuple(dict.fromkeys(hits))
    more = f"; and {len(found) - MOST_SHOWN} more" if len(found) > MOST_SHOWN else ""
    why = f"Found: {'; '.join(found[:MOST_SHOWN])}{more}.{added}"
    return NeedsDecision(rule, screens.cited(rule), one.title, why, one.todo, one.who, basis=basis)


def own_answer(value: bool | None) -> str:
    """The drafter's answer to a screen's question, in words."""
    if value is None:
        return "the drafter's own answer, of which there is none"
    return f"the drafter's own answer, {'yes' if value else 'no'}"


def marked(persons: Iterable[Person], *lists: str) -> list[str]:
    """What the persons concerned are marked as, where a list of screens.toml has it."""
    return [
        f"a person concerned is marked {status}"
        for person in persons
        for status in map(screens.code, person.status)
        if any(status in screens.codes(name) for name in lists)
    ]


def words(matter: Matter, name: str, place: str, *texts: str) -> list[str]:
    """The words of a list of screens.toml that occur in the texts; `place`: where that is, in words."""
    found = matter.reading.spotted(name, texts)
    return [f"the words '{word}' in {place}" for word in found] if found else []
