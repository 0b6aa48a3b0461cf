"""A node killed at each named point, five times: real processes, SIGKILL, and nothing lost or doubled.

    python -m tests.soak.killed_at [TIMES]          5 if nothing is said

Both nodes are processes of `comity serve`, one of them watched from within: at the point it kills itself. The points of
a person's own process are played in memory (tests/properties/test_crash_points.py, here five times each).
"""

import os
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from comity.cli.main import main as comity
from comity.workflows import peer_line
from comity.workflows.stores import OutboxState
from tests.simulators.ending import EndingWorld
from tests.simulators.named_points import POINTS, Point, Watcher
from tests.soak.two_nodes import XA, XB, TwoNodes, again, is_good

_WAIT_SECONDS: Final = 900.0
_HURRY_SECONDS: Final = 5.0


@dataclass
class KilledAt(TwoNodes):
    """`armed`: the point at which the node it belongs to kills itself, if any."""

    armed: Point | None = None
    hurried: float = 0.0

    def _command(self, node: str) -> list[str]:
        if self.armed is None or self.armed.node != node:
            return super()._command(node)
        return [sys.executable, "-m", "tests.soak.killed_at", "--inside", str(POINTS.index(self.armed))]

    def run(self) -> dict[str, object]:
        self._found()
        for proxy in self.proxies.values():
            proxy.start()
        try:
            for node in self.nodes:
                self._serve(node)
            for point in (point for point in POINTS if point.is_of_node and True in point.opens):
                self._kill_at(point)
            self._until(self._is_quiet, "everything to be delivered and receipted")
        finally:
            self._stop()
        return {"kills": self.killed, **self._counted(self._judged())}

    def _kill_at(self, point: Point) -> None:
        """Ask, wait until it is dead, begin it again: as often as is wanted, then unharmed."""
        self.armed = point
        self._end(point.node)
        for _ in range(self.kills):
            self._serve(point.node)
            self.ask_one(f"{point.name} {self.killed}")
            self.exchanges += 1
            self._until(partial(self._is_dead, point.node), f"{point.node} to end at {point.name!r}")
            self.killed += 1
        self.armed = None
        self._serve(point.node)
        sys.stdout.write(f"{point.name}: killed there {self.kills} times\n")
        sys.stdout.flush()

    def _is_dead(self, node: str) -> bool:
        if time.monotonic() > self.hurried + _HURRY_SECONDS:
            again(self._hurry)
            self.hurried = time.monotonic()
        return self.processes[node].poll() is not None

    def _hurry(self) -> None:
        """Open XA's line again, and let what it has queued be due: a peer that dies five times in a row closes it for
        minutes each time, and nothing is seen meanwhile."""
        office = self.nodes[XA].office
        now = office.clock.now()
        with office.store.transaction() as tx:
            peer_line.called(tx, XB, now)
            for message in tx.outbox.open_ids():
                found = tx.outbox.get(message)
                if found is not None and found.state is OutboxState.QUEUED:
                    tx.outbox.hasten(message, now)


def _inside(point: Point, arguments: list[str]) -> None:
    """The node, until it comes to the point."""
    with Watcher(point, lambda: os.kill(os.getpid(), signal.SIGKILL)):
        comity(arguments)


def main() -> int:
    if sys.argv[1:2] == ["--inside"]:
        _inside(POINTS[int(sys.argv[2])], sys.argv[3:])
        return 0
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    began = time.monotonic()
    for point in POINTS:
        for opens in point.opens:
            EndingWorld(point, times, opens=opens).run()
    print(f"{len(POINTS)} points, {times} times each, in memory: {time.monotonic() - began:.0f} s")  # noqa: T201
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        found = KilledAt(Path(folder), 0, times, 0.0, 1, _WAIT_SECONDS).run()
    print(found, f"{time.monotonic() - began:.0f} s")  # noqa: T201
    return 0 if is_good(found) else 1


if __name__ == "__main__":
    sys.exit(main())
