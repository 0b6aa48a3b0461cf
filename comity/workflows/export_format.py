"""The file of a case export: a ZIP of one fixed form, and the signed manifest inside it (docs/formats/case-export.md).

Stored, never compressed; names in order of their bytes; no times, no extra fields, no comment. Because the form is
fixed, a reader takes names, sizes and contents, writes the file anew and compares: no byte is left that could be
changed unseen, and no ZIP library ever reads bytes from outside.
"""

import re
import struct
from collections.abc import Mapping
from typing import Annotated, Final, Literal, NoReturn
from zlib import crc32

import msgspec

from comity.base.digests import Digest
from comity.base.errors import Malformed, NotVerified
from comity.base.mode import Mode
from comity.base.parsing import check_size

VERSION: Final = 1
TYP: Final = "comity-export+jws"
LIMIT: Final = 64 * 1024 * 1024
MOST_FILES: Final = 20_000
MANIFEST_LIMIT: Final = 8 * 1024 * 1024
MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.jws"
SUMS: Final = "SHA256SUMS"
README: Final = "README.txt"
SUMMARY: Final = "case.json"
LINKS: Final = "links.txt"
CUSTODY: Final = "custody.jws"

_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*){0,2}", re.ASCII)
_NAME_BYTES = 120
_LOCAL, _CENTRAL, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_MADE_BY = 3 << 8 | 20  # Unix, ZIP 2.0
_NEEDS = 20
_DAY = 1 << 5 | 1  # 1 January 1980, the first that a ZIP can name: no time is told
_MODE = 0o100644 << 16


class Listed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of the export."""

    name: str
    size: int
    sha256: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is signed: who exported which case, when (POSIX seconds), and every other file by its digest.

    `by` is the pseudonym of the person; `published` the size of the log's checkpoint then, 0 if there was none."""

    v: Literal[1] = 1
    mode: Mode
    stamp: str
    node: str
    case: str
    at: int
    by: str
    events: int
    published: int
    files: tuple[Listed, ...]


def list_files(files: Mapping[str, bytes]) -> tuple[Listed, ...]:
    """The files as the manifest names them, in order."""
    return tuple(Listed(name, len(files[name]), str(Digest.of(files[name]))) for name in sorted(files))


def sums(files: Mapping[str, bytes]) -> bytes:
    """The same for `sha256sum -c`."""
    return "".join(f"{Digest.of(files[name])}  {name}\n" for name in sorted(files)).encode("ascii")


def write(files: Mapping[str, bytes]) -> bytes:
    """The one ZIP of these files. Raises Malformed for a name or a number of files that it cannot hold."""
    if len(files) > MOST_FILES or any(not is_name(name) for name in files):
        raise Malformed("an export cannot hold these files", hint=f"at most {MOST_FILES}, with plain names")
    members, directory, at = [], [], 0
    for name in sorted(files):
        data, encoded = files[name], name.encode("ascii")
        common = struct.pack("<HHHHHIIIHH", _NEEDS, 0, 0, 0, _DAY, crc32(data), len(data), len(data), len(encoded), 0)
        member = _LOCAL + common + encoded + data
        directory.append(
            _CENTRAL + struct.pack("<H", _MADE_BY) + common + struct.pack("<HHHII", 0, 0, 0, _MODE, at) + encoded
        )
        members.append(member)
        at += len(member)
    listing = b"".join(directory)
    end = _END + struct.pack("<HHHHIIH", 0, 0, len(files), len(files), len(listing), at, 0)
    data = b"".join(members) + listing + end
    check_size(data, LIMIT, "the export")
    return data


def is_name(name: str) -> bool:
    """Whether a file of an export may be called so: plain ASCII, at most two folders deep."""
    return len(name) <= _NAME_BYTES and _NAME.fullmatch(name) is not None


def read(data: bytes) -> dict[str, bytes]:
    """The files of an export, in order. Raises TooLarge, or NotVerified naming the file at which the bytes are not of
    the one form; nothing of their content is checked yet."""
    check_size(data, LIMIT, "the export")
    files: dict[str, bytes] = {}
    at, name = 0, ""
    while data[at : at + 4] == _LOCAL and len(data) >= at + 30 and len(files) < MOST_FILES:
        size, name_bytes = struct.unpack_from("<I", data, at + 22)[0], struct.unpack_from("<H", data, at + 26)[0]
        start = at + 30 + name_bytes
        name = data[at + 30 : start].decode("ascii", "replace")
        if not is_name(name) or name in files or start + size > len(data):
            _refuse(name)
        files[name] = data[start : start + size]
        at = start + size
    if not files:
        raise NotVerified("this is no case export", hint="a file that comity case export wrote")
    again = write(files)
    if again != data:
        _refuse(_place(files, again, data))
    return files


def _place(files: Mapping[str, bytes], again: bytes, data: bytes) -> str:
    """The file in whose part of the ZIP the two differ first."""
    first = next((n for n, (a, b) in enumerate(zip(again, data, strict=False)) if a != b), min(len(again), len(data)))
    end = 0
    for name in sorted(files):
        end += 30 + len(name) + len(files[name])
        if first < end:
            return name
    named = data[first + 30 : first + 30 + _NAME_BYTES].decode("ascii", "replace")
    found = _NAME.match(named)
    return found[0] if found else "the list at the end"


def _refuse(name: str) -> NoReturn:
    where = name if is_name(name) else "the export"
    raise NotVerified("these are not the bytes that were exported", where=where, hint="ask for the export again")
