"""Citations: the provisions a finding, a figure or a clock rests on. One that the catalogue lacks cannot be made.

A provision is written as lawyers write it, without 'art.': `42(3)(f)`. A citation names one or several. One of another
instrument than the Convention is printed with that instrument's short name: `Budapest 29(2)`.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache

import msgspec

from comity.base.errors import Malformed
from comity.base.parsing import read_toml
from comity.treaty.data import FILE_LIMIT, of_instrument, packaged


class Confidence(StrEnum):
    """How sure our reading of a provision is; from surest to least."""

    TEXT = "text"
    KNOWN_FROM_MODEL = "known="
    KNOWN = "known"
    UNSURE = "unsure"


class Provision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry of the catalogue: what the provision is about, in our words."""

    title: str
    confidence: Confidence


class _Catalogue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    provisions: dict[str, Provision]
    short: str = ""


@cache
def _read(instrument: str) -> _Catalogue:
    name = of_instrument(instrument, "articles.toml")
    return read_toml(packaged(name), _Catalogue, limit=FILE_LIMIT, what=name)


def catalogue(instrument: str = "") -> dict[str, Provision]:
    """Every provision of an instrument that may be cited, by its number, from its articles.toml."""
    return _read(instrument).provisions


def short_name(instrument: str) -> str:
    """What a citation of the instrument is printed with; '' for the Convention."""
    return _read(instrument).short


@dataclass(frozen=True, slots=True)
class Citation:
    """One or more provisions of one instrument, the Convention if it is '', in the order they are to be read."""

    provisions: tuple[str, ...]
    instrument: str = ""

    @classmethod
    def of(cls, *provisions: str, instrument: str = "") -> "Citation":
        """Raises Malformed for none, or for one that articles.toml lacks."""
        return _checked(provisions, instrument)

    @property
    def confidence(self) -> Confidence:
        """That of its least sure provision."""
        return _least_sure(self.provisions, self.instrument)

    @property
    def titles(self) -> tuple[str, ...]:
        return tuple(catalogue(self.instrument)[provision].title for provision in self.provisions)

    def __str__(self) -> str:
        if self.instrument:
            return f"{short_name(self.instrument)} {', '.join(self.provisions)}"
        return ("art. " if len(self.provisions) == 1 else "arts ") + ", ".join(self.provisions)


@lru_cache(maxsize=4096)
def _checked(provisions: tuple[str, ...], instrument: str) -> Citation:
    if not provisions:
        raise Malformed("a citation names at least one provision", hint="as Citation.of('42(3)(f)')")
    for provision in provisions:
        if provision not in catalogue(instrument):
            raise Malformed(f"no such provision to cite: {provision}", hint="articles.toml lists those there are")
    return Citation(provisions, instrument)


@lru_cache(maxsize=4096)
def _least_sure(provisions: tuple[str, ...], instrument: str) -> Confidence:
    order, known = list(Confidence), catalogue(instrument)
    return max((known[provision].confidence for provision in provisions), key=order.index)
