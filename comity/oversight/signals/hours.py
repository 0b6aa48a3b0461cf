"""A key that wakes at night: many requests in a day outside the hours its office keeps (OV-43).

The office's hours are learnt, not asked: the ten hours of the day, UTC, in which it made most of its requests, those of
the key and day looked at left out. What such a key makes outside them on other days is its rate, and the day is held
against it by Poisson's tail, times the days and keys looked at (Bonferroni).
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from comity.oversight.signals.asked import Asked
from comity.oversight.signals.signal import CHANCE, WINDOW_DAYS, Reading, Signal, by_requester
from comity.oversight.signals.tails import poisson

OFFICE_HOURS: Final = 10
_HOUR, _HOURS = 3600, 24
SPIKE: Final = Signal(
    name="out-of-hours-spike",
    title="A key that wakes at night",
    meaning="On one day a key made many requests outside the hours its office keeps, far above what it made at such "
    "hours before. So does a stolen key look, and a person who acts unseen.",
    otherwise=(
        "A night of real emergencies, or a large operation.",
        "The office moved its clocks, its shifts or its seat.",
        "Messages that had waited for a line were made again.",
    ),
    counts="requests by one key on its worst day outside office hours, of all that the requester made",
    rate=0.1,
    least=12,
    hits_least=5,
)
"""`rate`: requests a day outside hours that every key is granted, whatever it did before."""
SIGNALS: Final = (SPIKE,)


def read(asked: Sequence[Asked]) -> Iterator[Reading]:
    """Days with fewer requests than a spike has are passed over."""
    for name, every in by_requester([one for one in asked if one.key]).items():
        days = Counter((one.key, one.day) for one in every)
        busy = sorted(one for one, count in days.items() if count >= SPIKE.hits_least)
        found = [_of_day(name, every, key, day, len(days)) for key, day in busy]
        quiet = Reading(SPIKE.name, name, 0, len(every), 1.0, False, len(every) >= SPIKE.least)
        yield min(found, key=lambda one: (not one.fires, one.chance), default=quiet)


def _of_day(requester: str, every: Sequence[Asked], key: str, day: int, looks: int) -> Reading:
    rest = [one for one in every if (one.key, one.day) != (key, day)]
    enough = len(rest) >= SPIKE.least
    begins = office_begins(rest)
    outside = [one for one in every if not _is_inside(one, begins)]
    spike = [one for one in outside if (one.key, one.day) == (key, day)]
    before = sum(1 for one in outside if one.key == key) - len(spike)
    chance = min(1.0, looks * poisson(len(spike), max(SPIKE.rate, before / WINDOW_DAYS)))
    fires = enough and len(spike) >= SPIKE.hits_least and chance < CHANCE
    cases = tuple(one.case for one in spike)
    return Reading(SPIKE.name, requester, len(spike), len(every), chance, fires, enough, None, cases)


def office_begins(asked: Sequence[Asked]) -> int:
    """The hour, UTC, from which `OFFICE_HOURS` hours hold most requests; the earliest of several."""
    counts = Counter(one.at // _HOUR % _HOURS for one in asked)
    return max(range(_HOURS), key=lambda first: sum(counts[(first + n) % _HOURS] for n in range(OFFICE_HOURS)))


def _is_inside(one: Asked, begins: int) -> bool:
    return (one.at // _HOUR - begins) % _HOURS < OFFICE_HOURS
