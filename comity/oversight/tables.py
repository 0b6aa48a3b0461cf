"""The tables of a period out of its books, with what is withheld (`suppression`). Pure.

What is taken in: a request counts in the tables of requests if the pair's own figure takes in the finest period it
belongs to, so that no published sum holds a pair's small number. Decisions, refusals, notices and reviews are published
over all peers and never by peer.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from comity.base.encoding import b64u
from comity.oversight import classes as c
from comity.oversight.books import DIRECTIONS, Books, country_of
from comity.oversight.cells import Opened, add_up
from comity.oversight.periods import leaves_of, parts_of
from comity.oversight.release import ClassFigure, PeerFigure, Release, TableFigures
from comity.oversight.suppression import LEAST, Period, may_open, taken_in, withheld


@dataclass(frozen=True, slots=True)
class Tables:
    peers: tuple[PeerFigure, ...]
    tables: tuple[TableFigures, ...]


@dataclass(slots=True)
class _Counted:
    """One table's counts: by part of the period, then class; who stands behind each class; and what opens them.

    `left_out`: something was not taken in, because a pair's own figure is withheld.
    """

    parts: dict[str, Counter[str]] = field(default_factory=dict)
    countries: dict[str, Counter[str]] = field(default_factory=dict)
    opened: dict[str, list[Opened]] = field(default_factory=dict)
    left_out: bool = False

    def add(self, part: str, name: str, country: str, count: int, opened: Opened | None = None) -> None:
        self.parts.setdefault(part, Counter())[name] += count
        if count:
            self.countries.setdefault(name, Counter())[country] += count
        if opened is not None:
            self.opened.setdefault(name, []).append(opened)


def tables_of(books: Books, earlier: Mapping[str, Release], least: int = LEAST) -> Tables:
    """Every figure of the period, small ones withheld. earlier: this node's releases of shorter periods within it."""
    groups = [(one, leaves_of(one, books.finest)) for one in (*parts_of(books.period, books.finest), books.period)]
    peers: list[PeerFigure] = []
    tables: list[TableFigures] = []
    for direction in DIRECTIONS:
        taken = {
            peer: taken_in({leaf: books.requests(leaf, peer, direction) for leaf in books.leaves}, groups, least)
            for peer in books.peers
        }
        peers += [_peer_figure(books, peer, direction, taken[peer]) for peer in books.peers]
        tables += _of_direction(books, direction, taken, earlier, groups, least)
    return Tables(tuple(peers), tuple(tables))


def _peer_figure(books: Books, peer: str, direction: str, taken: Mapping[str, str]) -> PeerFigure:
    leaves = tuple(leaf for leaf in books.leaves if leaf in taken)
    figure = PeerFigure(direction=direction, peer=peer, country=country_of(peer), takes_in=leaves)
    if not leaves:
        return figure
    measures = [f"measure.{one}" for one in c.dimension("measure").classes]
    total = add_up(books.figure(leaf, peer, direction, one) for leaf in leaves for one in measures)
    return PeerFigure(
        direction=direction,
        peer=peer,
        country=figure.country,
        takes_in=leaves,
        count=total.count,
        opening=b64u(total.blinding),
    )


_Groups = Sequence[tuple[str, tuple[str, ...]]]
_Taken = Mapping[str, Mapping[str, str]]


def _of_direction(
    books: Books, direction: str, taken: _Taken, earlier: Mapping[str, Release], groups: _Groups, least: int
) -> list[TableFigures]:
    counted = {one.name: _counted(books, one, direction, taken) for one in c.dimensions()}
    shut: dict[str, frozenset[str] | None] = {}
    forced: dict[str, frozenset[str]] = {}
    for base in (c.REQUESTS, c.DECISIONS, c.REFUSALS, c.NOTICES, c.EMERGENCIES):
        of_base = [one for one in c.dimensions() if one.base == base]
        found = {
            one.name: _withheld(one, direction, counted[one.name], earlier, groups, forced, least) for one in of_base
        }
        if base == c.REFUSALS and not _is_open(shut["outcome"], "refused"):
            found = dict.fromkeys(found, None)
        if base in (c.DECISIONS, c.NOTICES, c.EMERGENCIES) and any(one is None for one in found.values()):
            found = dict.fromkeys(found, None)
        shut |= found
    if shut["ground"] is None and _is_open(shut["outcome"], "refused"):
        forced["outcome"] = frozenset({"refused"})
        again = _withheld(c.dimension("outcome"), direction, counted["outcome"], earlier, groups, forced, least)
        shut["outcome"] = again
        if again is None:
            shut |= {one.name: None for one in c.dimensions() if one.base == c.DECISIONS}
    return [_table(one, direction, counted[one.name], shut[one.name]) for one in c.dimensions()]


