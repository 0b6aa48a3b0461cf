"""The chaos run: two real nodes behind faulty lines, killed at random, and at the end nothing lost and nothing doubled.

    python -m tests.soak.chaos --exchanges 10000 --kills 200 --trouble 0.3 --database postgresql

An exchange is a request from XA to XB and its question back, each with two receipts. The drivers work on the nodes'
databases as `comity case` does at a terminal; the nodes themselves are processes of `comity serve`, killed with SIGKILL
and started again. What a person was told, every receipt on the wire and what the databases hold at the end make a
history, which `history.check` judges. It prints what befell and what was found, and ends with 1 where something is
wrong.
"""

import argparse
import json
import random
import sys
import tempfile
import threading
import time
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from comity.cases.case import Case
from comity.workflows import ask_information
from comity.workflows.office import Office
from comity.workflows.record import load
from tests.postgresql import INSTALL, in_debian, running
from tests.soak.two_nodes import XA, XB, TwoNodes, again, is_good

__all__ = ["XA", "Chaos", "is_good"]

_AHEAD: Final = 300
"""Requests on their way at once: the work lasts as long as the kills do."""


@dataclass
class Chaos(TwoNodes):
    """One run: so many exchanges and kills, both drawn by the seed."""

    killed_up: int = 0

    def run(self) -> dict[str, object]:
        """What was counted and found."""
        began = time.monotonic()
        self._found()
        for proxy in self.proxies.values():
            proxy.start()
        for node in self.nodes:
            self._serve(node)
        stopping = threading.Event()
        killer = threading.Thread(target=self._guard, args=(partial(self._kill, stopping),), daemon=True)
        try:
            killer.start()
            asked = threading.Thread(target=self._guard, args=(self._ask,), daemon=True)
            asked.start()
            self._answer()
            asked.join(self.patience)
            self._until(lambda: self.killed >= self.kills, "the kills to be done")
            stopping.set()
            killer.join(60)
            for proxy in self.proxies.values():
                proxy.trouble = 0.0
            self._until(self._is_quiet, "everything to be delivered and receipted")
        finally:
            stopping.set()
            self._stop()
        return {"seconds": round(time.monotonic() - began, 1), **self.findings()}

    def _kill(self, stopping: threading.Event) -> None:
        """Kill one node or the other at a random moment, and start it again: one time in five perhaps before it is up,
        else when it answers."""
        draw = random.Random(self.seed + 100)
        while self.killed < self.kills and not stopping.is_set():
            node = draw.choice((XA, XB))
            is_up = draw.random() < 0.8 and self._is_up(node, stopping)
            stopping.wait(draw.uniform(0.0, 4.0))
            process = self.processes[node]
            if process.poll() is not None:
                raise RuntimeError(f"{node} ended by itself: {(self._place(node) / 'serve.log').read_text()[-2000:]}")
            self._end(node)
            self.killed += 1
            self.killed_up += is_up
            self._serve(node)

    def _ask(self) -> None:
        for number in range(self.exchanges):
            while number - len(self.history.read) > _AHEAD and not self.broken:
                time.sleep(0.05)
            self.ask_one(f"Investigation {number}")

    def _answer(self) -> None:
        """XB asks back in every case, once, until all have come."""
        office, done = self.nodes[XB].office, set[str]()
        size, until = 0, time.monotonic() + self.patience
        while len(done) < self.exchanges:
            self._look()
            if time.monotonic() > until:
                raise TimeoutError(f"{len(done)} of {self.exchanges} requests came")
            size, changed = again(partial(_changed_since, office, size))
            for case in changed:
                if case.id not in done:
                    self.history.read.append((XB, case.id))
                    begun = time.time()
                    again(partial(self._question, case.id))
                    self._submitted(XB, case.id, "information_asked", begun)
                    done.add(case.id)
            time.sleep(0.05)

    def _question(self, case_id: str) -> None:
        office = self.nodes[XB].office
        ask_information.ask(office, "olga", case_id, missing=["the victim's name"], text="It is needed for the order.")

    def findings(self) -> dict[str, object]:
        """What befell, and what was found."""
        found = self._judged()
        for node, ledger in self.history.ledgers.items():
            if len(ledger.sent) != self.exchanges:
                found.append(f"lost or doubled: {node} sent {len(ledger.sent)} messages for {self.exchanges} exchanges")
        kills = {"exchanges": self.exchanges, "kills": self.killed, "killed_while_up": self.killed_up}
        return {**kills, **self._counted(found)}


def _changed_since(office: Office, size: int) -> tuple[int, list[Case]]:
    """The log's size now, and the cases to which something happened since it had `size` entries."""
    with office.store.snapshot() as tx:
        now = tx.log.size()
        return now, [load(tx, case_id) for case_id in tx.log.cases_between(size, now)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--exchanges", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--trouble", type=float, default=0.3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--patience", type=float, default=7200.0)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    given = parser.parse_args()
    programs = in_debian()
    if given.database == "postgresql" and programs is None:
        sys.stderr.write(f"there is no PostgreSQL server here: {INSTALL}\n")
        return 1
    own = running(programs) if given.database == "postgresql" and programs else nullcontext()
    with tempfile.TemporaryDirectory() as folder, own as server:
        chaos = Chaos(Path(folder), given.exchanges, given.kills, given.trouble, given.seed, given.patience, server)
        found = chaos.run()
    sys.stdout.write(json.dumps({"database": given.database, **found}) + "\n")
    return 0 if is_good(found) else 1


if __name__ == "__main__":
    sys.exit(main())
