"""The only file that asks what time it is."""

import time

from comity.base.instants import Instant


class SystemClock:
    """The machine's clock, in UTC, to the whole second."""

    def __init__(self) -> None:
        self._last = (0, Instant.from_seconds(0))

    def now(self) -> Instant:
        """Made once a second: a message asks several times."""
        seconds = int(time.time())
        last, found = self._last
        if seconds != last:
            found = Instant.from_seconds(seconds)
            self._last = (seconds, found)
        return found
