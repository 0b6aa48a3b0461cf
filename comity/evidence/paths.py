"""Which paths may stand in a package: relative, plain, the same on every system.

A path is a list of names joined by `/`. Refused: `..`, `.`, empty names, absolute paths, drive letters, backslashes,
NUL and other control characters, names that are not Unicode, names over 255 bytes, paths over 4,096 bytes (UTF-8), a
path under something that is not a listed folder, and two paths that a system could take for one (they differ only in
case or in Unicode normal form).
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from comity.base.errors import Malformed
from comity.evidence.streams import Kind

NAME_LIMIT: Final = 255
PATH_LIMIT: Final = 4096

# Most paths are like this, and then nothing else can be wrong with them; they are many.
_PLAIN = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9_.-]*/)*[A-Za-z0-9_-][A-Za-z0-9_.-]*")
_DRIVE = re.compile(r"[A-Za-z]:")


def check_path(path: str) -> str:
    """The same path, or Malformed. The message does not repeat it: a file's name is evidence too."""
    wrong = _what_is_wrong(path)
    if wrong:
        raise Malformed(wrong, hint="relative paths of plain names; rename the file, or seal an image of the disk")
    return path


def check_tree(entries: Iterable[tuple[str, Kind]]) -> None:
    """Raise Malformed unless the paths, in ascending order of code points, make one tree of files and folders."""
    kinds: dict[str, Kind] = {}
    folded: set[str] = set()
    last = ""
    for number, (path, kind) in enumerate(entries, 1):
        wrong = _what_is_wrong(path)
        if wrong:
            raise Malformed(wrong, where=f"item {number}", hint="relative paths of plain names")
        if path <= last:
            raise Malformed("not in order, or listed twice", where=f"item {number}", hint="ascending by code points")
        parent = path.rpartition("/")[0]
        if parent and kinds.get(parent) != "dir":
            raise Malformed("stands in a folder that is not listed", where=f"item {number}", hint="list every folder")
        twin = path.lower() if path.isascii() else _fold(path)
        if twin in folded:
            raise Malformed(
                "two names differ only in case or in Unicode form",
                where=f"item {number}",
                hint="some systems would write one over the other: seal them apart, or as an image of the disk",
            )
        if kind == "dir":
            kinds[path] = kind
        folded.add(twin)
        last = path


def _fold(path: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def _what_is_wrong(path: str) -> str:
    if _PLAIN.fullmatch(path) and len(path) <= NAME_LIMIT:
        return ""
    try:
        encoded = path.encode("utf-8")
    except UnicodeEncodeError:
        return "a file's name is not Unicode"
    if len(encoded) > PATH_LIMIT:
        return f"a path is longer than {PATH_LIMIT} bytes"
    if "\\" in path:
        return "a path has a backslash"
    if any(unicodedata.category(character) == "Cc" for character in path):
        return "a path has a control character"
    names = path.split("/")
    if any(name in ("", ".", "..") for name in names):
        return "a path is empty, absolute or goes up"
    if any(_DRIVE.match(name) for name in names):
        return "a path has a drive letter"
    if any(len(name.encode("utf-8")) > NAME_LIMIT for name in names):
        return f"a name in a path is longer than {NAME_LIMIT} bytes"
    return ""
