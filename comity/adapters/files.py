"""Small files, whole: read within a limit, written whole or not at all."""

import errno
import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

from comity.base.errors import Conflict, NotFound, TooLarge, Unavailable


def read_limited(path: Path, limit: int) -> bytes:
    """The bytes of `path`. Raises NotFound, TooLarge (nothing more than `limit` is read) or Unavailable."""
    try:
        with path.open("rb") as source:
            data = source.read(limit + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise NotFound("there is no such file", where=str(path), hint="check the path") from None
    except IsADirectoryError:
        raise NotFound("this is a folder, a file was expected", where=str(path), hint="name the file in it") from None
    except OSError as error:
        raise disk_error(error, path) from None
    if len(data) > limit:
        raise TooLarge(f"larger than the limit of {limit} bytes", where=str(path), hint="nothing was read from it")
    return data


def read_lines(path: Path, first: int, others: int) -> Iterator[bytes]:
    """The lines of `path` one at a time, without their ends: at most `first` bytes for the first, `others` for each
    other. Raises NotFound, TooLarge or Unavailable."""
    limit = first
    try:
        with path.open("rb") as source:
            while line := source.readline(limit + 2):
                line = line.removesuffix(b"\n").removesuffix(b"\r")
                if len(line) > limit:
                    raise TooLarge(
                        f"a line is longer than the limit of {limit} bytes", where=str(path), hint="see who made it"
                    )
                yield line
                limit = others
    except (FileNotFoundError, NotADirectoryError):
        raise NotFound("there is no such file", where=str(path), hint="check the path") from None
    except OSError as error:
        raise disk_error(error, path) from None


def check_new(path: Path) -> None:
    """Raise Conflict if there is anything of that name: before work whose result could not be written there.

    Something may still come meanwhile: `write_whole` with `replace=False` looks again."""
    if os.path.lexists(path):
        raise _exists(path)


def _exists(path: Path) -> Conflict:
    return Conflict("the file exists already", where=str(path), hint="choose another name, or remove it")


def write_whole(path: Path, data: bytes, *, mode: int = 0o644, sync: bool = True, replace: bool = True) -> None:
    """Write `data` to `path` by way of a temporary name: readers see all of it or what was there before.

    `sync`: flushed to the disk, with its folder, before this returns. `replace=False` raises Conflict if `path` exists;
    so does a link, a device or a folder in its place. Raises Unavailable when the disk refuses; nothing half-written
    stays. The temporary name is the writer's own: two that write the same file never share it.
    """
    part = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.part")
    try:
        if os.path.lexists(path) and not stat.S_ISREG(os.lstat(path).st_mode):
            raise Conflict("not a plain file", where=str(path), hint="name a file; a link or a device is not replaced")
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(descriptor, "wb") as sink:
            sink.write(data)
            if sync:
                sink.flush()
                os.fsync(sink.fileno())
        if replace:
            part.replace(path)
        else:
            os.link(part, path)
            part.unlink()
        if sync:
            sync_folder(path.parent)
    except FileExistsError:
        part.unlink(missing_ok=True)
        raise _exists(path) from None
    except OSError as error:
        part.unlink(missing_ok=True)
        raise disk_error(error, path) from None


def sync_folder(folder: Path) -> None:
    """Flush a folder's entries, so that a new name survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def disk_error(error: OSError, path: Path | None) -> Unavailable:
    """What the operating system said, as one line and what to do."""
    hints = {
        errno.ENOSPC: ("the disk is full", "free some space, then run the same command again"),
        errno.EDQUOT: ("the disk quota is used up", "free some space, then run the same command again"),
        errno.EFBIG: ("the file may not grow further", "see ulimit -f and the file system's limit, then run it again"),
        errno.EROFS: ("the folder is read-only", "choose a folder that can be written to"),
        errno.EACCES: ("not allowed by the file's permissions", "check who owns it, and its mode"),
        errno.EPERM: ("not allowed by the file's permissions", "check who owns it, and its mode"),
    }
    what, hint = hints.get(error.errno or 0, (error.strerror or "the disk refused", "see the system's log"))
    return Unavailable(what, where=str(path or ""), hint=hint)
