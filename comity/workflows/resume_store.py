"""What a restored node does not know yet, as the workflows see it (`stores` has the rest of the database)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from comity.base.instants import Instant

if TYPE_CHECKING:
    from comity.workflows.stores import Channel, Incoming


@dataclass(frozen=True, slots=True)
class Unasked:
    """A peer that was not asked yet what it has, and since when nothing is known here."""

    peer: str
    backup_at: Instant


@dataclass(frozen=True, slots=True)
class LostDocument:
    """A document that we signed and sent after the backup was made, as the peer gave it back."""

    peer: str
    channel: str
    seq: int
    id: str
    document: bytes


class ResumeStore(Protocol):
    def unasked(self) -> Sequence[Unasked]: ...

    def is_unasked(self, peer: str) -> bool: ...

    def asked(self, peer: str, at: Instant, *, by: str = "") -> None:
        """by: who said by hand that nothing is missing there."""
        ...

    def channels_with(self, peer: str, *, after: str, most: int) -> "Sequence[Channel]":
        """In the order of their ids, those after one."""
        ...

    def came_in(self, peer: str, channel: str) -> "Iterable[Incoming]":
        """The messages of a channel that the peer sent and that were opened, oldest first."""
        ...

    def keep(self, lost: LostDocument) -> None:
        """The same one twice is one."""
        ...

    def lost(self) -> Sequence[LostDocument]: ...
