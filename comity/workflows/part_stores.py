"""What the database keeps of evidence on its way: whose parts lie here, for which case, and how far ours have come."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from comity.base.instants import Instant


@dataclass(frozen=True, slots=True)
class ComingPart:
    """A part that a peer brings in a case's channel. `digest`: its name, 64 hexadecimal digits."""

    channel: str
    digest: str
    case_id: str
    size: int
    at: Instant


class ComingParts(Protocol):
    """Parts that were let in, each counted once in its channel; several channels may count on one part."""

    def add(self, part: ComingPart) -> None:
        """Once in its channel; the same again only moves its time."""
        ...

    def has(self, channel: str, digest: str) -> bool: ...

    def bytes_of(self, case_id: str, besides: str = "") -> int:
        """The sizes of all parts that are counted for a case, but those of one channel."""
        ...

    def of_channel(self, channel: str) -> Sequence[str]:
        """The digests counted there."""
        ...

    def remove(self, channel: str, digests: Sequence[str]) -> Sequence[str]:
        """Count them there no more. Which of them no channel counts on now."""
        ...

    def channels_before(self, at: Instant) -> Sequence[str]:
        """Channels whose newest part came before then."""
        ...


@dataclass(frozen=True, slots=True)
class Progress:
    """Bytes the peer has of what a message brings, and all of them."""

    done: int
    total: int


class TransferStore(Protocol):
    """How far evidence on its way out has come, by message, for people to look at."""

    def get(self, message: str) -> Progress | None: ...

    def put(self, message: str, progress: Progress, at: Instant) -> None: ...

    def remove(self, message: str) -> None: ...
