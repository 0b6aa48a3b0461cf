"""A fake for each port of comity.workflows.ports but the courier: no disk, no clock, no chance but by a seed."""

from dataclasses import dataclass

from comity.base.instants import Instant
from comity.simulate.memory_ports import (
    KeysInMemory,
    MemoryHead,
    MemoryLog,
    MemoryPackages,
    MemoryParts,
    NoLock,
)
from comity.simulate.memory_ports import SeededRandomness as FakeRandomness

__all__ = [
    "FakeClock",
    "FakeRandomness",
    "KeysInMemory",
    "MemoryHead",
    "MemoryLog",
    "MemoryPackages",
    "MemoryParts",
    "NoLock",
]


@dataclass
class FakeClock:
    """Stands still until it is moved."""

    at: Instant

    def now(self) -> Instant:
        return self.at

    def pass_seconds(self, seconds: int) -> None:
        self.at = self.at.plus_seconds(seconds)

    def pass_days(self, days: int) -> None:
        self.at = self.at.plus_days(days)
