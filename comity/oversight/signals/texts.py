"""Reasons that were written once and sent many times (article 40(15); OV-19)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from comity.oversight.signals.asked import Asked
from comity.oversight.signals.repeats import Place, Repeats
from comity.oversight.signals.signal import Reading, Signal, by_requester, reading

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


def read(asked: Sequence[Asked], repeats: Repeats | None = None) -> Iterator[Reading]:
    """repeats: what was found of these before, if it was kept; of matters before them too."""
    if repeats is None:
        repeats = Repeats()
        for one in asked:
            repeats.put(one)
    nearest = repeats.nearest()
    repeated = {name: _repeats(every, nearest) for name, every in by_requester(asked).items()}
    total = sum(of for _, of in repeated.values())
    marked = sum(len(cases) for cases, _ in repeated.values())
    for name, (cases, of) in repeated.items():
        others = (marked - len(cases), total - of)
        yield reading(SAME, name, (len(cases), of), others, cases)


def _repeats(every: Sequence[Asked], nearest: Mapping[str, Place | None]) -> tuple[tuple[str, ...], int]:
    """The cases that repeat an earlier one's reasons, as they were made, and how many cases have any."""
    told = sorted((one.at, one.case) for one in every if one.case in nearest)
    inside = set(told)
    return tuple(case for _, case in told if nearest[case] in inside), len(told)
