"""The invented States of a run: their codes, how large they are, and with whom they work.

Codes are those that ISO 3166-1 leaves to users (XA to XZ, QM to QZ, AA), then such as it assigns to nobody: no State
that exists is in a simulation. ZZ is kept for the observatory, which only witnesses.
"""

from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import Final

from comity.base.ids import StateCode
from comity.simulate.plan import SIZES, SizeClass

OBSERVATORY: Final = StateCode("ZZ")
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_TAKEN: Final = {
    "J": "EMOP",
    "O": "AM",
    "Q": "A",
    "U": "AGKMNSYZ",
    "V": "ACEGINU",
    "W": "FLOSV",
    "Y": "ETUV",
    "Z": "AMRWZ",
}
"""By first letter, the second letters that ISO 3166-1 assigns, reserves or once assigned."""


def _codes() -> list[str]:
    users = [f"X{second}" for second in _LETTERS] + [f"Q{second}" for second in "MNOPQRSTUVWXYZ"] + ["AA"]
    free = [f"{first}{second}" for first, taken in _TAKEN.items() for second in _LETTERS if second not in taken]
    return list(dict.fromkeys((*users, *free)))


CODES: Final = tuple(StateCode(code) for code in _codes())


@dataclass(frozen=True, slots=True)
class State:
    """One State. `hour`: its office hours begin so many hours from 08:00 UTC; `partners`: whom it asks, by weight."""

    code: StateCode
    size: SizeClass
    hour: int
    partners: tuple[tuple[StateCode, float], ...]


def draw_states(count: int, random: Random) -> tuple[State, ...]:
    """`count` States; each works with a few others, the large ones first."""
    codes = tuple(islice(CODES, count))
    sizes = dict(zip(codes, _sizes(count), strict=True))
    found = []
    for code in codes:
        others = [other for other in codes if other != code]
        partners = _partners(others, sizes, sizes[code], random)
        found.append(State(code, sizes[code], random.randrange(-8, 9), partners))
    return tuple(found)


def _sizes(count: int) -> list[SizeClass]:
    large, medium, small = SIZES
    n_large = max(1, round(count * large.share))
    n_medium = max(1, round(count * medium.share))
    return [large] * n_large + [medium] * n_medium + [small] * (count - n_large - n_medium)


def _partners(
    others: list[StateCode], sizes: dict[StateCode, SizeClass], size: SizeClass, random: Random
) -> tuple[tuple[StateCode, float], ...]:
    """Drawn without putting back, by weight (Efraimidis and Spirakis): the larger of u^(1/w) come first."""
    keyed = sorted(others, key=lambda other: -(random.random() ** (1 / sizes[other].asked)))
    return tuple((other, sizes[other].asked) for other in keyed[: size.partners])
