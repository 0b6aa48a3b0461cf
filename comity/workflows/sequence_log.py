"""Publish the log: pad it, ask the witnesses what they saw, sign, have it cosigned, write the tiles, checkpoint last.

Fail-closed: without the quorum the last cosigned checkpoint stays, an alarm sounds, and work goes on. Never two trees
of one size: what the log key signs is remembered twice, in the database and apart from it, compare and swap, on the
disk, before the signature leaves; and nothing is signed below what a witness saw. One publisher at a time.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from comity.base.digests import Digest
from comity.base.errors import ComityError, Conflict, Unavailable
from comity.transparency.checkpoint import Checkpoint, open_signed
from comity.transparency.cosignature import verify_quorum
from comity.transparency.note import SignedNote, VerifierKey, format_note, parse_note
from comity.transparency.tiles import ENTRIES, WIDTH, Tile, bundle_bytes, entries_path, partial_tiles, tiles_between
from comity.transparency.tree import Tree, leaf_row
from comity.workflows.ask_witnesses import Answered, Witness, ask_for_cosignatures, ask_what_was_seen
from comity.workflows.log_keys import OwnKey, cosigner_key, cosigner_keys, cosigner_name, own_keys, sign
from comity.workflows.office import Office, directory
from comity.workflows.record import pad
from comity.workflows.stores import Transaction, TreeHead

__all__ = [
    "CHECKPOINT",
    "Published",
    "cosigner_key",
    "cosigner_name",
    "files_between",
    "publish",
    "published",
    "reader",
    "tree_of",
]

CHECKPOINT: Final = "checkpoint"
QUORUM: Final = "quorum"
RECOVERY: Final = "recovery"
PUBLISH: Final = "publish"
_TILES_AT_ONCE: Final = 64
_AHEAD = "a backup was restored, or the database changed: comity log recover; a smaller or other tree is never signed"


@dataclass(frozen=True, slots=True)
class Published:
    """The checkpoint that now stands, and the witnesses that cosigned it."""

    size: int
    cosigned_by: tuple[str, ...]
    note: bytes


@dataclass(frozen=True, slots=True)
class _Ready:
    """What was read in one transaction, to be published."""

    size: int
    root: Digest
    keys: tuple[OwnKey, ...]
    witnesses: tuple[Witness, ...]

    @property
    def verifier_keys(self) -> tuple[VerifierKey, ...]:
        return tuple(one.key for one in self.keys)


def publish(office: Office) -> Published:
    """Bring the published log up to date.

    Raises Unavailable without the quorum, Conflict where more was signed than is here; the last checkpoint then stays
    and an alarm stands until it goes on.
    """
    with office.lock.hold("publish"), _alarmed(office):
        return _publish(office)


def _publish(office: Office) -> Published:
    with office.store.transaction() as tx:
        pad(office, tx)
    ready = _read(office)
    standing = published(office)
    _check_heads(office, standing)
    answered = ask_what_was_seen(office, ready.witnesses, ready.verifier_keys)
    if len(answered) < office.witnesses_needed:
        raise Unavailable(
            f"witnesses that answered: {len(answered)} of {office.witnesses_needed} needed",
            hint="the last cosigned checkpoint stays; work goes on; see the witnesses",
        )
    _check_seen(office, answered)
    checkpoint = Checkpoint(office.origin, ready.size, ready.root)
    _remember(office, checkpoint)
    note = sign(office, checkpoint, ready.keys)
    note = ask_for_cosignatures(office, note, ready.size, lambda: tree_of(office), answered)
    cosigned = _quorum(office, note, [key for one in ready.witnesses for key in one.keys])
    old_size = standing.size if standing else 0
    for path, data in files_between(office, old_size, ready.size):
        office.log_folder.write(path, data)
    office.log_folder.write(CHECKPOINT, format_note(note))
    for path in _outgrown(old_size, ready.size):
        office.log_folder.remove(path)
    return Published(ready.size, cosigned, format_note(note))


def _read(office: Office) -> _Ready:
    now = office.clock.now()
    with office.store.transaction() as tx:
        size, root = tx.log.size(), tx.log.root()
        known = directory(tx)
        entities = [known.entity(node) for node in office.witnesses]
        witnesses = tuple(Witness(one, cosigner_keys(one, now)) for one in entities)
        return _Ready(size, root, own_keys(office, tx), witnesses)


def reader(tx: Transaction) -> Callable[[Tile], bytes]:
    """Reads a tile's hashes out of the database."""
    return lambda tile: tx.log.hashes(tile.level, tile.index * WIDTH, tile.index * WIDTH + tile.width)


