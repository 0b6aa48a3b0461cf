"""How long what a killed process had in hand lies still: measured in real processes.

    python -m tests.soak.lease [--lease 60] [--times 3]

On PostgreSQL, XA has two workers: the one that has claimed a message kills itself with SIGKILL before it sends it, and
the other, which had nothing to do, goes on when the lease ends. On SQLite, XA is one process, which is begun again at
once and takes over what the one before it had. Measured is the time from the kill until XA has the second receipt.
Work moves on within the lease and 5 seconds, or it ends with 1.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from comity.adapters.config import ExchangeTable, read_config, write_config
from comity.adapters.files import write_whole
from tests.postgresql import INSTALL, in_debian, running
from tests.simulators.named_points import POINTS
from tests.soak.two_nodes import XA, XB, TwoNodes, is_good

_ARMED: Final = next(number for number, point in enumerate(POINTS) if point.name == "a batch made")
_BEYOND_SECONDS: Final = 5.0
_ALIVE: Final = "SELECT count(*) FROM process WHERE kind = 'work'"


@dataclass
class Lease(TwoNodes):
    """`kills`: how many times; `lease`: seconds a claim is left to its process; `taken`: seconds, each time."""

    lease: int = 60
    taken: list[float] = field(default_factory=list)

    def run(self) -> dict[str, object]:
        self._found()
        self._lend()
        for proxy in self.proxies.values():
            proxy.start()
        try:
            self._serve(XB)
            for number in range(self.kills):
                self.taken.append(self._once(number))
                self.killed += 1
            self._until(self._is_quiet, "everything to be delivered and receipted")
        finally:
            self._stop()
        return {"seconds": [round(one, 1) for one in self.taken], **self._counted(self._judged())}

    def _lend(self) -> None:
        path = self._place(XA) / "comity.toml"
        config = msgspec.structs.replace(read_config(path), exchange=ExchangeTable(lease_seconds=self.lease))
        write_whole(path, write_config(config))

    def _once(self, number: int) -> float:
        """Seconds from the death of whoever had the message in hand until it was receipted."""
        if self.server is not None:
            self._begin("serve", ["serve", "--no-work"])
            self._begin("other", ["work"])
            self._until(lambda: self._count(XA, _ALIVE) == number * 2 + 1, "the other worker")
            os.killpg(self.processes["other"].pid, signal.SIGSTOP)
        self._begin("armed", ["work"] if self.server is not None else ["serve"], armed=True)
        self.ask_one(f"lease {number}")
        self.exchanges += 1
        self._until(lambda: self.processes["armed"].poll() is not None, "the armed process to end")
        began = time.monotonic()
        if self.server is not None:
            os.killpg(self.processes["other"].pid, signal.SIGCONT)
        else:
            self._begin("serve", ["serve"])
        self._until(self._is_quiet, "the message to be receipted")
        taken = time.monotonic() - began
        for name in ("armed", "other", "serve"):
            self._end(name)
        return taken

    def _begin(self, name: str, kind: list[str], *, armed: bool = False) -> None:
        module = ["tests.soak.killed_at", "--inside", str(_ARMED)] if armed else ["comity.cli.main"]
        arguments = [*kind, "--config", str(self._place(XA) / "comity.toml")]
        arguments += ["--passphrase-file", str(self.folder / "passphrase")]
        with (self._place(XA) / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", *module, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--lease", type=int, default=60)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--patience", type=float, default=300.0)
    given = parser.parse_args()
    programs = in_debian()
    if programs is None:
        sys.stderr.write(f"there is no PostgreSQL server here: {INSTALL}\n")
        return 1
    is_well = True
    for database in ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory() as folder:
            if database == "sqlite":
                run = Lease(Path(folder), 0, given.times, 0.0, 1, given.patience, lease=given.lease)
                found = run.run()
            else:
                with running(programs) as server:
                    run = Lease(Path(folder), 0, given.times, 0.0, 1, given.patience, server, lease=given.lease)
                    found = run.run()
        sys.stdout.write(json.dumps({"database": database, "lease": given.lease, **found}) + "\n")
        is_well = is_well and is_good(found) and max(run.taken) < given.lease + _BEYOND_SECONDS
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main())
