"""The chaos run: two real nodes behind faulty lines, killed at random, and at the end nothing lost and nothing doubled.

    python -m tests.soak.chaos --exchanges 10000 --kills 200 --trouble 0.3

An exchange is a request from XA to XB and its question back, each with two receipts. The drivers work on the nodes'
databases as `comity case` does at a terminal; the nodes themselves are processes of `comity serve`, killed with SIGKILL
and started again. It prints what befell and what was found, and ends with 1 where something is wrong.
"""

import argparse
import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from comity.adapters.files import write_whole
from comity.base.errors import ComityError
from comity.base.mode import Mode
from comity.cli.init import new_config
from comity.exchange.directory import parse_spoken
from comity.exchange.message import Role
from comity.wiring import Node, found_node, open_node
from comity.workflows import ask_information, draft_request, keep_directory, read_cases
from tests.simulators.world import preservation
from tests.soak.proxy import FaultProxy

XA: Final = "XA/central-authority"
XB: Final = "XB/central-authority"
_PEOPLE: Final = {
    XA: ["anna=duty_officer", "bo=case_lawyer,operator", "sven=operator"],
    XB: ["dan=duty_officer", "olga=case_lawyer,operator", "sven=operator"],
}
_PASSPHRASE: Final = b"correct horse battery staple"
_ATTEMPTS: Final = 100
T = TypeVar("T")