def tree_of(office: Office, *, keep: int = 64) -> Tree:
    """Our tree, each tile read in a transaction of its own; `keep`: how many it holds in memory.

    Ask it only for sizes that are committed: what it keeps is never read again.
    """

    def read(tile: Tile) -> bytes:
        with office.store.transaction() as tx:
            return reader(tx)(tile)

    return Tree(read, keep=keep)


def published(office: Office) -> Checkpoint | None:
    """The checkpoint in the published folder, if there is one and it is ours. Raises BadSignature for another's."""
    data = office.log_folder.read(CHECKPOINT)
    if data is None:
        return None
    with office.store.transaction() as tx:
        keys = [one.key for one in own_keys(office, tx)]
    return open_signed(parse_note(data), office.origin, *keys)


def _check_heads(office: Office, standing: Checkpoint | None) -> None:
    """Raise Conflict unless the log continues what is published and what was ever signed: an older copy of the database
    has forgotten that, these have not."""
    with office.store.transaction() as tx:
        signed = tx.log.signed()
    heads = [("published", standing), ("signed before", signed), ("signed before", office.signed_head.last())]
    different = {(head.size, head.root): what for what, head in reversed(heads) if head is not None}
    for (size, root), what in different.items():  # most often they are one
        _check_continues(office, what, size, root)


def _check_seen(office: Office, answered: Iterable[Answered]) -> None:
    for one in answered:
        if one.seen is not None:
            _check_continues(office, f"seen by {one.witness.entity.id}", one.seen.size, one.seen.root)


def _check_continues(office: Office, what: str, size: int, root: Digest) -> None:
    with office.store.transaction() as tx:
        own = tx.log.size()
        continues = size <= own and Tree(reader(tx)).root(size) == root
    if not continues:
        raise Conflict(f"the log, of size {own}, does not continue the checkpoint of size {size} {what}", hint=_AHEAD)


def _remember(office: Office, checkpoint: Checkpoint) -> None:
    """That this tree is signed: apart from the database first, so that neither alone can be set back unnoticed."""
    new = TreeHead(checkpoint.size, checkpoint.root)
    apart = office.signed_head.last()
    if new != apart:
        office.signed_head.advance(apart, new)
    with office.store.transaction() as tx:
        last = tx.log.signed()
        if new != last:
            tx.log.set_signed(last, new)


def _quorum(office: Office, note: SignedNote, keys: list[VerifierKey]) -> tuple[str, ...]:
    try:
        cosigned = verify_quorum(note, keys, office.witnesses_needed)
    except ComityError as error:
        raise Unavailable(
            error.what, hint="the last cosigned checkpoint stays; work goes on; see the witnesses"
        ) from None
    return tuple(one.witness for one in cosigned)


def files_between(office: Office, old_size: int, size: int) -> Iterator[tuple[str, bytes]]:
    """Path and content of every bundle and tile that comes to be, or changes, between two sizes; lowest level first.

    The entries are read once, some tiles' worth in a transaction.
    """
    tiles = tiles_between(old_size, size)
    lowest = [tile for tile in tiles if tile.level == 0]
    for at in range(0, len(lowest), _TILES_AT_ONCE):
        some = lowest[at : at + _TILES_AT_ONCE]
        first = some[0].index * WIDTH
        with office.store.transaction() as tx:
            entries = tx.log.entries(first, some[-1].index * WIDTH + some[-1].width)
        for tile in some:
            own = entries[tile.index * WIDTH - first :][: tile.width]
            yield entries_path(tile.index, tile.width), bundle_bytes(own)
            yield tile.path, leaf_row(own)
    for tile in tiles[len(lowest) :]:
        with office.store.transaction() as tx:
            yield tile.path, reader(tx)(tile)


def _outgrown(old_size: int, size: int) -> Iterator[str]:
    """The folders of partial tiles that are full by now: a reader takes the full one and cuts it."""
    for tile in partial_tiles(old_size):
        if (size >> 8 * tile.level) // WIDTH > tile.index:
            yield f"{Tile(tile.level, tile.index).path}.p"
            if tile.level == 0:
                yield f"{Tile(ENTRIES, tile.index).path}.p"


@contextmanager
def _alarmed(office: Office) -> Iterator[None]:
    """Sounds an alarm when publishing fails, and ends those of earlier failures when it does not."""
    try:
        yield
    except ComityError as error:
        kind = {Unavailable: QUORUM, Conflict: RECOVERY}.get(type(error), PUBLISH)
        _sound(office, kind, error.what)
        raise
    with office.store.transaction() as tx:
        for kind in (QUORUM, RECOVERY, PUBLISH):
            tx.alarms.clear(kind)


def _sound(office: Office, kind: str, what: str) -> None:
    try:
        with office.store.transaction() as tx:
            tx.alarms.sound(kind, what, office.clock.now())
    except Unavailable:
        return  # the disk is full: the caller raises what went wrong first
