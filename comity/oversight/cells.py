"""Cells: what two nodes exchanged, counted alike by both and committed to alike, so that anyone can add it up.

For each month, each ordered pair of nodes (who asks, who is asked) and each category:

    r    = SHA-512("comity.cell.v1", 0x00, salt[32], month, 0x00, asks, 0x00, asked, 0x00, category) modulo L
    cell = v*G + r*H

`salt` is that of the pair's close of the month (transparency.pairs), known to the two alone; v stands in the statement
that both sign. Category and cells: docs/formats/statistics.md.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from comity.crypto import pedersen
from comity.oversight import classes as c
from comity.transparency.entry import StatRow

_TAG = b"comity.cell.v1\0"


def categories_of(row: StatRow) -> tuple[str, ...]:
    """The shared categories that a row counts for, once each; none for a step that counts for nothing."""
    bases = {c.REQUESTS} if row.outcome == c.REQUESTED else set()
    if row.outcome in c.DECIDED:
        bases |= {c.DECISIONS}
    if row.outcome == "refused":
        bases |= {c.REFUSALS}
    return tuple(f"{one.name}.{class_of(one, row)}" for one in c.dimensions() if one.shared and one.base in bases)


def class_of(one: c.Dimension, row: StatRow) -> str:
    """A word that this version does not know counts as 'other'."""
    word = str(getattr(row, one.field))
    return word if word in one.classes else c.OTHER


def count(rows: Iterable[StatRow]) -> tuple[dict[str, int], dict[str, int]]:
    """What rows of a pair add up to: of requests that this node sent, and of those it received; no zeros."""
    sent, received = Counter[str](), Counter[str]()
    for row in rows:
        if row.direction in ("sent", "received"):
            (sent if row.direction == "sent" else received).update(categories_of(row))
    return dict(sent), dict(received)


def blinding(salt: bytes, month: str, asks: str, asked: str, category: str) -> bytes:
    """r, 32 bytes."""
    parts = (month, asks, asked, category)
    return pedersen.scalar_from(hashlib.sha512(_TAG + salt + "\0".join(parts).encode("ascii")).digest())


@dataclass(frozen=True, slots=True)
class Opened:
    """A count with its blinding factor, as a pair knows it."""

    count: int
    blinding: bytes

    @property
    def cell(self) -> bytes:
        return pedersen.commit(self.count, self.blinding)


def add_up(parts: Iterable[Opened]) -> Opened:
    found = list(parts)
    return Opened(sum(one.count for one in found), pedersen.add_scalars(one.blinding for one in found))


def of_month(salt: bytes, month: str, asks: str, asked: str, counts: Mapping[str, int]) -> dict[str, Opened]:
    """Every category of an ordered pair in a month, zeros too."""
    return {one: Opened(counts.get(one, 0), blinding(salt, month, asks, asked, one)) for one in c.categories()}


def add_months(months: Iterable[Mapping[str, Opened]]) -> dict[str, Opened]:
    """The cells of a longer period."""
    found = list(months)
    return {one: add_up(month[one] for month in found) for one in c.categories()}
