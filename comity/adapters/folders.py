"""A folder of small files, written whole or not at all, and read within limits: no link in it is followed."""

import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from comity.adapters.files import disk_error, read_limited, write_whole
from comity.base.errors import Conflict, NotFound, NotVerified, TooLarge

_DEEP_MOST = 3


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make `folder` with these files, for its owner alone. Raises Conflict if it exists, Unavailable when the disk
    refuses; nothing half-written stays under its name."""
    part = folder.with_name(f"{folder.name}.{os.getpid()}.part")
    try:
        if os.path.lexists(folder):
            raise Conflict("the folder exists", where=str(folder), hint="name a new one: nothing is written over")
        part.mkdir(parents=True, mode=0o700)
        for name, data in files.items():
            target = part / name
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(target, data, mode=0o600, replace=False)
        part.rename(folder)
    except OSError as error:
        raise disk_error(error, folder) from None
    finally:
        shutil.rmtree(part, ignore_errors=True)


def read_folder(folder: Path, limit: int, most: int) -> dict[str, bytes]:
    """Every file by its path in the folder. limit: bytes of all together; most: how many files.

    Raises NotFound, TooLarge, or NotVerified for a link or a device, which no such folder holds.
    """
    if not folder.is_dir():
        raise NotFound("there is no such folder", where=str(folder), hint="check the path")
    found: dict[str, bytes] = {}
    left = limit
    try:
        for path in _files(folder, 1):
            if len(found) == most:
                raise TooLarge(f"more than {most} files", where=str(folder), hint="it is another folder")
            data = read_limited(path, left)
            left -= len(data)
            found[path.relative_to(folder).as_posix()] = data
    except OSError as error:
        raise disk_error(error, folder) from None
    return found


def _files(folder: Path, depth: int) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        mode = path.lstat().st_mode
        if stat.S_ISREG(mode):
            yield path
        elif stat.S_ISDIR(mode) and depth < _DEEP_MOST:
            yield from _files(path, depth + 1)
        else:
            raise NotVerified("neither a file nor a folder of files", where=str(path), hint="it is another folder")
