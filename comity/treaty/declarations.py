"""What one State has declared, and what it asks as its own policy; from `declarations/<state>.toml`.

A State without a file is not known, and every rule that would need its position says so: no real State's position is
ever made up. XA, XB and XC are invented, for exercises. The file of a real State holds only what a public source says
of it, with that source; `known` stays false there, and all it does not hold is open.
"""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Annotated

import msgspec

from comity.base.errors import Malformed, Mistake
from comity.base.ids import StateCode, is_exercise_state
from comity.base.parsing import find_line, read_toml
from comity.treaty import periods
from comity.treaty.citation import catalogue
from comity.treaty.data import FILE_LIMIT, declared, packaged
from comity.treaty.elements import Element, element
from comity.treaty.measures import measure
from comity.treaty.offences import convention_offence

Language = Annotated[str, msgspec.Meta(pattern="^[a-z]{2}$")]
Intrusiveness = Annotated[int, msgspec.Meta(ge=1, le=5)]
AtLeastOne = Annotated[int, msgspec.Meta(ge=1)]
Age = Annotated[int, msgspec.Meta(ge=0, le=25)]


class DualCriminality(StrEnum):
    """A State's declared practice under article 40(8)."""

    REQUIRED = "required"
    NOT_REQUIRED = "not_required"
    UNKNOWN = "unknown"


class ReservationKind(StrEnum):
    """What a reservation does to its provision."""

    NOT_APPLIED = "not_applied"
    """The State is not bound by it, or uses the right it gives to reserve."""
    NARROWED = "narrowed"
    """It applies, within limits of the State's own."""


class Reservation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A provision the State has reserved, as `14` or `42(5)`; what it said, in our words; where that stands."""

    provision: str
    about: str
    since: date
    source: str
    kind: ReservationKind = ReservationKind.NOT_APPLIED


class Reported(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What it is said to have declared where the provision is not known; a lawyer must find out."""

    about: str
    since: date
    source: str


class Task(StrEnum):
    """What an authority is designated for."""

    CENTRAL = "central"
    """Requests for mutual legal assistance: article 40(12)."""
    COMPETENT = "competent"
    """Investigates, prosecutes or orders at home: article 40(15)(a)-(b)."""
    EXTRADITION = "extradition"
    PROVISIONAL_ARREST = "provisional_arrest"


