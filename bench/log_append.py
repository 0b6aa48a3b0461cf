"""Appending to the log, on the disk, with the root after every batch: comity's database against pymerkle's.

Both keep entries in SQLite and acknowledge a batch once it is flushed. Of a step comity also writes what opens its
entry, in the same transaction: the third way. pymerkle is only measured: its licence is not ours, and nothing of comity
imports it.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from bench import peers
from bench.measure import Benchmark, Goal
from comity.adapters.sql.database import Database, open_database
from comity.adapters.sql.migrate import migrate
from comity.workflows.stores import Leaf

FLUSHED_BATCHES: Final = 200
TURN: Final = 20
"""Batches one after another before another way has its turn. A flush also waits for what was written just before by
somebody else: with one batch a turn, each way would pay for its neighbour's."""
GOALS: Final = {1: 2.0, 64: 2.5, 1024: 1.7}
_OPENING: Final = (b"row" * 30, b"body" * 60, b"s" * 32, b"b" * 32)
_FLUSHES: Final = ("fsync(", "fdatasync(")


def entry(number: int) -> bytes:
    return b"\x01" + number.to_bytes(64, "big")


def opened(folder: Path) -> Database:
    migrate(folder / "comity.db")
    return open_database(folder / "comity.db")


def append(database: Database, entries: Sequence[bytes], *, opening: bool = False) -> bytes:
    """One batch, durable; the root after it. opening: with what opens each entry beside it."""
    with database.transaction() as tx:
        size = tx.log.size()
        if opening:
            leaves = [Leaf(n, one, "case", n, *_OPENING) for n, one in enumerate(entries, size)]
        else:
            leaves = [Leaf(n, one) for n, one in enumerate(entries, size)]
        tx.log.append_all(leaves)
        return tx.log.root().value


def comity_way(folder: Path, batch: int, stack: ExitStack, *, opening: bool) -> Callable[[], bytes]:
    @cache
    def database() -> Database:
        place = folder / f"comity-{opening}"
        place.mkdir()
        found = opened(place)
        stack.callback(found.close)
        return found

    entries = [entry(n) for n in range(batch)]

    def call() -> bytes:
        for _ in range(TURN - 1):
            append(database(), entries, opening=opening)
        return append(database(), entries, opening=opening)

    return call


def pymerkle_way(folder: Path, batch: int, stack: ExitStack) -> Callable[[], bytes]:
    entries = [entry(n) for n in range(batch)]

    @cache
    def tree() -> Any:
        from pymerkle import SqliteTree  # type: ignore[import-untyped]

        found = SqliteTree(str(folder / "pymerkle.db"))
        stack.callback(found.close)
        return found

    def call() -> bytes:
        for _ in range(TURN):
            tree().append_entries(entries)
            root = bytes(tree().get_root())
        return root

    return call


def benchmark(batch: int) -> Callable[[float, ExitStack], Benchmark]:
    """Batches of so many entries; the scale changes nothing."""

    def make(_scale: float, stack: ExitStack) -> Benchmark:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="cb-")))
        ways = {
            "pymerkle": pymerkle_way(folder, batch, stack),
            "comity": comity_way(folder, batch, stack, opening=False),
            "comity, with what opens each": comity_way(folder, batch, stack, opening=True),
        }
        what = f"append {batch:,} entries, flushed, and the root after them"
        goals = (Goal("comity", "pymerkle", GOALS[batch]),) if batch in GOALS else ()
        units = dict.fromkeys(ways, TURN)
        return Benchmark(
            f"log-append-{batch}", what, ways, notes=lambda: (_flushes(folder, batch),), units=units, goals=goals
        )

    return make


def _flushes(folder: Path, batch: int) -> str:
    """How often a batch flushes the disk: the system's own calls, counted by strace."""
    strace = peers.find("strace")
    if strace is None:
        return peers.missing("strace")
    place = folder / f"flushes-{batch}"
    place.mkdir(exist_ok=True)
    opened(place).close()
    calls = place / "calls"
    command = [strace, "-f", "-e", "trace=fsync,fdatasync", "-o", str(calls)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    arguments = [sys.executable, "-m", "bench.log_append", str(place), str(batch), str(FLUSHED_BATCHES)]
    subprocess.run([*command, *arguments], check=True, env=environment)
    found = sum(any(call in line for call in _FLUSHES) for line in calls.read_text().splitlines())
    return f"{found} flushes of the disk in {FLUSHED_BATCHES} batches, opening and closing the database among them"


if __name__ == "__main__":
    _folder, _batch, _times = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    _database = open_database(_folder / "comity.db")
    for _ in range(_times):
        append(_database, [entry(n) for n in range(_batch)])
    _database.close()
