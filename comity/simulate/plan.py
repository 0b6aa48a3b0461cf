"""What to simulate, and every figure that is drawn from: all of them assumptions, said in docs/guides/simulate.md.

Waiting times of people are log-normal: half of them act within `median_hours`, a tenth take more than `tenth_hours`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import log
from typing import Final

from comity.base.errors import Malformed
from comity.base.instants import Instant

START: Final = Instant.parse("2027-01-18T00:00:00Z")
"""A Monday. The month ends on the 14th day, so that a run of a month sees that month closed between every pair."""
LONGEST_DAYS: Final = 365
"""A node's keys last a year; how a log's and a witness's key are followed by others is not simulated."""
MOST_STATES: Final = 193
LEAST_STATES: Final = 4


@dataclass(frozen=True, slots=True)
class Wait:
    """How long people take for one kind of step. `always`: at all hours, as a 24/7 desk; else in office hours."""

    median_hours: float
    tenth_hours: float
    always: bool = False

    @property
    def spread(self) -> float:
        """The standard deviation of the logarithm: a tenth lies above 1.2816 of it."""
        return log(self.tenth_hours / self.median_hours) / 1.2816


WAITS: Final[Mapping[str, Wait]] = {
    "approve": Wait(4, 24),
    "urgent approve": Wait(0.5, 2, always=True),
    "order preservation": Wait(5, 30, always=True),
    "confirm": Wait(10, 60, always=True),
    "decide": Wait(20 * 24, 90 * 24),
    "order production": Wait(24, 96),
    "seal": Wait(5 * 24, 20 * 24),
    "release": Wait(8, 48),
    "accept": Wait(12, 72),
    "examine": Wait(24, 120),
    "supply": Wait(48, 240),
    "answer objection": Wait(24, 96),
    "follow": Wait(12 * 24, 35 * 24),
    "withdraw": Wait(10 * 24, 40 * 24),
    "lift": Wait(24, 96),
    "let go": Wait(24, 96),
    "destroy": Wait(48, 240),
    "reply": Wait(24, 120),
    "settle doubt": Wait(12, 48),
    "second approve": Wait(0.3, 1.5, always=True),
    "call back": Wait(0.3, 2, always=True),
    "check call": Wait(0.2, 1, always=True),
    "admit": Wait(1, 6, always=True),
    "follow up": Wait(36, 90),
    "review": Wait(12, 60),
    "urgent decide": Wait(1, 6, always=True),
    "urgent order production": Wait(0.5, 3, always=True),
    "urgent seal": Wait(3, 20, always=True),
    "urgent release": Wait(0.5, 4, always=True),
    "urgent accept": Wait(0.5, 4, always=True),
    "urgent examine": Wait(0.5, 4, always=True),
}
"""By step; `urgent ...` where the case is of an emergency."""


@dataclass(frozen=True, slots=True)
class SizeClass:
    """A class of States. `share` of all; `matters` that begin there a year; `asked`: its weight as one that is asked;
    `partners`: how many others it works with at most."""

    name: str
    share: float
    matters: float
    asked: float
    partners: int


SIZES: Final = (
    SizeClass("large", 0.08, 30, 12, 16),
    SizeClass("medium", 0.27, 6, 3, 5),
    SizeClass("small", 0.65, 1.5, 1, 2),
)


@dataclass(frozen=True, slots=True)
class Shares:
    """How matters go, as shares of one."""

    begins_with_preservation: float = 0.65
    followed_by_production: float = 0.5
    urgent: float = 0.3
    serious_crime: float = 0.2
    asked_for_more: float = 0.08
    refused: float = 0.12
    objected: float = 0.04
    withdrawn: float = 0.03
    consulted: float = 0.05
    emergency: float = 0.03


@dataclass(frozen=True, slots=True)
class Weather:
    """What befalls requests on the way, as shares of all; and States that drop off the net.

    outages: a State and year; their length is log-normal. skew_seconds: how far clocks stand from the right time, as a
    standard deviation; stolen_keys: of a State and year, each revoked and replaced.
    """

    lost: float = 0.01
    answers_lost: float = 0.01
    doubled: float = 0.01
    late: float = 0.01
    outages: float = 1.5
    outage_hours: Wait = field(default=Wait(3, 24))
    longest_outage_hours: float = 120.0
    skew_seconds: float = 20.0
    stolen_keys: float = 0.1


CLEAR: Final = Weather(0, 0, 0, 0, outages=0, skew_seconds=0, stolen_keys=0)
"""Nothing goes wrong."""
DISHONEST: Final = ("tampers", "misstates", "overuses", "forges-emergencies", "falsifies")
FALSIFIERS: Final = ("falsifies", "changes-totals", "hides-requests", "misstates-categories", "publishes-late")
LIARS: Final = (
    *("tampers", "drops", "denies", "back-dates"),
    *("misstates", "misstates-months", "forks"),
    *("overuses", "overuses-urgency", "overuses-serious-crime"),
    *("forges-emergencies", *FALSIFIERS),
)
"""What `dishonest.BEHAVIOURS` holds: several behaviours at one node, or one."""
CHECKS: Final = ("proofs", "pairs", "monitor", "witness", "call-back", "review", "figures", "audit")


@dataclass(frozen=True, slots=True)
class Plan:
    """One run. The same plan gives the same world, but for what the encryption library draws by itself.

    volume: a factor on how many matters begin. dishonest: names of `dishonest.BEHAVIOURS`, each at a node of its own.
    callers: the share of small States whose authority has no address, and calls its peers for what waits for it.
    without: checks that are left out (CHECKS), to see what they catch.
    """

    states: int = 72
    days: int = 30
    seed: int = 1
    volume: float = 1.0
    weather: Weather = Weather()
    shares: Shares = Shares()
    dishonest: tuple[str, ...] = DISHONEST
    callers: float = 0.1
    without: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if not LEAST_STATES <= self.states <= MOST_STATES:
            raise Malformed(
                "that many States cannot be simulated", where="states", hint=f"{LEAST_STATES} to {MOST_STATES}"
            )
        if not 1 <= self.days <= LONGEST_DAYS:
            raise Malformed("that many days cannot be simulated", where="days", hint=f"1 to {LONGEST_DAYS}")
        if not 0 < self.volume <= 1000:
            raise Malformed("no such volume", where="volume", hint="a factor above 0, at most 1000")
        if strange := sorted(set(self.dishonest) - set(LIARS)):
            raise Malformed(f"nobody is dishonest as {strange[0]!r}", where="dishonest", hint=f"of: {', '.join(LIARS)}")
        if len(self.dishonest) >= self.states:
            raise Malformed("too many dishonest nodes", where="dishonest", hint="fewer than there are States")
        if unknown := sorted(self.without - set(CHECKS)):
            raise Malformed(f"no check {unknown[0]!r}", where="without", hint=f"one of: {', '.join(CHECKS)}")

    @property
    def end(self) -> Instant:
        return START.plus_days(self.days)
