"""Names that look like another's: an authority that is not the one it seems, in a list or at the head of a request.

Two names look alike where the same letters are left once accents, case, punctuation and what is easily taken for each
other (0 and o, 1 and l, rn and m, Cyrillic and Greek letters) are laid aside, or where one letter more, less or another
tells them apart. It is a reason for a person to look, never proof.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from comity.exchange.directory import Entity

_SAME: Final = str.maketrans(
    "авекмнорстухіѕјԁғɡβαεικνορτυχ0135|",
    "abekmhopctyxisjdfgbaeikvoptuxolesl",
)
"""Letters of other alphabets, and digits, as the Latin letter they look like (after Unicode Technical Standard 39)."""
_PAIRS: Final = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_LEAST: Final = 8
"""Names shorter than this differ by one letter too easily."""


@dataclass(frozen=True, slots=True)
class LookAlike:
    """Two nodes whose names a person would take for one."""

    node: str
    other: str


def skeleton(name: str) -> str:
    """What is left of a name once what is easily taken for something else is laid aside."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    letters = "".join(one for one in folded.translate(_SAME) if one.isalnum()).replace("i", "l")
    for pair, one in _PAIRS:
        letters = letters.replace(pair, one)
    return letters


def look_alikes(new: Iterable[Entity], known: Iterable[Entity]) -> tuple[LookAlike, ...]:
    """The nodes of `new` that look like another one of `known`, each pair once."""
    every = tuple(known)
    found = [LookAlike(one.id, other.id) for one in new for other in every if one.id != other.id and _alike(one, other)]
    return tuple(dict.fromkeys(found))


def _alike(one: Entity, other: Entity) -> bool:
    """By the id, or by the name. Two States' own words for the same office (`XA/central-authority`,
    `XB/central-authority`) are no look-alikes: the State's letters stand before them."""
    if one.id[:2] == other.id[:2]:
        return _near(skeleton(one.id), skeleton(other.id)) or _near(skeleton(one.name), skeleton(other.name))
    return skeleton(one.name) == skeleton(other.name)


def _near(one: str, other: str) -> bool:
    """The same, or one letter apart."""
    if one == other:
        return True
    if min(len(one), len(other)) < _LEAST or abs(len(one) - len(other)) > 1:
        return False
    short, long = sorted((one, other), key=len)
    start = next((n for n, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    rest = short[start + (len(short) == len(long)) :]
    return rest == long[start + 1 :]
