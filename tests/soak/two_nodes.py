"""Two real nodes, each a process of `comity serve` on loopback behind a proxy that looks on, and their people at a
terminal.

The people work on the nodes' databases as `comity case` does. What they were told, every receipt on the wire and what
the databases hold at the end make a history, which `history.check` judges.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
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
from comity.workflows import draft_request, keep_directory
from tests.postgresql import Postgres
from tests.simulators.ports import free_ports
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
T = TypeVar("T")


@dataclass
class TwoNodes:
    """`folder`: for the two nodes; so many exchanges and kills; `trouble`: the share of requests that something
    befalls, drawn by `seed`; `patience`: seconds, for anything; `server`: where the databases are, if not in files.
    """

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
    broken: list[BaseException] = field(default_factory=list)
    history: History = field(default_factory=History)
    killed: int = 0
    _wire: list[tuple[float, bytes]] = field(default_factory=list)

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
        ports = free_ports(4)
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

    def _command(self, node: str) -> list[str]:  # noqa: ARG002 - another run starts one of them in another way
        """What starts a node, before its own arguments."""
        return [sys.executable, "-m", "comity.cli.main"]

    def _serve(self, node: str) -> None:
        """Begin its process."""
        arguments = ["serve", "--config", str(self._place(node) / "comity.toml")]
        arguments += ["--passphrase-file", str(self.folder / "passphrase")]
        with (self._place(node) / "serve.log").open("ab") as log:
            self.processes[node] = subprocess.Popen(
                [*self._command(node), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _end(self, node: str) -> None:
        """Kill its process, if it lives."""
        process = self.processes.pop(node, None)
        if process is not None and process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        if process is not None:
            process.wait()

    def _told(self, data: bytes) -> None:
        """What an eavesdropper sees; only receipts are kept."""
        body = data.partition(b"\r\n\r\n")[2]
        if body.startswith(b'{"jws":'):
            self._wire.append((time.time(), body))

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

    def ask_one(self, subject: str) -> None:
        """A request of XA, approved."""
        office = self.nodes[XA].office
        request = msgspec.structs.replace(preservation(), subject=subject)
        begun = time.time()
        case = again(partial(draft_request.draft, office, "anna", request, XB))
        again(partial(draft_request.approve, office, "bo", case.id))
        self._submitted(XA, case.id, "sent", begun)

    def _submitted(self, node: str, case_id: str, tag: str, begun: float) -> None:
        self.history.submitted.append(Submitted(node, case_id, tag, begun, time.time()))

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

    def _judged(self) -> list[str]:
        """Every contradiction in the history."""
        history = self.history
        history.receipts = [row for at, body in self._wire for row in rows_of(at, body)]
        history.ledgers = {node: read_ledger(one.database.engine, node) for node, one in self.nodes.items()}
        found = check(history)
        for node in self.nodes:
            if self.server is None and _integrity(self.nodes[node]) != "ok":
                found.append(f"the database of {node} is broken")
        return found

    def _counted(self, found: list[str]) -> dict[str, object]:
        """What befell, and what was found, in figures."""
        ledgers = self.history.ledgers.values()
        befell = sum((proxy.befell for proxy in self.proxies.values()), Counter[str]())
        effects = [effect for ledger in ledgers for effect in ledger.effects]
        return {
            "befell": dict(befell),
            "messages": sum(len(ledger.sent) for ledger in ledgers),
            "receipts_seen": len(self.history.receipts),
            "receipts_entered": sum(effect.tag == "receipted" for effect in effects),
            "lost": sum(one.startswith(("lost", "unread", "unknown")) for one in found),
            "doubled": sum(one.startswith(("doubled", "invented")) for one in found),
            "contradictions": len(found),
            "found": told(found),
        }

    def _stop(self) -> None:
        for node in list(self.processes):
            self._end(node)
        for proxy in self.proxies.values():
            proxy.stop()
        for one in self.nodes.values():
            one.close()


def is_good(found: dict[str, object]) -> bool:
    return not found["contradictions"]


def _integrity(node: Node) -> str:
    with node.database.engine.connect() as connection:
        return str(connection.exec_driver_sql("PRAGMA integrity_check").scalar_one())


def again(work: Callable[[], T]) -> T:
    """A step at the terminal, done again where the database was busy or the case moved meanwhile."""
    for _ in range(_ATTEMPTS):
        try:
            return work()
        except ComityError as error:
            if error.code not in ("conflict", "unavailable"):
                raise
            time.sleep(0.02)
    raise TimeoutError("the database stayed busy")
