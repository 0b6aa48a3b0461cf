"""A process that ends at any named point begins anew, and everything is done once. Long form: make soak."""

import pytest

from tests.simulators.ending import EndingWorld
from tests.simulators.named_points import POINTS, Point


@pytest.mark.parametrize(
    ("point", "opens"),
    [(point, opens) for point in POINTS for opens in point.opens],
    ids=lambda one: getattr(one, "name", ""),
)
def test_whoever_ends_at_a_point_begins_anew_and_all_is_done_once(point: Point, opens: bool) -> None:
    assert EndingWorld(point, 1, opens=opens).run() == 2
