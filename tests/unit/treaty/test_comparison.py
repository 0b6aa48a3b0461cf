"""How the instruments differ: points with citations, figures from the figures."""

from datetime import date

import pytest

from comity.treaty.assess import BOOKS
from comity.treaty.comparison import Point, all_points, points_for
from comity.treaty.measures import all_measures

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize("point", all_points(), ids=lambda one: f"{one.name}-{'-'.join(one.measures)}")
def test_every_point_cites_provisions_that_are_there_and_fills_its_figures(point: Point) -> None:
    assert [said.instrument for said in point.said] == [book.instrument for book in BOOKS if book.carried]
    for said in point.said:
        assert said.cited.provisions
        told = said.told(TODAY)
        assert told.endswith(".")
        assert "{" not in told


def test_figures_are_those_of_each_instrument() -> None:
    (period,) = [one for one in points_for("expedited_preservation") if one.name == "period"]
    there = period.by("budapest")
    assert there is not None
    assert "At least 60 days" in there.told(TODAY)
    assert "at most 90" in there.told(date(1999, 1, 1)), "before the first figure, that one"


def test_a_measure_has_each_point_once_and_the_four_that_are_promised() -> None:
    for kind in all_measures("budapest"):
        names = [one.name for one in points_for(kind.name)]
        assert len(set(names)) == len(names)
    assert {"safeguards", "dual_criminality", "refusal", "speed"} <= {
        one.name for one in points_for("production_of_stored_data")
    }


def test_a_point_names_measures_that_exist() -> None:
    known = {kind.name for kind in all_measures()}
    assert {name for point in all_points() for name in point.measures} <= known
