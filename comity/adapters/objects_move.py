"""Copy what a node's folder holds of evidence, parts and the published log into the store that it uses from now on.

Run it while no process of the node runs. What is there already is passed over, so a copy that broke off goes on.
Nothing is removed from the folder: that is a person's to do, once the node runs and its evidence was verified there.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from comity.adapters.files import read_limited
from comity.adapters.objects_files import PUBLISHED_LIMIT, PackageFolders
from comity.evidence.parts import PART
from comity.workflows.ports import LogFolder, PackageStore, PartStore

Count = Callable[[int, int], None]
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_PIECE: Final = 1024 * 1024
_CHECKPOINT: Final = "checkpoint"


@dataclass(frozen=True, slots=True)
class Copied:
    """How many of each were copied now; what was there is not counted."""

    packages: int
    parts: int
    log_files: int


def copy_objects(
    folder: Path, packages: PackageStore, parts: PartStore, log: LogFolder, count: Count | None = None
) -> Copied:
    """folder: the node's. count: told the bytes done, and in all. Raises Unavailable; what was copied stays."""
    progress = _Progress(sum(path.stat().st_size for path in _files(folder)), count)
    return Copied(
        sum(_copy_package(folder, path.name, packages, progress) for path in _named(folder / "evidence")),
        sum(_copy_part(path, parts, progress) for path in _named(folder / "parts")),
        sum(_copy_file(folder / "log", path, log, progress) for path in _of_log(folder / "log")),
    )


class _Progress:
    def __init__(self, total: int, count: Count | None) -> None:
        self._total, self._count, self._done = total, count, 0

    def add(self, size: int) -> None:
        self._done += size
        if self._count is not None:
            self._count(self._done, self._total)


def _files(folder: Path) -> Iterator[Path]:
    for name in ("evidence", "parts", "log"):
        yield from (path for path in (folder / name).rglob("*") if path.is_file())


def _named(folder: Path) -> list[Path]:
    """What is named by a digest; what is beside it is unfinished."""
    return sorted(path for path in folder.glob("*") if _DIGEST.fullmatch(path.name))


def _of_log(folder: Path) -> list[Path]:
    """The checkpoint last: it says that the others are there."""
    found = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(".part"))
    return sorted(found, key=lambda path: path.name == _CHECKPOINT)


def _copy_package(folder: Path, digest: str, packages: PackageStore, progress: _Progress) -> bool:
    if packages.has(digest):
        return False
    source, working = PackageFolders(folder / "evidence").source(digest), f"moving-{digest}"
    sink = packages.sink(working)
    try:
        for name in sorted(source.names()):
            with source.open(name) as stream, sink.create(name) as out:
                while data := stream.read(_PIECE):
                    out.write(data)
                    progress.add(len(data))
        sink.commit()
    except BaseException:
        sink.discard()
        raise
    packages.keep(working, digest)
    return True


def _copy_part(path: Path, parts: PartStore, progress: _Progress) -> bool:
    if parts.has(path.name):
        return False
    data = read_limited(path, PART)
    parts.put(path.name, data)
    progress.add(len(data))
    return True


def _copy_file(root: Path, path: Path, log: LogFolder, progress: _Progress) -> bool:
    name, data = path.relative_to(root).as_posix(), read_limited(path, PUBLISHED_LIMIT)
    progress.add(len(data))
    if log.read(name) == data:
        return False
    log.write(name, data)
    return True
