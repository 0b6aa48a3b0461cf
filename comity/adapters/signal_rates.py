"""How often the signals were wrong and right where they were measured: a file packaged with the program.

`python -m bench.signals --write` makes it; nobody edits it. A test counts some of it again.
"""

from functools import cache
from importlib import resources
from typing import Final

import msgspec

from comity.base.parsing import read_json
from comity.oversight.signals.tails import binomial

FILE: Final = "signals.json"
_LIMIT: Final = 1024 * 1024
_SURE: Final = 0.95


class Caught(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of `years` in which a requester put `matters` and misused, in `found` the signal stood out for it."""

    matters: int
    found: int
    years: int


class Rate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One signal: its policy when it was measured; honest readings with cases enough, and how many stood out."""

    signal: str
    rate_percent: int
    least: int
    hits_least: int
    readings: int
    alarms: int
    caught: tuple[Caught, ...]

    @property
    def at_most(self) -> float | None:
        """The false-alarm rate is below this with 95% confidence (Clopper and Pearson, Biometrika 26 (1934) 404); None
        where nothing was read."""
        return upper_bound(self.alarms, self.readings) if self.readings else None


class Rates(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole file. `measured`: the day; seeds from `first_seed` to `last_seed`."""

    v: int
    measured: str
    command: str
    first_seed: int
    last_seed: int
    states: int
    days: int
    volume_percent: int
    window_days: int
    chance_ppm: int
    node_years: int
    node_years_with_alarm: int
    signals: tuple[Rate, ...]

    def of(self, signal: str) -> Rate:
        return next(one for one in self.signals if one.signal == signal)


@cache
def packaged_rates() -> Rates:
    """Raises Malformed for a file of another version of the program."""
    data = resources.files("comity.adapters").joinpath(FILE).read_bytes()
    return read_json(data, Rates, limit=_LIMIT, what="the measured rates of the signals")


def encode(rates: Rates) -> bytes:
    """Indented, for people who read the repository."""
    return msgspec.json.format(msgspec.json.encode(rates), indent=1) + b"\n"


def upper_bound(hits: int, of: int, sure: float = _SURE) -> float:
    """The largest rate at which `hits` or fewer of `of` would still be seen with probability 1 - `sure`."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if binomial(hits + 1, of, middle) < sure else (low, middle)
    return high
