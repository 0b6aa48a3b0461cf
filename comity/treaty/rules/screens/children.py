"""Children as suspects (OV-37): their own and consensual material, and their own conduct, may be no offence at all."""

from comity.treaty import periods, screens
from comity.treaty.declarations import Declarations
from comity.treaty.findings import Finding
from comity.treaty.request import Person
from comity.treaty.rules.matter import Matter
from comity.treaty.rules.screens.answer import answer

SEXUAL_OFFENCES = frozenset({"14", "15", "16"})
"""Where the age of a suspect matters for the offence itself."""


def children(matter: Matter) -> Finding:
    """A suspect under age, or of unknown age where the offence turns on it (14(4), 15(4))."""
    under = periods.count("child_under", matter.on)
    suspects = [person for person in matter.request.persons if _may_be_suspected(person)]
    hits = [f"a suspect is {person.age}" for person in suspects if person.age is not None and person.age < under]
    turns_on_age = matter.offence is not None and matter.offence.article in SEXUAL_OFFENCES
    if turns_on_age and not suspects:
        hits.append("no suspect's age is stated, and the offence may be a child's")
    elif turns_on_age:
        hits += ["a suspect's age is not stated" for person in suspects if person.age is None]
    beside = ""
    if hits or turns_on_age:
        beside = " ".join(_left_out(side) for side in (matter.requesting, matter.requested))
    looked = f"the age of each person who is not only a victim or witness; a child is under {under}"
    return answer("screens.children", hits, looked, beside=beside)


def _may_be_suspected(person: Person) -> bool:
    return screens.code(person.role) not in screens.codes("not_suspected")


def _left_out(side: Declarations) -> str:
    """What a State leaves out of articles 14 and 15 for children, in a sentence."""
    rules = side.children
    answers = {
        "children's own material": rules.self_generated,
        "private consensual material": rules.consensual,
        "children's own conduct": rules.own_conduct,
    }
    if all(value is None for value in answers.values()):
        return f"What {side.name} leaves out for children is not known here."
    left_out = [what for what, value in answers.items() if value]
    return f"{side.name} leaves out: {', '.join(left_out) or 'nothing'}."
