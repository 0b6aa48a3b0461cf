"""Time several ways of doing one thing, in turns, and compare their medians."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
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
class Benchmark:
    """What is measured, and the ways to do it; the first is what the others are compared with.

    Each way does the same work once when it is called. absent: the ways that are missing on this machine, and how to
    get them. aims: what some of the ways are held to; missing one is reported and fails nothing.
    """

    name: str
    what: str
    ways: Mapping[str, Callable[[], object]]
    absent: tuple[str, ...] = ()
    aims: tuple[Aim, ...] = ()
    notes: Callable[[], tuple[str, ...]] = tuple


def measure(benchmark: Benchmark, *, rounds: int, least_seconds: float = 0.02) -> list[Row]:
    """Time each way `rounds` times, in turns, so that a busy moment of the machine falls on all of them."""
    calls = {way: _calls_for(do, least_seconds) for way, do in benchmark.ways.items()}
    times: dict[str, list[float]] = {way: [] for way in benchmark.ways}
    for _ in range(rounds):
        for way, do in benchmark.ways.items():
            times[way].append(_time(do, calls[way]) / calls[way])
    first = median(next(iter(times.values())))
    return [Row(way, median(taken), median(taken) / first) for way, taken in times.items()]


def _calls_for(do: Callable[[], object], least_seconds: float) -> int:
    """How many calls take at least so long: a clock read once a call would be measured too."""
    calls = 1
    while _time(do, calls) < least_seconds:
        calls *= 2
    return calls


def _time(do: Callable[[], object], calls: int) -> float:
    begun = perf_counter()
    for _ in range(calls):
        do()
    return perf_counter() - begun
