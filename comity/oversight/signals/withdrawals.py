"""Requests taken back as soon as somebody looks. Anybody may withdraw (article 40(26)); the moment is looked at."""

from collections.abc import Iterator, Sequence
from typing import Final

from comity.oversight.signals.asked import Asked
from comity.oversight.signals.signal import Reading, Signal, shares

AT_REVIEW: Final = Signal(
    name="withdrawn-at-review",
    title="Withdrawn when asked",
    meaning="Asked for more, or consulted, this requester withdraws without an answer more often than chance explains: "
    "as one does who tries what passes unread.",
    otherwise=(
        "The question showed the requester that its case had gaps, and it was honest about that.",
        "Answers take it so long that the matter ends first.",
        "We ask for what its law does not let it give.",
    ),
    counts="requests withdrawn while a question of the requested State stood unanswered, of all that it asked about",
    rate=0.15,
    least=4,
    hits_least=4,
)
SIGNALS: Final = (AT_REVIEW,)


def read(asked: Sequence[Asked]) -> Iterator[Reading]:
    yield from shares(AT_REVIEW, asked, counted=lambda one: one.questioned, hit=lambda one: one.dropped)
