"""Every figure of the Convention, looked up by name and day in periods.toml. Code holds none of them."""

from datetime import date
from functools import cache

import msgspec

from comity.base.errors import NotFound
from comity.base.parsing import read_toml
from comity.treaty.citation import Citation
from comity.treaty.data import FILE_LIMIT, packaged


class Figure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One figure: `value` is a count in `unit`, or, where the unit is 'day', a date."""

    name: str
    title: str
    value: int | date
    unit: str
    citation: str
    valid_from: date

    @property
    def cited(self) -> Citation:
        return Citation.of(self.citation)


class _Figures(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    figure: tuple[Figure, ...]


@cache
def figures() -> tuple[Figure, ...]:
    """All of them, every version."""
    return read_toml(packaged("periods.toml"), _Figures, limit=FILE_LIMIT, what="periods.toml").figure


def figure(name: str, on: date) -> Figure:
    """The version of figure `name` that holds on a day. Raises NotFound before the first one."""
    versions = [one for one in figures() if one.name == name and one.valid_from <= on]
    if not versions:
        raise NotFound(
            f"no figure '{name}' on {on}", hint="the Convention was adopted on 2024-12-24: choose a day from then on"
        )
    return max(versions, key=lambda one: one.valid_from)


def count(name: str, on: date) -> int:
    """The value of a figure that is a count. Raises NotFound as `figure` does, or if it is a date."""
    value = figure(name, on).value
    if isinstance(value, date):
        raise NotFound(f"the figure '{name}' is a day, not a count", hint="use periods.day")
    return value


def day(name: str, on: date) -> date:
    """The value of a figure that is a date. Raises NotFound as `figure` does, or if it is a count."""
    value = figure(name, on).value
    if isinstance(value, int):
        raise NotFound(f"the figure '{name}' is a count, not a day", hint="use periods.count")
    return value
