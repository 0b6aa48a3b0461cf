"""How instruments differ for one measure, point by point; from comparison.toml."""

from datetime import date
from functools import cache

import msgspec

from comity.base.parsing import read_toml
from comity.treaty.citation import Citation
from comity.treaty.data import FILE_LIMIT, packaged
from comity.treaty.periods import figures


class Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one instrument says on a point."""

    instrument: str
    citation: tuple[str, ...]
    text: str

    @property
    def cited(self) -> Citation:
        return Citation.of(*self.citation, instrument=self.instrument)

    def told(self, on: date) -> str:
        """The text with the figures that hold on a day; before the first of them, that one."""
        known = sorted(figures(self.instrument), key=lambda one: one.valid_from, reverse=True)
        values = {one.name: one.value for one in known}
        return self.text.format_map(values | {one.name: one.value for one in reversed(known) if one.valid_from <= on})


class Point(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One point on which instruments can be laid side by side; `measures`: empty for all."""

    name: str
    title: str
    measures: tuple[str, ...]
    said: tuple[Said, ...]

    def by(self, instrument: str) -> Said | None:
        return next((one for one in self.said if one.instrument == instrument), None)


class _Comparison(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    point: tuple[Point, ...]


@cache
def all_points() -> tuple[Point, ...]:
    return read_toml(packaged("comparison.toml"), _Comparison, limit=FILE_LIMIT, what="comparison.toml").point


def points_for(measure: str) -> tuple[Point, ...]:
    """The points that matter for a measure, in the order of the file."""
    return tuple(one for one in all_points() if not one.measures or measure in one.measures)
