"""What statistics are made from and where they are kept, as the workflows see it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from comity.base.digests import Digest
from comity.base.instants import Instant


@dataclass(frozen=True, slots=True)
class Shown:
    """A log entry with what opens its row; nothing where it is a public statement, or a pad."""

    index: int
    entry: bytes
    stat: bytes
    stat_salt: bytes


@dataclass(frozen=True, slots=True)
class Kept:
    """A release as it was published; `index`: its public statement."""

    period: str
    data: bytes
    index: int
    published: Instant


class StatisticsStore(Protocol):
    def delivered(self, peer: str, start: Instant, end: Instant) -> Sequence[tuple[str, Digest]]:
        """Case and envelope of every message, to the peer or from it, made in that time, of which the receiver said
        that it was entered."""
        ...

    def entries(self, start: int, end: int) -> Iterator[Shown]:
        """The log's entries from `start` to below `end`, in order, with their rows."""
        ...

    def put(self, release: Kept) -> None:
        """A release, or another of the same period: the earlier one stays in the log's statements."""
        ...

    def get(self, period: str) -> Kept | None: ...

    def all(self) -> Sequence[Kept]:
        """In order of their statements."""
        ...
