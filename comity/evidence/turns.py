"""A line of steps through which blocks go, and threads that do whichever step is next.

A step takes the blocks in their order, one at a time, so no block overtakes another. A thread goes on with the block it
has, which its core's cache still holds, as long as the next step is free; else it does what is furthest on elsewhere.
So no thread waits while there is anything to do, whatever each step takes. Hashing, AEAD, reading and writing let go of
the interpreter's lock: two threads are two cores.

The caller only waits: a signal finds it outside of every step.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

B = TypeVar("B")


def take_turns(blocks: Sequence[B], threads: int, first: Callable[[B], bool], *then: Callable[[B], object]) -> None:
    """Carry block after block through the steps; each of `blocks` is used again once it has been through the last.

    first: readies a block, and says whether there is another after it. No thread is made for one block alone. Raises
    what a step raised first, once all threads have ended; after a step that failed none begins.
    """
    if not first(blocks[0]):
        for step in then:
            step(blocks[0])
        return
    _Line(blocks, (first, *then)).run(threads)


class _Line(Generic[B]):
    def __init__(self, blocks: Sequence[B], steps: Sequence[Callable[[B], object]]) -> None:
        """The first block has the first step behind it."""
        self._steps = steps
        self._waiting: list[deque[B]] = [deque() for _ in steps]  # what waits for each
        self._waiting[0].extend(blocks[1:])
        self._waiting[1].append(blocks[0])
        self._furthest_first = range(len(steps) - 1, -1, -1)
        self._is_busy = [False] * len(steps)
        self._is_more = True
        self._under_way = 1
        self._idle = 0
        self._change = threading.Condition(threading.Lock())
        self._failures: list[BaseException] = []

    def run(self, count: int) -> None:
        threads = [threading.Thread(target=self._work, daemon=True) for _ in range(count)]
        try:
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        except BaseException as error:  # noqa: BLE001 - raised again below
            self._fail(error)
            for thread in threads:
                if thread.ident is not None:
                    thread.join()
        if self._failures:
            raise self._failures[0]

    def _work(self) -> None:
        number = -1
        try:
            while (number := self._next(number)) >= 0:
                block = self._waiting[number][0]
                found = self._steps[number](block)
                self._done(number, block, is_more=bool(found))
        except BaseException as error:  # noqa: BLE001 - raised again where the threads are waited for
            self._fail(error)

    def _next(self, last: int) -> int:
        """The step to do now, which nobody else does meanwhile: after `last`, or the furthest. -1 where all is done."""
        with self._change:
            while True:
                if self._failures or not (self._is_more or self._under_way):
                    return -1
                wanted: list[int] = [last + 1, *self._furthest_first]
                for number in wanted:
                    if self._can(number):
                        self._is_busy[number] = True
                        self._under_way += number == 0
                        return number
                self._idle += 1
                self._change.wait()
                self._idle -= 1

    def _can(self, number: int) -> bool:
        is_step = number < len(self._steps) and (number > 0 or self._is_more)
        return is_step and bool(self._waiting[number]) and not self._is_busy[number]

    def _done(self, number: int, block: B, *, is_more: bool) -> None:
        with self._change:
            self._waiting[number].popleft()
            self._is_busy[number] = False
            if number == 0:
                self._is_more = is_more
            is_last = number + 1 == len(self._steps)
            self._under_way -= is_last
            self._waiting[0 if is_last else number + 1].append(block)
            if self._idle:
                self._change.notify_all()

    def _fail(self, error: BaseException) -> None:
        with self._change:
            self._failures.append(error)
            self._change.notify_all()
