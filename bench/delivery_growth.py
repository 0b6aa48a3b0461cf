"""Throughput as what is stored grows, and as a node's peers do."""

from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from functools import cache, partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from bench import delivery_pair, peers
from bench.delivery_fill import fill
from bench.delivery_server import database_server
from bench.measure import Benchmark, Goal
from tests.postgresql import Postgres, in_debian

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


PEERS: Final = (1, 10, 100)


def peers_benchmark(scale: float, stack: ExitStack) -> Benchmark:
    """At scale 1: 1,280 deliveries a call to 1, 10 and 100 peers, all of them in one process. The more there are, the
    fewer messages a batch holds; what it took of the sender's processor is told too."""
    folder = Path(stack.enter_context(TemporaryDirectory(prefix="cb-", ignore_cleanup_errors=True)))
    count = max(2, round(1280 * scale))
    ways: dict[str, Callable[[], object]] = {}
    before: dict[str, Callable[[], object]] = {}
    cpu: dict[str, list[float]] = defaultdict(list)
    for number in sorted({min(number, max(1, round(number * scale * 10))) for number in PEERS}):
        name = f"{number} peer{'s' * (number > 1)}"
        star = cache(partial(delivery_pair.star, folder / str(number), stack, number))
        ways[name] = partial(_send_all, star, count, cpu[name])
        before[name] = partial(_draft_all, star, count)
    units = dict.fromkeys(ways, count)

    def notes() -> tuple[str, ...]:
        taken = (f"{name}: {median(each) * 1e6:.0f} µs" for name, each in cpu.items() if each)
        return (f"the sender's processor a delivery: {', '.join(taken)}",)

    what = f"{count} deliveries in batches, to so many peers"
    return Benchmark("delivery-peers", what, ways, units=units, before=before, notes=notes)


def _draft_all(star: Callable[[], tuple[delivery_pair.Process, list[str]]], count: int) -> None:
    xa, names = star()
    xa.ask("draft", count=count, peers=names)


def _send_all(star: Callable[[], tuple[delivery_pair.Process, list[str]]], count: int, cpu: list[float]) -> None:
    cpu.append(star()[0].ask("send", count=count, flight=count)["cpu"] / count)


def workers_benchmark(scale: float, stack: ExitStack) -> Benchmark:
    """At scale 1: 512 deliveries a call between two nodes over PostgreSQL, of one process each or of several."""
    programs = in_debian()
    if programs is None:
        return Benchmark("delivery-workers", "deliveries with several processes", {}, (peers.missing("postgresql"),))
    folder = Path(stack.enter_context(TemporaryDirectory(prefix="cb-", ignore_cleanup_errors=True)))
    count = max(2, round(512 * scale))
    server = cache(partial(database_server, programs, folder, stack))
    ways: dict[str, Callable[[], object]] = {}
    before: dict[str, Callable[[], object]] = {}
    for workers in (0, 2, 4):
        name = f"{workers} worker processes a node" if workers else "one process a node"
        pair = cache(partial(_worked, server, folder / str(workers), stack, workers))
        ways[name] = partial(_send, pair, count)
        before[name] = partial(_draft, pair, count)
    units = dict.fromkeys(ways, count)
    return Benchmark(
        "delivery-workers", f"{count} deliveries in batches on PostgreSQL", ways, units=units, before=before
    )


def _worked(server: Callable[[], Postgres], folder: Path, stack: ExitStack, workers: int) -> delivery_pair.Process:
    urls = (server().empty().url, server().empty().url)
    if workers:
        return delivery_pair.with_workers(folder, stack, urls, workers)[0]
    return delivery_pair.pair(folder, stack, urls)[0]


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
    both = delivery_pair.start(folder, stack)
    for one in both:
        one.rest()
    return both[0]
