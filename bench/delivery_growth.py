"""Throughput as what is stored grows, and as a node's peers do."""

from collections.abc import Callable
from contextlib import ExitStack
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bench import delivery_pair
from bench.delivery_fill import fill
from bench.measure import Benchmark, Goal

BATCHED: Final = 256
STORED: Final = (1_000, 10_000, 100_000, 1_000_000)
_KEEPS: Final = 0.8


def benchmark(scale: float, stack: ExitStack) -> Benchmark:
    """At scale 1: 256 deliveries a call between nodes with 1,000 to 1,000,000 cases each."""
    folder = Path(stack.enter_context(TemporaryDirectory(prefix="cb-", ignore_cleanup_errors=True)))
    count = max(2, min(BATCHED, round(BATCHED * 10 * scale)))
    ways: dict[str, Callable[[], object]] = {}
    before: dict[str, Callable[[], object]] = {}
    sizes = [max(2, round(stored * scale)) for stored in STORED]
    names = [f"{size:,} cases stored" for size in sizes]
    for name, size in zip(names, sizes, strict=True):
        pair = cache(partial(_filled, folder / str(size), size, stack))
        ways[name] = partial(_send, pair, count)
        before[name] = partial(_draft, pair, count)
    goals = tuple(Goal(name, names[0], _KEEPS) for name in names[1:])
    what = f"{count} deliveries in batches, however much is stored at both nodes"
    return Benchmark("delivery-growth", what, ways, units=dict.fromkeys(names, count), before=before, goals=goals)


def _draft(pair: Callable[[], delivery_pair.Process], count: int) -> None:
    pair().ask("draft", count=count, peers=[delivery_pair.XB])


def _send(pair: Callable[[], delivery_pair.Process], count: int) -> None:
    pair().ask("send", count=count, flight=count)


def _filled(folder: Path, size: int, stack: ExitStack) -> delivery_pair.Process:
    with ExitStack() as first:
        xa, _ = delivery_pair.pair(folder, first)
        xa.ask("draft", count=2, peers=[delivery_pair.XB])
        xa.ask("send", count=2, flight=2)
    for node in ("XA", "XB"):
        fill(folder / node, size)
    xa, _ = delivery_pair.start(folder, stack)
    return xa
