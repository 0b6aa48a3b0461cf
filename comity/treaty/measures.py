"""The kinds of assistance, a closed list from measures.toml: the articles each rests on and the data it may reach."""

from enum import StrEnum
from functools import cache

import msgspec

from comity.base.parsing import read_toml
from comity.treaty.citation import Citation
from comity.treaty.data import FILE_LIMIT, packaged
from comity.treaty.terms import DataCategory


class Scope(StrEnum):
    """Which offences open a measure (articles 35(1)-(2), 40(1))."""

    EVIDENCE = "evidence"
    """Convention offences and, for electronic evidence, serious crime."""
    CONVENTION = "convention"
    """Convention offences only."""


class Dual(StrEnum):
    """What part dual criminality plays."""

    NEVER = "never"
    MAY = "may"
    REQUIRED = "required"
    NOT_STATED = "not_stated"


class Contents(StrEnum):
    """Which list of contents a request for the measure must carry; NONE: not carried by comity yet."""

    NONE = ""
    PRESERVATION = "preservation"
    ASSISTANCE = "assistance"
    REAL_TIME = "real_time"


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

    @property
    def cited(self) -> Citation:
        return Citation.of(*self.articles)

    @property
    def is_carried(self) -> bool:
        return self.contents is not Contents.NONE

    @property
    def discloses(self) -> bool:
        """Whether data leave the holder: preservation only keeps them."""
        return self.contents is not Contents.PRESERVATION

    def intrusiveness_for(self, categories: tuple[DataCategory, ...]) -> int:
        """That of the measure, or of stored content where that is to be handed over and weighs more."""
        stored_content = DataCategory.CONTENT in categories and self.contents is Contents.ASSISTANCE
        return max(self.intrusiveness, CONTENT_INTRUSIVENESS) if stored_content else self.intrusiveness


CONTENT_INTRUSIVENESS = 4
"""Where stored content stands on our scale of 1 to 5."""


class _Measures(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    measure: tuple[Measure, ...]


@cache
def all_measures() -> tuple[Measure, ...]:
    return read_toml(packaged("measures.toml"), _Measures, limit=FILE_LIMIT, what="measures.toml").measure


def measure(name: str) -> Measure | None:
    return next((one for one in all_measures() if one.name == name), None)
