"""Statistics of invented States without a node: what they exchanged is drawn, everything else is the program's own."""

import hashlib
import random
from collections.abc import Mapping
from functools import cache

from comity.base.mode import Mode
from comity.oversight import classes as c
from comity.oversight.books import Month, open_books
from comity.oversight.drafting import Place, make_release
from comity.oversight.periods import Span, months_of, parts_of
from comity.oversight.release import Release

STATES = tuple(f"X{letter}/central-authority" for letter in "ABCDEF")
WEIGHTS = (0, 0, 1, 2, 4, 8)
"""How many requests a month, drawn for each ordered pair."""


@cache
def exchanged(seed: int, asks: str, asked: str, month: str) -> Mapping[str, int]:
    """What one asked the other in a month, by category; every base adds up in each of its dimensions."""
    chance = random.Random(f"{seed} {asks} {asked} {month}")
    found: dict[str, int] = {}
    requests = chance.choice(WEIGHTS) * chance.randint(1, 3)
    refused = chance.randint(0, requests // 3)
    for one in (one for one in c.dimensions() if one.shared):
        of_base = {c.REQUESTS: requests, c.DECISIONS: requests, c.REFUSALS: refused}[one.base]
        few = one.classes[:4]
        if one.name == "outcome":
            found |= {"outcome.refused": refused, "outcome.granted": requests - refused}
            continue
        for _ in range(of_base):
            name = f"{one.name}.{chance.choice(few)}"
            found[name] = found.get(name, 0) + 1
    return {name: count for name, count in found.items() if count}


def months(seed: int, node: str, period: str) -> list[Month]:
    return [
        Month(
            month,
            peer,
            hashlib.sha256(f"{seed} {sorted((node, peer))} {month}".encode()).digest(),
            exchanged(seed, node, peer, month),
            exchanged(seed, peer, node, month),
            "agreed",
        )
        for month in months_of(period)
        for peer in STATES
        if peer != node
    ]


@cache
def release(seed: int, node: str, period: str) -> Release:
    """A State's figures of a period, after those of the shorter ones within it."""
    earlier = {one: release(seed, node, one) for one in parts_of(period, Span.QUARTER)}
    books = open_books(node, period, Span.QUARTER, months(seed, node, period), [])
    place = Place(0, 256, f"{node.replace('/', '.').lower()}.example/log", (), ())
    return make_release(books, earlier, Mode.EXERCISE, place)
