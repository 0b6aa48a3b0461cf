"""Simulated time: a queue of what is to happen, and a clock for each node that may stand wrong.

Nothing ticks: time goes from one happening to the next. Two at one moment happen in the order they were put in.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field

from comity.base.instants import Instant

Happening = Callable[[], None]


@dataclass
class Timeline:
    """`now`: POSIX seconds, with fractions. `end`: nothing is put in after it."""

    now: float
    end: float
    _queue: list[tuple[float, int, Happening]] = field(default_factory=list)
    _put: int = 0

    def at(self, moment: float, happening: Happening) -> None:
        """`happening` at a moment, or now if it is past; not at all if it lies beyond the end."""
        if moment <= self.end:
            self._put += 1
            heapq.heappush(self._queue, (max(moment, self.now), self._put, happening))

    def after(self, seconds: float, happening: Happening) -> None:
        self.at(self.now + seconds, happening)

    def step(self) -> bool:
        """Let the next thing happen; False where there is none."""
        if not self._queue:
            return False
        self.now, _, happening = heapq.heappop(self._queue)
        happening()
        return True


@dataclass
class NodeClock:
    """A node's clock: the timeline's time, wrong by `skew` seconds."""

    timeline: Timeline
    skew: int = 0
    _second: int = -1
    _instant: Instant = field(default_factory=lambda: Instant.from_seconds(0))

    def now(self) -> Instant:
        second = int(self.timeline.now) + self.skew
        if second != self._second:
            self._second, self._instant = second, Instant.from_seconds(second)
        return self._instant
