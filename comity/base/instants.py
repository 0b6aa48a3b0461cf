"""Moments and days: UTC, whole seconds. Legal zones are shown at the edge, never computed with here.

Nothing here asks what time it is; an `Instant` is always passed in.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from comity.base.errors import Malformed


@dataclass(frozen=True, slots=True, order=True)
class Instant:
    """A moment in UTC, to the whole second."""

    value: datetime

    def __post_init__(self) -> None:
        if self.value.tzinfo is not UTC or self.value.microsecond:
            raise Malformed("an instant is UTC and to the whole second", hint="use Instant.of(...)")

    @classmethod
    def of(cls, moment: datetime) -> "Instant":
        """From any aware datetime; the fraction of a second is dropped."""
        if moment.tzinfo is None:
            raise Malformed("a moment needs its zone", hint="write it with Z or an offset")
        return cls(moment.astimezone(UTC).replace(microsecond=0))

    @classmethod
    def from_seconds(cls, seconds: int) -> "Instant":
        """From POSIX seconds. Raises Malformed when outside the years a date can name."""
        try:
            return cls(datetime.fromtimestamp(seconds, UTC))
        except (OverflowError, ValueError, OSError):
            raise Malformed("seconds out of range", hint="POSIX seconds within years 1 to 9999") from None

    @classmethod
    def parse(cls, text: str) -> "Instant":
        """From RFC 3339 text, as `str` prints it."""
        try:
            return cls.of(datetime.fromisoformat(text))
        except ValueError:
            raise Malformed("not a moment", hint="RFC 3339, as 2026-11-22T03:00:00Z") from None

    @property
    def seconds(self) -> int:
        """POSIX seconds."""
        return int(self.value.timestamp())

    @property
    def day(self) -> date:
        """The UTC day."""
        return self.value.date()

    def plus_seconds(self, seconds: int) -> "Instant":
        return Instant(self.value + timedelta(seconds=seconds))

    def plus_days(self, days: int) -> "Instant":
        return Instant(self.value + timedelta(days=days))

    def __str__(self) -> str:
        return self.value.strftime("%Y-%m-%dT%H:%M:%SZ")