class Authority(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One authority, and what for. `source`: where the designation stands; '' where the whole file's source does."""

    name: str
    tasks: tuple[Task, ...]
    since: date | None = None
    source: str = ""


class PointOfContact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A point of contact at all hours (article 41); `networks`: others that it answers on, as article 41(6) allows."""

    name: str
    networks: tuple[str, ...] = ()
    since: date | None = None
    source: str = ""


class ResearchExclusion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Security research that the State leaves out of offences of articles 7 to 12 in its law."""

    articles: tuple[str, ...]
    about: str
    since: date
    source: str = ""


class RequiredElement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the State requires beyond an article's wording (elements.toml has those that it may)."""

    article: str
    element: Element
    since: date
    source: str = ""


class Children(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the State leaves out of articles 14 and 15 for children, and its ages. None: not known.

    self_generated, consensual: article 14(4)(a), (b); own_conduct: children's own conduct under article 15.
    """

    self_generated: bool | None = None
    consensual: bool | None = None
    own_conduct: bool | None = None
    age_of_responsibility: Age | None = None
    age_of_consent: Age | None = None


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the State asks beyond the treaty. None: it has set nothing."""

    secrecy_cap_days: AtLeastOne | None = None
    """Secrecy of a request must end within so many days."""
    prior_authorisation_from: Intrusiveness | None = None
    """Measures from this intrusiveness (measures.toml) on need an independent body's authorisation first."""
    contents_by_analogy: tuple[str, ...] = ()
    """Measures without a list of contents in the treaty, for which the State asks for those of another measure."""
    retention_days: AtLeastOne | None = None
    """What is received is deleted after so many days, or the extension is reasoned."""
    postponed_screens_due_hours: AtLeastOne | None = None
    """What an urgent request lets wait is decided within so many hours; without it nothing may wait."""


class Declarations(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One State's position. `known`: it is on file as a whole, not in part; `since`: from when.

    languages: ISO 639-1, acceptable for requests (article 40(14)). onward_transfer_in_writing: its authorisation under
    article 36(3) must be; None where it has not said.
    """

    state: StateCode
    name: str
    known: bool = True
    invented: bool = False
    since: date | None = None
    source: str = ""
    authorities: tuple[Authority, ...] = ()
    points_of_contact: tuple[PointOfContact, ...] = ()
    languages: tuple[Language, ...] = ()
    dual_criminality: DualCriminality = DualCriminality.UNKNOWN
    onward_transfer_in_writing: bool | None = None
    reservations: tuple[Reservation, ...] = ()
    reported: tuple[Reported, ...] = ()
    required_elements: tuple[RequiredElement, ...] = ()
    research_exclusion: ResearchExclusion | None = None
    children: Children = Children()
    policy: Policy = Policy()

    @property
    def central_authority(self) -> str:
        """The first authority for requests; '' if none is on file."""
        return next((one.name for one in self.authorities if Task.CENTRAL in one.tasks), "")

    @property
    def point_of_contact(self) -> str:
        """The first; '' if none is on file."""
        return next((one.name for one in self.points_of_contact), "")

    @property
    def is_partly_known(self) -> bool:
        """Whether something is on file of a State whose position as a whole is not."""
        return not self.known and bool(self.reservations or self.reported or self.authorities)

    def reservation(self, provision: str, on: date) -> Reservation | None:
        """The reservation by which a provision does not apply on a day, if there is one."""
        return self._reserved(provision, on, ReservationKind.NOT_APPLIED)

    def narrowing(self, provision: str, on: date) -> Reservation | None:
        """The reservation by which a provision applies within limits on a day, if there is one."""
        return self._reserved(provision, on, ReservationKind.NARROWED)

    def excludes_research(self, article: str, on: date) -> bool:
        """Whether the State leaves research out of an offence on a day."""
        left_out = self.research_exclusion
        return left_out is not None and article in left_out.articles and left_out.since <= on

    def elements_required(self, article: str, on: date) -> tuple[Element, ...]:
        """What it requires beyond an article's wording on a day."""
        return tuple(one.element for one in self.required_elements if one.article == article and one.since <= on)

    def _reserved(self, provision: str, on: date, kind: ReservationKind) -> Reservation | None:
        for one in self.reservations:
            if one.provision == provision and one.kind is kind and one.since <= on:
                return one
        return None


@cache
def declarations_of(state: StateCode) -> Declarations:
    """What is on file for a State; `known` is False where nothing is, or not the whole."""
    if state.lower() not in declared():
        return Declarations(state=state, name=state, known=False)
    name = f"declarations/{state.lower()}.toml"
    return read_declarations(packaged(name), name, state)


def read_declarations(data: bytes, what: str, state: StateCode) -> Declarations:
    """The declarations of `state` from TOML bytes; `what`: the file.

    Raises TooLarge, or Malformed with every mistake of form, or else every mistake of meaning, and its line.
    """
    read = read_toml(data, Declarations, limit=FILE_LIMIT, what=what)
    found = list(_mistakes(read, state))
    if not found:
        return read
    text = data.decode("utf-8")
    mistakes = sorted((Mistake(field, why, find_line(text, field)) for field, why in found), key=lambda one: one.line)
    first = mistakes[0]
    more = f" (and {len(mistakes) - 1} more)" if len(mistakes) > 1 else ""
    raise Malformed(
        f"{first.field}: {first.what}{more}",
        where=f"{what}, line {first.line}",
        hint="mend the lines named; nothing was taken from the file",
        mistakes=mistakes,
    )


def _mistakes(read: Declarations, state: StateCode) -> Iterator[tuple[str, str]]:
    """What is well formed and cannot be: field and reason."""
    if read.state != state:
        yield "state", f"the file is that of {state}"
    if read.invented is not is_exercise_state(read.state):
        yield "invented", "true for the user-assigned codes of exercises (XA to XZ), false for every other State"
    if not read.source:
        yield "source", "say where this stands"
    if read.known and not is_exercise_state(read.state):
        yield "known", "write false: of a real State only what a source says is held, and the rest is open"
    if len(set(read.languages)) != len(read.languages):
        yield "languages", "a language stands twice"
    for name in read.policy.contents_by_analogy:
        if measure(name) is None:
            yield "policy.contents_by_analogy", f"no measure {name} in the Convention's list"
    yield from _mistaken_reservations(read)
    yield from _mistaken_elements(read)
    yield from _mistaken_sources(read)
    yield from _mistaken_days(read)


def _mistaken_reservations(read: Declarations) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for number, one in enumerate(read.reservations):
        field = f"reservations[{number}].provision"
        if one.provision not in catalogue():
            yield field, f"no provision {one.provision} in the catalogue: write it as 14 or 42(5)"
        if one.provision in seen:
            yield field, f"{one.provision} is reserved twice"
        seen.add(one.provision)


def _mistaken_elements(read: Declarations) -> Iterator[tuple[str, str]]:
    for number, required in enumerate(read.required_elements):
        if element(required.article, required.element) is None:
            why = f"article {required.article} lets no State require {required.element}"
            yield f"required_elements[{number}].element", why
    for article in read.research_exclusion.articles if read.research_exclusion else ():
        offence = convention_offence(article)
        if offence is None or offence.article != article or not offence.research:
            yield "research_exclusion.articles", f"article {article} is none of those that research may fall under"


def _mistaken_sources(read: Declarations) -> Iterator[tuple[str, str]]:
    named = [(f"reservations[{number}].source", one.source) for number, one in enumerate(read.reservations)]
    named += [(f"reported[{number}].source", one.source) for number, one in enumerate(read.reported)]
    for field, source in named:
        if not source:
            yield field, "say where this stands"


def _mistaken_days(read: Declarations) -> Iterator[tuple[str, str]]:
    adopted = min(one.valid_from for one in periods.figures())
    dated: dict[str, list[date | None]] = {
        "authorities": [one.since for one in read.authorities],
        "points_of_contact": [one.since for one in read.points_of_contact],
        "reservations": [one.since for one in read.reservations],
        "reported": [one.since for one in read.reported],
        "required_elements": [one.since for one in read.required_elements],
    }
    days = [(f"{name}[{number}].since", day) for name, all_ in dated.items() for number, day in enumerate(all_)]
    days.append(("since", read.since))
    if read.research_exclusion is not None:
        days.append(("research_exclusion.since", read.research_exclusion.since))
    for field, day in days:
        if day is not None and day < adopted:
            yield field, f"{day} is before the Convention was adopted on {adopted}"
