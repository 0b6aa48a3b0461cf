"""Every figure of an instrument, looked up by name and day in its periods.toml. Code holds none of them."""

from datetime import date
from functools import cache

import msgspec

from comity.base.errors import NotFound
from comity.base.parsing import read_toml
from comity.treaty.citation import Citation
from comity.treaty.data import FILE_LIMIT, of_instrument, packaged


class Figure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One figure: `value` is a count in `unit`, or, where the unit is 'day', a date. `instrument`: whose it is."""

    name: str
    title: str
    value: int | date
    unit: str
    citation: str
    valid_from: date
    instrument: str = ""

    @property
    def cited(self) -> Citation:
        return Citation.of(self.citation, instrument=self.instrument)


class _Figures(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    figure: tuple[Figure, ...]


@cache
def figures(instrument: str = "") -> tuple[Figure, ...]:
    """All of them, every version."""
    name = of_instrument(instrument, "periods.toml")
    return read_toml(packaged(name), _Figures, limit=FILE_LIMIT, what=name).figure


@cache
def _versions(instrument: str) -> dict[str, list[Figure]]:
    """Of each figure, by its name, the last one first."""
    found: dict[str, list[Figure]] = {}
    for one in sorted(figures(instrument), key=lambda one: one.valid_from, reverse=True):
        found.setdefault(one.name, []).append(one)
    return found


def figure(name: str, on: date, instrument: str = "") -> Figure:
    """The version of figure `name` that holds on a day. Raises NotFound before the first one."""
    versions = _versions(instrument).get(name, [])
    for one in versions:
        if one.valid_from <= on:
            return one
    hint = "see periods"
    if versions:
        hint = f"the instrument's figures hold from {versions[-1].valid_from}: choose a day from then on"
    raise NotFound(f"no figure '{name}' on {on}", hint=hint)


def count(name: str, on: date, instrument: str = "") -> int:
    """The value of a figure that is a count. Raises NotFound as `figure` does, or if it is a date."""
    value = figure(name, on, instrument).value
    if isinstance(value, date):
        raise NotFound(f"the figure '{name}' is a day, not a count", hint="use periods.day")
    return value


def day(name: str, on: date, instrument: str = "") -> date:
    """The value of a figure that is a date. Raises NotFound as `figure` does, or if it is a count."""
    value = figure(name, on, instrument).value
    if isinstance(value, int):
        raise NotFound(f"the figure '{name}' is a count, not a day", hint="use periods.count")
    return value
