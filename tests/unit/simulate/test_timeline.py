"""Simulated time goes forward only, from one happening to the next."""

from hypothesis import given
from hypothesis import strategies as st

from comity.simulate.timeline import NodeClock, Timeline


@given(st.lists(st.floats(0, 100), max_size=40))
def test_things_happen_in_the_order_of_their_moments_and_none_after_the_end(moments: list[float]) -> None:
    timeline, happened = Timeline(10.0, 80.0), list[float]()
    for moment in moments:
        timeline.at(moment, lambda: happened.append(timeline.now))
    while timeline.step():
        pass
    assert happened == sorted(max(moment, 10.0) for moment in moments if moment <= 80.0)


def test_two_at_one_moment_happen_in_the_order_they_were_put_in() -> None:
    timeline, happened = Timeline(0.0, 9.0), list[int]()
    for number in range(20):
        timeline.at(5.0, lambda number=number: happened.append(number))  # type: ignore[misc]
    while timeline.step():
        pass
    assert happened == list(range(20))


def test_a_clock_that_is_wrong_is_wrong_by_as_much_all_the_time() -> None:
    timeline = Timeline(1000.6, 9999.0)
    clock = NodeClock(timeline, skew=-30)
    assert clock.now().seconds == 970
    timeline.now += 100
    assert clock.now().seconds == 1070
