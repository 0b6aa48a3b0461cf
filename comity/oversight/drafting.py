"""A release out of the books of a period: tables with what is withheld, and every cell."""

from collections.abc import Mapping
from dataclasses import dataclass

from comity.base.encoding import b64u
from comity.base.mode import Mode
from comity.oversight.books import Books
from comity.oversight.cells import Opened
from comity.oversight.periods import deadline
from comity.oversight.release import STATEMENT, VERSION, Cells, PairMonth, Release
from comity.oversight.suppression import CONTRIBUTORS, LEAST
from comity.oversight.tables import tables_of


@dataclass(frozen=True, slots=True)
class Place:
    """Where the figures come from: the entries of which log, its keys and those of its witnesses, as verifier keys."""

    start: int
    end: int
    origin: str
    vkeys: tuple[str, ...]
    witnesses: tuple[str, ...]


def make_release(books: Books, earlier: Mapping[str, Release], mode: Mode, place: Place) -> Release:
    """earlier: this node's releases of shorter periods within."""
    tables = tables_of(books, earlier)
    return Release(
        v=VERSION,
        kind=STATEMENT,
        mode=mode,
        stamp=mode.stamp,
        node=books.node,
        period=books.period,
        finest=books.finest,
        least=LEAST,
        contributors=CONTRIBUTORS,
        start=place.start,
        end=place.end,
        deadline=str(deadline(books.period)),
        origin=place.origin,
        vkeys=place.vkeys,
        witnesses=place.witnesses,
        pairs=tuple(PairMonth(peer=one.peer, month=one.month, state=one.state) for one in books.months),
        cells=cells_of(books),
        peers=tables.peers,
        tables=tables.tables,
    )


def cells_of(books: Books) -> tuple[Cells, ...]:
    """Every commitment of the books, in order of period and peer."""

    def shown(opened: Mapping[str, Opened]) -> dict[str, str]:
        return {category: b64u(one.cell) for category, one in opened.items()}

    return tuple(
        Cells(
            period=leaf,
            peer=peer,
            sent=shown(books.cells[leaf, peer, "sent"]),
            received=shown(books.cells[leaf, peer, "received"]),
        )
        for leaf in books.leaves
        for peer in books.peers
    )
