"""The fields of a form as values: what cannot be read is kept as a mistake, and the rest is read on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from comity.base.errors import Mistake
from comity.treaty.request import Person
from comity.web.request_form import persons
from comity.web.request_form.catalogue import FIELDS
from comity.web.request_form.field import Field
from comity.web.words import A_DAY, N_

TEXT_MOST: Final = 20_000
LINE_MOST: Final = 500
TOO_LONG: Final = N_("This is too long: shorten it")

Values = Mapping[str, Sequence[str]]


@dataclass(slots=True)
class Reader:
    """One form being read."""

    values: Values
    mistakes: list[Mistake] = field(default_factory=list)

    def all(self, name: str) -> tuple[str, ...]:
        return tuple(text for one in self.values.get(name, ()) if (text := one.strip()))

    def text(self, name: str, needed: str = "") -> str:
        found = next(iter(reversed(self.all(name))), "").replace("\r\n", "\n")
        most = TEXT_MOST if _field(name).kind == "area" else LINE_MOST
        if len(found) > most:
            self.mistakes.append(Mistake(name, TOO_LONG))
        if needed and not found:
            self.mistakes.append(Mistake(name, needed))
        return found

    def day(self, name: str) -> date | None:
        found = self.text(name)
        try:
            return date.fromisoformat(found) if found else None
        except ValueError:
            self.mistakes.append(Mistake(name, A_DAY))
            return None

    def number(self, name: str, least: int, most: int) -> int | None:
        found = self.text(name)
        if not found:
            return None
        if not (found.isascii() and found.isdigit() and len(found) < 9 and least <= int(found) <= most):
            self.mistakes.append(Mistake(name, N_("Write a whole number that can be right")))
            return None
        return int(found)

    def yes_no(self, name: str) -> bool | None:
        return {"yes": True, "no": False}.get(self.text(name))

    def one(self, name: str) -> str:
        """What is chosen in a list; '' for nothing. What the list does not hold is a mistake."""
        found = self.text(name)
        if found and found not in {choice.value for choice in _field(name).choices}:
            self.mistakes.append(Mistake(name, N_("Choose one of the list")))
            return ""
        return found

    def some(self, name: str) -> tuple[str, ...]:
        known = {choice.value for choice in _field(name).choices}
        return tuple(one for one in self.all(name) if one in known)

    def lines(self, name: str) -> tuple[str, ...]:
        rows = (row.strip() for row in self.text(name).splitlines())
        return tuple(dict.fromkeys(row for row in rows if row))

    def period(self) -> tuple[date | None, date | None]:
        since, until = self.day("period_from"), self.day("period_to")
        if since is not None and until is not None and until < since:
            self.mistakes.append(Mistake("period_to", N_("The last day is before the first")))
        return since, until

    def persons(self) -> tuple[Person, ...]:
        return tuple(self._person(f"person-{number}-") for number in persons.filled(self.values))

    def _person(self, row: str) -> Person:
        return Person(
            name=self.text(row + "name"),
            role=self.text(row + "role"),
            nationality=self.text(row + "nationality"),
            location=self.text(row + "location"),
            country_of_origin=self.text(row + "country_of_origin"),
            status=self.some(row + "status"),
            age=self.number(row + "age", 0, 150),
        )


def _field(name: str) -> Field:
    return persons.field_of(name) or FIELDS[name]


def read_day(text: str) -> date | None:
    """A day as a form sends it, or None for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
