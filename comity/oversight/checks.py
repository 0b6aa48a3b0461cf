"""What anyone can check of published statistics, with nothing but the public files. Pure: bytes in, faults out.

    hash      the file is not the one that the node's log names
    changed   the log names more than one file for the period: the figures were published again
    range     the entries from which it is counted leave some out since the figures before
    late      the log did not hold the figures by their deadline
    undated   nothing shows when the log came to hold them
    small     a figure below the least, or policy weaker than this program's
    sum       the cells do not add up to a figure, or one figure contradicts another
    cells     the two ends of a pair give other cells for what one of them asked the other
    close     a month was closed with different values, or not answered
    csv       the table for spreadsheets does not say what the file says

Nobody can see here: a category that both ends agreed to misstate, an exchange that both kept out of their logs, a step
inside one office that was misstated. The first and the third are for an auditor (`audit`), the second for nobody.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from comity.base.digests import Digest
from comity.base.encoding import from_b64u
from comity.base.errors import ComityError, Malformed
from comity.base.instants import Instant
from comity.crypto import pedersen
from comity.oversight import classes as c
from comity.oversight.books import DIRECTIONS
from comity.oversight.periods import deadline, leaves_of, months_of
from comity.oversight.release import (
    STATEMENT,
    Cells,
    ClassFigure,
    PeerFigure,
    Release,
    TableFigures,
    as_csv,
    statement_of,
)
from comity.oversight.suppression import CONTRIBUTORS, LEAST, is_small
from comity.transparency.entry import read_statement


@dataclass(frozen=True, slots=True)
class Fault:
    """Something against a node's statistics, in a word and a line."""

    node: str
    kind: str
    what: str


def check_figures(release: Release, table: bytes | None) -> Iterator[Fault]:
    """What a file shows by itself, and its CSV, if that is there."""

    def fault(kind: str, what: str) -> Fault:
        return Fault(release.node, kind, what)

    if release.least < LEAST or release.contributors < CONTRIBUTORS:
        yield fault("small", f"figures from {release.least} are opened; {LEAST} is the least")
    if release.deadline != str(deadline(release.period)):
        yield fault("late", f"the deadline of {release.period} is {deadline(release.period)}")
    for what, count in _counts(release):
        if count is not None and is_small(count):
            yield fault("small", f"{what} is {count}")
    if table is not None and table != as_csv(release):
        yield fault("csv", "the CSV does not say what the file says")
    for pair in release.pairs:
        if pair.state != "agreed":
            yield fault("close", f"{pair.month} with {pair.peer}: {pair.state}")
    try:
        points = _points(release)
    except ComityError as error:
        yield fault("cells", error.what)
        return
    yield from (fault("sum", what) for what in _sums(release, points))


def _counts(release: Release) -> Iterator[tuple[str, int | None]]:
    for peer in release.peers:
        yield f"requests {peer.direction}, {peer.peer}", peer.count
    for table in release.tables:
        yield f"{table.counted} {table.direction} by {table.by}", table.total
        for one in table.classes:
            yield f"{table.counted} {table.direction}, {table.by} {one.name}", one.count


_Points = dict[tuple[str, str, str], dict[str, bytes]]


def _points(release: Release) -> _Points:
    """Every cell, checked to be one. Raises Malformed."""
    found: _Points = {}
    leaves = leaves_of(release.period, release.finest)
    for one in release.cells:
        for direction, cells in (("sent", one.sent), ("received", one.received)):
            if tuple(cells) != c.categories() or one.period not in leaves:
                raise Malformed(f"the cells with {one.peer} are not those of the catalogue of categories")
            found[one.period, one.peer, direction] = {
                name: pedersen.check_point(from_b64u(cell)) for name, cell in cells.items()
            }
    expected = {(leaf, one.peer, d) for leaf in leaves for one in release.cells for d in DIRECTIONS}
    if set(found) != expected or len(found) != 2 * len(release.cells):
        raise Malformed("cells are missing, or stand there twice")
    return found


