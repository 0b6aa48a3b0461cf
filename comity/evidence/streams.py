"""What this package asks of the outside: files to seal, a package to read, a place to write.

Rules: names are safe relative paths (see `paths`), parts joined by `/`. A sink shows nothing under its final name
before `commit`; after `discard` nothing is left. What the disk refuses comes as Unavailable, never as OSError.
"""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Literal, Protocol

from comity.crypto.age import Readable, Seekable, Writable

Kind = Literal["file", "dir"]
Progress = Callable[[int, int], None]
"""Called with the bytes done so far, and in all."""

CHUNK_BYTES = 128 * 1024


class Fillable(Readable, Protocol):
    """A stream that reads into memory it is given: how many bytes, 0 at the end."""

    def readinto(self, buffer: memoryview, /) -> int: ...


class Source(Protocol):
    """One file or folder to be sealed. `size` is 0 for a folder; `mode` the permission bits as found."""

    @property
    def path(self) -> str: ...
    @property
    def kind(self) -> Kind: ...
    @property
    def size(self) -> int: ...
    @property
    def mtime_ns(self) -> int: ...
    @property
    def mode(self) -> int: ...

    def open(self) -> AbstractContextManager[Fillable]:
        """The file's bytes. Raises Unavailable if it is not the file that was found, or changes while it is open."""
        ...


class PackageSource(Protocol):
    """A sealed package, for reading."""

    def names(self) -> Iterable[str]:
        """Every file in it, in any order."""
        ...

    def open(self, name: str) -> AbstractContextManager[Seekable]:
        """One file's bytes. Raises NotFound."""
        ...


def bytes_in(package: PackageSource) -> int:
    """The sizes of all its files."""
    size = 0
    for name in package.names():
        with package.open(name) as stream:
            size += stream.seek(0, 2)
    return size


class PackageSink(Protocol):
    """A new folder of files: all of it or nothing."""

    def create(self, name: str) -> AbstractContextManager[Writable]:
        """A new file, its folders made as needed; on disk when the context ends. Raises Conflict if it exists."""
        ...

    def make_folder(self, name: str) -> None:
        """A folder, if it is not there yet."""
        ...

    def commit(self) -> None:
        """Give everything its final name, durably. Raises Conflict if the name is taken."""
        ...

    def discard(self) -> None:
        """Remove everything written. Raises nothing."""
        ...


class Tally:
    """Adds up the bytes done and passes the sum on."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress = progress
        self.total = total
        self._done = 0

    def add(self, count: int) -> None:
        self._done += count
        if self._progress is not None:
            self._progress(self._done, self.total)
