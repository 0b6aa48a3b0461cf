"""The books of a period (oversight.books), read from the database: the closed months with every peer, and our rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import msgspec

from comity.base.encoding import from_b64u
from comity.base.errors import Malformed, OutOfOrder
from comity.base.parsing import read_json
from comity.exchange.message import Role
from comity.oversight.books import Books, Month, open_books
from comity.oversight.periods import ORDER, Span, leaves_of, months_of, parts_of, span_of, year_of
from comity.oversight.release import Release, read_release
from comity.transparency.entry import PAD, StatRow
from comity.transparency.pairs import LIMIT, PairStatement, end_of, start_of
from comity.workflows.close_pairs import peers_of
from comity.workflows.count_exchanged import count_exchanged
from comity.workflows.log_stores import PairClose
from comity.workflows.office import Office, directory
from comity.workflows.stores import Transaction

AGREED: Final = "agreed"
DIFFERS: Final = "differs"
UNANSWERED: Final = "unanswered"
OPEN: Final = "open"
"""Not closed yet: counted as it stands now, with a salt that nobody else has. Only a draft holds such a month."""
_SALT_BYTES: Final = 32
_ROW: Final = msgspec.json.Decoder(StatRow)


@dataclass(frozen=True, slots=True)
class Counted:
    """The books, the log entries they were counted from, and our earlier releases of shorter periods."""

    books: Books
    start: int
    end: int
    earlier: dict[str, Release]


def count_period(office: Office, period: str, finest: Span) -> Counted:
    """Raises Malformed for no period."""
    leaves = leaves_of(period, finest)
    with office.store.transaction() as tx:
        end = tx.log.size()
    with office.store.snapshot() as tx:  # it reads every entry of the period, and every message of a month still open
        releases = releases_of(tx)
        months = [_month(office, tx, month, peer) for month in months_of(period) for peer in authorities(office, tx)]
        scanned = scan_from(releases, period)
        rows = list(_rows(tx, leaves, releases, scanned, end))
        start = _start(tx, releases, period, scanned, end)
    inside = {name: releases[name] for name in parts_of(period, finest) if name in releases}
    books = open_books(office.node, period, finest, months, rows)
    return Counted(books, start, end, inside)


def releases_of(tx: Transaction) -> dict[str, Release]:
    return {one.period: read_release(one.data) for one in tx.statistics.all()}


def authorities(office: Office, tx: Transaction) -> tuple[str, ...]:
    """The peers whose figures are counted: authorities. Orders to a provider of our own State are no requests."""
    known = directory(tx)
    roles = {one.id: one.role for one in known.all()}
    return tuple(peer for peer in peers_of(office, known.all()) if roles[peer] is Role.AUTHORITY)


def _month(office: Office, tx: Transaction, month: str, peer: str) -> Month:
    close = tx.pairs.get(month, peer)
    if close is None:
        sent, received = count_exchanged(tx, peer, start_of(month), end_of(month))
        return Month(month, peer, office.randomness.bytes(_SALT_BYTES), sent, received, OPEN)
    ours = statement_in(close.ours)
    return Month(month, peer, close.salt, ours.asked_by(office.node), ours.asked_by(peer), state_of_close(close))


def state_of_close(close: PairClose) -> str:
    if not close.theirs:
        return UNANSWERED
    return AGREED if statement_in(close.theirs) == statement_in(close.ours) else DIFFERS


def statement_in(token: bytes) -> PairStatement:
    """What a statement of ours, or one that was checked when it came, says."""
    parts = token.decode("ascii").split(".")
    return read_json(from_b64u(parts[1]), PairStatement, limit=LIMIT, what="the pair")


def scan_from(releases: dict[str, Release], period: str) -> int:
    """Where a period's first row can stand: not before that of the release before it began."""
    first = months_of(period)[0]
    before = [one for one in releases.values() if months_of(one.period)[0] < first]
    return max((one.start for one in before), default=0)


def _start(tx: Transaction, releases: dict[str, Release], period: str, scanned: int, end: int) -> int:
    """The first entry that an auditor opens: no later than the end of the release before, nor than our first row."""
    first = months_of(period)[0]
    before = [one for one in releases.values() if months_of(one.period)[-1] < first]
    if not before:
        return 0
    after_last = max(one.end for one in before)
    for entry in tx.statistics.entries(scanned, min(after_last, end)):
        row = row_in(entry.stat)
        if row is not None and row.period != "none" and row.period >= first:
            return entry.index
    return min(after_last, end)


@lru_cache(maxsize=65_536)
def row_in(stat: bytes) -> StatRow | None:
    """The row that a leaf of ours holds, as we wrote it; None for a statement or a pad."""
    return None if stat in (b"", PAD) else _ROW.decode(stat)


def _rows(
    tx: Transaction, leaves: tuple[str, ...], releases: dict[str, Release], start: int, end: int
) -> Iterator[tuple[str, StatRow]]:
    """Every row of the period, with its finest period: as far as it stood in the log when that was released."""
    leaf_of = {month: leaf for leaf in leaves for month in months_of(leaf)}
    ends = {leaf: releases[leaf].end if leaf in releases else end for leaf in leaves}
    for entry in tx.statistics.entries(start, end):
        row = row_in(entry.stat)
        leaf = leaf_of.get(row.period) if row else None
        if row is not None and leaf is not None and entry.index < ends[leaf]:
            yield leaf, row


def check_order(releases: dict[str, Release], period: str, finest: Span) -> None:
    """Raise OutOfOrder unless every shorter period within it is published, and no longer one around it is."""
    span, year = span_of(period), year_of(period)
    missing = [one for one in parts_of(period, finest) if one not in releases]
    if missing:
        raise OutOfOrder(
            f"{', '.join(missing)} is not published", hint="shorter periods come first: what they withhold is kept"
        )
    around = [
        one.period
        for one in releases.values()
        if ORDER.index(span_of(one.period)) > ORDER.index(span) and year_of(one.period) == year
        if set(months_of(period)) <= set(months_of(one.period))
    ]
    if around:
        raise OutOfOrder(f"{around[0]} is published, and {period} lies within it", hint="nothing was published")
    if any(one.finest is not finest for one in releases.values()):
        raise Malformed("earlier figures have another shortest period", where="--finest", hint="keep to theirs")
