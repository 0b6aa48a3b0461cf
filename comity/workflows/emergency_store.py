"""What is kept of emergencies beside their cases, so that a requester's can be counted without reading every case."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from comity.base.instants import Instant


@dataclass(frozen=True, slots=True)
class EmergencyRow:
    """An emergency that came. outcome: open, confirmed or unconfirmed; waits: for a named person's decision."""

    case_id: str
    peer: str
    at: Instant
    text_sha256: str
    review_due: Instant
    outcome: str = "open"
    waits: bool = False


@dataclass(frozen=True, slots=True)
class EmergencyNotice:
    """What another State's authority told us of an emergency in our State's name."""

    message: str
    sender: str
    at: Instant
    about: str
    asked_by: str
    key: str
    their_case: str
    asker_case: str
    came: Instant
    index: int
    seen_by: str = ""


class EmergencyStore(Protocol):
    def put(self, row: EmergencyRow) -> None:
        """Insert it, or replace what was known of that case."""
        ...

    def get(self, case_id: str) -> EmergencyRow | None: ...

    def since(self, peer: str, since: Instant) -> int:
        """How many of a peer's came since then."""
        ...

    def unconfirmed(self, peer: str, since: Instant, now: Instant) -> int:
        """How many of a peer's that came since then were not confirmed: found so, or open past their review."""
        ...

    def with_text(self, text_sha256: str) -> Sequence[EmergencyRow]: ...

    def waiting(self) -> Sequence[EmergencyRow]:
        """Those that wait for a named person's decision, oldest first."""
        ...

    def overdue(self, now: Instant) -> Sequence[EmergencyRow]:
        """Open past their review, oldest first."""
        ...

    def newest(self, most: int) -> Sequence[EmergencyRow]: ...

    def note(self, notice: EmergencyNotice) -> None: ...

    def notice(self, message: str) -> EmergencyNotice | None: ...

    def notices(self, most: int) -> Sequence[EmergencyNotice]:
        """Newest first."""
        ...

    def saw(self, message: str, person: str) -> None:
        """Somebody of ours looked into a notice."""
        ...
