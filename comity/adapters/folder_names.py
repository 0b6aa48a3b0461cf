"""What stands in a folder, for whoever asks so often that listing it each time is too slow."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Generic, TypeVar

from comity.workflows.ports import Clock

SETTLED_SECONDS: Final = 3
"""For how long a folder must be unchanged before its time tells one change from the next: file systems keep it to a
tick of the kernel, some to two seconds."""

T = TypeVar("T")


class FolderNames(Generic[T]):
    """`read` of a folder's names, and that again for as long as the folder is as it was: by its inode and the moment of
    its last change, which nobody can set back. clock: the machine's own."""

    def __init__(self, folder: Path, read: Callable[[Sequence[str]], T], clock: Clock) -> None:
        self._folder, self._read, self._clock = str(folder), read, clock
        self._known: tuple[tuple[int, int], T] | None = None

    def get(self) -> T:
        """A name that another process added before the call is in it. Raises OSError."""
        found = os.stat(self._folder)  # noqa: PTH116 - it is asked for with every signature
        state = (found.st_ino, found.st_ctime_ns)
        known = self._known
        if known is not None and known[0] == state:
            return known[1]
        value = self._read(os.listdir(self._folder))  # noqa: PTH208
        if self._clock.now().seconds - found.st_ctime_ns // 10**9 >= SETTLED_SECONDS:
            self._known = (state, value)
        return value
