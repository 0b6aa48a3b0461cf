"""Every table of a period, laid out once: the pages, the charts and the data files all say what stands here."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from comity.oversight import classes as c
from comity.oversight.books import DIRECTIONS
from comity.oversight.periods import span_of
from comity.oversight.release import Release
from comity.web.statistics_words import TITLES, class_word

PEER: Final = "peer"
PERIODS: Final = "periods"
TOTAL: Final = "all"


@dataclass(frozen=True, slots=True)
class Row:
    """`counts`: by direction; None is withheld, and a direction that is not there has no such figure."""

    name: str
    counts: Mapping[str, int | None]

    def is_zero(self, directions: Sequence[str]) -> bool:
        return all(self.counts.get(one, 0) == 0 for one in directions)


@dataclass(frozen=True)
class Table:
    """One dimension of a period, both directions side by side. `total`: None where the authorities are listed."""

    period: str
    by: str
    counted: str
    shared: bool
    rows: tuple[Row, ...]
    total: Row | None

    @property
    def title(self) -> str:
        return TITLES[self.by]

    @cached_property
    def directions(self) -> tuple[str, ...]:
        return tuple(one for one in DIRECTIONS if any(one in row.counts for row in self.all_rows))

    @property
    def all_rows(self) -> tuple[Row, ...]:
        return self.rows if self.total is None else (*self.rows, self.total)

    @cached_property
    def told(self) -> tuple[str, ...]:
        """The directions of which anything is told; of the others every figure is withheld."""
        return tuple(one for one in self.directions if not self.is_shut(one))

    @cached_property
    def shown(self) -> tuple[Row, ...]:
        """Those that are not zero in every direction that is told."""
        return tuple(one for one in self.rows if self.told and not one.is_zero(self.told))

    @property
    def zeros(self) -> tuple[Row, ...]:
        return tuple(one for one in self.rows if self.told and one.is_zero(self.told))

    @property
    def is_withheld(self) -> bool:
        return any(count is None for row in self.all_rows for count in row.counts.values())

    def is_shut(self, direction: str) -> bool:
        """Whether every figure of a direction is withheld."""
        found = [row.counts[direction] for row in self.all_rows if direction in row.counts]
        return bool(found) and all(one is None for one in found)

    def word(self, row: Row) -> str:
        """English, or an authority's id."""
        return class_word(self.by, row.name)


def tables_of(release: Release) -> tuple[Table, ...]:
    """Authorities first, then every dimension in the order of the catalogue. What a release lacks is not there."""
    return (_peers(release), *_dimensions(release))


def _peers(release: Release) -> Table:
    counts: dict[str, dict[str, int | None]] = {}
    for one in release.peers:
        counts.setdefault(one.peer, {})[one.direction] = one.count
    rows = tuple(Row(peer, _ordered(found)) for peer, found in sorted(counts.items()))
    return Table(release.period, PEER, c.REQUESTS, True, rows, None)


def _dimensions(release: Release) -> Iterator[Table]:
    for dimension in c.dimensions():
        found = {one.direction: one for one in release.tables if one.by == dimension.name}
        if not found:
            continue
        counts: dict[str, dict[str, int | None]] = {name: {} for name in dimension.classes}
        for direction, table in found.items():
            for figure in table.classes:
                counts.setdefault(figure.name, {})[direction] = figure.count
        rows = tuple(Row(name, _ordered(of)) for name, of in counts.items())
        total = Row(TOTAL, _ordered({direction: table.total for direction, table in found.items()}))
        yield Table(release.period, dimension.name, dimension.base, dimension.shared, rows, total)


def by_period(releases: Iterable[Release]) -> Table:
    """Requests of every period of the finest kind, oldest first. Longer ones hold them, and are left out."""
    rows = []
    for release in releases:
        found = {one.direction: one.total for one in release.tables if one.by == "measure"}
        if span_of(release.period) is release.finest:
            rows.append(Row(release.period, _ordered(found)))
    return Table("", PERIODS, c.REQUESTS, True, tuple(sorted(rows, key=lambda row: row.name)), None)


def _ordered(counts: Mapping[str, int | None]) -> dict[str, int | None]:
    return {one: counts[one] for one in DIRECTIONS if one in counts}
