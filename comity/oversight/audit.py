"""The auditor's part: every entry of the range is opened, and the figures are counted again. Pure.

The node hands over, for each step in the range of entries that the release names, the row and its salt; and for each
month with each peer, the salt and what both signed. With them the auditor sees what anyone cannot:

    unopened   an entry that opens to no row and no pad: something was logged that is not shown
    category   the rows of the log do not add up to what the pair says it exchanged, country by country
    cells      the cells are not those of what the pair signed
    figures    a figure is not what the rows and the cells give, or more or less is withheld than the rules say
    close      the log closed a month with another value

What not even the auditor sees: an exchange that both ends kept out of their logs, as no log shows a telephone call; and
whether a row tells the truth about its case, for that the case is read by a court or by oversight, not here.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat

import msgspec

from comity.base.encoding import b64u
from comity.base.errors import ComityError, Malformed
from comity.base.mode import Mode
from comity.base.parsing import read_json
from comity.oversight import classes as c
from comity.oversight.books import DIRECTIONS, Books, Month, country_of, open_books
from comity.oversight.cells import categories_of
from comity.oversight.checks import Fault
from comity.oversight.periods import leaves_of, months_of
from comity.oversight.release import Release
from comity.oversight.tables import tables_of
from comity.transparency.entry import PAD, STATEMENT, StatRow, read_stat_row, read_statement, verify_stat
from comity.transparency.pairs import CLOSE

TYP = "comity-audit+jws"
LIMIT = 64 * 1024
_MOST_FAULTS = 50
_MOST_UNOPENED = 1000
"""Entries that do not open and are named; how many more there are is told."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What opens the row of an entry."""

    row: bytes
    salt: bytes


@dataclass(frozen=True, slots=True)
class Given:
    """What the node handed over. `openings`: each with its entry's index, in their order, read once; `months`: as its
    own statements say; `values`: what each month's close is in the log, by month and peer."""

    openings: Iterable[tuple[int, Shown]]
    months: Sequence[Month]
    values: Mapping[tuple[str, str], str]


class Attestation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What an auditor signs: which file, which entries, how many opened as what, and all that was found against it."""

    v: int
    kind: str
    mode: Mode
    stamp: str
    auditor: str
    node: str
    period: str
    sha256: str
    start: int
    end: int
    steps: int
    pads: int
    statements: int
    late: int
    faults: tuple[str, ...]


@dataclass(slots=True)
class Audited:
    """`late`: rows of an earlier period that came after it was released, and count nowhere."""

    steps: int
    pads: int
    statements: int
    late: int
    faults: list[Fault]


def read_attestation(data: bytes) -> Attestation:
    """Raises TooLarge, Malformed."""
    found = read_json(data, Attestation, limit=LIMIT, what="the attestation")
    if found.v != 1 or found.kind != "statistics-audit":
        raise Malformed("an attestation of another version", hint="see docs/formats/statistics.md")
    return found


def attestation(release: Release, sha256: str, auditor: str, found: Audited) -> Attestation:
    """What an auditor says of a release, to be signed: of its faults the first alone. sha256: of the published file."""
    faults = tuple(f"{one.kind}: {one.what}" for one in found.faults[:_MOST_FAULTS])
    return Attestation(
        v=1,
        kind="statistics-audit",
        mode=release.mode,
        stamp=release.stamp,
        auditor=auditor,
        node=release.node,
        period=release.period,
        sha256=sha256,
        start=release.start,
        end=release.end,
        steps=found.steps,
        pads=found.pads,
        statements=found.statements,
        late=found.late,
        faults=faults,
    )


def audit(
    release: Release, earlier: Mapping[str, Release], given: Given, entries: Iterable[tuple[int, bytes]]
) -> Audited:
    """Open and count again. entries: the log's, proved to be in it, from the range's start to the log's end.
    earlier: the node's releases of shorter periods within, as published."""
    recount = Recount(release, earlier, given)
    for index, entry in entries:
        recount.take(index, entry)
    return recount.result()


