"""What a requester asks about: the catch-all of serious crime, and offences that turn on expression."""

from collections.abc import Iterator, Sequence
from typing import Final

from comity.oversight import classes as c
from comity.oversight.signals.asked import Asked
from comity.oversight.signals.signal import Reading, Signal, shares

SERIOUS: Final = Signal(
    name="serious-crime-share",
    title="Much serious crime beside the Convention's offences",
    meaning="Most of what this requester asks rests on the catch-all of article 2(h), any act punished with four "
    "years, and not on an offence of the Convention. Critics expect misuse there first.",
    otherwise=(
        "The State has much drug or violent crime, and asks for evidence of it, as article 35(1)(c) allows.",
        "It sends requests about the Convention's offences by another treaty.",
        "One large investigation made many requests.",
    ),
    counts="matters about a serious crime that is none of the Convention's offences, of all matters",
    rate=0.4,
    least=8,
    hits_least=6,
    figures=("offence", (c.SERIOUS_CRIME, c.EXPRESSION)),
)
EXPRESSION: Final = Signal(
    name="expression-share",
    title="Offences that turn on what somebody said",
    meaning="More of this requester's matters than chance explains turn on speech, publication or belief. Each was "
    "read by a named person (article 40(22)); the signal is about all of them together.",
    otherwise=(
        "A campaign of threats or of child sexual abuse material was marked as expression by a careful drafter.",
        "An election or a riot, after which much was investigated that courts will sort out.",
        "The requester answers the question of expression honestly, where others leave it out.",
    ),
    counts="matters that turn on expression, of all matters",
    rate=0.05,
    least=5,
    hits_least=3,
    figures=("offence", (c.EXPRESSION,)),
)
SIGNALS: Final = (SERIOUS, EXPRESSION)


def read(asked: Sequence[Asked]) -> Iterator[Reading]:
    """A matter counts once: what follows a preservation is left out."""
    serious = (c.SERIOUS_CRIME, c.EXPRESSION)
    yield from shares(SERIOUS, asked, counted=lambda one: one.first, hit=lambda one: one.offence in serious)
    yield from shares(EXPRESSION, asked, counted=lambda one: one.first, hit=lambda one: one.offence == c.EXPRESSION)
