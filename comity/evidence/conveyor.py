"""A belt of memory between two threads: one fills blocks, the other works on them, and both run at once.

Hashing, AEAD and reading let go of the interpreter's lock, so this is a second core. The number of blocks is fixed:
who fills waits for who works, and memory does not grow. What the work raises is raised to who fills.

A third step of the same line is a `Backlog`: it has no thread, and whichever of the two would wait does some of it. So
two cores stay busy, whatever the steps take.
"""

import threading
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue
from types import TracebackType
from typing import Self

Work = Callable[[memoryview, bool], None]
"""Takes the filled part of a block, and whether it is the last."""


class Conveyor:
    """`with Conveyor(...) as belt`: leaving waits for the work to end; left by an error, what waits is thrown away."""

    def __init__(
        self, work: Work, block_bytes: int, blocks: int = 4, *, meanwhile: Callable[[], bool] = lambda: False
    ) -> None:
        """meanwhile: called instead of waiting, in either thread; False when there is nothing to do."""
        self._work = work
        self._meanwhile = meanwhile
        self._size = block_bytes
        self._unmade = blocks
        self._free: SimpleQueue[memoryview] = SimpleQueue()
        self._full: SimpleQueue[tuple[memoryview, int, bool] | None] = SimpleQueue()
        self._failure: BaseException | None = None
        self._abandoned = False
        self._thread = threading.Thread(target=self._run, daemon=True)

    def free(self) -> memoryview:
        """A block to fill. Raises what the work raised."""
        if self._free.empty() and self._unmade:
            self._unmade -= 1
            return memoryview(bytearray(self._size))
        while self._free.empty() and self._meanwhile():
            pass
        block = self._free.get()
        self._check()
        return block

    def send(self, block: memoryview, filled: int, *, last: bool = False) -> None:
        """Hand over a block, or the front of one, of which `filled` bytes count."""
        self._full.put((block, filled, last))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._abandoned = error is not None
        self._full.put(None)
        self._thread.join()
        if error is None:
            self._check()

    def _check(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        while (sent := self._next()) is not None:
            block, filled, last = sent
            if not self._is_over:
                try:
                    self._work(block[:filled], last)
                except BaseException as error:  # noqa: BLE001 - raised again where the blocks are filled
                    self._failure = error
            self._free.put(memoryview(block.obj))

    def _next(self) -> tuple[memoryview, int, bool] | None:
        try:
            while self._full.empty() and not self._is_over and self._meanwhile():
                pass
        except BaseException as error:  # noqa: BLE001 - raised again where the blocks are filled
            self._failure = error
        return self._full.get()

    @property
    def _is_over(self) -> bool:
        return self._failure is not None or self._abandoned


class Backlog:
    """Blocks worked on in the order they were sent, one at a time, by whichever thread has a moment."""

    def __init__(self, work: Callable[[memoryview], object], block_bytes: int, blocks: int = 4) -> None:
        self._work = work
        self._free = deque(memoryview(bytearray(block_bytes)) for _ in range(blocks))
        self._full: deque[tuple[memoryview, int]] = deque()
        self._turn = threading.Lock()
        self._failed = False

    def free(self) -> memoryview:
        """A block to fill, by one thread alone. It works first where two wait: the other need not wait for it."""
        if len(self._full) > 1:
            self._do_one(wait=False)
        while not self._free:
            self._do_one(wait=True)
        return self._free.popleft()

    def send(self, block: memoryview, filled: int) -> None:
        self._full.append((block, filled))

    def do_one(self) -> bool:
        """Work on the next block, unless there is none or another thread is at it. Raises what the work raises."""
        return self._do_one(wait=False)

    def finish(self) -> None:
        """Work on all that is left."""
        while self._do_one(wait=True):
            pass

    def _do_one(self, *, wait: bool) -> bool:
        if not self._turn.acquire(blocking=wait):
            return False
        try:
            if not self._full:
                return False
            block, filled = self._full.popleft()
            try:
                if not self._failed:  # after a block that failed none may follow
                    self._work(block[:filled])
            except BaseException:
                self._failed = True
                raise
            finally:
                self._free.append(block)
            return True
        finally:
            self._turn.release()
