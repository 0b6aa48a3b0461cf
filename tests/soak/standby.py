"""The primary is killed under load and its synchronous standby promoted: nothing that was acknowledged is lost.

    python -m tests.soak.standby --exchanges 300

XA's database is a primary and a synchronous standby, both on sockets of this machine, named together in its address;
XB's is a server of its own. In the middle of the work the primary is killed with SIGKILL and the standby promoted,
while XA's process and the people at it go on as they can. What was acknowledged to anybody must stand at the end.
"""

import argparse
import contextlib
import json
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec
import psycopg

from comity.adapters.sql.server import Server
from comity.base.errors import OutOfOrder
from comity.workflows import draft_request
from tests.postgresql import INSTALL, Postgres, in_debian, running
from tests.simulators.world import preservation
from tests.soak.chaos import Chaos, is_good
from tests.soak.two_nodes import XA, XB, again

_TRIES: Final = 600


class Pair(Postgres):
    """A primary with a synchronous standby. The first database is on both, all others on a server of their own."""

    def __init__(self, primary: Postgres, standby: Postgres, other: Postgres) -> None:
        self.primary, self.standby, self.other = primary, standby, other
        self._given = False

    def empty(self) -> Server:
        if self._given:
            return self.other.empty()
        self._given = True
        name = urlsplit(self.primary.empty().url).path.removeprefix("/")
        hosts = f"{self.primary.folder},{self.standby.folder}"
        return Server(f"postgresql://postgres@/{name}?host={hosts}")

    def fail_over(self) -> float:
        """Seconds from the kill until the standby takes what is written."""
        postmaster = int((self.primary.data / "postmaster.pid").read_text().split()[0])
        began = time.monotonic()
        os.kill(postmaster, signal.SIGKILL)
        self.standby.run("pg_ctl", "-D", str(self.standby.data), "-w", "promote")
        self.standby.execute("CREATE TABLE failover_written (one int)", "DROP TABLE failover_written")
        return time.monotonic() - began


@contextlib.contextmanager
def pair(programs: Path) -> Iterator[Pair]:
    """Three servers while the block runs: the primary, its standby, and another."""
    with running(programs) as primary, running(programs) as standby, running(programs) as other:
        standby.stop()
        shutil.rmtree(standby.data)
        source = f"host={primary.folder} user=postgres"
        standby.run("pg_basebackup", "-D", str(standby.data), "-R", "-d", source, "-X", "stream", "-c", "fast")
        standby.configure(f"unix_socket_directories = '{standby.folder}'", "synchronous_standby_names = ''")
        standby.start()
        primary.execute("ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()")
        _wait_for_standby(primary)
        yield Pair(primary, standby, other)


def _wait_for_standby(primary: Postgres) -> None:
    for _ in range(_TRIES):
        with psycopg.connect(primary.url()) as connection:
            if connection.execute("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'").fetchone():
                return
        time.sleep(0.1)
    raise TimeoutError("the standby did not come up")


@dataclass
class Standby(Chaos):
    """One run; `kills` is 1: the primary's."""

    failover_seconds: float = 0.0
    resumed_seconds: float = 0.0

    def _kill(self, stopping: threading.Event) -> None:
        while len(self.history.submitted) < self.exchanges // 2 and not stopping.wait(0.05):
            pass
        assert isinstance(self.server, Pair)
        began, done = time.monotonic(), len(self.history.submitted)
        self.failover_seconds = self.server.fail_over()
        while not any(one.node == XA for one in self.history.submitted[done + 1 :]) and not stopping.wait(0.01):
            pass
        self.resumed_seconds = time.monotonic() - began
        self.killed += 1

    def ask_one(self, subject: str) -> None:
        """A step whose answer was lost with the primary may be written or not: who is told so looks, and goes on."""
        office = self.nodes[XA].office
        request = msgspec.structs.replace(preservation(), subject=subject)
        begun = time.time()
        case = again(partial(draft_request.draft, office, "anna", request, XB))
        with contextlib.suppress(OutOfOrder):  # it was approved, and the answer lost
            again(partial(draft_request.approve, office, "bo", case.id))
        self._submitted(XA, case.id, "sent", begun)

    def findings(self) -> dict[str, object]:
        seconds = {
            "failover_seconds": round(self.failover_seconds, 2),
            "resumed_seconds": round(self.resumed_seconds, 2),
        }
        return {**super().findings(), **seconds}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--exchanges", type=int, default=300)
    parser.add_argument("--trouble", type=float, default=0.0)
    parser.add_argument("--patience", type=float, default=900.0)
    given = parser.parse_args()
    programs = in_debian()
    if programs is None:
        sys.stderr.write(f"there is no PostgreSQL server here: {INSTALL}\n")
        return 1
    with tempfile.TemporaryDirectory() as folder, pair(programs) as servers:
        run = Standby(Path(folder), given.exchanges, 1, given.trouble, 1, given.patience, servers)
        found = run.run()
    sys.stdout.write(json.dumps(found) + "\n")
    return 0 if is_good(found) else 1


if __name__ == "__main__":
    sys.exit(main())
