"""A site of static files in a folder: written beside it and put in its place, so that nobody is shown half of it.

The folder is known to be ours by its list of digests, and by one file that it names. Whatever is in it beside that
list, or is not as the list says, was put there by somebody: nothing is written then. Between the two renames there is
an instant without the folder; a crash there leaves the earlier site beside it, and the next run goes on from that.
"""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from comity.adapters.files import disk_error, read_limited, sync_folder, write_whole
from comity.base.digests import Digest
from comity.base.errors import Conflict, Malformed

_SUMS_LIMIT = 16 * 1024 * 1024
_FILE_LIMIT = 64 * 1024 * 1024
_SUM_LETTERS = 64


def check_folder(folder: Path, sums: str, sign: str) -> None:
    """That nothing of somebody else's would be lost. Raises Conflict.

    sums: the name of the list of digests. sign: a path that every list of ours has.
    """
    if not os.path.lexists(folder):
        return
    if folder.is_symlink() or not folder.is_dir():
        raise Conflict("not a folder", where=str(folder), hint="name a folder that is empty, or not there yet")
    there = sorted(_files(folder))
    listed = _listed(folder / sums) if there else {}
    if there and sign not in listed:
        raise Conflict("a folder with files that are no site", where=str(folder), hint="choose another folder")
    for path in there:
        if path == sums:
            continue
        if path not in listed:
            raise Conflict("a file that is not the site's", where=str(folder / path), hint="choose another folder")
        if str(Digest.of(read_limited(folder / path, _FILE_LIMIT))) != listed[path]:
            raise Conflict(
                "a file of the site was changed by hand", where=str(folder / path), hint="remove it, or choose another"
            )


def put_site(folder: Path, files: Iterable[tuple[str, bytes]], sums: str, sign: str) -> int:
    """Write the files in place of what the folder held; how many. Raises Conflict, Unavailable."""
    if not folder.is_symlink():
        folder = folder.resolve()  # `.` has a name then
    new, before = _beside(folder, "new"), _beside(folder, "before")
    if before.exists() and not folder.exists():
        before.rename(folder)
    check_folder(folder, sums, sign)
    try:
        for left in (new, before):
            shutil.rmtree(left, ignore_errors=True)
        new.mkdir(parents=True)
        count = 0
        for path, data in files:
            write_whole(_inside(new, path), data, sync=False)
            count += 1
        _sync(new)
        if folder.exists():
            folder.rename(before)
        new.rename(folder)
        sync_folder(folder.parent)
    except OSError as error:
        raise disk_error(error, folder) from None
    finally:
        shutil.rmtree(new, ignore_errors=True)
    shutil.rmtree(before, ignore_errors=True)
    return count


def _beside(folder: Path, ending: str) -> Path:
    return folder.with_name(f".{folder.name}.comity-{ending}")


def _inside(folder: Path, path: str) -> Path:
    found = folder / path
    if ".." in found.parts or not found.is_relative_to(folder):
        raise Malformed("not a path within the site", where=path, hint="this is a fault of the program")
    return found


def _files(folder: Path) -> Iterable[str]:
    """Every file and link below it, as paths with '/'."""
    for at, folders, names in os.walk(folder):
        here = Path(at).relative_to(folder)
        links = [one for one in folders if (Path(at) / one).is_symlink()]
        yield from ((here / one).as_posix() for one in (*names, *links))


def _listed(sums: Path) -> dict[str, str]:
    """What `sha256sum` would check, by path; nothing where there is no such list."""
    if not sums.is_file():
        return {}
    text = read_limited(sums, _SUMS_LIMIT).decode("utf-8", "replace")
    return {line[_SUM_LETTERS + 2 :]: line[:_SUM_LETTERS] for line in text.splitlines()}


def _sync(folder: Path) -> None:
    """Flush every file and folder below it, and itself."""
    for at, _, names in os.walk(folder):
        for name in names:
            with (Path(at) / name).open("rb") as file:
                os.fsync(file.fileno())
        sync_folder(Path(at))
