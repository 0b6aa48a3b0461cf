"""A log as its published files show it: read through one function, believed only as far as it proves itself.

The files may be a folder, a mirror or a server; `read` gives one by its path, or None. `recomputed` needs no tiles.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from comity.base.digests import Digest
from comity.base.errors import BadProof, Malformed, NotFound
from comity.crypto.merkle import verify_consistency
from comity.transparency.checkpoint import Checkpoint, open_signed
from comity.transparency.cosignature import Cosigned
from comity.transparency.entry import STATEMENT
from comity.transparency.note import SignedNote, VerifierKey, parse_note
from comity.transparency.tiles import ENTRIES, WIDTH, Tile, bundles_between, grown_tiles, read_bundle
from comity.transparency.tree import Tree, leaf_row, top_of

CHECKPOINT: Final = "checkpoint"
HASH_BYTES: Final = 32


class LogSource(Protocol):
    """The published files of a log. None for one that is not there; raises Unavailable where nobody answers."""

    def read(self, path: str) -> bytes | None: ...


Quorum = Callable[[SignedNote], tuple[Cosigned, ...]]
"""Who cosigned a note, or raises BadSignature if they are not enough."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A checkpoint that verified, and who cosigned it."""

    checkpoint: Checkpoint
    cosigned: tuple[Cosigned, ...]
    note: bytes


def read_note(source: LogSource) -> bytes:
    """The bytes of the checkpoint that stands. Raises NotFound."""
    data = source.read(CHECKPOINT)
    if data is None:
        raise NotFound("no checkpoint is published there", hint="check the address of the log: .../log")
    return data


def open_standing(data: bytes, keys: tuple[VerifierKey, ...], quorum: Quorum) -> Standing:
    """Check a checkpoint's signature and its quorum. Raises Malformed, BadSignature."""
    note = parse_note(data)
    checkpoint = open_signed(note, keys[0].name, *keys)
    return Standing(checkpoint, quorum(note), data)


def entries_of(source: LogSource, start: int, end: int) -> Iterator[tuple[int, bytes]]:
    """(index, entry) from `start` to below `end`, where `end` is a published size."""
    if start == end:
        return
    for bundle in bundles_between(start, end):
        for place, entry in enumerate(bundle_of(source, bundle), bundle.index * WIDTH):
            if place >= start:
                yield place, entry


def bundle_of(source: LogSource, bundle: Tile) -> tuple[bytes, ...]:
    """A bundle, or the first of a wider one: a partial one may be gone once the full one is there. Raises NotFound,
    BadProof."""
    data = source.read(bundle.path)
    if data is None and bundle.width < WIDTH:
        data = source.read(full_path(bundle))
    if data is None:
        raise NotFound("the log lacks entries that its checkpoint calls for", where=bundle.path, hint="try a mirror")
    found = read_bundle(data)
    if len(found) < bundle.width:
        raise BadProof("a bundle holds fewer entries than it says", where=bundle.path, hint="try a mirror")
    return found[: bundle.width]


def full_path(tile: Tile) -> str:
    """Where the full tile lies of which this may be the beginning."""
    return tile.path.partition(".p/")[0]


def tree_of(source: LogSource, *, keep: int = 64) -> Tree:
    """The log's tree out of its published tiles; what it gives must be proved by where it leads."""

    def read(tile: Tile) -> bytes:
        data = source.read(tile.path)
        if data is None and tile.width < WIDTH:
            data = (source.read(full_path(tile)) or b"")[: tile.width * HASH_BYTES] or None
        if data is None:
            raise NotFound("the log lacks a tile that its checkpoint calls for", where=tile.path, hint="try a mirror")
        return data

    return Tree(read, keep=keep)


def new_entries(source: LogSource, start: int, checkpoint: Checkpoint) -> list[tuple[int, bytes]]:
    """(index, entry) from `start` on, each shown to stand in the checkpoint's tree; what is before was checked before.

    Raises BadProof where the log's tiles and entries do not lead to the signed root.
    """
    size = checkpoint.size
    if start == size:
        return []
    tree = tree_of(source)
    if tree.root(size) != checkpoint.root:
        raise BadProof("the log's tiles do not lead to its checkpoint", hint="try a mirror; keep the checkpoint")
    found: list[tuple[int, bytes]] = []
    for tile in grown_tiles(start // WIDTH * WIDTH, size):
        hashes = tree.hashes(tile)
        if tile.level == 0:
            entries = bundle_of(source, Tile(ENTRIES, tile.index, tile.width))
            if leaf_row(entries) != hashes:
                raise BadProof("entries are not the ones in the tree", where=tile.path, hint="try a mirror")
            found += enumerate(entries, tile.index * WIDTH)
            continue
        first = tile.index * WIDTH
        for child in range(max(first, (start // WIDTH * WIDTH) >> 8 * tile.level), first + tile.width):
            at = (child - first) * HASH_BYTES
            if top_of(tree.hashes(Tile(tile.level - 1, child))) != hashes[at : at + HASH_BYTES]:
                raise BadProof("a tile is not the one below it", where=tile.path, hint="try a mirror")
    return [(index, entry) for index, entry in found if index >= start]


def statements_of(source: LogSource, start: int, end: int) -> Iterator[tuple[int, bytes]]:
    """(index, entry) of the public statements."""
    for index, entry in entries_of(source, start, end):
        if entry[:1] == bytes((STATEMENT,)):
            yield index, entry


def check_growth(source: LogSource, old_size: int, old_root: Digest, new: Checkpoint) -> None:
    """Raise BadProof unless the new tree begins with the old one, shown by the log's own tiles."""
    if new.size < old_size:
        raise BadProof(f"the log went back from {old_size} entries to {new.size}", hint="keep both checkpoints")
    if old_size == 0:
        return
    try:
        path = tree_of(source).consistency(old_size, new.size)
    except (Malformed, NotFound) as error:
        raise BadProof(f"the log does not show that it only grew: {error.what}", hint="keep both checkpoints") from None
    verify_consistency(old_size, old_root, new.size, new.root, path)
