"""Sealed packages in memory: no disk, and every byte can be changed."""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from comity.base.errors import Conflict, NotFound, Unavailable
from comity.evidence.streams import Kind


@dataclass(frozen=True)
class MemoryFile:
    """A source. `actual` is what its stream holds, if not what it said when it was found."""

    path: str
    data: bytes = b""
    kind: Kind = "file"
    mtime_ns: int = 1_700_000_000_123_456_789
    mode: int = 0o640
    actual: bytes | None = None

    @property
    def size(self) -> int:
        return len(self.data)

    @contextmanager
    def open(self) -> Iterator[io.BytesIO]:
        yield io.BytesIO(self.data if self.actual is None else self.actual)


@dataclass
class MemoryPackage:
    """A sink and a source of packages. `room`: how many bytes its disk takes before it is full."""

    files: dict[str, bytes] = field(default_factory=dict)
    folders: set[str] = field(default_factory=set)
    room: int = 1 << 40
    is_committed: bool = False
    is_discarded: bool = False

    @contextmanager
    def create(self, name: str) -> Iterator["_Full"]:
        if name in self.files:
            raise Conflict("written already")
        stream = _Full(self)
        yield stream
        self.files[name] = stream.getvalue()

    def make_folder(self, name: str) -> None:
        self.folders.add(name)

    def commit(self) -> None:
        self.is_committed = True

    def discard(self) -> None:
        self.is_discarded = True
        self.files.clear()
        self.folders.clear()

    def names(self) -> Iterator[str]:
        return iter(list(self.files))

    @contextmanager
    def open(self, name: str) -> Iterator[io.BytesIO]:
        if name not in self.files:
            raise NotFound("no such file")
        yield io.BytesIO(self.files[name])

    def changed(self, files: Mapping[str, bytes]) -> "MemoryPackage":
        """A copy with some files put in place of, or beside, its own."""
        return MemoryPackage({**self.files, **files})

    def without(self, name: str) -> "MemoryPackage":
        return MemoryPackage({other: data for other, data in self.files.items() if other != name})


class _Full(io.BytesIO):
    def __init__(self, package: MemoryPackage) -> None:
        super().__init__()
        self._package = package

    def write(self, data: bytes | bytearray | memoryview) -> int:  # type: ignore[override]
        self._package.room -= len(data)
        if self._package.room < 0:
            raise Unavailable("the disk is full")
        return super().write(data)


def tree(files: Mapping[str, bytes], folders: frozenset[str] = frozenset()) -> list[MemoryFile]:
    """Sources for these files, these empty folders, and every folder above them."""
    above = set(folders)
    for path in [*files, *folders]:
        parts = path.split("/")
        above.update("/".join(parts[:n]) for n in range(1, len(parts)))
    return [MemoryFile(path, data) for path, data in files.items()] + [MemoryFile(path, kind="dir") for path in above]
