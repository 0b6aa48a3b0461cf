"""Evidence and sealed packages on a local disk: what is sealed, what is read, where it is written.

Implements the protocols of evidence.streams. Rules: no symbolic link is ever followed, and one among the files to
seal is refused: to follow it may leave the folder that was named, to pass it over would lose evidence without a word,
and a tar of plain files cannot hold it. A folder is written as `NAME.part`, flushed, and renamed as a whole; a name
that exists is never written over; what the disk refuses is Unavailable.
"""

import errno
import fcntl
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from operator import attrgetter
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import msgspec

from comity.adapters.files import disk_error, sync_folder
from comity.base.errors import BrokenSeal, ComityError, Conflict, Malformed, NotFound, Unavailable
from comity.evidence.paths import check_path
from comity.evidence.streams import Kind

_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK  # not to wait for ever on a pipe put in its place
_SMALL = 1024 * 1024
_path = attrgetter("path")
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class FileSource(msgspec.Struct, frozen=True, gc=False):
    """One file or folder as it was found. Neither what it is, nor size or time, may change until it is sealed."""

    path: str
    kind: Kind
    size: int
    mtime_ns: int
    mode: int
    location: str
    device: int
    inode: int

    def open(self) -> "_OpenedSource":
        """The file's bytes. Raises Unavailable if it is not the file found, or is changed before the context ends."""
        return _OpenedSource(self)


class _OpenedSource:
    """The system's own calls and nothing around them: of a small file, opening is most of the work."""

    __slots__ = ("_file", "_source")

    def __init__(self, source: FileSource) -> None:
        self._source = source
        self._file = -1

    def readinto(self, buffer: memoryview, /) -> int:
        return os.readv(self._file, (buffer,))

    def read(self, size: int = -1, /) -> bytes:
        return os.read(self._file, size if size >= 0 else self._source.size + 1)

    def __enter__(self) -> Self:
        try:
            self._file = os.open(self._source.location, _READ)
        except OSError as error:
            raise disk_error(error, Path(self._source.location)) from None
        if self._source.size > _SMALL:  # before hours of reading; a small one is checked when it was read
            try:
                self._check_unchanged()
            except BaseException:
                os.close(self._file)
                raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self._check_unchanged()
        finally:
            os.close(self._file)
        if isinstance(error, OSError):
            raise disk_error(error, Path(self._source.location)) from None

    def _check_unchanged(self) -> None:
        status, source = os.fstat(self._file), self._source
        if (
            status.st_ino != source.inode
            or status.st_dev != source.device
            or status.st_size != source.size
            or status.st_mtime_ns != source.mtime_ns
            or not stat.S_ISREG(status.st_mode)
        ):
            raise Unavailable(
                "changed since it was found",
                where=source.location,
                hint="stop what writes to it, or seal a copy; nothing was sealed",
            )


def find_sources(start: Path, *, under: str = "") -> tuple[FileSource, ...]:
    """What there is to seal at `start`: the file under its own name, or everything in the folder, by relative path.

    under: a name for the folder, which then stands in the paths and is an item itself.

    Raises NotFound, Malformed (a link, a device, a name that no package can hold) or Unavailable.
    """
    try:
        status = os.lstat(start)
    except FileNotFoundError:
        raise NotFound("there is no such file or folder", where=str(start), hint="check the path") from None
    except OSError as error:
        raise disk_error(error, start) from None
    if stat.S_ISDIR(status.st_mode):
        if not under:
            return tuple(_walk(start))
        return (_source(under, str(start), status), *_walk(start, under + "/"))
    return (_source(start.name, str(start), status),)


def _walk(start: Path, prefix: str = "") -> Iterator[FileSource]:
    waiting = [(str(start), prefix)]
    while waiting:
        folder, prefix = waiting.pop()
        try:
            with os.scandir(folder) as entries:
                found = [
                    _source(prefix + entry.name, f"{folder}/{entry.name}", entry.stat(follow_symlinks=False))
                    for entry in entries
                ]
        except OSError as error:
            raise disk_error(error, Path(folder)) from None
        found.sort(key=_path)
        for source in found:
            yield source
            if source.kind == "dir":
                waiting.append((source.location, source.path + "/"))


def _source(path: str, location: str, status: os.stat_result) -> FileSource:
    is_folder = stat.S_ISDIR(status.st_mode)
    if not is_folder and not stat.S_ISREG(status.st_mode):
        what = "a symbolic link" if stat.S_ISLNK(status.st_mode) else "neither a file nor a folder"
        raise Malformed(
            what, where=_shown(location), hint="seal what it stands for, or leave it out; links are not followed"
        )
    try:
        check_path(path)
    except Malformed as error:
        raise Malformed(error.what, where=_shown(location), hint=error.hint) from None
    return FileSource(
        path=path,
        kind="dir" if is_folder else "file",
        size=0 if is_folder else status.st_size,
        mtime_ns=status.st_mtime_ns,
        mode=stat.S_IMODE(status.st_mode),
        location=location,
        device=status.st_dev,
        inode=status.st_ino,
    )


