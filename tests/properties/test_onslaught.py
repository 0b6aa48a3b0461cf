"""What could be thrown at a node in numbers has no effect twice, and none out of order. Long form: make soak."""

from collections.abc import Callable

import pytest

from tests.soak.onslaught import SIZES


@pytest.mark.parametrize(("play", "sizes"), SIZES["short"].items(), ids=lambda one: getattr(one, "__name__", ""))
def test_it_has_no_effect_twice_and_none_out_of_order(play: Callable[..., str], sizes: tuple[int, ...]) -> None:
    assert play(*sizes)
