"""A belt of memory between two threads: one fills blocks, the other works on them, and both run at once.

Hashing, AEAD and reading let go of the interpreter's lock, so this is a second core. The number of blocks is fixed:
who fills waits for who works, and memory does not grow. What the work raises is raised to who fills.
"""

import threading
from collections.abc import Callable
from queue import SimpleQueue
from types import TracebackType
from typing import Self

Work = Callable[[memoryview], object]
"""Takes the filled part of a block."""


class Conveyor:
    """`with Conveyor(...) as belt`: leaving waits for the work to end; left by an error, what waits is thrown away."""

    def __init__(self, work: Work, block_bytes: int, blocks: int = 4) -> None:
        self._work = work
        self._size = block_bytes
        self._unmade = blocks
        self._free: SimpleQueue[memoryview] = SimpleQueue()
        self._full: SimpleQueue[tuple[memoryview, int] | None] = SimpleQueue()
        self._failure: BaseException | None = None
        self._abandoned = False
        self._thread = threading.Thread(target=self._run, daemon=True)

    def free(self) -> memoryview:
        """A block to fill. Raises what the work raised."""
        if self._free.empty() and self._unmade:
            self._unmade -= 1
            return memoryview(bytearray(self._size))
        block = self._free.get()
        self._check()
        return block

    def send(self, block: memoryview, filled: int) -> None:
        """Hand over a block, or the front of one, of which `filled` bytes count."""
        self._full.put((block, filled))

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
        while (sent := self._full.get()) is not None:
            block, filled = sent
            if self._failure is None and not self._abandoned:
                try:
                    self._work(block[:filled])
                except BaseException as error:  # noqa: BLE001 - raised again where the blocks are filled
                    self._failure = error
            self._free.put(memoryview(block.obj))
