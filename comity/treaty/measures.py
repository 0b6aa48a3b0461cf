"""The kinds of assistance, a closed list from measures.toml: the articles each rests on and the data it may reach."""

from enum import StrEnum
from functools import cache

import msgspec

from comity.base.parsing import read_toml
from comity.treaty.citation import Citation
from comity.treaty.data import FILE_LIMIT, of_instrument, packaged
from comity.treaty.terms import DataCategory


class Scope(StrEnum):
    """Which offences open a measure (articles 35(1)-(2), 40(1))."""

    EVIDENCE = "evidence"
    """Convention offences and, for electronic evidence, serious crime."""
    CONVENTION = "convention"
    """Convention offences only."""
    ELECTRONIC = "electronic"
    """Convention offences; a serious crime only as far as it is electronic evidence, which a person decides."""


class Dual(StrEnum):
    """What part dual criminality plays."""

    NEVER = "never"
    MAY = "may"
    REQUIRED = "required"
    NOT_STATED = "not_stated"


class Contents(StrEnum):
    """Which list of contents a request for the measure must carry; NONE: not carried, and `elsewhere` says why."""

    NONE = ""
    ADVICE = "advice"
    PROVIDER_LOCATION = "provider_location"
    SUSPECT_LOCATION = "suspect_location"
    EMERGENCY = "emergency"
    PRESERVATION = "preservation"
    TRAFFIC_DISCLOSURE = "traffic_disclosure"
    ASSISTANCE = "assistance"
    SEARCH = "search"
    REAL_TIME = "real_time"
    INTERCEPTION = "interception"
    STATEMENT = "statement"
    HEARING = "hearing"
    SERVICE = "service"
    PROPERTY = "property"
    EXAMINATION = "examination"
    RECORDS = "records"
    TRACING = "tracing"
    CONFISCATION = "confiscation"
    SPONTANEOUS = "spontaneous"
    POLICE = "police"


BESIDE_ARTICLE_40 = frozenset(
    {
        Contents.NONE,
        Contents.ADVICE,
        Contents.PROVIDER_LOCATION,
        Contents.SUSPECT_LOCATION,
        Contents.EMERGENCY,
        Contents.PRESERVATION,
        Contents.TRAFFIC_DISCLOSURE,
        Contents.SPONTANEOUS,
        Contents.POLICE,
    }
)
"""Lists of contents that are not those of a request for mutual legal assistance (article 40(14)-(15))."""
NOTHING_HANDED_OVER = frozenset(
    {
        Contents.NONE,
        Contents.ADVICE,
        Contents.PROVIDER_LOCATION,
        Contents.PRESERVATION,
        Contents.SERVICE,
        Contents.SPONTANEOUS,
        Contents.POLICE,
    }
)
"""Where the requested State gives no data of anybody's in answer; what a sender volunteers has rules of its own."""


class Family(StrEnum):
    """Which closed list of grounds for refusal a measure has (articles 40(21)-(24), 42(6), 43(2), 50)."""

    ASSISTANCE = "assistance"
    CONFISCATION = "confiscation"
    PRESERVATION = "preservation"
    PATH = "path"
    UNLISTED = "unlisted"
    """The treaty lists none: domestic law and practice decide."""


class Measure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of assistance. `intrusiveness`: 1 to 5, our scale; use `intrusiveness_for` for a request's own."""

    name: str
    about: str
    articles: tuple[str, ...]
    power: tuple[str, ...]
    intrusiveness: int
    scope: Scope
    dual: Dual
    reach: tuple[DataCategory, ...]
    contents: Contents
    instrument: str = ""
    elsewhere: str = ""
    """Why a measure is not carried, and where it belongs; `instead`: what to do."""
    instead: str = ""

    @property
    def cited(self) -> Citation:
        return Citation.of(*self.articles, instrument=self.instrument)

    @property
    def is_carried(self) -> bool:
        return self.contents is not Contents.NONE

    @property
    def discloses(self) -> bool:
        """Whether the answer hands over data or evidence: preservation only keeps them, advice holds none."""
        return self.contents not in NOTHING_HANDED_OVER

    @property
    def is_assistance(self) -> bool:
        """Whether it is asked for by a request for mutual legal assistance, with form and contents of article 40."""
        return self.contents not in BESIDE_ARTICLE_40

    @property
    def uses_power(self) -> bool:
        """Whether a domestic power hands data over, so that the safeguards of article 24 apply to it (24(4))."""
        return bool(self.power) and self.discloses

    @property
    def family(self) -> Family:
        """Its closed list of grounds for refusal."""
        if self.contents is Contents.PRESERVATION:
            return Family.PRESERVATION
        if self.contents is Contents.TRAFFIC_DISCLOSURE:
            return Family.PATH
        if self.contents is Contents.CONFISCATION:
            return Family.CONFISCATION
        return Family.ASSISTANCE if self.is_assistance else Family.UNLISTED

    def intrusiveness_for(self, categories: tuple[DataCategory, ...]) -> int:
        """That of the measure, or of stored content where that is to be handed over and weighs more."""
        stored_content = DataCategory.CONTENT in categories and self.discloses
        return max(self.intrusiveness, CONTENT_INTRUSIVENESS) if stored_content else self.intrusiveness


CONTENT_INTRUSIVENESS = 4
"""Where stored content stands on our scale of 1 to 5."""


class _Measures(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    measure: tuple[Measure, ...]


@cache
def all_measures(instrument: str = "") -> tuple[Measure, ...]:
    """The closed list of an instrument: the Convention's where none is named."""
    name = of_instrument(instrument, "measures.toml")
    return read_toml(packaged(name), _Measures, limit=FILE_LIMIT, what=name).measure


@cache
def _by_name(instrument: str) -> dict[str, Measure]:
    return {one.name: one for one in all_measures(instrument)}


def measure(name: str, instrument: str = "") -> Measure | None:
    return _by_name(instrument).get(name)
