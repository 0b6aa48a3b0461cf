"""Proofs from a log of a million entries, one after another, against pymerkle: both keep what they have read.

comity reads the hashes of a tile out of its database once, pymerkle the roots of subtrees. Each call is one proof of an
entry taken at random, of the tree as it stands.
"""

from collections.abc import Callable
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Final

from bench.log_append import entry, opened
from bench.measure import Benchmark
from comity.adapters.sql.database import Database
from comity.transparency.tiles import WIDTH, Tile
from comity.transparency.tree import Tree
from comity.workflows.stores import Leaf

FULL_LEAVES: Final = 2**20
_AT_ONCE: Final = 65_536


def filled(database: Database, size: int) -> None:
    for start in range(0, size, _AT_ONCE):
        with database.transaction() as tx:
            tx.log.append_all([Leaf(n, entry(n)) for n in range(start, min(start + _AT_ONCE, size))])


def tree_of(database: Database, *, keep: int) -> Tree:
    def read(tile: Tile) -> bytes:
        with database.transaction() as tx:
            first = tile.index * WIDTH
            return tx.log.hashes(tile.level, first, first + tile.width)

    return Tree(read, keep=keep)


def benchmark(scale: float, stack: ExitStack) -> Benchmark:
    """scale: 1 for a log of 2^20 entries."""
    size = max(2, round(FULL_LEAVES * scale))
    folder = Path(stack.enter_context(TemporaryDirectory(prefix="cb-")))
    random = Random(7)

    @cache
    def database() -> Database:
        found = opened(folder)
        stack.callback(found.close)
        filled(found, size)
        return found

    @cache
    def warm() -> Tree:
        found = tree_of(database(), keep=2 * (size // WIDTH + 1))
        for index in range(0, size, WIDTH):
            found.inclusion(index, size)
        return found

    @cache
    def theirs() -> Any:
        from pymerkle import SqliteTree  # type: ignore[import-untyped]

        found = SqliteTree(str(folder / "pymerkle.db"))
        stack.callback(found.close)
        found.append_entries([entry(n) for n in range(size)])
        for index in range(0, size, WIDTH):
            found.prove_inclusion(index + 1)
        return found

    def cold() -> object:
        return tree_of(database(), keep=8).inclusion(random.randrange(size), size)

    ways: dict[str, Callable[[], object]] = {
        "pymerkle, warm": lambda: theirs().prove_inclusion(random.randrange(size) + 1),
        "comity, warm": lambda: warm().inclusion(random.randrange(size), size),
        "comity, nothing read before": cold,
    }
    return Benchmark("log-proofs", f"prove one entry of {size:,}", ways)
