"""The only file that asks what time it is."""

from datetime import UTC, datetime

from comity.base.instants import Instant


class SystemClock:
    """The machine's clock, in UTC, to the whole second."""

    def now(self) -> Instant:
        return Instant.of(datetime.now(UTC))
