"""Two real nodes that know each other, each a process of its own, on loopback."""

import json
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from bench.delivery_node import PASSPHRASE
from comity.adapters.config import DatabaseTable, LogTable
from comity.base.mode import Mode
from comity.cli.init import new_config
from comity.exchange.directory import parse_spoken
from comity.exchange.message import Role
from comity.simulate.states import CODES
from comity.wiring import Founded, found_node, open_node
from comity.workflows import keep_directory

XA: Final = "XA/central-authority"
XB: Final = "XB/central-authority"
_DESCRIBED: Final = ("XA", "XB", "XC")
_PEOPLE: Final = ["anna=duty_officer", "bo=case_lawyer,operator", "sven=operator"]
_AT_REST: Final = 0.15
"""The processor's seconds in one second of a node that has nothing to do; it looks five times for what is due."""
ROOT: Final = Path(__file__).resolve().parent.parent


@dataclass
class Process:
    """A node that runs. `ask`: a command, and its answer."""

    running: subprocess.Popen[bytes]

    def ask(self, do: str, **fields: Any) -> dict[str, Any]:
        assert self.running.stdin
        self.running.stdin.write(json.dumps({"do": do, **fields}).encode() + b"\n")
        self.running.stdin.flush()
        return self.wait()

    def wait(self) -> dict[str, Any]:
        """The next thing it says."""
        assert self.running.stdout
        line = self.running.stdout.readline()
        if not line:
            raise RuntimeError("the node ended by itself")
        found: dict[str, Any] = json.loads(line)
        return found

    def rest(self, seconds: float = 120.0) -> None:
        """Wait until it is done with what it does at its start, as publishing a log that was filled."""
        ends, before = time.monotonic() + seconds, float(self.ask("cpu")["cpu"])
        while time.monotonic() < ends:
            time.sleep(1)
            now = float(self.ask("cpu")["cpu"])
            if now - before < _AT_REST:
                return
            before = now

    def end(self) -> None:
        assert self.running.stdin
        self.running.stdin.close()
        try:
            self.running.wait(30)
        except subprocess.TimeoutExpired:
            self.running.kill()
            self.running.wait()
        assert self.running.stdout
        self.running.stdout.close()


def free_ports(count: int) -> list[int]:
    held = [socket.socket() for _ in range(count)]
    try:
        for one in held:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in held]
    finally:
        for one in held:
            one.close()


def found(folder: Path, node: str, port: int, url: str = "") -> Founded:
    """A new node in a folder; `url`: of its database, where that is on a server.

    Its State may be any of `comity.simulate.states`: ISO 3166-1 leaves too few codes to users for a hundred peers, and
    the others there are assigned to nobody. A person founds no node by such a code, so XA's configuration is renamed.
    Its log is published and padded as in live mode, once an hour; in an exercise that is every second.
    """
    config = new_config(Role.AUTHORITY, XA[:2], XA, XA, f"http://127.0.0.1:{port}", Mode.EXERCISE, _PEOPLE, [])
    named = msgspec.structs.replace(config.node, id=node, name=node)
    log = LogTable(origin=config.log.origin.replace(XA, node))
    config = msgspec.structs.replace(config, node=named, log=log)
    if url:
        config = msgspec.structs.replace(config, database=DatabaseTable(url=url))
    return found_node(folder, config, PASSPHRASE)


def introduce(folder: Path, others: list[Founded]) -> None:
    """The node in the folder trusts the directories of the others, as two people compared them."""
    node = open_node(folder / "comity.toml", PASSPHRASE)
    for other in others:
        for person in ("bo", "sven"):
            keep_directory.trust(node.office, person, other.file.read_bytes(), parse_spoken(other.to_compare))
    node.close()


def run(folder: Path, stack: ExitStack, how: str = "") -> Process:
    """Start the node in a folder; it ends with the stack. how: as `bench.delivery_node` has it."""
    process = _start(folder, stack, "bench.delivery_node", str(folder), *([how] if how else []))
    process.ask("cpu")
    return process


def _start(folder: Path, stack: ExitStack, *command: str) -> Process:
    log = stack.enter_context((folder / "serve.log").open("ab"))
    running = subprocess.Popen(
        [sys.executable, "-m", *command], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
    )
    process = Process(running)
    stack.callback(process.end)
    return process


def pair(folder: Path, stack: ExitStack, urls: tuple[str, str] = ("", "")) -> tuple[Process, Process]:
    """XA and XB, at work."""
    folder.mkdir(parents=True, exist_ok=True)
    ports = free_ports(2)
    founded = [found(folder / node[:2], node, port, url) for node, port, url in zip((XA, XB), ports, urls, strict=True)]
    introduce(folder / "XA", [founded[1]])
    introduce(folder / "XB", [founded[0]])
    return start(folder, stack)


def with_workers(folder: Path, stack: ExitStack, urls: tuple[str, str], workers: int) -> tuple[Process, Process]:
    """XA and XB, each a process that serves and so many that work, over one database each, on a server."""
    with ExitStack() as first:
        pair(folder, first, urls)
    for name in ("XA", "XB"):
        for _ in range(workers):
            run(folder / name, stack, "works")
    return run(folder / "XA", stack, "serves"), run(folder / "XB", stack, "serves")


def star(folder: Path, stack: ExitStack, count: int) -> tuple[Process, list[str]]:
    """XA at work, and so many peers of it, by their names, all in one process. None is of a State that is described: a
    request to such a one takes a decision less."""
    folder.mkdir(parents=True, exist_ok=True)
    states = [code for code in CODES if code not in _DESCRIBED][:count]
    peers = [f"{state}/central-authority" for state in states]
    places = [folder / node[:2] for node in (XA, *peers)]
    ports = free_ports(len(places))
    founded = [found(place, node, port) for place, node, port in zip(places, (XA, *peers), ports, strict=True)]
    introduce(places[0], founded[1:])
    for place in places[1:]:
        introduce(place, founded[:1])
    host = _start(places[1], stack, "bench.delivery_host", *map(str, places[1:]))
    host.wait()
    return run(places[0], stack), peers


def start(folder: Path, stack: ExitStack) -> tuple[Process, Process]:
    """The two of a folder, once more."""
    return run(folder / "XA", stack), run(folder / "XB", stack)
