"""One document delivered: two real nodes over loopback HTTP, against signed and encrypted mail and raw commits.

A delivery is all that a node does: two people's approval, the treaty's rules, signature, encryption, the case event and
its log leaf, durable at the sender; the same on the other side; and the signed second receipt, entered at the sender. Its
draft is written beforehand, as the text of a mail is. Mail has no receipt, no rules and no log.
"""

import sqlite3
from collections.abc import Callable
from contextlib import ExitStack
from functools import cache
from os import getloadavg, urandom
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final

from bench import delivery_pair, peers
from bench.as4_process import As4
from bench.delivery_cpu import in_memory
from bench.delivery_server import database_server
from bench.mail import Mail
from bench.measure import Benchmark

BATCHED: Final = 512
ONE: Final = 24
FLIGHT: Final = 512
_GOALS: Final = (
    ("comity, batched", "mail, 4 workers", 25.0),
    ("comity, one at a time", "mail, 1 worker", 3.5),
    ("comity on PostgreSQL, batched", "comity, batched", 0.75),
)


class Pair:
    """Two nodes, started when they are first needed, and what each call took of the processor."""

    def __init__(self, folder: Path, stack: ExitStack, urls: Callable[[], tuple[str, str]] = lambda: ("", "")) -> None:
        self._make = cache(lambda: delivery_pair.pair(folder, stack, urls()))
        self.cpu: dict[int, list[tuple[float, float]]] = {}
        self.spread: list[tuple[float, float]] = []

    def draft(self, count: int) -> None:
        self._make()[0].ask("draft", count=count, peers=[delivery_pair.XB])

    def send(self, count: int, flight: int) -> None:
        xa, xb = self._make()
        before = xb.ask("cpu")["cpu"]
        took = xa.ask("send", count=count, flight=flight)
        there = xb.ask("cpu")["cpu"] - before
        self.cpu.setdefault(flight, []).append((took["cpu"] / count, there / count))
        if flight == 1:
            self.spread.append((took["p50"], took["p99"]))


def raw_commits(folder: Path, stack: ExitStack, rows: int) -> Callable[[], None]:
    """Rows of 4 KiB in a SQLite file, WAL and synchronous FULL, one a commit."""
    database = sqlite3.connect(folder / "raw.db", isolation_level=None)
    stack.callback(database.close)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE row (id INTEGER PRIMARY KEY, data BLOB)")

    def call() -> None:
        for _ in range(rows):
            database.execute("BEGIN IMMEDIATE")
            database.execute("INSERT INTO row (data) VALUES (?)", (urandom(4096),))
            database.execute("COMMIT")

    return call


def benchmark(scale: float, stack: ExitStack) -> Benchmark:
    """At scale 1: 512 deliveries in a batched call, 24 one at a time, 48 mails, 512 commits."""
    folder = Path(stack.enter_context(TemporaryDirectory(prefix="cb-", ignore_cleanup_errors=True)))
    batched, one, mails = (max(2, round(n * scale)) for n in (BATCHED, ONE, 2 * ONE))
    pair = Pair(folder / "sqlite", stack)
    ways: dict[str, Callable[[], object]] = {
        "comity, batched": lambda: pair.send(batched, FLIGHT),
        "comity, one at a time": lambda: pair.send(one, 1),
    }
    before: dict[str, Callable[[], object]] = {
        "comity, batched": lambda: pair.draft(batched),
        "comity, one at a time": lambda: pair.draft(one),
    }
    units = {"comity, batched": batched, "comity, one at a time": one}
    absent: tuple[str, ...] = ()
    server = database_server(folder, stack)
    if server:
        other = Pair(folder / "postgresql", stack, lambda: (server.empty().url, server.empty().url))
        ways["comity on PostgreSQL, batched"] = lambda: other.send(batched, FLIGHT)
        before["comity on PostgreSQL, batched"] = lambda: other.draft(batched)
        units["comity on PostgreSQL, batched"] = batched
    else:
        absent += (peers.missing("postgresql"),)
    gpg = peers.find("gpg")
    if gpg:
        for workers in (1, 4):
            name = f"mail, {workers} worker{'s' * (workers > 1)}"
            ways[name], units[name] = _mail(gpg, workers, mails, stack), mails
    else:
        absent += (peers.missing("gpg"),)
    ways["SQLite, a row a commit"], units["SQLite, a row a commit"] = raw_commits(folder, stack, batched), batched
    as4 = As4.made()
    took: list[tuple[float, float]] = []
    if isinstance(as4, As4):
        stack.callback(as4.end)
        ways["as4, in memory"], units["as4, in memory"] = (lambda: took.append(as4.carry(one))), one
    else:
        absent += (as4,)
    ours: list[float] = []
    ways["comity, in memory"], units["comity, in memory"] = (lambda: ours.append(in_memory(batched))), batched
    found = _Timed(ways, units, before)
    what = "deliver a document of 4 KiB, signed, encrypted, durable on both sides"
    notes = lambda: (*found.goals(), *_cpu(pair, took, ours), f"load {getloadavg()[0]:.1f}")  # noqa: E731
    return Benchmark("delivery", what, found.ways, absent, notes=notes, units=units, before=found.before)
