"""Moments and days: UTC, whole seconds. Legal zones are shown at the edge, never computed with here.

Nothing here asks what time it is; an `Instant` is always passed in.
"""

import re
from datetime import UTC, date, datetime, timedelta

import msgspec

from comity.base.errors import Malformed

_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)


class Instant(msgspec.Struct, frozen=True, order=True, gc=False):
    """A moment in UTC, to the whole second. A Struct, as `Digest` is."""

    value: datetime

    def __post_init__(self) -> None:
        if self.value.tzinfo is not UTC or self.value.microsecond:
            raise Malformed("an instant is UTC and to the whole second", hint="use Instant.of(...)")

    @classmethod
    def of(cls, moment: datetime) -> "Instant":
        """From any aware datetime; the fraction of a second is dropped."""
        if moment.tzinfo is None:
            raise Malformed("a moment needs its zone", hint="write it with Z or an offset")
        try:
            return cls(moment.astimezone(UTC).replace(microsecond=0))
        except OverflowError:
            raise _out_of_range() from None

    @classmethod
    def from_seconds(cls, seconds: int) -> "Instant":
        """From POSIX seconds. Raises Malformed when outside the years a date can name."""
        try:
            return cls(datetime.fromtimestamp(seconds, UTC))
        except (OverflowError, ValueError, OSError):
            raise _out_of_range() from None

    @classmethod
    def parse(cls, text: str) -> "Instant":
        """From RFC 3339 text (section 5.6, with `T`), as `str` prints it; any offset is taken."""
        if not _RFC_3339.fullmatch(text):
            raise _not_a_moment()
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise _not_a_moment() from None
        return cls.of(moment)

    @property
    def seconds(self) -> int:
        """POSIX seconds."""
        return int(self.value.timestamp())

    @property
    def day(self) -> date:
        """The UTC day."""
        return self.value.date()

    @property
    def month(self) -> str:
        """The UTC month, as 2026-11."""
        return f"{self.value.year:04}-{self.value.month:02}"

    def plus_seconds(self, seconds: int) -> "Instant":
        """Raises Malformed outside the years a date can name, as the next."""
        return self._plus(timedelta(seconds=seconds))

    def plus_days(self, days: int) -> "Instant":
        return self._plus(timedelta(days=days))

    def _plus(self, span: timedelta) -> "Instant":
        try:
            return Instant(self.value + span)
        except OverflowError:
            raise _out_of_range() from None

    def __str__(self) -> str:
        return self.value.replace(tzinfo=None).isoformat() + "Z"


def _out_of_range() -> Malformed:
    return Malformed("a moment out of range", hint="within years 1 to 9999, in UTC")


def _not_a_moment() -> Malformed:
    return Malformed("not a moment", hint="RFC 3339, as 2026-11-22T03:00:00Z")
