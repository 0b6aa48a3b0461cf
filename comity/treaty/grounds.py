"""Grounds for refusal and postponement, from grounds.toml: which family of measures each belongs to, and its paragraph.

Source: articles 40(8), 40(21)-(24), 40(27), 36(1)(a), 42(5)-(6), 43(2), 50.
"""

from enum import StrEnum
from functools import cache

import msgspec

from comity.base.parsing import read_toml
from comity.treaty.citation import Citation
from comity.treaty.data import FILE_LIMIT, packaged
from comity.treaty.measures import Family


class GroundKind(StrEnum):
    """What the treaty makes of a ground; explained at the head of grounds.toml."""

    GROUND = "ground"
    RESERVED = "reserved"
    DISPUTED = "disputed"
    FORBIDDEN = "forbidden"
    ELSEWHERE = "elsewhere"
    POSTPONE = "postpone"


class Ground(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One ground. `through`: for one that the treaty does not name, those it can be told through."""

    name: str
    citation: str
    kind: GroundKind
    families: tuple[Family, ...]
    about: str
    through: tuple[str, ...]

    @property
    def cited(self) -> Citation:
        return Citation.of(self.citation)


class _Grounds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    ground: tuple[Ground, ...]


@cache
def all_grounds() -> tuple[Ground, ...]:
    return read_toml(packaged("grounds.toml"), _Grounds, limit=FILE_LIMIT, what="grounds.toml").ground


def ground(name: str, family: Family) -> Ground | None:
    """By its name, or by its paragraph; one of the family's own comes first."""
    found = [one for one in all_grounds() if name in {one.name, one.citation}]
    return next((one for one in found if family in one.families), found[0] if found else None)


@cache
def grounds_for(family: Family, kind: GroundKind = GroundKind.GROUND) -> tuple[Ground, ...]:
    """Those of one kind that a family of measures has, in the order of grounds.toml."""
    return tuple(one for one in all_grounds() if family in one.families and one.kind is kind)


@cache
def provisions(family: Family, kind: GroundKind = GroundKind.GROUND) -> tuple[str, ...]:
    """The paragraphs that they stand in, each once."""
    return tuple(dict.fromkeys(one.citation for one in grounds_for(family, kind)))
