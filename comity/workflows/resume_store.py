"""What a restored node does not know yet, as the workflows see it (`stores` has the rest of the database)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from comity.base.instants import Instant


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

    def keep(self, lost: LostDocument) -> None:
        """The same one twice is one."""
        ...

    def lost(self) -> Sequence[LostDocument]: ...
