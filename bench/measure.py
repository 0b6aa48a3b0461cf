"""Time several ways of doing one thing, in turns, and compare their medians."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter


@dataclass(frozen=True, slots=True)
class Row:
    """One way of doing it. `seconds`: the median a call; `ratio`: how many times as long as the first way."""

    way: str
    seconds: float
    ratio: float


@dataclass(frozen=True, slots=True)
class Aim:
    """A way that is to take less than so many seconds a call."""

    way: str
    below: float


@dataclass(frozen=True, slots=True)
class Goal:
    """A way that is to be so many times as fast as another, and what was seen."""

    way: str
    against: str
    times: float

    def seen(self, rows: Sequence[Row]) -> float:
        seconds = {row.way: row.seconds for row in rows}
        return seconds[self.against] / seconds[self.way]


@dataclass(frozen=True, slots=True)
class Benchmark:
    """What is measured, and the ways to do it; the first is what the others are compared with.

    Each way does the same work once when it is called. absent: the ways that are missing on this machine, and how to
    get them. aims: what some of the ways are held to; missing one is reported and fails nothing. goals: the same,
    against another way. units: how many of what is measured a call of a way does, where it is not one. before: what
    readies a way for one call, not timed.
    """

    name: str
    what: str
    ways: Mapping[str, Callable[[], object]]
    absent: tuple[str, ...] = ()
    aims: tuple[Aim, ...] = ()
    notes: Callable[[], tuple[str, ...]] = tuple
    units: Mapping[str, int] = field(default_factory=dict)
    before: Mapping[str, Callable[[], object]] = field(default_factory=dict)
    goals: tuple[Goal, ...] = ()

    def time(self, way: str, calls: int) -> float:
        """The seconds that so many calls took."""
        ready, do, taken = self.before.get(way), self.ways[way], 0.0
        if ready is None:
            begun = perf_counter()
            for _ in range(calls):
                do()
            return perf_counter() - begun
        for _ in range(calls):
            ready()
            begun = perf_counter()
            do()
            taken += perf_counter() - begun
        return taken


def measure(benchmark: Benchmark, *, rounds: int, least_seconds: float = 0.02) -> list[Row]:
    """Time each way `rounds` times, in turns, so that a busy moment of the machine falls on all of them."""
    calls = {way: _calls_for(benchmark, way, least_seconds) for way in benchmark.ways}
    times: dict[str, list[float]] = {way: [] for way in benchmark.ways}
    for _ in range(rounds):
        for way in benchmark.ways:
            done = calls[way] * benchmark.units.get(way, 1)
            times[way].append(benchmark.time(way, calls[way]) / done)
    first = median(next(iter(times.values())))
    return [Row(way, median(taken), median(taken) / first) for way, taken in times.items()]


def _calls_for(benchmark: Benchmark, way: str, least_seconds: float) -> int:
    """How many calls take at least so long: a clock read once a call would be measured too."""
    calls = 1
    while benchmark.time(way, calls) < least_seconds:
        calls *= 2
    return calls
