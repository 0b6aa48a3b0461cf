"""The log as files that never change: tiles of hashes and bundles of entries (C2SP tlog-tiles v0.1.0).

Tile (L, N) of width W holds W hashes of 32 bytes, 1 to 256: the roots over the leaves [i * 256^L, (i + 1) * 256^L)
for i from 256 N. A bundle holds the entries 256 N and on, each as u16 length (big-endian), then its bytes.

    tile/<L>/<N>               a full tile, 8192 bytes              tile/entries/<N>           a full bundle
    tile/<L>/<N>.p/<W>         the first W hashes of one            tile/entries/<N>.p/<W>     the first W entries

N is written in groups of three digits, all but the last with an x before it: 1234067 is x001/x234/067.

Rules: tiles follow from the entries alone and can be made again at any time. Only complete subtrees enter the level
above. The checkpoint is written after every file it calls for.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from comity.base.errors import Malformed
from comity.transparency.lines import SIZE_LIMIT

WIDTH: Final = 256
"""Hashes in a full tile, entries in a full bundle."""
ENTRIES: Final = -1
"""The level of a bundle of entries."""

_HEIGHT = 8
_LEVEL_LIMIT = 63
_PATH = re.compile(r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """Which tile: level (0 to 63, or ENTRIES for a bundle), index from 0 and width from 1 to 256."""

    level: int
    index: int
    width: int = WIDTH

    def __post_init__(self) -> None:
        if not (ENTRIES <= self.level <= _LEVEL_LIMIT and self.index >= 0 and 1 <= self.width <= WIDTH):
            raise Malformed("there is no such tile", hint="level 0 to 63, index from 0, width 1 to 256")
        if (self.index * WIDTH + self.width) << (_HEIGHT * max(self.level, 0)) > SIZE_LIMIT:
            raise Malformed("no log is so long", hint="a tile lies below entry 2^63")

    @property
    def path(self) -> str:
        """Where it lies, from the log's root."""
        number, groups = self.index, []
        while True:
            number, rest = divmod(number, 1000)
            groups.append(f"{rest:03}")
            if not number:
                break
        groups[1:] = [f"x{group}" for group in groups[1:]]
        level = "entries" if self.level == ENTRIES else str(self.level)
        part = f".p/{self.width}" if self.width < WIDTH else ""
        return f"tile/{level}/{'/'.join(reversed(groups))}{part}"


def entries_path(index: int, width: int = WIDTH) -> str:
    """Where the bundle with the entries from 256 `index` lies."""
    return Tile(ENTRIES, index, width).path


def read_path(path: str) -> Tile:
    """The tile or bundle (level ENTRIES) a path names; Malformed for any other spelling than `Tile.path`."""
    found = _PATH.fullmatch(path)
    if not found:
        raise Malformed("not the path of a tile", hint="tile/<level or entries>/<index>, with .p/<width> if partial")
    level, groups, width = found.groups()
    index = int(groups.replace("x", "").replace("/", ""))
    tile = Tile(ENTRIES if level == "entries" else int(level), index, int(width or WIDTH))
    if tile.path != path:
        raise Malformed("not the path of a tile", hint="no leading groups of zeros; a full tile has no .p")
    return tile


def tiles_between(old_size: int, new_size: int) -> tuple[Tile, ...]:
    """The tiles of hashes that come to be when a log grows: lowest level first, in order of index.

    A tile that was partial and has become wider, or full, is among them. Raises Malformed if it does not grow.
    """
    return tuple(grown_tiles(old_size, new_size))


def grown_tiles(old_size: int, new_size: int) -> Iterator[Tile]:
    """As `tiles_between`, one by one: whoever claims a size need not have so many."""
    if not 0 <= old_size <= new_size <= SIZE_LIMIT:
        raise Malformed(f"a log does not grow from {old_size} to {new_size}", hint="a log never shrinks")
    level, old, new = 0, old_size, new_size
    while new > old:
        yield from _grown(level, old, new)
        level, old, new = level + 1, old >> _HEIGHT, new >> _HEIGHT


def bundles_between(old_size: int, new_size: int) -> Iterator[Tile]:
    """The bundles of entries that come to be when a log grows, in order of index, one by one."""
    if not 0 <= old_size <= new_size <= SIZE_LIMIT:
        raise Malformed(f"a log does not grow from {old_size} to {new_size}", hint="a log never shrinks")
    if new_size > old_size:
        yield from (Tile(ENTRIES, tile.index, tile.width) for tile in _grown(0, old_size, new_size))


def _grown(level: int, old: int, new: int) -> Iterator[Tile]:
    """The tiles of one level that change when it grows from `old` hashes to `new`."""
    for index in range(old // WIDTH, (new - 1) // WIDTH + 1):
        yield Tile(level, index, min(WIDTH, new - index * WIDTH))


def partial_tiles(size: int) -> tuple[Tile, ...]:
    """The tiles of hashes that are partial in the tree of `size` entries, lowest level first."""
    found: list[Tile] = []
    level = 0
    while size:
        if size % WIDTH:
            found.append(Tile(level, size // WIDTH, size % WIDTH))
        level, size = level + 1, size >> _HEIGHT
    return tuple(found)


def bundle_bytes(entries: Sequence[bytes]) -> bytes:
    """A bundle of 1 to 256 entries. Raises Malformed if there are more, or one is above 65,535 bytes."""
    if not 1 <= len(entries) <= WIDTH or any(len(entry) > 0xFFFF for entry in entries):
        raise Malformed("a bundle has 1 to 256 entries of at most 65,535 bytes", hint="split it")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def read_bundle(data: bytes) -> tuple[bytes, ...]:
    """The entries of a bundle. Raises Malformed if one is cut short or there are none, or more than 256."""
    entries: list[bytes] = []
    at = 0
    while at < len(data) and len(entries) < WIDTH:
        start = at + 2
        at = start + int.from_bytes(data[at:start], "big")
        entries.append(data[start:at])
    if at != len(data) or not entries:
        raise Malformed("not a bundle of entries", hint="u16 length and bytes, 1 to 256 times, and nothing after")
    return tuple(entries)
