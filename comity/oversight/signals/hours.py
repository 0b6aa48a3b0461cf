"""A key that wakes at night: many requests in a day outside the hours its office keeps (OV-43).

The office's hours are learnt, not asked: the ten hours of the day, UTC, in which it made requests on most days, so that
one night among them does not move them. A day is counted from where they begin, so that a night lies whole in one. What
a key makes outside them on other days is its rate; the day is held against it by Poisson's tail, times the days and
keys looked at (Bonferroni).
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
    for name, every in by_requester([one for one in asked if one.key]).items():
        begins = office_begins(every)
        days = {(one.key, _day(one, begins)) for one in every}
        outside = Counter((one.key, _day(one, begins)) for one in every if not _is_inside(one, begins))
        of_key = Counter(key for key, _ in outside.elements())
        enough = len(every) >= SPIKE.least
        worst, chance = ("", 0), 1.0
        for (key, day), seen in sorted(outside.items()):
            usual = max(SPIKE.rate, (of_key[key] - seen) / WINDOW_DAYS)
            by_chance = min(1.0, len(days) * poisson(seen, usual))
            if by_chance < chance:
                worst, chance = (key, day), by_chance
        spike = [one.case for one in every if (one.key, _day(one, begins)) == worst and not _is_inside(one, begins)]
        fires = enough and len(spike) >= SPIKE.hits_least and chance < CHANCE
        yield Reading(SPIKE.name, name, len(spike), len(every), chance, fires, enough, None, tuple(spike))


def office_begins(asked: Sequence[Asked]) -> int:
    """The hour, UTC, from which `OFFICE_HOURS` hours hold requests on most days; the earliest of several."""
    counts = Counter(hour % _HOURS for hour in {one.at // _HOUR for one in asked})
    return max(range(_HOURS), key=lambda first: sum(counts[(first + n) % _HOURS] for n in range(OFFICE_HOURS)))


def _day(one: Asked, begins: int) -> int:
    return (one.at // _HOUR - begins) // _HOURS


def _is_inside(one: Asked, begins: int) -> bool:
    return (one.at // _HOUR - begins) % _HOURS < OFFICE_HOURS
