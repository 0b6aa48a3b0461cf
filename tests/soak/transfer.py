"""Evidence between two nodes on loopback while either end is killed at random: every digest equal, no part sent twice.

    python -m tests.soak.transfer [MIB] [KILLS]        1024 and 50 if nothing is said

Four real nodes; the receiver's address is that of a small relay, which passes every request on and keeps count of the
parts that were acknowledged to the sender. A part acknowledged once and sent again breaks the law.
"""

import http.client
import multiprocessing
import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.forkserver import ensure_running
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, cast

import msgspec
import urllib3

from comity.adapters.config import ServerTable, read_config, write_config
from comity.adapters.randomness import SystemRandomness
from comity.adapters.sources_files import find_sources
from comity.base.instants import Instant
from comity.cli.demo.account import Account
from comity.cli.demo.story import Story
from comity.cli.demo.world import PROVIDER, XA, XB, World
from comity.cli.serve import serve
from comity.evidence.opening import verify_outer
from comity.workflows import hand_over, read_cases, seal_evidence
from comity.workflows.custody_chain import chain_of_case
from comity.workflows.stores import Line

MIB: Final = 1024 * 1024
_WAIT_SECONDS: Final = 900


@dataclass
class Relay:
    """A server that hands requests to another port, and knows which parts were acknowledged to whoever sent them."""

    behind: int
    acknowledged: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self, port: int) -> None:
        relay = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _pass(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                try:
                    to = http.client.HTTPConnection("127.0.0.1", relay.behind, timeout=60)
                    to.request(self.command, self.path, body, dict(self.headers))
                    answer = to.getresponse()
                    data = answer.read()
                    to.close()
                except (OSError, http.client.HTTPException):
                    relay.refused += 1
                    self.close_connection = True
                    return
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in ("transfer-encoding", "connection", "content-length", "date", "server"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)
                self.wfile.flush()
                if self.command == "PUT" and answer.status == 204:
                    with relay.lock:
                        relay.acknowledged[self.path] += 1

            do_GET = do_PUT = do_POST = do_HEAD = _pass  # noqa: N815 - the names that the library calls

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        server.daemon_threads = True
        server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a killed sender is no fault here
        threading.Thread(target=server.serve_forever, daemon=True).start()


_FORKS: Final = multiprocessing.get_context("forkserver")


class Forked:
    """`comity serve` in a process forked from one that has loaded the program: it starts in the time of its own work,
    and dies of a kill like any other."""

    @staticmethod
    def load() -> None:
        """Begin to load the program, beside what is done meanwhile."""
        _FORKS.set_forkserver_preload(["comity.cli.serve", "comity.web.app", "tests.soak.transfer"])
        ensure_running()

    def __init__(self, config: Path, passphrase_file: Path) -> None:
        self._process = _FORKS.Process(target=_serve, args=(config, passphrase_file), daemon=True)
        self._process.start()
        self.pid = self._process.pid or 0

    def poll(self) -> int | None:
        return self._process.exitcode

    def kill(self) -> None:
        self._process.kill()

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def wait(self, timeout: float | None = None) -> None:
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("comity serve", timeout or 0)


def _serve(config: Path, passphrase_file: Path) -> None:
    os.setsid()  # a group of its own, as the demo's processes have
    log = os.open(config.parent / "serve.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(log, 1)
    os.dup2(log, 2)
    serve(config, passphrase_file=passphrase_file)


class RelayedWorld(World):
    """The demo's nodes but the witness, with the receiver behind the relay. `forked`: started by a fork."""

    forked = False

    def start(self) -> None:
        for node in (XA, XB, PROVIDER):
            self.processes[node] = self._start(node)
        pool = urllib3.PoolManager(retries=False, timeout=2)
        for node in (XA, XB, PROVIDER):
            self.wait(lambda node=node: _answers(pool, self.url(node)), f"{node} to answer")  # type: ignore[misc]

    def _start(self, node: str) -> "subprocess.Popen[bytes]":
        if not self.forked:
            return super()._start(node)
        return cast("subprocess.Popen[bytes]", Forked(self.place(node) / "comity.toml", self.passphrase_file))

    def relay(self) -> Relay:
        """Put the relay at the port that the directory names, and the node at another; before the processes start."""
        file = self.place(XB) / "comity.toml"
        config = read_config(file)
        taken = {read_config(self.place(node) / "comity.toml").server.port for node in self.nodes}
        relay = Relay(behind=next(port for port in iter(_free_port, 0) if port not in taken))
        changed = msgspec.structs.replace(config, server=ServerTable("127.0.0.1", relay.behind))
        file.write_bytes(write_config(changed))
        relay.start(config.server.port)
        return relay

    def kill(self, node: str) -> None:
        process = self.processes[node]
        process.kill()
        process.wait()
        self.processes[node] = self._start(node)


def _answers(pool: urllib3.PoolManager, url: str) -> bool:
    try:
        return pool.request("GET", f"{url}/health").status == 200
    except urllib3.exceptions.HTTPError:
        return False


def _free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


@dataclass(frozen=True)
class Outcome:
    """What one run came to. `twice`: parts acknowledged and sent again."""

    mib: int
    kills: int
    seconds: float
    parts: int
    twice: int
    same: bool

    @property
    def is_good(self) -> bool:
        return self.same and not self.twice


def run(folder: Path, mib: int, kills: int, seed: int = 0, *, forked: bool = False) -> Outcome:
    """Seal `mib` MiB at the provider, release them, and kill either end `kills` times until XB has them."""
    chance = random.Random(seed)
    world = RelayedWorld(folder)
    world.forked = forked
    if forked:
        Forked.load()
    try:
        world.found()
        relay = world.relay()
        world.start()
        story = Story(world, Account(quiet=True))
        story._preserve()
        story._produce()
        theirs = story.case_of(XB, story.production)
        given = story.case_of(PROVIDER, theirs.id)
        source = folder / "disk.img"
        with source.open("wb") as out:
            for _ in range(mib):
                out.write(SystemRandomness().bytes(MIB))
        office = world.nodes[PROVIDER].office
        seal_evidence.seal_evidence(office, "lee", given.id, find_sources(source), how="noise")
        begun = time.monotonic()
        hand_over.release(office, "lee", given.id, reason="to be killed on its way")
        done = _kill_until_arrived(world, theirs.id, kills, chance, relay, mib)
        seconds = time.monotonic() - begun
        same = _is_same(world, theirs.id)
        twice = sum(count - 1 for count in relay.acknowledged.values())
        return Outcome(mib, done, seconds, len(relay.acknowledged), twice, same)
    finally:
        world.stop()


def _kill_until_arrived(
    world: RelayedWorld, case_id: str, kills: int, chance: random.Random, relay: Relay, mib: int
) -> int:
    done = 0
    until = time.monotonic() + _WAIT_SECONDS
    step = max(1, mib // 5 // (kills + 1))
    while read_cases.find(world.nodes[XB].office, case_id).state != "evidence arrived":
        assert time.monotonic() < until, f"not there after {_WAIT_SECONDS} s and {done} kills"
        # Kills are spread over the parts, so that none falls after the end; within a part the moment is chance.
        if done < kills and len(relay.acknowledged) >= done * step:
            time.sleep(chance.random() * 0.3)
            world.kill(chance.choice([PROVIDER, XB]))
            done += 1
        _try_now(world)
        time.sleep(0.1)
    return done


def _try_now(world: World) -> None:
    """What was put off is due at once, and the line is open: the waits between tries are not what is tested."""
    office = world.nodes[PROVIDER].office
    with office.store.transaction() as tx:
        tx.lines.put(Line(XB, 0, Instant.from_seconds(0), None))
        for message in tx.outbox.open_ids():
            tx.outbox.retry(message, next_attempt=Instant.from_seconds(0), reason="")


def _is_same(world: World, case_id: str) -> bool:
    office = world.nodes[XB].office
    case = read_cases.find(office, case_id)
    with office.store.transaction() as tx:
        chain = chain_of_case(tx, case)
    outer = verify_outer(office.packages.source(case.package), chain.sealer_key)
    return str(outer.package_digest) == case.package


def main() -> int:
    given = [int(one) for one in sys.argv[1:]]
    mib, kills = [*given, *(1024, 50)[len(given) :]]
    with TemporaryDirectory(prefix="comity-soak-") as folder:
        found = run(Path(folder), mib, kills)
    print(  # noqa: T201
        f"{found.mib} MiB, {found.kills} kills, {found.seconds:.1f} s: {found.parts} parts, {found.twice} sent again, "
        f"{'every digest equal' if found.same else 'NOT the same'}"
    )
    return 0 if found.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