class Recount:
    """An audit an entry at a time, in constant memory but for the rows that differ: who reads a log once can prove it
    and count it in the same reading. What is counted is worth nothing before the log was shown to hold these entries.
    """

    def __init__(self, release: Release, earlier: Mapping[str, Release], given: Given) -> None:
        self._release, self._earlier, self._given = release, earlier, given
        self._found = Audited(0, 0, 0, 0, [])
        self._openings = iter(given.openings)
        self._next: tuple[int, Shown] | None = next(self._openings, None)
        self._rows = Counter[tuple[StatRow, bool]]()
        self._closes: dict[tuple[str, str], list[str]] = {}
        self._unopened = 0
        leaves = leaves_of(release.period, release.finest)
        self._leaf_of = {month: leaf for leaf in leaves for month in months_of(leaf)}

    def take(self, index: int, entry: bytes) -> None:
        """The log's entries in their order, each once; those before the range are passed over."""
        release = self._release
        if index < release.start:
            return
        if entry[:1] == bytes((STATEMENT,)):
            self._found.statements += index < release.end
            _note_close(entry, release.node, self._closes)
        elif index < release.end:
            self._open(index, entry)

    def _open(self, index: int, entry: bytes) -> None:
        release, shown = self._release, self._shown(index)
        try:
            if shown is None:
                raise Malformed("nothing was handed over for it")
            verify_stat(entry, shown.row, shown.salt)
            if shown.row == PAD:
                self._found.pads += 1
                return
            row = read_stat_row(shown.row)
            if row.mode is not release.mode:
                raise Malformed("its row is of the other mode")
            self._rows[row, index < self._end_of(row)] += 1
            self._found.steps += 1
        except ComityError as error:
            self._unopened += 1
            if self._unopened <= _MOST_UNOPENED:
                self._found.faults.append(Fault(release.node, "unopened", f"entry {index}: {error.what}"))

    def _shown(self, index: int) -> Shown | None:
        while self._next is not None and self._next[0] < index:
            self._next = next(self._openings, None)
        return self._next[1] if self._next is not None and self._next[0] == index else None

    def _end_of(self, row: StatRow) -> int:
        """Before which entry a row counts in its finest period: that period's release, or this one's."""
        leaf = self._leaf_of.get(row.period, "")
        return self._earlier[leaf].end if leaf in self._earlier else self._release.end

    def result(self) -> Audited:
        """What all the entries come to, once the last was taken."""
        for _ in self._openings:  # what was handed over too much is read for its faults of form
            pass
        found, node = self._found, self._release.node
        if self._unopened > _MOST_UNOPENED:
            found.faults.append(Fault(node, "unopened", f"{self._unopened - _MOST_UNOPENED} more entries"))
        found.faults += _closes(self._release, self._given, self._closes)
        found.faults += self._compare_rows()
        return found

    def _compare_rows(self) -> Iterator[Fault]:
        release, found, leaf_of = self._release, self._found, self._leaf_of
        first = months_of(release.period)[0]
        found.late = sum(count for (row, _), count in self._rows.items() if row.period != c.NONE and row.period < first)
        ours = [(row, counts, count) for (row, counts), count in self._rows.items() if row.period in leaf_of]
        counted = chain.from_iterable(
            repeat((leaf_of[row.period], row), count) for row, counts, count in ours if counts
        )
        try:
            books = open_books(release.node, release.period, release.finest, self._given.months, counted)
        except KeyError:
            yield Fault(release.node, "cells", "months are missing from what was handed over")
            return
        yield from _categories(books, chain.from_iterable(repeat(row, count) for row, _, count in ours))
        yield from _figures(release, self._earlier, books)


def _note_close(entry: bytes, node: str, closes: dict[tuple[str, str], list[str]]) -> None:
    try:
        fields = read_statement(entry)
    except ComityError:
        return
    if fields["kind"] == CLOSE and fields.get("node") == node:
        closes.setdefault((str(fields.get("period")), str(fields.get("peer"))), []).append(str(fields.get("value")))


def _closes(release: Release, given: Given, closes: Mapping[tuple[str, str], list[str]]) -> Iterator[Fault]:
    expected = {(month, one.peer) for month in months_of(release.period) for one in release.cells}
    for place in sorted(expected):
        month, peer = place
        said = closes.get(place, [])
        if place not in given.values or said != [given.values[place]]:
            yield Fault(release.node, "close", f"{month} with {peer}: the log does not close it with what was signed")


def _figures(release: Release, earlier: Mapping[str, Release], books: Books) -> Iterator[Fault]:
    for one in release.cells:
        for direction in DIRECTIONS:
            cells = {name: b64u(cell.cell) for name, cell in books.cells[one.period, one.peer, direction].items()}
            if cells != release.cells_of(one.period, one.peer, direction):
                yield Fault(release.node, "cells", f"{one.period}, {one.peer}, {direction}: not what the pair signed")
    tables = tables_of(books, earlier)
    for kind, ours, theirs in (
        ("by peer", tables.peers, release.peers),
        ("tables", tables.tables, release.tables),
    ):
        if ours != theirs:
            yield Fault(release.node, "figures", f"{_differ(ours, theirs)} ({kind})")


def _differ(ours: Sequence[object], theirs: Sequence[object]) -> str:
    differ = [two for one, two in zip(ours, theirs, strict=False) if one != two]
    names = [" ".join(str(getattr(one, name, "")) for name in ("direction", "by", "peer")).strip() for one in differ]
    return f"counted again, these are other figures: {', '.join(names) or 'one is missing'}"


def _categories(books: Books, rows: Iterable[StatRow]) -> Iterator[Fault]:
    """Rows of messages that were never delivered are taken back: those say so themselves, of requests; of answers it is
    told how many."""
    logged, lost = Counter[tuple[str, str, str]](), Counter[tuple[str, str]]()
    for row in rows:
        if row.outcome == c.UNDELIVERED:
            for one in _as_request(row):
                logged[row.country, row.direction, one] -= 1
        elif row.outcome in ("rejected", "expired"):
            lost[row.country, row.direction] += 1
        for one in categories_of(row):
            logged[row.country, row.direction, one] += 1
    signed = Counter[tuple[str, str, str]]()
    for month in books.months:
        for direction, counts in (("sent", month.sent), ("received", month.received)):
            for category, count in counts.items():
                signed[country_of(month.peer), direction, category] += count
    for place in sorted({*logged, *signed}):
        country, direction, category = place
        more = logged[place] - signed[place]
        if more and not 0 < more <= lost[country, direction]:
            what = f"{country}, {direction}, {category}: {logged[place]} in the log, {signed[place]} signed by the pair"
            yield Fault(books.node, "category", what)


def _as_request(row: StatRow) -> tuple[str, ...]:
    return categories_of(msgspec.structs.replace(row, outcome=c.REQUESTED))
