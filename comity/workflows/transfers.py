"""How far evidence on its way out has come: what the peer acknowledged, as the process that brings it knows it.

Kept in memory alone. It is for people to look at; whether the peer has a part is asked of the peer, never of this.
"""

from dataclasses import dataclass, field
from threading import Lock


@dataclass(frozen=True, slots=True)
class Brought:
    """Bytes that the peer has of what a message brings, and all of them. `under_way`: it is being brought now."""

    done: int
    total: int
    under_way: bool


@dataclass(slots=True)
class Transfers:
    """All transfers of this process, by message. One that broke off stays as it stood, until it goes on."""

    _held: dict[str, Brought] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def begin(self, message: str, total: int) -> None:
        with self._lock:
            self._held[message] = Brought(0, total, under_way=True)

    def add(self, message: str, size: int) -> None:
        """The peer has so many bytes more."""
        with self._lock:
            now = self._held.get(message)
            if now is not None:  # another worker, to which its lease had passed, may have ended it
                self._held[message] = Brought(min(now.done + size, now.total), now.total, under_way=True)

    def end(self, message: str) -> None:
        """All of it was brought, or the line broke."""
        with self._lock:
            now = self._held.pop(message, None)
            if now is not None and now.done < now.total:
                self._held[message] = Brought(now.done, now.total, under_way=False)

    def of(self, message: str) -> Brought | None:
        with self._lock:
            return self._held.get(message)
