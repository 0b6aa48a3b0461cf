"""Reasons that were written once and sent many times (article 40(15); OV-19)."""

from collections.abc import Iterator, Sequence
from typing import Final

from comity.oversight.signals.asked import Asked, likeness
from comity.oversight.signals.signal import Reading, Signal, by_requester, reading

ALIKE: Final = 0.8
"""Policy: from here on it is the same text, by Jaccard's index over shingles."""
COMPARED_MOST: Final = 100
"""Each text is compared with so many earlier ones of its requester at most, the latest of them."""
SAME: Final = Signal(
    name="identical-texts",
    title="The same reasons again and again",
    meaning="This requester's reasons repeat its earlier ones word for word, but for names and numbers. Necessity and "
    "proportionality are then hardly weighed in each case.",
    otherwise=(
        "A series of acts by the same group, each in a request of its own, with the same true reasons.",
        "A form, or a translator's standard phrases, used by a small office.",
        "Requests that were sent again after they had been lost.",
    ),
    counts="matters whose reasons are nearly those of an earlier matter of the requester, of all matters with reasons",
    rate=0.3,
    least=6,
    hits_least=4,
)
SIGNALS: Final = (SAME,)


def read(asked: Sequence[Asked]) -> Iterator[Reading]:
    repeated = {name: _repeats(every) for name, every in by_requester(asked).items()}
    total = sum(of for _, of in repeated.values())
    marked = sum(len(cases) for cases, _ in repeated.values())
    for name, (cases, of) in repeated.items():
        others = (marked - len(cases), total - of)
        yield reading(SAME, name, (len(cases), of), others, cases)


def _repeats(every: Sequence[Asked]) -> tuple[tuple[str, ...], int]:
    """The cases that repeat an earlier one's reasons, and how many cases have any."""
    told = sorted((one for one in every if one.first and one.text), key=lambda one: (one.at, one.case))
    found = []
    for place, one in enumerate(told):
        earlier = told[max(0, place - COMPARED_MOST) : place]
        if any(likeness(one.text, other.text) >= ALIKE for other in earlier):
            found.append(one.case)
    return tuple(found), len(told)
