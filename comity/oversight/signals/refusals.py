"""Refusals because somebody would be prosecuted or punished for who they are (article 40(22))."""

from collections.abc import Iterator, Sequence
from typing import Final

from comity.oversight.classes import paragraph
from comity.oversight.signals.asked import Asked
from comity.oversight.signals.signal import Reading, Signal, shares

_GROUND: Final = "40-22"
PERSECUTION: Final = Signal(
    name="refused-40-22",
    title="Refused because of whom it is about",
    meaning="More of this requester's requests than chance explains were refused under article 40(22): there were "
    "grounds to believe that a person is pursued for sex, race, language, religion, nationality, origin or opinion.",
    otherwise=(
        "One affair with many persons, refused case by case: one reason, not many.",
        "A reviewer of ours applies the ground more widely than others do.",
        "A political quarrel between the two States.",
    ),
    counts="refusals on article 40(22), of all requests granted or refused",
    rate=0.03,
    least=4,
    hits_least=3,
    figures=("ground", (_GROUND,)),
)
SIGNALS: Final = (PERSECUTION,)


def read(asked: Sequence[Asked]) -> Iterator[Reading]:
    yield from shares(
        PERSECUTION,
        asked,
        counted=lambda one: one.decided,
        hit=lambda one: paragraph(one.ground).startswith(_GROUND),
    )
