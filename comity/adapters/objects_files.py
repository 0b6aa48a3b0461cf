"""Parts, packages and the published log as plain files in the node's folder. Implements three ports of workflows.ports.

What a call returned from is on the disk, whole. Parts and packages are named by their digest and never written over.
"""

import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from comity.adapters.files import disk_error, sync_folder, write_whole
from comity.adapters.sources_files import FolderSink, FolderSource, is_abandoned
from comity.base.digests import Digest
from comity.base.errors import Malformed, NotFound, Unavailable
from comity.evidence.parts import check_part
from comity.evidence.streams import PackageSink, PackageSource

_PACKAGE = re.compile(r"[0-9a-f]{64}")
PUBLISHED_LIMIT = 64 * 1024 * 1024


class PartFiles:
    """Stretches of attached files: `parts/<sha256>`.

    None is taken while less than `least_free` bytes of the disk are free: a peer that sends much must not stop the
    node's own work.
    """

    def __init__(self, folder: Path, *, least_free: int = 0) -> None:
        self._folder = folder
        self._least_free = least_free

    def _path(self, sha256: str) -> Path:
        return self._folder / str(Digest.from_hex(sha256))

    def has(self, sha256: str) -> bool:
        return self._path(sha256).is_file()

    def put(self, sha256: str, data: bytes) -> None:
        """Raises Malformed if the digest is another's, Unavailable if the disk refuses."""
        check_part(sha256, data)
        if self._least_free and shutil.disk_usage(self._folder.parent).free < self._least_free + len(data):
            raise Unavailable(
                "too little of the disk is free", hint="it is brought again later by itself; free some space"
            )
        write_whole(self._path(sha256), data, mode=0o600)

    def read(self, sha256: str) -> bytes:
        try:
            return self._path(sha256).read_bytes()
        except FileNotFoundError:
            raise NotFound("no such part", hint="the sender brings it first") from None
        except OSError as error:
            raise disk_error(error, self._folder) from None

    def drop(self, sha256s: Sequence[str]) -> None:
        for sha256 in sha256s:
            self._path(sha256).unlink(missing_ok=True)


class PackageFolders:
    """Sealed packages: `evidence/<package digest>/`, and working folders beside them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _path(self, name: str) -> Path:
        if not name or "/" in name or name.startswith("."):
            raise Malformed("not the name of a package", hint="a package digest: 64 hexadecimal digits")
        return self._folder / name

    def has(self, package: str) -> bool:
        return self._path(package).is_dir()

    def source(self, package: str) -> PackageSource:
        return FolderSource(self._path(package))

    def sink(self, name: str) -> PackageSink:
        """A new working folder; what an earlier, broken-off try under this name left is removed first."""
        path = self._path(name)
        for left in (path, path.with_name(path.name + ".part")):
            shutil.rmtree(left, ignore_errors=True)
        self._folder.mkdir(parents=True, exist_ok=True)
        return FolderSink(path)

    def keep(self, name: str, package: str) -> None:
        working, final = self._path(name), self._path(package)
        try:
            if final.is_dir():
                shutil.rmtree(working)
                return
            working.rename(final)
            sync_folder(self._folder)
        except OSError as error:
            raise disk_error(error, final) from None

    def drop(self, package: str) -> None:
        """Under another name first: what is left after a crash is no package any more, and `sink` removes it."""
        path = self._path(package)
        gone = path.with_name(f"gone-{package}.part")
        try:
            shutil.rmtree(gone, ignore_errors=True)
            path.rename(gone)
        except FileNotFoundError:
            return
        except OSError as error:
            raise disk_error(error, path) from None
        shutil.rmtree(gone, ignore_errors=True)

    def clear(self) -> int:
        """What a process that is gone began and did not finish; how many folders that were."""
        try:
            found = [path for path in self._folder.iterdir() if not _PACKAGE.fullmatch(path.name)]
        except FileNotFoundError:
            return 0
        left = [path for path in found if is_abandoned(path)]
        for path in left:
            shutil.rmtree(path, ignore_errors=True)
        return len(left)


class LogFiles:
    """The published log: `log/checkpoint`, `log/tile/...`, for any static web server to serve."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, path: str, data: bytes) -> None:
        """Tiles are a cache and can be made again: only the checkpoint is flushed."""
        write_whole(self._location(path), data, sync=path == "checkpoint")

    def read(self, path: str) -> bytes | None:
        location = self._location(path)
        try:
            with location.open("rb") as stream:
                return stream.read(PUBLISHED_LIMIT)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        except OSError as error:
            raise disk_error(error, location) from None

    def remove(self, path: str) -> None:
        location = self._location(path)
        try:
            if location.is_dir():  # the widths of a partial tile
                shutil.rmtree(location)
            else:
                location.unlink(missing_ok=True)
        except OSError as error:
            raise disk_error(error, location) from None

    def _location(self, path: str) -> Path:
        location = self.folder / path
        if os.path.normpath(path) != path or path.startswith(("/", "..")) or not path.isprintable():
            raise Malformed("not a path of the log", hint="checkpoint, or tile/...")
        return location
