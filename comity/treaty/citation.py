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
    """One or more provisions of one instrument, the Convention if it is '', in the order they are to be read, with
    their titles, and the confidence of the least sure of them."""

    provisions: tuple[str, ...]
    instrument: str
    titles: tuple[str, ...]
    confidence: Confidence

    @staticmethod
    @lru_cache(maxsize=4096)
    def of(*provisions: str, instrument: str = "") -> "Citation":
        """Raises Malformed for none, or for one that articles.toml lacks."""
        if not provisions:
            raise Malformed("a citation names at least one provision", hint="as Citation.of('42(3)(f)')")
        order, known = list(Confidence), catalogue(instrument)
        for provision in provisions:
            if provision not in known:
                raise Malformed(f"no such provision to cite: {provision}", hint="articles.toml lists those there are")
        titles = tuple(known[provision].title for provision in provisions)
        least_sure = max((known[provision].confidence for provision in provisions), key=order.index)
        return Citation(provisions, instrument, titles, least_sure)

    def __str__(self) -> str:
        if self.instrument:
            return f"{short_name(self.instrument)} {', '.join(self.provisions)}"
        return ("art. " if len(self.provisions) == 1 else "arts ") + ", ".join(self.provisions)