def _sums(release: Release, points: _Points) -> Iterator[str]:
    leaves = leaves_of(release.period, release.finest)
    peers = tuple(dict.fromkeys(one.peer for one in release.cells))
    named = {(one.direction, one.peer): one for one in release.peers}
    if set(named) != {(d, peer) for d in DIRECTIONS for peer in peers} or len(named) != len(release.peers):
        yield "the peers' figures are not one for each peer and direction"
        return
    for one in release.peers:
        yield from _peer_sum(one, points)
    tables = {(one.direction, one.by): one for one in release.tables}
    if set(tables) != {(d, one.name) for d in DIRECTIONS for one in c.dimensions()} or len(tables) != len(
        release.tables
    ):
        yield "the tables are not those of the catalogue"
        return
    for table in release.tables:
        dimension = c.dimension(table.by)
        if (table.counted, table.shared) != (dimension.base, dimension.shared) or tuple(
            one.name for one in table.classes
        ) != dimension.classes:
            yield f"the table {table.direction} by {table.by} is not that of the catalogue"
            continue
        places = [(leaf, peer) for peer in peers for leaf in leaves]
        if dimension.base == c.REQUESTS:
            places = [(leaf, peer) for peer in peers for leaf in named[table.direction, peer].takes_in]
            whole = sum(named[table.direction, peer].count or 0 for peer in peers)
            if table.total not in (None, whole):
                yield f"{whole} requests {table.direction} by peer, {table.total} by {table.by}"
        yield from _table_sums(table, dimension, places, points)


def _peer_sum(one: PeerFigure, points: _Points) -> Iterator[str]:
    if one.count is None:
        return
    measures = [f"measure.{name}" for name in c.dimension("measure").classes]
    try:
        cells = [points[leaf, one.peer, one.direction][name] for leaf in one.takes_in for name in measures]
        pedersen.verify(pedersen.add(cells), one.count, from_b64u(one.opening))
    except (ComityError, KeyError):
        yield f"the cells do not add up to requests {one.direction}, {one.peer}: {one.count}"


def _table_sums(
    table: TableFigures, dimension: c.Dimension, places: Sequence[tuple[str, str]], points: _Points
) -> Iterator[str]:
    told = [one.count for one in table.classes if one.count is not None]
    if table.total is not None and (
        sum(told) > table.total or (len(told) == len(table.classes) and sum(told) != table.total)
    ):
        yield f"{table.counted} {table.direction} by {table.by}: the classes do not add up to the total"
    if not dimension.shared:
        return
    sums = [
        pedersen.add(points[leaf, peer, table.direction][f"{table.by}.{name}"] for leaf, peer in places)
        for name in dimension.classes
    ]
    everything = ClassFigure("all", table.total, table.opening)
    for one, point in zip((*table.classes, everything), (*sums, pedersen.add(sums)), strict=True):
        if one.count is None:
            continue
        try:
            pedersen.verify(point, one.count, from_b64u(one.opening))
        except ComityError:
            yield f"the cells do not add up to {table.counted} {table.direction}, {table.by} {one.name}: {one.count}"


def check_pair(one: Release, other: Release) -> Iterator[Fault]:
    """That both ends give the same cells for what each asked the other. Both are named: the files do not say who lies;
    each has what the other signed."""
    if (one.period, one.finest, one.mode) != (other.period, other.finest, other.mode):
        what = f"{one.node} and {other.node} do not publish the same period in the same way"
        yield from (Fault(node, "cells", what) for node in (one.node, other.node))
        return
    for asks, asked in ((one, other), (other, one)):
        for leaf in leaves_of(one.period, one.finest):
            theirs = asked.cells_of(leaf, asks.node, "received")
            ours = asks.cells_of(leaf, asked.node, "sent")
            if ours != theirs or not ours:
                apart = _closed_apart(leaf, one, other)
                why = f"cannot be compared, for they closed {apart} apart" if apart else "is not the same in both"
                what = f"{leaf}: what {asks.node} asked {asked.node} {why}: {_first(ours, theirs)}"
                yield from (Fault(node, "cells", what) for node in (asks.node, asked.node))
    for mine, theirs_ in ((one, other), (other, one)):
        for figure in mine.peers:
            if figure.peer == theirs_.node:
                yield from _same_figure(mine, figure, theirs_)


