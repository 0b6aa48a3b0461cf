"""Emergencies that nobody confirmed afterwards (articles 2(o), 41(3)(e); OV-42)."""

from collections.abc import Iterator, Sequence
from typing import Final

from comity.oversight.signals.asked import Asked
from comity.oversight.signals.signal import Reading, Signal, shares

UNCONFIRMED: Final = Signal(
    name="emergencies-unconfirmed",
    title="Emergencies never confirmed",
    meaning="Emergencies of this requester were denied at the call-back, found wanting in the review, or never "
    "confirmed in time. So do forged requests look, and so does urgency used as a short cut.",
    otherwise=(
        "Somebody else signs in the authority's name: then it is the victim.",
        "The desk is too small to confirm in writing within the days that policy gives.",
        "Outages, or calls that went unanswered at night.",
    ),
    counts="emergencies that were denied, not confirmed or overdue, of all that are settled or overdue",
    rate=0.1,
    least=3,
    hits_least=3,
    figures=("review", ("unconfirmed",)),
)
SIGNALS: Final = (UNCONFIRMED,)


def read(asked: Sequence[Asked]) -> Iterator[Reading]:
    yield from shares(
        UNCONFIRMED,
        asked,
        counted=lambda one: one.emergency in ("confirmed", "unconfirmed"),
        hit=lambda one: one.emergency == "unconfirmed",
    )
