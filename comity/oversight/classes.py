"""What is counted: the dimensions of the statistics, and the classes of each. All lists are closed.

A figure counts one of four things, its base, and each base has its own steps (`rows` says which):

    requests     a request is sent, or comes: once a case, as it first stands
    decisions    it is answered: granted, granted in part, refused, preserved, postponed
    refusals     the decisions that refuse
    notices      a notice to the person concerned falls due, is given, or is skipped with oversight's consent
    emergencies  an emergency is reviewed after the fact: confirmed or not

`shared` dimensions are those that both ends derive alike from what they exchanged: each has a commitment for every pair
of nodes (`cells`). The others are one node's own word, which only an auditor can check. Bounds of classes are policy.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

from comity.treaty.grounds import GroundKind, all_grounds
from comity.treaty.measures import all_measures
from comity.treaty.offences import PARTICIPATION, all_offences

OTHER: Final = "other"
NONE: Final = "none"
INSTRUMENTS: Final = ("", "budapest")
CONVENTION: Final = "convention"
SERIOUS_CRIME: Final = "serious-crime"
EXPRESSION: Final = "serious-crime-expression"
"""The catch-all of article 2(h); and of it, what turns on expression, for which the Convention has no offence."""

DELAYS: Final = ((1, "within-24h"), (3, "within-3-days"), (7, "within-7-days"), (30, "within-30-days"))
"""Days from the request, as it was last mended, to the decision; then two classes more."""
DELAYS_LATER: Final = ((90, "within-90-days"), (180, "within-180-days"))
DELAY_BEYOND: Final = "over-180-days"
SECRECY: Final = ((30, "up-to-30-days"), (60, "up-to-60-days"), (90, "up-to-90-days"))
"""Days from the request to the last day of secrecy."""
SECRECY_BEYOND: Final = "over-90-days"
OPEN: Final = "no-secrecy"


@dataclass(frozen=True, slots=True)
class Dimension:
    """`field`: of a row; `base`: what it counts; `shared`: both ends derive it alike; `classes`: in their order."""

    name: str
    field: str
    base: str
    shared: bool
    classes: tuple[str, ...]


REQUESTS, DECISIONS, REFUSALS = "requests", "decisions", "refusals"
NOTICES, EMERGENCIES = "notices", "emergencies"
DECIDED: Final = ("granted", "granted-in-part", "refused", "preserved", "postponed")
REQUESTED: Final = "requested"
UNDELIVERED: Final = "undelivered"


@cache
def dimensions() -> tuple[Dimension, ...]:
    """All of them, those of requests first."""
    return (
        Dimension("measure", "measure", REQUESTS, True, (*_measures(), OTHER)),
        Dimension("offence", "offence", REQUESTS, True, (*_offences(), SERIOUS_CRIME, EXPRESSION, OTHER)),
        Dimension("basis", "basis", REQUESTS, True, (CONVENTION, *(one for one in INSTRUMENTS if one), OTHER)),
        Dimension("emergency", "emergency", REQUESTS, True, (NONE, "open")),
        Dimension("secrecy", "secrecy", REQUESTS, True, (OPEN, *(one for _, one in SECRECY), SECRECY_BEYOND)),
        Dimension("outcome", "outcome", DECISIONS, True, DECIDED),
        Dimension("delay", "delay", DECISIONS, True, (*(one for _, one in (*DELAYS, *DELAYS_LATER)), DELAY_BEYOND)),
        Dimension("ground", "ground", REFUSALS, True, (*_grounds(), OTHER)),
        Dimension(
            "dual", "dual", DECISIONS, False, ("not-needed", "met", "by-decision", "not-met", "not-reached", OTHER)
        ),
        Dimension("notified", "notified", NOTICES, False, ("not-yet", "yes", "skipped")),
        Dimension("review", "emergency", EMERGENCIES, False, ("confirmed", "unconfirmed")),
    )


@cache
def dimension(name: str) -> Dimension:
    return next(one for one in dimensions() if one.name == name)


@cache
def categories() -> tuple[str, ...]:
    """Every cell of a pair in one direction, as 'measure.expedited_preservation', in order."""
    return tuple(f"{one.name}.{word}" for one in dimensions() if one.shared for word in one.classes)


def _measures() -> tuple[str, ...]:
    names = [one.name for instrument in INSTRUMENTS for one in all_measures(instrument)]
    return tuple(dict.fromkeys(names))


def _offences() -> tuple[str, ...]:
    return tuple(f"art-{one.article}" for one in all_offences() if one.article != PARTICIPATION)


def _grounds() -> tuple[str, ...]:
    kinds = (GroundKind.GROUND, GroundKind.RESERVED, GroundKind.DISPUTED)
    return tuple(dict.fromkeys(paragraph(one.citation) for one in all_grounds() if one.kind in kinds))


def paragraph(citation: str) -> str:
    """'40(21)(b)' as a word: '40-21-b'."""
    return "-".join(citation.replace(")", "").replace("(", " ").split())


def within(days: int, bounds: tuple[tuple[int, str], ...], beyond: str) -> str:
    """The word of the first bound that so many days do not exceed. bounds: most days and word, ascending."""
    return next((word for most, word in bounds if days <= most), beyond)
