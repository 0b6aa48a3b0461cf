"""What the figures of a period are made from: a pair's months as both know them, and the rows of one's own log."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from comity.base.ids import NodeId, state_of
from comity.oversight import classes as c
from comity.oversight.cells import Opened, add_months, class_of, of_month
from comity.oversight.periods import Span, leaves_of, months_of
from comity.transparency.entry import StatRow

DIRECTIONS = ("sent", "received")


@dataclass(frozen=True, slots=True)
class Month:
    """A month with a peer, as it was closed: salt, counts of both directions, and whether the peer says the same."""

    month: str
    peer: str
    salt: bytes
    sent: Mapping[str, int]
    received: Mapping[str, int]
    state: str

    def opened(self, node: str, direction: str) -> dict[str, Opened]:
        asks, asked = (node, self.peer) if direction == "sent" else (self.peer, node)
        counts = self.sent if direction == "sent" else self.received
        return of_month(self.salt, self.month, asks, asked, counts)


@dataclass(slots=True)
class Books:
    """`cells`: by finest period, peer and direction; `own`: by finest period, direction and 'dimension.class', then by
    country: what a node alone counts."""

    node: str
    period: str
    finest: Span
    months: tuple[Month, ...]
    cells: dict[tuple[str, str, str], dict[str, Opened]] = field(default_factory=dict)
    own: dict[tuple[str, str, str], Counter[str]] = field(default_factory=dict)

    @property
    def leaves(self) -> tuple[str, ...]:
        return leaves_of(self.period, self.finest)

    @property
    def peers(self) -> tuple[str, ...]:
        return tuple(sorted({one.peer for one in self.months}))

    def figure(self, leaf: str, peer: str, direction: str, category: str) -> Opened:
        return self.cells[leaf, peer, direction][category]

    def requests(self, leaf: str, peer: str, direction: str) -> int:
        cells = self.cells[leaf, peer, direction]
        return sum(cells[f"measure.{one}"].count for one in c.dimension("measure").classes)


def open_books(
    node: str, period: str, finest: Span, months: Sequence[Month], rows: Iterable[tuple[str, StatRow]]
) -> Books:
    """months: every month of the period with every peer. rows: of the log, each with the finest period it counts in."""
    books = Books(node, period, finest, tuple(months))
    by_place = {(one.month, one.peer): one for one in months}
    for leaf in books.leaves:
        for peer in books.peers:
            for direction in DIRECTIONS:
                found = (by_place[month, peer].opened(node, direction) for month in months_of(leaf))
                books.cells[leaf, peer, direction] = add_months(found)
    for leaf, row in rows:
        for category in own_categories(row):
            books.own.setdefault((leaf, row.direction, category), Counter())[row.country] += 1
    return books


def own_categories(row: StatRow) -> tuple[str, ...]:
    """The categories that one node counts by itself."""
    if row.direction not in DIRECTIONS:
        return ()
    found = []
    for one in c.dimensions():
        counts = {
            c.DECISIONS: row.outcome in c.DECIDED and getattr(row, one.field) != c.NONE,
            c.NOTICES: row.notified != c.NONE,
            c.EMERGENCIES: row.emergency in one.classes,
        }
        if not one.shared and counts[one.base]:
            found.append(f"{one.name}.{class_of(one, row)}")
    return tuple(found)


def country_of(peer: str) -> str:
    return state_of(NodeId(peer)).lower()
