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
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Final, TypeVar

import msgspec
from sqlalchemy import text

from comity.adapters.config import DatabaseTable
from comity.adapters.files import write_whole
from comity.base.errors import ComityError
from comity.base.mode import Mode
from comity.cli.init import new_config
from comity.exchange.directory import parse_spoken
from comity.exchange.message import Role
from comity.wiring import Node, found_node, open_node
from comity.workflows import ask_information, draft_request, keep_directory, read_cases
from tests.postgresql import INSTALL, Postgres, in_debian, running
from tests.simulators.world import preservation
from tests.soak.history import History, Submitted, check, read_ledger, rows_of, told
from tests.soak.proxy import FaultProxy

XA: Final = "XA/central-authority"
XB: Final = "XB/central-authority"
_PEOPLE: Final = {
    XA: ["anna=duty_officer", "bo=case_lawyer,operator", "sven=operator"],
    XB: ["dan=duty_officer", "olga=case_lawyer,operator", "sven=operator"],
}
_PASSPHRASE: Final = b"correct horse battery staple"
_ATTEMPTS: Final = 1000
_UP_SECONDS: Final = 60.0
_AHEAD: Final = 300
"""Requests on their way at once: the work lasts as long as the kills do."""
T = TypeVar("T")


@dataclass
class Chaos:
    """One run. `folder`: for the two nodes; `seed`: of the faults and the kills; `server`: where the databases are, if
    they are not files."""

    folder: Path
    exchanges: int
    kills: int
    trouble: float
    seed: int
    patience: float = 900.0
    server: Postgres | None = None
    nodes: dict[str, Node] = field(default_factory=dict)
    proxies: dict[str, FaultProxy] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    killed: int = 0
    killed_up: int = 0
    broken: list[BaseException] = field(default_factory=list)
    history: History = field(default_factory=History)
    _wire: list[tuple[float, bytes]] = field(default_factory=list)

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

    def _guard(self, work: Callable[[], None]) -> None:
        """What breaks in a thread beside ends the run."""
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - raised again where the run waits
            self.broken.append(error)

    def _look(self) -> None:
        if self.broken:
            raise self.broken[0]

    def _found(self) -> None:
        write_whole(self.folder / "passphrase", _PASSPHRASE, mode=0o600)
        ports = _free_ports(4)
        founded = {}
        for number, node in enumerate((XA, XB)):
            public, own = ports[2 * number], ports[2 * number + 1]
            url = f"http://127.0.0.1:{public}"
            config = new_config(Role.AUTHORITY, node[:2], node, node, url, Mode.EXERCISE, _PEOPLE[node], [])
            config = msgspec.structs.replace(config, server=msgspec.structs.replace(config.server, port=own))
            if self.server is not None:
                config = msgspec.structs.replace(config, database=DatabaseTable(url=self.server.empty().url))
            founded[node] = found_node(self._place(node), config, _PASSPHRASE)
            self.proxies[node] = FaultProxy(public, own, self.trouble, self.seed + number, told=self._told)
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

    def _told(self, data: bytes) -> None:
        """What an eavesdropper sees; only receipts are kept."""
        body = data.partition(b"\r\n\r\n")[2]
        if body.startswith(b'{"jws":'):
            self._wire.append((time.time(), body))

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
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            self.killed += 1
            self.killed_up += is_up
            self._serve(node)

    def _is_up(self, node: str, stopping: threading.Event) -> bool:
        """Wait until it answers."""
        end = time.monotonic() + _UP_SECONDS
        while time.monotonic() < end and not stopping.wait(0.05):
            line = HTTPConnection("127.0.0.1", self.proxies[node].behind, timeout=_UP_SECONDS)
            try:
                line.request("GET", "/.well-known/comity")
                return line.getresponse().status == HTTPStatus.OK
            except (OSError, HTTPException):
                continue
            finally:
                line.close()
        return False

    def _ask(self) -> None:
        office = self.nodes[XA].office
        for number in range(self.exchanges):
            while number - len(self.history.read) > _AHEAD and not self.broken:
                time.sleep(0.05)
            request = msgspec.structs.replace(preservation(), subject=f"Investigation {number}")
            begun = time.time()
            case = _again(partial(draft_request.draft, office, "anna", request, XB))
            _again(partial(draft_request.approve, office, "bo", case.id))
            self._submitted(XA, case.id, "sent", begun)

    def _submitted(self, node: str, case_id: str, tag: str, begun: float) -> None:
        self.history.submitted.append(Submitted(node, case_id, tag, begun, time.time()))

    def _answer(self) -> None:
        """XB asks back in every case, once, until all have come."""
        office, done = self.nodes[XB].office, set[str]()
        size, until = 0, time.monotonic() + self.patience
        while len(done) < self.exchanges:
            self._look()
            if time.monotonic() > until:
                raise TimeoutError(f"{len(done)} of {self.exchanges} requests came")
            size, changed = _again(partial(read_cases.changed_since, office, size))
            for case in changed:
                if case.id not in done:
                    self.history.read.append((XB, case.id))
                    begun = time.time()
                    _again(partial(self._question, case.id))
                    self._submitted(XB, case.id, "information_asked", begun)
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
            self._look()
            if time.monotonic() > end:
                raise TimeoutError(f"waited {self.patience} s for {what}")
            time.sleep(0.2)

    def _count(self, node: str, query: str) -> int:
        with self.nodes[node].database.engine.connect() as connection:
            return int(connection.execute(text(query)).scalar_one())

    def findings(self) -> dict[str, object]:
        """What befell, and every contradiction in the history."""
        history = self.history
        history.receipts = [row for at, body in self._wire for row in rows_of(at, body)]
        history.ledgers = {node: read_ledger(one.database.engine, node) for node, one in self.nodes.items()}
        found = check(history)
        for node, ledger in history.ledgers.items():
            if len(ledger.sent) != self.exchanges:
                found.append(f"lost or doubled: {node} sent {len(ledger.sent)} messages for {self.exchanges} exchanges")
            if self.server is None and _integrity(self.nodes[node]) != "ok":
                found.append(f"the database of {node} is broken")
        befell = sum((proxy.befell for proxy in self.proxies.values()), Counter[str]())
        effects = [effect for ledger in history.ledgers.values() for effect in ledger.effects]
        return {
            "exchanges": self.exchanges,
            "kills": self.killed,
            "killed_while_up": self.killed_up,
            "befell": dict(befell),
            "messages": sum(len(ledger.sent) for ledger in history.ledgers.values()),
            "receipts_seen": len(history.receipts),
            "receipts_entered": sum(effect.tag == "receipted" for effect in effects),
            "lost": sum(one.startswith(("lost", "unread", "unknown")) for one in found),
            "doubled": sum(one.startswith(("doubled", "invented")) for one in found),
            "contradictions": len(found),
            "found": told(found),
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
    return not found["contradictions"]


def _integrity(node: Node) -> str:
    with node.database.engine.connect() as connection:
        return str(connection.exec_driver_sql("PRAGMA integrity_check").scalar_one())


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
