"""The shape of an action's form, and what its fields have in common."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from comity.base.errors import Mistake
from comity.cases.case import Case
from comity.web.request_form.field import Field
from comity.web.request_form.reading import read_day
from comity.web.site import Visit
from comity.web.words import A_DAY, N_

REASONS: Final = Field("reasons", "area", N_("Reasons"), N_("A sentence that the other side can read."))
CONDITIONS: Final = Field("conditions", "area", N_("Conditions"), N_("If any; one a line."), "40(28)", rows=2)
CONSULTED: Final = Field(
    "consulted_otherwise",
    "area",
    N_("How the two States consulted first"),
    N_("Only if not here: when, by which means, with whom. No consultation stands answered in this case."),
    "40(28)",
    rows=2,
)
NO_REASONS: Final = N_("Give the reasons")


@dataclass(frozen=True, slots=True)
class Action:
    """One action's form: `lead` says what will happen; `needed`: what is said of a field that was left empty."""

    lead: str
    button: str
    fields: Callable[[Visit, Case], tuple[Field, ...]]
    needed: Mapping[str, str]
    do: Callable[[Visit, Case], str]
    """Does it, and gives the address to go on at; '' for the case."""
    uploads: bool = False
    start: Callable[[Case], Mapping[str, Sequence[str]]] = lambda _case: {}
    """What stands in the fields at first."""
    weighs: str = ""
    """What has to be read to decide it: 'request', then that stands above the form with what the rules say; 'steps',
    then what happened last stands below it."""


class Wrong(Exception):
    """What was typed cannot be taken: a mistake a field. The page comes back with all of it."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__()


def only(*fields: Field) -> Callable[[Visit, Case], tuple[Field, ...]]:
    """The same fields in every case."""
    return lambda _visit, _case: fields


def number(visit: Visit, name: str) -> int | None:
    text = visit.form.text(name)
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise Wrong([Mistake(name, N_("Write a whole number"))])
    return int(text)


def lines(visit: Visit, name: str) -> tuple[str, ...]:
    """What was typed in an area, one thing a line."""
    return tuple(line.strip() for line in visit.form.text(name).splitlines() if line.strip())


def day(visit: Visit, name: str) -> date | None:
    text = visit.form.text(name)
    found = read_day(text)
    if text and found is None:
        raise Wrong([Mistake(name, A_DAY)])
    return found
