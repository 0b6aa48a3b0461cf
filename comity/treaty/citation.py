"""Citations: the provisions a finding, a figure or a clock rests on. One that the catalogue lacks cannot be made.

A provision is written as lawyers write it, without 'art.': `42(3)(f)`. A citation names one or several.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import msgspec

from comity.base.errors import Malformed
from comity.base.parsing import read_toml
from comity.treaty.data import FILE_LIMIT, packaged


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


@cache
def catalogue() -> dict[str, Provision]:
    """Every provision that may be cited, by its number, from articles.toml."""
    return read_toml(packaged("articles.toml"), _Catalogue, limit=FILE_LIMIT, what="articles.toml").provisions


@dataclass(frozen=True, slots=True)
class Citation:
    """One or more provisions of the Convention, in the order they are to be read."""

    provisions: tuple[str, ...]

    @classmethod
    def of(cls, *provisions: str) -> "Citation":
        """Raises Malformed for none, or for one that articles.toml lacks."""
        if not provisions:
            raise Malformed("a citation names at least one provision", hint="as Citation.of('42(3)(f)')")
        for provision in provisions:
            if provision not in catalogue():
                raise Malformed(f"no such provision to cite: {provision}", hint="articles.toml lists those there are")
        return cls(provisions)

    @property
    def confidence(self) -> Confidence:
        """That of its least sure provision."""
        order = list(Confidence)
        return max((catalogue()[provision].confidence for provision in self.provisions), key=order.index)

    @property
    def titles(self) -> tuple[str, ...]:
        return tuple(catalogue()[provision].title for provision in self.provisions)

    def __str__(self) -> str:
        return ("art. " if len(self.provisions) == 1 else "arts ") + ", ".join(self.provisions)
