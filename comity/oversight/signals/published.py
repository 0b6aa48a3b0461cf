"""Signals that anybody can read from published figures: each node's own figures of what it sent, beside all others'.

Fewer than oversight sees: figures hold no penalties, texts, hours, questions or renewals. A requester's reviews and
refusals stand in its own figures as it counted them, and in those of all it asked only added up with everybody's. What
is withheld makes a figure unknown: a signal then says nothing, rather than take it for 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from comity.oversight.release import Release, TableFigures
from comity.oversight.signals.every import SIGNALS
from comity.oversight.signals.signal import Reading, Signal, reading

SENT = "sent"


@dataclass(frozen=True, slots=True)
class Unread:
    """Why a signal says nothing of a node."""

    signal: str
    node: str
    why: str


def possible() -> tuple[Signal, ...]:
    """The signals that figures allow."""
    return tuple(one for one in SIGNALS if one.figures is not None)


def impossible() -> tuple[Signal, ...]:
    return tuple(one for one in SIGNALS if one.figures is None)


def read_releases(releases: Sequence[Release]) -> tuple[tuple[Reading, ...], tuple[Unread, ...]]:
    """What every signal says of every node by its own figures, and where it can say nothing."""
    readings: list[Reading] = []
    unread: list[Unread] = []
    for signal in possible():
        counted = {}
        for one in releases:
            found = _counts(one, signal)
            if isinstance(found, str):
                unread.append(Unread(signal.name, one.node, found))
            else:
                counted[one.node] = found
        hits, of = (sum(pair[n] for pair in counted.values()) for n in (0, 1))
        for node, pair in sorted(counted.items()):
            readings.append(reading(signal, node, pair, (hits - pair[0], of - pair[1])))
    return tuple(readings), tuple(unread)


def _counts(release: Release, signal: Signal) -> tuple[int, int] | str:
    """(hits, of); or why it is not known."""
    if signal.figures is None:
        return "figures do not hold it"
    by, classes = signal.figures
    table = next((one for one in release.tables if (one.direction, one.by) == (SENT, by)), None)
    if table is None:
        return "its figures have no such table"
    of = table.total if table.counted != "refusals" else _decisions(release)
    hits = [one.count for one in table.classes if one.name in classes]
    if of is None or not hits or any(one is None for one in hits):
        return "a figure is withheld because it is small, or would give one away"
    return sum(one for one in hits if one is not None), of


def _decisions(release: Release) -> int | None:
    """Refusals are held against everything that was granted or refused."""
    table: TableFigures | None = next(
        (one for one in release.tables if (one.direction, one.by) == (SENT, "outcome")), None
    )
    if table is None:
        return None
    told = [one.count for one in table.classes if one.name in ("granted", "granted-in-part", "refused")]
    return None if any(one is None for one in told) else sum(one for one in told if one is not None)