def _is_open(shut: frozenset[str] | None, name: str) -> bool:
    return shut is not None and name not in shut


def _counted(books: Books, one: c.Dimension, direction: str, taken: _Taken) -> _Counted:
    found = _Counted({leaf: Counter() for leaf in books.leaves})
    if not one.shared:
        for leaf in books.leaves:
            for name in one.classes:
                for country, count in books.own.get((leaf, direction, f"{one.name}.{name}"), Counter()).items():
                    found.add(leaf, name, country, count)
        return found
    for leaf in books.leaves:
        for peer in books.peers:
            part = leaf
            if one.base == c.REQUESTS:
                if leaf not in taken[peer]:
                    found.left_out = True
                    continue
                first = taken[peer][leaf]
                part = leaf if first == leaf else f"rest of {first}"
            for name in one.classes:
                cell = books.figure(leaf, peer, direction, f"{one.name}.{name}")
                found.add(part, name, country_of(peer), cell.count, cell)
    return found


def _withheld(
    one: c.Dimension,
    direction: str,
    counted: _Counted,
    earlier: Mapping[str, Release],
    groups: _Groups,
    forced: Mapping[str, frozenset[str]],
    least: int,
) -> frozenset[str] | None:
    if counted.left_out and not counted.opened:
        return None  # every pair's own figure is withheld: there is nothing to add up
    total = sum(sum(part.values()) for part in counted.parts.values())
    behind = {country for by in counted.countries.values() for country in by}
    if one.base != c.REQUESTS and not may_open(total, len(behind), least):
        return None
    before: list[Period] = []
    for name, _ in groups[:-1]:
        told = _told(earlier[name], one.name, direction) if name in earlier else None
        before.append(Period(name, _parts(counted, groups, name), *(told or (frozenset(), False))))
    name = groups[-1][0]
    contributors = {kind: len(by) for kind, by in counted.countries.items()}
    return withheld(
        counted.parts,
        one.classes,
        before,
        name,
        _parts(counted, groups, name),
        contributors,
        forced=forced.get(one.name, frozenset()),
        least=least,
    )


def _parts(counted: _Counted, groups: _Groups, name: str) -> frozenset[str]:
    """The parts of a period: its finest ones, and what it and those within it took in later."""
    leaves = dict(groups)[name]
    inside = [f"rest of {other}" for other, within in groups if len(within) > 1 and set(within) <= set(leaves)]
    return frozenset(one for one in chain(leaves, inside) if one in counted.parts)


def _told(release: Release, by: str, direction: str) -> tuple[frozenset[str], bool]:
    """What an earlier release told of a table: the classes it opened, and whether the total is known."""
    table = next((one for one in release.tables if (one.by, one.direction) == (by, direction)), None)
    if table is None:
        return frozenset(), False
    opened = frozenset(one.name for one in table.classes if one.count is not None)
    return opened, table.total is not None


def _table(one: c.Dimension, direction: str, counted: _Counted, shut: frozenset[str] | None) -> TableFigures:
    figures = []
    for name in one.classes:
        if shut is None or name in shut:
            figures.append(ClassFigure(name))
            continue
        count = sum(part[name] for part in counted.parts.values())
        figures.append(ClassFigure(name, count, _opening(counted.opened.get(name, [])) if one.shared else ""))
    table = TableFigures(direction=direction, by=one.name, counted=one.base, shared=one.shared, classes=tuple(figures))
    if shut is None:
        return table
    total = sum(sum(part.values()) for part in counted.parts.values())
    everything = list(chain.from_iterable(counted.opened.values()))
    return TableFigures(
        direction=direction,
        by=one.name,
        counted=one.base,
        shared=one.shared,
        classes=table.classes,
        total=total,
        opening=_opening(everything) if one.shared else "",
    )


def _opening(parts: Sequence[Opened]) -> str:
    return b64u(add_up(parts).blinding)
