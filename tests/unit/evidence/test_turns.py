"""Threads that take turns: each block through each step, in order, and no step after one that failed."""

import threading
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.evidence.turns import take_turns

STEPS = 4


class Line:
    """Numbers carried through steps that write down what they were given; one of them may fail at one of the blocks."""

    def __init__(self, count: int, fails: tuple[int, int] | None = None) -> None:
        self.count = count
        self.fails = fails
        self.seen: list[list[int]] = [[] for _ in range(STEPS)]
        self.at_work = [threading.Lock() for _ in range(STEPS)]
        self.threads: set[int] = set()
        self._left: Iterator[int] = iter(range(count))

    def run(self, threads: int, blocks: int = 3) -> None:
        numbers: list[list[int]] = [[-1] for _ in range(blocks)]
        take_turns(numbers, threads, self._first, *(self._step(number) for number in range(1, STEPS)))

    def _first(self, block: list[int]) -> bool:
        block[0] = next(self._left)
        self._do(0, block[0])
        return block[0] + 1 < self.count

    def _step(self, number: int) -> Callable[[list[int]], None]:
        return lambda block: self._do(number, block[0])

    def _do(self, step: int, number: int) -> None:
        self.threads.add(threading.get_ident())
        assert self.at_work[step].acquire(blocking=False), "two at one step"
        try:
            if (step, number) == self.fails:
                raise OSError("full")
            self.seen[step].append(number)
        finally:
            self.at_work[step].release()


@given(st.integers(1, 60), st.integers(1, 4), st.integers(1, 5))
def test_every_block_goes_through_every_step_in_order(count: int, threads: int, blocks: int) -> None:
    line = Line(count)
    line.run(threads, blocks)
    assert line.seen == [list(range(count))] * STEPS


def test_one_block_alone_needs_no_thread() -> None:
    line = Line(1)
    line.run(2)
    assert line.threads == {threading.get_ident()}


@given(st.integers(1, 30), st.integers(1, 4), st.data())
def test_after_a_step_that_failed_no_later_block_comes_to_it_nor_past_it(
    count: int, threads: int, data: st.DataObject
) -> None:
    step, number = data.draw(st.integers(0, STEPS - 1)), data.draw(st.integers(0, count - 1))
    line = Line(count, fails=(step, number))
    with pytest.raises(OSError, match="full"):
        line.run(threads)
    for later in line.seen[step:]:
        assert later == list(range(len(later)))
        assert len(later) <= number
    assert line.seen[step] == list(range(number))


def test_every_thread_has_ended_when_a_failure_is_raised() -> None:
    before = threading.active_count()
    with pytest.raises(OSError, match="full"):
        Line(50, fails=(2, 20)).run(3)
    assert threading.active_count() == before
