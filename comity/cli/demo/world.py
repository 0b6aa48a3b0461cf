"""Four nodes in a folder, each its own process on loopback: two States' authorities, a provider and a witness."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Final

import urllib3

from comity.adapters.files import write_whole
from comity.adapters.randomness import SystemRandomness
from comity.base.encoding import b64u
from comity.base.errors import Unavailable
from comity.base.mode import Mode
from comity.cli.demo import earlier
from comity.cli.init import new_config
from comity.exchange.directory import parse_spoken
from comity.exchange.message import Role
from comity.treaty.request import Request
from comity.wiring import Founded, Node, found_node, open_node
from comity.workflows import change_directory, keep_directory
from comity.workflows.emergency_means import with_means
from comity.workflows.office import Office

XA: Final = "XA/central-authority"
XB: Final = "XB/central-authority"
PROVIDER: Final = "XB/hosting-company"
WITNESS: Final = "XC/observatory"

_PEOPLE: Final = {
    XA: [
        "anna=duty_officer,investigator",
        "bo=case_lawyer,operator",
        "rose=reviewer",
        "otto=oversight",
        "sven=operator",
    ],
    XB: ["dan=duty_officer", "rita=reviewer", "olga=case_lawyer,operator", "omar=oversight", "sven=operator"],
    PROVIDER: ["lee=legal_team,operator", "sven=operator"],
    WITNESS: ["kim=operator", "sven=operator"],
}
_NAMES: Final = {
    XA: "Central Authority of XA",
    XB: "Central Authority of XB",
    PROVIDER: "Example Hosting B",
    WITNESS: "Civic Observatory of XC, an oversight body",
}
_ROLES: Final = {XA: Role.AUTHORITY, XB: Role.AUTHORITY, PROVIDER: Role.PROVIDER, WITNESS: Role.WITNESS}
_TELEPHONE: Final = "+999 1 555 0100"
"""Of XA, as its list gives it: where an emergency of its is called back. No country has the code."""
_OPERATORS: Final = {XA: "bo", XB: "olga", PROVIDER: "lee", WITNESS: "kim"}
ENDING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_WAIT_SECONDS: Final = 30
_POLL_SECONDS: Final = 0.03


@dataclass(slots=True)
class World:
    """The four nodes of a demo."""

    folder: Path
    nodes: dict[str, Node] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    past: Request | None = None
    """What was asked for months ago, when the nodes were made; they are made now where nothing was."""

    @property
    def passphrase_file(self) -> Path:
        return self.folder / "passphrase"

    def place(self, node: str) -> Path:
        """A node's folder."""
        return self.folder / node.replace("/", "-").lower()

    def found(self) -> None:
        """Make the four nodes, list the provider and XA's number, and have two people of each compare fingerprints."""
        passphrase = b64u(SystemRandomness().bytes(18)).encode()
        write_whole(self.passphrase_file, passphrase, mode=0o600)
        ports = _free_ports(len(_ROLES))
        founded = {node: self._found(node, port, passphrase) for node, port in zip(_ROLES, ports, strict=True)}
        for node in _ROLES:
            self.nodes[node] = open_node(self.place(node) / "comity.toml", passphrase)
        then = earlier.set_back(self.nodes) if self.past else {name: one.office for name, one in self.nodes.items()}
        self._introduce(founded, then)
        if self.past:
            earlier.play(then, XA, XB, PROVIDER, self.past)
            self._renew()

    def _found(self, node: str, port: int, passphrase: bytes) -> Founded:
        witnesses = [XA] if node == WITNESS else [WITNESS]
        url = f"http://127.0.0.1:{port}"
        config = new_config(_ROLES[node], node[:2], _NAMES[node], node, url, Mode.EXERCISE, _PEOPLE[node], witnesses)
        clock = earlier.SetBack(earlier.DAYS_AGO) if self.past else None
        return found_node(self.place(node), config, passphrase, clock)

    def _introduce(self, founded: dict[str, Founded], then: dict[str, Office]) -> None:
        card = founded[PROVIDER]
        means = with_means(telephone=_TELEPHONE, central=True, may_claim=True)
        listed = change_directory.amend(then[XA], _OPERATORS[XA], [self.nodes[XA].root_signer()], means)
        write_whole(self.place(XA) / "directory.json", listed.data)
        roots = [self.nodes[XB].root_signer()]
        signed = keep_directory.enrol(then[XB], "olga", card.file.read_bytes(), card.to_compare, roots)
        write_whole(self.place(XB) / "directory.json", signed.data)
        for node, operator in _OPERATORS.items():
            for other in (XA, XB, WITNESS):
                if other != node:
                    data = (self.place(other) / "directory.json").read_bytes()
                    fingerprint = parse_spoken(founded[other].to_compare)
                    for person in (operator, "sven"):
                        keep_directory.trust(then[node], person, data, fingerprint)

    def _renew(self) -> None:
        """Issue the lists of nodes anew, which ended since, and have each taken in: the roots are those compared."""
        for lister in (XA, XB, WITNESS):
            node = self.nodes[lister]
            signed = keep_directory.renew(node.office, _OPERATORS[lister], [node.root_signer()])
            write_whole(self.place(lister) / "directory.json", signed.data)
            for other, operator in _OPERATORS.items():
                if other != lister:
                    keep_directory.trust(self.nodes[other].office, operator, signed.data, signed.fingerprint)

    def start(self) -> None:
        """Start the four processes and wait until each answers."""
        for node in _ROLES:
            with signals_wait():
                self.processes[node] = self._start(node)
        pool = urllib3.PoolManager(retries=False, timeout=2)
        for node in _ROLES:
            self.wait(lambda node=node: _answers(pool, self.url(node)), f"{node} to answer")  # type: ignore[misc]

    def _start(self, node: str) -> subprocess.Popen[bytes]:
        arguments = ["serve", "--config", str(self.place(node) / "comity.toml")]
        arguments += ["--passphrase-file", str(self.passphrase_file)]
        log = (self.place(node) / "serve.log").open("wb")
        with log:
            return subprocess.Popen(  # noqa: S603 - our own program, with paths we made
                [sys.executable, "-m", "comity.cli.main", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def url(self, node: str) -> str:
        return self.nodes[node].config.node.url

    def wait(self, condition: Callable[[], bool], what: str) -> None:
        """Until `condition` holds; raises Unavailable after 30 s, or at once if a node's process ended."""
        until = time.monotonic() + _WAIT_SECONDS
        while not condition():
            ended = [node for node, process in self.processes.items() if process.poll() is not None]
            if ended:
                tail = (self.place(ended[0]) / "serve.log").read_text(errors="replace").strip().splitlines()[-1:]
                raise Unavailable(
                    f"{ended[0]} ended: {' '.join(tail)}", hint="run again with --keep DIR, see serve.log"
                )
            if time.monotonic() > until:
                raise Unavailable(
                    f"waited {_WAIT_SECONDS} s for {what}", hint="run again with --keep DIR, see serve.log"
                )
            time.sleep(_POLL_SECONDS)

    def stop(self) -> None:
        """End every process, gently and then not; close the databases."""
        for process in self.processes.values():
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        for node in self.nodes.values():
            node.close()


@contextmanager
def signals_wait() -> Iterator[None]:
    """Act on a signal that comes here only afterwards: between a process's start and our note of it, Ctrl-C would leave
    it behind. Not by blocking signals: the process would be born deaf to them."""
    came: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        came.append(number)

    before = {number: signal.signal(number, note) for number in ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if came:
            signal.raise_signal(came[0])


def _answers(pool: urllib3.PoolManager, url: str) -> bool:
    try:
        return pool.request("GET", f"{url}/health").status == 200
    except urllib3.exceptions.HTTPError:
        return False


def _free_ports(count: int) -> list[int]:
    """Ports that are free now; held until all are chosen, so that no two are the same."""
    held = [socket.socket() for _ in range(count)]
    try:
        for one in held:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in held]
    finally:
        for one in held:
            one.close()
