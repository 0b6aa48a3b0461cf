"""Reading JSON from outside: what strictness costs.

`comity.base.parsing.read_json` refuses keys twice, floats and deep nesting, which msgspec alone lets pass; for that it
reads the text a second time. The standard library's `json.loads` is there for scale: it checks nothing.
"""

import json
from contextlib import ExitStack

import msgspec

from bench.measure import Benchmark
from comity.base.parsing import read_json


class Item(msgspec.Struct, frozen=True):
    """One line of a request as it might come in."""

    id: str
    account: str
    category: str
    days: int


class Page(msgspec.Struct, frozen=True):
    """A request of the size an ordinary one has."""

    v: int
    sender: str
    items: list[Item]


def _page(items: int) -> bytes:
    lines = [Item(f"item-{n}", f"user{n}@provider.example", "traffic-data", 90) for n in range(items)]
    return msgspec.json.encode(Page(1, "XA/central-authority", lines))


def benchmark(_scale: float, _stack: ExitStack) -> Benchmark:
    data = _page(40)
    return Benchmark(
        "reading",
        f"read {len(data)} bytes of JSON into typed values",
        {
            "msgspec alone": lambda: msgspec.json.decode(data, type=Page),
            "comity, strict": lambda: read_json(data, Page, limit=100_000, what="the page"),
            "json.loads, untyped": lambda: json.loads(data),
        },
    )
