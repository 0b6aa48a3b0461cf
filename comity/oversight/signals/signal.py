"""A signal, what it was read from, and the test that most of them share: a requester's share against a stated rate.

Two exact tests must both say that chance would hardly do it: the binomial tail at the stated rate, and, where others
sent enough, Fisher's test against all of them. So neither a habit of this State alone nor one of everybody's fires it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from comity.oversight.signals import tails
from comity.oversight.signals.asked import Asked

CHANCE: Final = 0.001
"""Policy: a requester stands out if chance would do it in less than one of a thousand windows."""
WINDOW_DAYS: Final = 365
"""Policy: how far back one looks."""
OTHERS_LEAST: Final = 20
"""Policy: so many cases of others, and they are compared with."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal. `rate`: what is stated of requesters that misuse nothing, at most; `least`: cases below which it is
    silent; `hits_least`: as for what is counted; `figures`: the published table and classes it can be read from."""

    name: str
    title: str
    meaning: str
    otherwise: tuple[str, ...]
    counts: str
    rate: float
    least: int
    hits_least: int
    figures: tuple[str, tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What one signal says of one requester: `hits` of `of`, how likely by chance, whether it stands out.

    `enough`: there were cases enough to say anything; `compared`: others' hits and cases, where there were enough;
    `cases`: the hits, by case.
    """

    signal: str
    requester: str
    hits: int
    of: int
    chance: float
    fires: bool
    enough: bool
    compared: tuple[int, int] | None = None
    cases: tuple[str, ...] = ()


Of = Callable[[Asked], bool]


def by_requester(asked: Sequence[Asked]) -> Mapping[str, list[Asked]]:
    """In the order of their names."""
    found: dict[str, list[Asked]] = {}
    for one in asked:
        found.setdefault(one.requester, []).append(one)
    return dict(sorted(found.items()))


def shares(signal: Signal, asked: Sequence[Asked], *, counted: Of, hit: Of) -> Iterator[Reading]:
    """A reading for each requester: `hit` among those `counted`."""
    of_all = {name: [one for one in every if counted(one)] for name, every in by_requester(asked).items()}
    hits_of = {name: [one for one in every if hit(one)] for name, every in of_all.items()}
    total, marked = sum(map(len, of_all.values())), sum(map(len, hits_of.values()))
    for name, every in of_all.items():
        hits = hits_of[name]
        others = (marked - len(hits), total - len(every))
        yield reading(signal, name, (len(hits), len(every)), others, tuple(one.case for one in hits))


def reading(
    signal: Signal, requester: str, seen: tuple[int, int], others: tuple[int, int], cases: tuple[str, ...] = ()
) -> Reading:
    """From counts alone: (hits, of) of the requester, and of all others."""
    (hits, of), compared = seen, others if others[1] >= OTHERS_LEAST else None
    chance = tails.binomial(hits, of, signal.rate)
    if compared is not None:
        chance = max(chance, tails.fisher(hits, of, *compared))
    enough = of >= signal.least
    fires = enough and hits >= signal.hits_least and chance < CHANCE
    return Reading(signal.name, requester, hits, of, chance, fires, enough, compared, cases)
