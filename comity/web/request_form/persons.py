"""The persons concerned (article 40(15)(e)): as many rows of fields as there are persons, and one more when asked for.

A row's fields are named `person-N-PART`. A row in which nothing is said is no person.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from comity.treaty.request import Person
from comity.web.request_form.field import Choice, Field
from comity.web.words import N_

MOST: Final = 20
MORE: Final = "person-more"
"""Asked for in a form's values: one empty row beside those that are filled."""

STATUSES: Final = tuple(
    Choice(value, word)
    for value, word in (
        ("journalist", N_("Journalist")),
        ("human_rights_defender", N_("Human rights defender")),
        ("lawyer", N_("Lawyer")),
        ("activist", N_("Activist")),
        ("whistleblower", N_("Whistleblower")),
        ("election_observer", N_("Election observer")),
        ("security_researcher", N_("Security researcher")),
        ("academic", N_("Academic")),
        ("doctor", N_("Doctor")),
        ("clergy", N_("Clergy")),
        ("member_of_parliament", N_("Member of parliament")),
        ("trade_unionist", N_("Trade unionist")),
        ("religious_minority", N_("Of a religious minority")),
        ("ethnic_minority", N_("Of an ethnic minority")),
        ("national_minority", N_("Of a national minority")),
        ("linguistic_minority", N_("Of a linguistic minority")),
        ("indigenous", N_("Of an indigenous people")),
        ("stateless", N_("Stateless")),
    )
)
"""What the screens look at. Who fled is not among them: that status is never written into what goes out, and the
question on repression is where it is answered."""

PARTS: Final = (
    Field("name", "line", N_("Name")),
    Field("role", "line", N_("Role in the matter"), N_("Suspect, victim, witness, account holder.")),
    Field("nationality", "line", N_("Nationality"), N_("If known.")),
    Field("location", "line", N_("Where the person is"), N_("If known.")),
    Field("country_of_origin", "line", N_("Country of origin"), N_("If known, and of importance.")),
    Field("age", "number", N_("Age"), N_("If the person may be a child.")),
    Field(
        "status",
        "some",
        N_("Position or group"),
        N_("If it may matter for the person's protection."),
        "24, 40(22)",
        STATUSES,
    ),
)
_NAME: Final = re.compile(r"person-([1-9]\d?)-([a-z_]+)")


def is_part(name: str) -> bool:
    """Whether a form's name is a field of one of the rows."""
    return field_of(name) is not None


def field_of(name: str) -> Field | None:
    """The field that a name stands for, None where it is none of a row."""
    match = _NAME.fullmatch(name)
    if match is None or int(match[1]) > MOST:
        return None
    return next((one for one in PARTS if one.name == match[2]), None)


def row(number: int) -> tuple[Field, ...]:
    """The fields of one row, under their full names."""
    return tuple(
        Field(f"person-{number}-{one.name}", one.kind, one.label, one.hint, one.article, one.choices) for one in PARTS
    )


def filled(values: Mapping[str, Sequence[str]]) -> list[int]:
    """The numbers of the rows in which something is said."""
    said = {int(match[1]) for name, texts in values.items() if any(texts) and (match := _NAME.fullmatch(name))}
    return sorted(number for number in said if number <= MOST)


def rows(values: Mapping[str, Sequence[str]]) -> tuple[tuple[Field, ...], ...]:
    """The rows to show: those that are filled, and an empty one where there is none or one more is asked for."""
    numbers = filled(values)
    free = next((number for number in range(1, MOST + 1) if number not in numbers), None)
    if free is not None and (not numbers or values.get(MORE)):
        numbers.append(free)
    return tuple(row(number) for number in sorted(numbers))


def values_of(people: Sequence[Person]) -> dict[str, list[str]]:
    """Persons back in their fields."""
    found: dict[str, list[str]] = {}
    for number, one in enumerate(people[:MOST], 1):
        texts = {name: getattr(one, name) for name in ("name", "role", "nationality", "location", "country_of_origin")}
        texts["age"] = "" if one.age is None else str(one.age)
        found |= {f"person-{number}-{name}": [text] for name, text in texts.items()}
        found[f"person-{number}-status"] = list(one.status)
    return found
