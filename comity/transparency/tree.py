"""The tree out of stored hashes: roots and proofs without hashing the log again (RFC 6962, C2SP tlog-tiles).

A tile of 256 hashes is read, every node between it and its top is made once, and both are kept: a tile of a given width
never changes. A proof then takes one slice a level. Where the hashes come from is the caller's: the database, files, a
server. What comes from outside is proved by where the proof leads, not by having been read.

Rules: nothing here trusts a hash it was given. Memory: 16 KiB a tile kept.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Final

from comity.base.digests import Digest
from comity.base.errors import Malformed
from comity.crypto.merkle import EMPTY_ROOT
from comity.transparency.tiles import WIDTH, Tile

KEEP: Final = 1024
"""Tiles kept by default: 16 MiB, a quarter of a log of a million entries."""

_BITS = 8
_HASH = 32
_NODE = b"\x01"


class Tree:
    """Trees of one log, of any size up to what `read` can give.

    read: the hashes of a tile, 32 bytes each, exactly as many as the tile is wide. It may be asked for a partial tile.
    """

    def __init__(self, read: Callable[[Tile], bytes], *, keep: int = KEEP) -> None:
        self._read = read
        self._keep = keep
        self._rows: OrderedDict[Tile, tuple[bytes, ...]] = OrderedDict()
        self._edges: tuple[int, list[bytes | None]] = (0, [None])

    def root(self, size: int) -> Digest:
        """The root of the first `size` entries."""
        if size == 0:
            return EMPTY_ROOT
        found = self._edges_of(size)[-1]
        assert found is not None  # a tree of at least one entry has a last node
        return Digest(found)

    def inclusion(self, index: int, size: int) -> tuple[Digest, ...]:
        """The path of entry `index` in the tree of `size` entries, the leaf's sibling first (RFC 9162, 2.1.3.1).

        Raises Malformed when there is no such entry.
        """
        if not 0 <= index < size:
            raise Malformed(f"no entry {index} in a log of {size}", hint="entries count from 0")
        return tuple(self._siblings(0, index, size))

    def consistency(self, old_size: int, size: int) -> tuple[Digest, ...]:
        """The hashes that show the tree of `size` to begin with that of `old_size` (RFC 9162, 2.1.4.1)."""
        if not 0 <= old_size <= size:
            raise Malformed(f"no tree of {old_size} within one of {size}", hint="the older tree is the smaller")
        if old_size in (0, size):
            return ()
        level, node = 0, old_size - 1
        while node % 2:
            level, node = level + 1, node // 2
        start = [] if node == 0 else [Digest(self._node(level, node, size))]
        return (*start, *self._siblings(level, node, size))

    def hashes(self, tile: Tile) -> bytes:
        """A tile's own hashes."""
        return self._tile(tile)[0]

    def _siblings(self, level: int, node: int, size: int) -> list[Digest]:
        edges = self._edges_of(size)
        found: list[Digest] = []
        for at in range(level, (size - 1).bit_length()):
            beside, full = node ^ 1, size >> at
            if beside < full:
                found.append(Digest(self._node(at, beside, size)))
            elif beside == full and (edge := edges[at]) is not None:
                found.append(Digest(edge))
            node >>= 1
        return found

    def _node(self, level: int, node: int, size: int) -> bytes:
        """The root of the leaves [node * 2^level, (node + 1) * 2^level), which all are below `size`."""
        tile_level, row = divmod(level, _BITS)
        first = node << row
        index = first // WIDTH
        width = min(WIDTH, (size >> (_BITS * tile_level)) - index * WIDTH)
        at = ((first % WIDTH) >> row) * _HASH
        return self._tile(Tile(tile_level, index, width))[row][at : at + _HASH]

    def _tile(self, tile: Tile) -> tuple[bytes, ...]:
        rows = self._rows.get(tile)
        if rows is not None:
            self._rows.move_to_end(tile)
            return rows
        rows = _rows_of(self._read(tile), tile)
        self._rows[tile] = rows
        if len(self._rows) > self._keep:
            self._rows.popitem(last=False)
        return rows

    def _edges_of(self, size: int) -> list[bytes | None]:
        """For each level, the root over the leaves past the last complete subtree of that level; None if there are
        none. The last is the root of all."""
        if self._edges[0] == size:
            return self._edges[1]
        edges: list[bytes | None] = [None]
        edge: bytes | None = None
        for level in range(size.bit_length()):
            if size >> level & 1:
                last = self._node(level, (size >> level) - 1, size)
                edge = last if edge is None else sha256(_NODE + last + edge).digest()
            edges.append(edge)
        self._edges = (size, edges)
        return edges


def _rows_of(hashes: bytes, tile: Tile) -> tuple[bytes, ...]:
    """A tile's hashes and, above them, every complete node up to its top."""
    if len(hashes) != tile.width * _HASH:
        raise Malformed(f"a tile of {len(hashes)} bytes", where=tile.path, hint=f"it holds {tile.width} hashes")
    rows = [hashes]
    while len(hashes) >= 2 * _HASH:
        hashes = row_above(hashes)
        rows.append(hashes)
    return tuple(rows)


def row_above(hashes: bytes) -> bytes:
    """The nodes over each pair of 32-byte hashes; an odd last one is left out."""
    pairs = range(0, len(hashes) - 2 * _HASH + 1, 2 * _HASH)
    return b"".join([sha256(_NODE + hashes[at : at + 2 * _HASH]).digest() for at in pairs])


def leaf_row(entries: Sequence[bytes]) -> bytes:
    """The leaf hashes of entries, 32 bytes each, joined."""
    return b"".join([sha256(b"\x00" + entry).digest() for entry in entries])


def top_of(hashes: bytes) -> bytes:
    """The one node over a full tile of 256 hashes."""
    for _ in range(_BITS):
        hashes = row_above(hashes)
    return hashes
