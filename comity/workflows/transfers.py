"""How far evidence on its way out has come: what the peer acknowledged. For people to look at.

Whether the peer has a part is asked of the peer, never of this. The process that brings it counts in memory, and
`send_parts` writes it down once a second and when the transfer breaks off: so it outlives the process.
"""

from dataclasses import dataclass, field
from threading import Lock

from comity.base.instants import Instant


@dataclass(frozen=True, slots=True)
class Brought:
    """Bytes that the peer has of what a message brings, and all of them. `under_way`: it is being brought now, by this
    process."""

    done: int
    total: int
    under_way: bool


@dataclass(slots=True)
class Transfers:
    """The transfers under way in this process, by message."""

    _held: dict[str, Brought] = field(default_factory=dict)
    _written: dict[str, Instant] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def begin(self, message: str, total: int, at: Instant) -> None:
        with self._lock:
            self._held[message] = Brought(0, total, under_way=True)
            self._written[message] = at

    def add(self, message: str, size: int, at: Instant) -> Brought | None:
        """The peer has so many bytes more. What is to be written down now, if it is time to."""
        with self._lock:
            now = self._held.get(message)
            if now is None:  # another worker, to which its lease had passed, has ended it
                return None
            now = self._held[message] = Brought(min(now.done + size, now.total), now.total, under_way=True)
            if at <= self._written[message]:
                return None
            self._written[message] = at
            return now

    def end(self, message: str) -> Brought | None:
        """All of it was brought, or the line broke: how far it has come."""
        with self._lock:
            self._written.pop(message, None)
            now = self._held.pop(message, None)
            return Brought(now.done, now.total, under_way=False) if now else None

    def of(self, message: str) -> Brought | None:
        with self._lock:
            return self._held.get(message)
