"""How severe the act is said to be: four years exactly, or four years since yesterday (articles 2(h), 35(1)(c))."""

from collections.abc import Iterator, Sequence
from typing import Final

from comity.oversight import classes as c
from comity.oversight.signals.asked import Asked
from comity.oversight.signals.signal import Reading, Signal, shares

AT_FOUR: Final = Signal(
    name="penalty-at-four-years",
    title="Penalties just at four years",
    meaning="The acts are serious crimes by the least penalty that makes them so. Laws bunch at a limit where somebody "
    "wrote them for it, or chose the provision for it.",
    otherwise=(
        "Four or five years is a common maximum in the State's criminal code.",
        "One offence, with that maximum, is most of the requester's work.",
        "The drafter named the least provision that applies, out of care.",
    ),
    counts="matters with a maximum of exactly four years, of matters that are serious crimes by their penalty",
    rate=0.3,
    least=6,
    hits_least=5,
)
RAISED: Final = Signal(
    name="penalty-raised",
    title="Penalties raised after the act",
    meaning="The maximum that makes the act a serious crime became law after the act. A heavier penalty does not apply "
    "to acts before it (International Covenant on Civil and Political Rights, article 15(1)).",
    otherwise=(
        "The act went on until after the law changed, and its first day was given.",
        "The law was consolidated under a new date with the same maximum.",
        "The drafter gave the date of the last amendment of the whole code.",
    ),
    counts="matters whose maximum is younger than the act, of matters that are serious crimes by their penalty",
    rate=0.03,
    least=3,
    hits_least=2,
)
SIGNALS: Final = (AT_FOUR, RAISED)


def read(asked: Sequence[Asked]) -> Iterator[Reading]:
    serious = (c.SERIOUS_CRIME, c.EXPRESSION)

    def by_penalty(one: Asked) -> bool:
        return one.first and one.offence in serious and one.by_penalty

    yield from shares(AT_FOUR, asked, counted=by_penalty, hit=lambda one: one.at_limit)
    yield from shares(RAISED, asked, counted=by_penalty, hit=lambda one: one.raised)
