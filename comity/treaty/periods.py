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


def figure(name: str, on: date, instrument: str = "") -> Figure:
    """The version of figure `name` that holds on a day. Raises NotFound before the first one."""
    versions = [one for one in figures(instrument) if one.name == name and one.valid_from <= on]
    if not versions:
        known = [one.valid_from for one in figures(instrument) if one.name == name]
        hint = f"the instrument's figures hold from {min(known)}: choose a day from then on" if known else "see periods"
        raise NotFound(f"no figure '{name}' on {on}", hint=hint)
    return max(versions, key=lambda one: one.valid_from)


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
