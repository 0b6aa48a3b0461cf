"""Secrecy that is extended as a matter of course (articles 24(2), 25(3), 40(20))."""

from collections.abc import Iterator, Sequence
from typing import Final

from comity.oversight.signals.asked import Asked
from comity.oversight.signals.signal import Reading, Signal, shares

RENEWED: Final = Signal(
    name="secrecy-renewed",
    title="Secrecy extended as a matter of course",
    meaning="Secrecy of this requester's cases is extended more often than chance explains. Extended often enough, an "
    "end is no end.",
    otherwise=(
        "Long investigations of organised crime, where the reasons truly last.",
        "A first term that policy set too short for everybody.",
        "One investigation with many requests, extended together.",
    ),
    counts="cases whose secrecy was extended at least once, of all that brought secrecy",
    rate=0.25,
    least=6,
    hits_least=5,
)
SIGNALS: Final = (RENEWED,)


def read(asked: Sequence[Asked]) -> Iterator[Reading]:
    yield from shares(RENEWED, asked, counted=lambda one: one.secret, hit=lambda one: one.renewals > 0)