def _closed_apart(leaf: str, one: Release, other: Release) -> str:
    """The months that one of the two closed without an answer: no salt was agreed on, so not even like cells agree."""
    both = [(pair, far.node) for near, far in ((one, other), (other, one)) for pair in near.pairs]
    apart = {pair.month for pair, peer in both if pair.peer == peer and pair.state == "unanswered"}
    return ", ".join(sorted(apart.intersection(months_of(leaf))))


def check_cells(theirs: Release, node: str, own: Iterable[Cells]) -> Iterator[Fault]:
    """Level 1: a counterpart's cells with `node` are those that `node` has itself. own: its cells with every peer."""
    for cells in own:
        if cells.peer == theirs.node:
            for direction, ours in (("sent", cells.received), ("received", cells.sent)):
                given = theirs.cells_of(cells.period, node, direction)
                if given != ours:
                    what = f"{cells.period}, requests {direction}: not what is known here: {_first(ours, given)}"
                    yield Fault(theirs.node, "cells", what)


def _first(ours: Mapping[str, str], theirs: Mapping[str, str]) -> str:
    differ = [name for name in c.categories() if ours.get(name) != theirs.get(name)]
    return f"{differ[0]}, and {len(differ) - 1} more" if len(differ) > 1 else "".join(differ)


def _same_figure(mine: Release, figure: PeerFigure, theirs: Release) -> Iterator[Fault]:
    """One end opens exactly what the other opens: else what one withholds is told by the other."""
    back = "received" if figure.direction == "sent" else "sent"
    same = [one for one in theirs.peers if (one.direction, one.peer) == (back, mine.node)]
    if len(same) != 1 or (same[0].count, same[0].takes_in) != (figure.count, figure.takes_in):
        yield Fault(mine.node, "sum", f"{theirs.node} gives another figure for requests {figure.direction}")


@dataclass(frozen=True, slots=True)
class Stated:
    """The log's public statement about a release, and the index it has there."""

    index: int
    fields: Mapping[str, object]


def stated(statements: Iterable[tuple[int, bytes]], node: str) -> list[Stated]:
    """What a log says of its node's statistics, oldest first. Raises Malformed."""
    read = ((index, read_statement(entry)) for index, entry in statements)
    return [
        Stated(index, fields) for index, fields in read if (fields["kind"], fields.get("node")) == (STATEMENT, node)
    ]


def check_stated(release: Release, data: bytes, said: Sequence[Stated]) -> Iterator[Fault]:
    """That the log names this very file, once."""
    if not said or said[-1].fields.get("sha256") != str(Digest.of(data)):
        yield Fault(release.node, "hash", f"the log of {release.node} does not name this file for {release.period}")
        return
    if len(said) > 1:
        yield Fault(release.node, "changed", f"{release.period} was published {len(said)} times")
    wrong = [name for name, value in statement_of(release).items() if said[-1].fields.get(name) != value]
    if wrong:
        yield Fault(release.node, "hash", f"the log states other values: {', '.join(wrong)}")
    if said[-1].index < release.end:
        yield Fault(release.node, "hash", "the figures are said to count entries that came after them")


def check_range(release: Release, said: Iterable[Stated]) -> Iterator[Fault]:
    """That the range begins with the log, or no later than the range of earlier figures ends. said: every statement on
    statistics from the range's start on: one made before it is not seen, and so none can be hidden before it."""
    first = months_of(release.period)[0]
    ends = [one.fields.get("end") for one in said if _is_before(str(one.fields.get("period")), first)]
    if release.start and not any(isinstance(end, int) and end >= release.start for end in ends):
        yield Fault(release.node, "range", f"nothing was counted right before entry {release.start}")


def _is_before(period: str, month: str) -> bool:
    try:
        return months_of(period)[-1] < month
    except Malformed:
        return False


def check_time(release: Release, first_seen: Instant | None) -> Iterator[Fault]:
    """first_seen: the moment by which witnesses had seen the log with the statement in it."""
    due = deadline(release.period)
    if first_seen is None:
        yield Fault(release.node, "undated", "no witness whose key is known says when the figures were published")
    elif first_seen > due:
        yield Fault(release.node, "late", f"published by {first_seen}; it was due by {due}")
