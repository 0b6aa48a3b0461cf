"""One document delivered: two real nodes over loopback HTTP, against signed and encrypted mail and raw commits.

A delivery is all that a node does: two people's approval, the treaty's rules, signature, encryption, the case event and
its log leaf, durable at the sender; the same on the other side; and the signed second receipt, entered at the sender.
Its draft is written beforehand, as the text of a mail is. Mail has no receipt, no rules and no log.
"""

import sqlite3
from collections.abc import Callable
from contextlib import ExitStack
from functools import cache, partial
from os import getloadavg, urandom
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from bench import as4_process, delivery_pair, peers
from bench.delivery_cpu import in_memory, wire_bytes
from bench.delivery_server import database_server
from bench.mail import Mail
from bench.measure import Benchmark, Goal
from tests.postgresql import in_debian

BATCHED: Final = 512
ONE: Final = 96
MAILS: Final = 48
COMITY, ALONE, POSTGRESQL = "comity, batched", "comity, one at a time", "comity on PostgreSQL, batched"
_GOALS: Final = (
    Goal(COMITY, "mail, 4 workers", 25.0),
    Goal(ALONE, "mail, 1 worker", 3.5),
    Goal(POSTGRESQL, COMITY, 0.75),
)
_AS4_GOAL: Final = 8


class Pair:
    """Two nodes, started when they are first needed, and what each call took of the processor, theirs by ours."""

    def __init__(self, folder: Path, stack: ExitStack, urls: Callable[[], tuple[str, str]] = lambda: ("", "")) -> None:
        self._nodes = cache(lambda: delivery_pair.pair(folder, stack, urls()))
        self.cpu: list[tuple[float, float]] = []
        self.spread: list[tuple[float, float]] = []

    def draft(self, count: int) -> None:
        self._nodes()[0].ask("draft", count=count, peers=[delivery_pair.XB])

    def send(self, count: int, flight: int) -> None:
        xa, xb = self._nodes()
        before = xb.ask("cpu")["cpu"]
        took = xa.ask("send", count=count, flight=flight)
        there = xb.ask("cpu")["cpu"] - before
        if flight == 1:
            self.spread.append((took["p50"], took["p99"]))
        else:
            self.cpu.append((took["cpu"] / count, there / count))


def raw_commits(folder: Path, rows: int) -> None:
    """Rows of 4 KiB in a SQLite file, WAL and synchronous FULL, one a commit."""
    database = sqlite3.connect(folder / "raw.db", isolation_level=None)
    try:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")
        database.execute("CREATE TABLE IF NOT EXISTS row (id INTEGER PRIMARY KEY, data BLOB)")
        for _ in range(rows):
            database.execute("BEGIN IMMEDIATE")
            database.execute("INSERT INTO row (data) VALUES (?)", (urandom(4096),))
            database.execute("COMMIT")
    finally:
        database.close()


class Processor:
    """The processor's time of a message in memory, here and in as4's own process."""

    def __init__(self, stack: ExitStack) -> None:
        self._started = cache(partial(self._start, stack))
        self.theirs: list[float] = []
        self.batched: list[float] = []
        self.alone: list[float] = []

    @staticmethod
    def _start(stack: ExitStack) -> as4_process.As4 | str:
        found = as4_process.start()
        if isinstance(found, as4_process.As4):
            stack.callback(found.end)
        return found

    def round(self) -> None:
        """A few of each, in turns."""
        as4 = self._started()
        if isinstance(as4, as4_process.As4):
            self.theirs.append(as4.carry(16) / 16)
        self.batched.append(in_memory(128) / 128)
        self.alone.append(in_memory(32, 1) / 32)

    def notes(self) -> tuple[str, ...]:
        as4 = self._started()
        if isinstance(as4, str):
            return (as4,)
        batched, alone = median(self.batched), median(self.alone)
        theirs = median(self.theirs)
        return (
            f"processor in memory, a message and its receipt: as4 {theirs * 1e6:.0f} µs; comity {batched * 1e6:.0f} µs"
            f" in a batch of 128, {theirs / batched:.1f} times less, and {alone * 1e6:.0f} µs alone,"
            f" {theirs / alone:.1f} times; goal {_AS4_GOAL}",
            f"on the wire: as4 {as4.bytes_each} bytes; comity {wire_bytes()} in a batch, without its receipt",
        )


def benchmark(scale: float, stack: ExitStack) -> Benchmark:
    """At scale 1: 512 deliveries in a batched call, 96 one at a time, 48 mails, 512 commits."""
    folder = Path(stack.enter_context(TemporaryDirectory(prefix="cb-", ignore_cleanup_errors=True)))
    batched, one, mails = (max(least, round(n * scale)) for n, least in ((BATCHED, 2), (ONE, 2), (MAILS, 16)))
    pair = Pair(folder / "sqlite", stack)
    processor = Processor(stack)
    absent: list[str] = []

    def ready() -> None:
        processor.round()
        pair.draft(batched)

    ways: dict[str, Callable[[], object]] = {
        COMITY: partial(pair.send, batched, BATCHED),
        ALONE: partial(pair.send, one, 1),
    }
    before: dict[str, Callable[[], object]] = {COMITY: ready, ALONE: partial(pair.draft, one)}
    units = {COMITY: batched, ALONE: one}
    other: Pair | None = None
    programs = in_debian()
    if programs:
        server = cache(partial(database_server, programs, folder, stack))
        other = Pair(folder / "on-server", stack, lambda: (server().empty().url, server().empty().url))
        ways[POSTGRESQL], units[POSTGRESQL] = partial(other.send, batched, BATCHED), batched
        before[POSTGRESQL] = partial(other.draft, batched)
    else:
        absent.append(peers.missing("postgresql"))
    gpg = peers.find("gpg")
    if gpg:
        for workers in (1, 4):
            name = f"mail, {workers} worker{'s' * (workers > 1)}"
            ways[name], units[name] = partial(_mail, cache(partial(Mail, gpg, workers, stack)), mails), mails
    else:
        absent.append(peers.missing("gpg"))
    raw = "SQLite, a row a commit"
    ways[raw], units[raw] = partial(raw_commits, folder, batched), batched

    def notes() -> tuple[str, ...]:
        named = {"SQLite": pair, "PostgreSQL": other}
        return (
            *(_of_pair(name, one) for name, one in named.items() if one),
            *processor.notes(),
            f"load at the end: {getloadavg()[0]:.1f}",
        )

    goals = tuple(goal for goal in _GOALS if goal.way in ways and goal.against in ways)
    what = "deliver a document of 4 KiB, signed, encrypted, durable on both sides, with its receipts"
    return Benchmark("delivery", what, ways, tuple(absent), notes=notes, units=units, before=before, goals=goals)


def _mail(made: Callable[[], Mail], mails: int) -> None:
    made().send(mails)


def _of_pair(name: str, pair: Pair) -> str:
    if not pair.cpu:
        return f"{name}: not run"
    here, there = (median(each) * 1e6 for each in zip(*pair.cpu, strict=True))
    said = f"{name}: the processor a delivery, batched: sender {here:.0f} µs, receiver {there:.0f} µs"
    if pair.spread:
        p50, p99 = (median(each) * 1e3 for each in zip(*pair.spread, strict=True))
        said += f"; one at a time: p50 {p50:.1f} ms, p99 {p99:.1f} ms"
    return said
