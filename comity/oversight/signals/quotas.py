"""Days that end just at a quota: whoever knows the limit stops at it.

A day's number falls evenly to both sides of what is usual, whatever that is. So days just at the quota are held against
those below it and against those above it, and stand out only against both: a cliff, and not a hill.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from comity.cases.emergency import BUDGET_A_DAY
from comity.oversight.signals.asked import Asked
from comity.oversight.signals.signal import CHANCE, Reading, Signal, by_requester
from comity.oversight.signals.tails import binomial

SPAN: Final = 2
"""A day is just at the quota with its number or one less; as many below and above are what it is held against."""
BELOW_RATE: Final = 0.5
"""Policy: at most so many of the days below and at the quota are at it, where numbers fall."""
AT_QUOTA: Final = Signal(
    name="just-under-quota",
    title="Days that end just at the quota",
    meaning="Emergencies of this requester come up to the number a day above which each needs a named decision, and "
    "stop there, day after day. Honest work does not know the limit.",
    otherwise=(
        "The desk has so many people, and each makes one request a shift.",
        "Its own law sets the same limit, or it keeps to ours out of courtesy.",
        "It batches what is not urgent, and waits with the rest until the next day.",
    ),
    counts="days that end at the quota or one below, of all busy days (that, or above it by as much)",
    rate=0.8,
    least=5,
    hits_least=5,
)
SIGNALS: Final = (AT_QUOTA,)


def read(asked: Sequence[Asked], quota: int = BUDGET_A_DAY) -> Iterator[Reading]:
    for name, every in by_requester([one for one in asked if one.emergency]).items():
        days = Counter(one.day for one in every)
        at = {day for day, count in days.items() if quota - SPAN < count <= quota}
        below = sum(1 for count in days.values() if quota - 2 * SPAN < count <= quota - SPAN)
        above = sum(1 for count in days.values() if quota < count <= quota + SPAN)
        hits, of = len(at), len(at) + above
        chance = max(binomial(hits, of, AT_QUOTA.rate), binomial(hits, hits + below, BELOW_RATE))
        enough = of >= AT_QUOTA.least
        fires = enough and hits >= AT_QUOTA.hits_least and chance < CHANCE
        cases = tuple(one.case for one in every if one.day in at)
        yield Reading(AT_QUOTA.name, name, hits, of, chance, fires, enough, None, cases)