def _shown(location: str) -> str:
    return location.encode("utf-8", "backslashreplace").decode("utf-8")


class FolderSource:
    """A sealed package as a folder."""

    def __init__(self, root: Path) -> None:
        if not root.is_dir():
            raise NotFound("there is no such folder", where=str(root), hint="name the package's folder")
        self._root = root

    def names(self) -> Iterator[str]:
        """Every file, folder by folder. Raises BrokenSeal at anything that is neither file nor folder."""
        waiting = [(self._root, "")]
        while waiting:
            folder, prefix = waiting.pop()
            try:
                with os.scandir(folder) as entries:
                    for entry in entries:
                        if entry.is_dir(follow_symlinks=False):
                            waiting.append((folder / entry.name, prefix + entry.name + "/"))
                        elif entry.is_file(follow_symlinks=False):
                            yield prefix + entry.name
                        else:
                            raise BrokenSeal(
                                "the package holds something that is neither a file nor a folder",
                                where=str(self._root),
                                hint="a link or a device has no place in a package; ask for it to be sent again",
                            )
            except OSError as error:
                raise disk_error(error, folder) from None

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """One file's bytes. Raises NotFound, BrokenSeal if it is a link or not a file, or Unavailable."""
        location = self._root / check_path(name)
        try:
            with os.fdopen(os.open(location, _READ), "rb") as stream:
                if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                    raise BrokenSeal("not a plain file", where=str(location), hint="ask for the package again")
                yield stream
        except (FileNotFoundError, NotADirectoryError):
            raise NotFound("there is no such file in the package", where=name, hint="ask for it again") from None
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise BrokenSeal("a link, not a file", where=name, hint="ask for the package again") from None
            raise disk_error(error, location) from None


def is_abandoned(folder: Path) -> bool:
    """Whether no sink of a living process writes to a working folder."""
    try:
        held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(held)
    return True


class FolderSink:
    """A new folder `final`, written as `final.part`. Only the owner can read what is written (0700, 0600)."""

    def __init__(self, final: Path) -> None:
        """Raises Conflict if `final` or its `.part` exists, Unavailable."""
        self._final = final
        self._part = final.with_name(final.name + ".part")
        self._folders: set[Path] = set()
        self._lock = -1
        if os.path.lexists(final):
            raise self._taken()
        try:
            self._part.mkdir(mode=0o700)
        except FileExistsError:
            raise Conflict(
                "an unfinished folder of that name is there",
                where=str(self._part),
                hint="another run is writing it, or one was cut off: then remove it",
            ) from None
        except OSError as error:
            raise disk_error(error, self._part) from None
        self._folders.add(self._part)
        self._lock = os.open(self._part, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        fcntl.flock(self._lock, fcntl.LOCK_EX)  # let go when this process ends, however it ends

    def __del__(self) -> None:
        self._unlock()

    def _unlock(self) -> None:
        held, self._lock = self._lock, -1
        if held >= 0:
            os.close(held)

    @contextmanager
    def create(self, name: str) -> Iterator[BinaryIO]:
        """A new file; flushed to the disk when the context ends. Raises Malformed, Conflict or Unavailable."""
        location = self._part / check_path(name)
        try:
            self._make_folders(location.parent)
            with os.fdopen(os.open(location, _WRITE, 0o600), "wb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
        except FileExistsError:
            raise Conflict("a file of that name was written already", hint="each name once") from None
        except OSError as error:
            raise disk_error(error, self._final) from None

    def make_folder(self, name: str) -> None:
        try:
            self._make_folders(self._part / check_path(name))
        except OSError as error:
            raise disk_error(error, self._final) from None

    def commit(self) -> None:
        """Flush the folders and give the whole its name. Raises Conflict if that is taken by now, or Unavailable."""
        try:
            for folder in self._folders:
                sync_folder(folder)
            if os.path.lexists(self._final):  # rename would replace an empty folder
                raise self._taken()
            self._part.rename(self._final)
            sync_folder(self._final.parent)
        except OSError as error:
            raise disk_error(error, self._final) from None

    def discard(self) -> None:
        """Remove everything written. What the disk will not remove stays as `.part` and is named by the next run."""
        shutil.rmtree(self._part, ignore_errors=True)
        self._unlock()

    def _make_folders(self, folder: Path) -> None:
        missing = []
        while folder not in self._folders:
            missing.append(folder)
            folder = folder.parent
        for each in reversed(missing):
            each.mkdir(mode=0o700)
            self._folders.add(each)

    def _taken(self) -> ComityError:
        return Conflict("the name is taken", where=str(self._final), hint="choose another; nothing is written over")
