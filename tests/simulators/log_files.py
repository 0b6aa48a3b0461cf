"""The published files of a log, made from all its entries at once: the program, piece by piece, must give the same."""

from collections.abc import Iterator, Sequence

from comity.base.digests import Digest
from comity.base.errors import Malformed
from comity.crypto.merkle import leaf_hash, next_level
from comity.transparency.tiles import ENTRIES, WIDTH, Tile, bundle_bytes, bundles_between, tiles_between

_HEIGHT = 8


def tile_bytes(tile: Tile, leaves: Sequence[Digest]) -> bytes:
    """The hashes of a tile, from the leaf hashes of the log. Raises Malformed if they do not reach so far."""
    if tile.level == ENTRIES:
        raise Malformed("a bundle is made of entries, not of hashes", hint="use bundle_bytes")
    first = (tile.index * WIDTH) << (_HEIGHT * tile.level)
    end = first + (tile.width << (_HEIGHT * tile.level))
    if end > len(leaves):
        raise Malformed(f"the tile needs {end} leaves; there are {len(leaves)}", hint="take a narrower tile")
    row = [leaf.value for leaf in leaves[first:end]]
    for _ in range(tile.level):
        row = _row_above(row)
    return b"".join(row)


def _row_above(row: list[bytes]) -> list[bytes]:
    """The hashes of the next tile level: one over each 256, what is left over at the end not counted."""
    row = row[: len(row) // WIDTH * WIDTH]
    for _ in range(_HEIGHT):
        row = next_level(row)
    return row


def files_for(entries: Sequence[bytes], old_size: int) -> Iterator[tuple[str, bytes]]:
    """Every path and content to write when the log grows from `old_size` to all of `entries`, in the order to write.

    Bundles first, then tiles from the lowest level up; the checkpoint comes last and is the caller's. Hashes every
    entry anew (about a second for a million). Raises Malformed if the log does not grow so.
    """
    tiles = tiles_between(old_size, len(entries))
    for bundle in bundles_between(old_size, len(entries)):
        first = bundle.index * WIDTH
        yield bundle.path, bundle_bytes(entries[first : first + bundle.width])
    row = [leaf_hash(entry).value for entry in entries] if tiles else []
    level = 0
    for tile in tiles:
        while level < tile.level:
            row, level = _row_above(row), level + 1
        first = tile.index * WIDTH
        yield tile.path, b"".join(row[first : first + tile.width])