@dataclass
class Chaos:
    """One run. `folder`: for the two nodes; `seed`: of the faults and the kills."""

    folder: Path
    exchanges: int
    kills: int
    trouble: float
    seed: int
    patience: float = 900.0
    nodes: dict[str, Node] = field(default_factory=dict)
    proxies: dict[str, FaultProxy] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    killed: int = 0

    def run(self) -> dict[str, object]:
        """What was counted and found."""
        began = time.monotonic()
        self._found()
        for proxy in self.proxies.values():
            proxy.start()
        for node in self.nodes:
            self._serve(node)
        stopping = threading.Event()
        killer = threading.Thread(target=self._kill, args=(stopping,), daemon=True)
        try:
            killer.start()
            asked = threading.Thread(target=self._ask, daemon=True)
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

    def _found(self) -> None:
        write_whole(self.folder / "passphrase", _PASSPHRASE, mode=0o600)
        ports = _free_ports(4)
        founded = {}
        for number, node in enumerate((XA, XB)):
            public, own = ports[2 * number], ports[2 * number + 1]
            url = f"http://127.0.0.1:{public}"
            config = new_config(Role.AUTHORITY, node[:2], node, node, url, Mode.EXERCISE, _PEOPLE[node], [])
            config = msgspec.structs.replace(config, server=msgspec.structs.replace(config.server, port=own))
            founded[node] = found_node(self._place(node), config, _PASSPHRASE)
            self.proxies[node] = FaultProxy(public, own, self.trouble, self.seed + number)
        for node in (XA, XB):
            self.nodes[node] = open_node(self._place(node) / "comity.toml", _PASSPHRASE)
        for node, other in ((XA, XB), (XB, XA)):
            data = founded[other].file.read_bytes()
            for person in ("bo" if node == XA else "olga", "sven"):
                keep_directory.trust(self.nodes[node].office, person, data, parse_spoken(founded[other].to_compare))

    def _place(self, node: str) -> Path:
        return self.folder / node[:2].lower()

    def _serve(self, node: str) -> None:
        arguments = ["serve", "--config", str(self._place(node) / "comity.toml")]
        arguments += ["--passphrase-file", str(self.folder / "passphrase")]
        with (self._place(node) / "serve.log").open("ab") as log:
            self.processes[node] = subprocess.Popen(
                [sys.executable, "-m", "comity.cli.main", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _kill(self, stopping: threading.Event) -> None:
        """Kill one node or the other at a random moment, and start it again."""
        draw = random.Random(self.seed + 100)
        while self.killed < self.kills and not stopping.is_set():
            node = draw.choice((XA, XB))
            stopping.wait(draw.uniform(0.2, 3.0))
            process = self.processes[node]
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            self.killed += 1
            self._serve(node)

    def _ask(self) -> None:
        office = self.nodes[XA].office
        for number in range(self.exchanges):
            request = msgspec.structs.replace(preservation(), subject=f"Investigation {number}")
            case = _again(partial(draft_request.draft, office, "anna", request, XB))
            _again(partial(draft_request.approve, office, "bo", case.id))

    def _answer(self) -> None:
        """XB asks back in every case, once, until all have come."""
        office, done = self.nodes[XB].office, set[str]()
        size, until = 0, time.monotonic() + self.patience
        while len(done) < self.exchanges:
            if time.monotonic() > until:
                raise TimeoutError(f"{len(done)} of {self.exchanges} requests came")
            size, changed = _again(partial(read_cases.changed_since, office, size))
            for case in changed:
                if case.id not in done:
                    _again(partial(self._question, case.id))
                    done.add(case.id)
            time.sleep(0.05)

    def _question(self, case_id: str) -> None:
        office = self.nodes[XB].office
        ask_information.ask(office, "olga", case_id, missing=["the victim's name"], text="It is needed for the order.")

    def _is_quiet(self) -> bool:
        waiting = "SELECT count(*) FROM outbox WHERE state IN ('queued', 'stored')"
        stored = "SELECT count(*) FROM inbox WHERE state = 'stored'"
        receipts = "SELECT count(*) FROM receipt WHERE done = 0"
        return all(self._count(node, query) == 0 for node in self.nodes for query in (waiting, stored, receipts))

    def _until(self, condition: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + self.patience
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError(f"waited {self.patience} s for {what}")
            time.sleep(0.2)

    @contextmanager
    def _read(self, node: str) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self._place(node) / "comity.db", timeout=60)
        try:
            yield connection
        finally:
            connection.close()

    def _count(self, node: str, query: str) -> int:
        with self._read(node) as connection:
            return int(connection.execute(query).fetchone()[0])

    def findings(self) -> dict[str, object]:
        """Both databases compared: what one side sent and what the other took, by id and digest."""
        sent, came, events = {}, {}, {}
        whole = True
        for node in self.nodes:
            with self._read(node) as db:
                sent[node] = dict(db.execute("SELECT id, hex(document) FROM outbox").fetchall())
                came[node] = db.execute("SELECT id, hex(document), state FROM inbox").fetchall()
                events[node] = [json.loads(row[0]) for row in db.execute("SELECT event FROM case_event")]
                whole &= db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        lost = doubled = changed = 0
        for sender, taker in ((XA, XB), (XB, XA)):
            taken = {row[0]: row for row in came[taker]}
            lost += sum(taken.get(one, ("", "", ""))[2] != "delivered" for one in sent[sender])
            doubled += len(came[taker]) - len(taken)
            changed += sum(taken[one][1] != document for one, document in sent[sender].items() if one in taken)
        tags = {"received": XB, "information_asked": XA}
        for tag, node in tags.items():
            messages = [event["message"] for event in events[node] if event["event"] == tag]
            doubled += len(messages) - len(set(messages))
            lost += self.exchanges - len(set(messages))
        receipted = sum(event["event"] == "receipted" for node in self.nodes for event in events[node])
        befell = sum((proxy.befell for proxy in self.proxies.values()), Counter[str]())
        return {
            "exchanges": self.exchanges,
            "kills": self.killed,
            "befell": dict(befell),
            "messages": sum(len(one) for one in sent.values()),
            "receipts_entered": receipted,
            "lost": lost,
            "doubled": doubled,
            "changed": changed,
            "databases_whole": whole,
        }

    def _stop(self) -> None:
        for process in self.processes.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        for proxy in self.proxies.values():
            proxy.stop()
        for node in self.nodes.values():
            node.close()


def is_good(found: dict[str, object]) -> bool:
    return not (found["lost"] or found["doubled"] or found["changed"]) and bool(found["databases_whole"])


def _again(work: Callable[[], T]) -> T:
    """A step at the terminal, done again where the database was busy or the case moved meanwhile."""
    for _ in range(_ATTEMPTS):
        try:
            return work()
        except ComityError as error:
            if error.code not in ("conflict", "unavailable"):
                raise
            time.sleep(0.02)
    raise TimeoutError("the database stayed busy")


def _free_ports(count: int) -> list[int]:
    held = [socket.socket() for _ in range(count)]
    try:
        for one in held:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in held]
    finally:
        for one in held:
            one.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--exchanges", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--trouble", type=float, default=0.3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--patience", type=float, default=3600.0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        chaos = Chaos(Path(folder), given.exchanges, given.kills, given.trouble, given.seed, given.patience)
        found = chaos.run()
    sys.stdout.write(json.dumps(found) + "\n")
    return 0 if is_good(found) else 1


if __name__ == "__main__":
    sys.exit(main())
