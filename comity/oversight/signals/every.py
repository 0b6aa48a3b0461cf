"""All signals, and what they say of the requests of a window."""

from collections.abc import Sequence
from typing import Final

from comity.base.errors import NotFound
from comity.base.instants import Instant
from comity.oversight.signals import (
    emergencies,
    hours,
    offences,
    penalties,
    quotas,
    refusals,
    renewals,
    texts,
    withdrawals,
)
from comity.oversight.signals.asked import Asked
from comity.oversight.signals.repeats import Repeats
from comity.oversight.signals.signal import WINDOW_DAYS, Reading, Signal

FAMILIES: Final = (offences, penalties, texts, emergencies, refusals, withdrawals, renewals, quotas, hours)
SIGNALS: Final[tuple[Signal, ...]] = tuple(one for family in FAMILIES for one in family.SIGNALS)


def signal(name: str) -> Signal:
    """Raises NotFound."""
    for one in SIGNALS:
        if one.name == name:
            return one
    raise NotFound("there is no such signal", where="signal", hint=f"one of: {', '.join(one.name for one in SIGNALS)}")


def read_all(asked: Sequence[Asked], repeats: Repeats | None = None) -> tuple[Reading, ...]:
    """A reading of every signal for every requester that it is about. repeats: as for `texts.read`."""
    found = (texts.read(asked, repeats) if family is texts else family.read(asked) for family in FAMILIES)
    return tuple(one for readings in found for one in readings)


def read_one(name: str, asked: Sequence[Asked]) -> tuple[Reading, ...]:
    """Those of one signal. Raises NotFound."""
    family = next(one for one in FAMILIES if signal(name) in one.SIGNALS)
    return tuple(one for one in family.read(asked) if one.signal == name)


def within_window(asked: Sequence[Asked], now: Instant) -> tuple[Asked, ...]:
    """Those made in the last WINDOW_DAYS."""
    since = window_begins(now)
    return tuple(one for one in asked if since < one.at)


def window_begins(now: Instant) -> int:
    """POSIX seconds; what was made until then lies before the window."""
    return now.plus_days(-WINDOW_DAYS).seconds
