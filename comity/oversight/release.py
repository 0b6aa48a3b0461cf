"""A release: the figures of one node for one period, as a file that anyone may read (docs/formats/statistics.md).

`stats/<period>.json` beside the published log; its digest is a public statement in that log. Text is public: there are
no names of people, no case, and no small number in it.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from comity.base.digests import Digest
from comity.base.encoding import to_json
from comity.base.errors import Malformed
from comity.base.mode import Mode
from comity.base.parsing import read_json
from comity.oversight.periods import Span, leaves_of, span_of

VERSION: Final = 1
LIMIT: Final = 64 * 1024 * 1024
STATEMENT: Final = "statistics"
"""The kind of the public statement that names a release."""
FOLDER: Final = "stats"
WITHHELD: Final = "withheld"
COLUMNS: Final = ("period", "mode", "direction", "counted", "by", "class", "count", "withheld")


class PairMonth(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a month was closed with a peer: `agreed`, `differs` or `unanswered`."""

    peer: str
    month: str
    state: str


class Cells(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The cells of a pair in one finest period: category to commitment, base64url. `sent`: of what this node asked."""

    period: str
    peer: str
    sent: dict[str, str]
    received: dict[str, str]


class PeerFigure(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """Requests sent to a peer, or received from it; `takes_in`: the finest periods that are added up, none if all are
    withheld. `opening`: the sum of blinding factors, base64url."""

    direction: str
    peer: str
    country: str
    takes_in: tuple[str, ...]
    count: int | None = None
    opening: str = ""


class ClassFigure(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A figure, or none where it is withheld."""

    name: str
    count: int | None = None
    opening: str = ""


class TableFigures(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """Classes of one dimension in one direction. `by`: the dimension; `counted`: its base; `shared`: whether openings
    show that the cells of all pairs add up to the figures."""

    direction: str
    by: str
    counted: str
    shared: bool
    classes: tuple[ClassFigure, ...]
    total: int | None = None
    opening: str = ""


class Release(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole file. `start`, `end`: the log entries from which it is counted; `deadline`: RFC 3339."""

    v: int
    kind: str
    mode: Mode
    stamp: str
    node: str
    period: str
    finest: Span
    least: int
    contributors: int
    start: int
    end: int
    deadline: str
    origin: str
    vkeys: tuple[str, ...]
    witnesses: tuple[str, ...]
    pairs: tuple[PairMonth, ...]
    cells: tuple[Cells, ...]
    peers: tuple[PeerFigure, ...]
    tables: tuple[TableFigures, ...]

    def encode(self) -> bytes:
        return to_json(self)

    @property
    def sha256(self) -> str:
        return str(Digest.of(self.encode()))

    @property
    def agreed(self) -> bool:
        """Whether the other end signed the same for every month and peer."""
        return all(one.state == "agreed" for one in self.pairs)

    def cells_of(self, period: str, peer: str, direction: str) -> Mapping[str, str]:
        """Nothing where it has none."""
        for one in self.cells:
            if (one.period, one.peer) == (period, peer):
                return one.sent if direction == "sent" else one.received
        return {}


def read_release(data: bytes) -> Release:
    """Raises TooLarge, Malformed."""
    found = read_json(data, Release, limit=LIMIT, what="the statistics")
    if found.v != VERSION or found.kind != STATEMENT:
        raise Malformed("statistics of another version", hint="see docs/formats/statistics.md")
    if found.encode() != data:
        raise Malformed("the statistics are spelt another way", hint="as the node wrote them, byte for byte")
    span_of(found.period)
    leaves_of(found.period, found.finest)
    return found


def path_of(period: str, ending: str = "json") -> str:
    """Beside the published log: its digest stands in the log."""
    span_of(period)
    return f"{FOLDER}/{period}.{ending}"


def statement_of(release: Release) -> dict[str, object]:
    """The fields of the public statement, besides its kind, mode and stamp."""
    return {
        "node": release.node,
        "period": release.period,
        "sha256": release.sha256,
        "csv_sha256": str(Digest.of(as_csv(release))),
        "start": release.start,
        "end": release.end,
        "deadline": release.deadline,
    }


def as_csv(release: Release) -> bytes:
    """The figures for a spreadsheet, one a line (RFC 4180)."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(lines_of(release))
    return text.getvalue().encode("utf-8")


def lines_of(release: Release) -> Iterator[tuple[str, ...]]:
    """As COLUMNS."""
    head = (release.period, str(release.mode))
    for one in release.peers:
        yield (*head, one.direction, "requests", "peer", one.peer, *_shown(one.count))
    for table in release.tables:
        yield (*head, table.direction, table.counted, table.by, "all", *_shown(table.total))
        for figure in table.classes:
            yield (*head, table.direction, table.counted, table.by, figure.name, *_shown(figure.count))


def _shown(count: int | None) -> tuple[str, str]:
    return ("", "yes") if count is None else (str(count), "no")
