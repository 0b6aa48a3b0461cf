"""A node with a million log entries: what its start costs, and what it takes to make the published files again.

At a start every published file is compared with what the entries say; the second way has all tiles lost first. The
third makes the hashes in the database anew, as a recovery does.
"""

import shutil
from collections.abc import Callable
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bench.log_append import opened
from bench.log_proofs import FULL_LEAVES, filled
from bench.measure import Benchmark
from comity.adapters.sql.database import open_database
from comity.base.mode import Mode
from comity.cli.init import new_config
from comity.exchange.message import Role
from comity.wiring import Node, found_node, open_node
from comity.workflows import repair_log, sequence_log

_PASSPHRASE: Final = b"correct horse battery staple"


def benchmark(scale: float, stack: ExitStack) -> Benchmark:
    """scale: 1 for a log of 2^20 entries."""
    size = max(2, round(FULL_LEAVES * scale))
    folder = Path(stack.enter_context(TemporaryDirectory(prefix="cb-")))

    @cache
    def node() -> Node:
        config = new_config(Role.AUTHORITY, "XA", "", "", "http://127.0.0.1:8400", Mode.EXERCISE, [], [])
        found_node(folder / "xa", config, _PASSPHRASE)
        (folder / "xa" / "comity.db").unlink()
        opened(folder / "xa").close()
        found = open_node(folder / "xa" / "comity.toml", _PASSPHRASE)
        stack.callback(found.close)
        filled(found.database, size)
        sequence_log.publish(found.office)
        return found

    def start() -> object:
        node()
        database = open_database(folder / "xa" / "comity.db")
        with database.transaction() as tx:
            root = tx.log.root()
        database.close()
        return root

    def all_lost() -> object:
        node()
        shutil.rmtree(folder / "xa" / "log" / "tile")
        return repair_log.repair(node().office)

    def hashes_anew() -> None:
        with node().database.transaction() as tx:
            tx.log.rebuild()

    def sizes() -> tuple[str, ...]:
        node().database.scrub()
        stored = (folder / "xa" / "comity.db").stat().st_size / size
        files = [file for file in (folder / "xa" / "log").rglob("*") if file.is_file()]
        published = sum(file.stat().st_size for file in files) / size
        return (f"{stored:.1f} bytes an entry in the database, {published:.1f} in the published files",)

    ways: dict[str, Callable[[], object]] = {
        "open the database, and its root": start,
        "compare every published file": lambda: repair_log.repair(node().office),
        "make every published file again": all_lost,
        "make the stored hashes again": hashes_anew,
    }
    return Benchmark("log-start", f"start with {size:,} entries", ways, notes=sizes)
