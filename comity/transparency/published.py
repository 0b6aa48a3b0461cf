"""A log as its published files show it: read through one function, believed only as far as it proves itself.

The files may be a folder, a mirror or a server; `read` gives one by its path, or None. Entries are taken from bundles
and hashed; tiles are never needed for that, and are checked against it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from comity.base.digests import Digest, same
from comity.base.errors import BadProof, BadSignature, ComityError, Malformed, NotFound, TooLarge
from comity.crypto.merkle import verify_consistency
from comity.transparency.checkpoint import Checkpoint, open_signed, parse_checkpoint
from comity.transparency.cosignature import Cosigned
from comity.transparency.entry import STATEMENT, STEP, STEP_BYTES, read_statement
from comity.transparency.log_keys import Term, changes_keys, keys_at, read_terms, told_terms
from comity.transparency.note import SignedNote, VerifierKey, parse_note, verify_note
from comity.transparency.tiles import ENTRIES, WIDTH, Tile, bundles_between, grown_tiles, read_bundle
from comity.transparency.tree import Tree, leaf_row, top_of

CHECKPOINT: Final = "checkpoint"
AUDIT_MOST: Final = 1 << 24
"""Entries that an audit reads unless it is told to read more: half a GiB of hashes in memory."""
UNSIGNED_MOST: Final = 256 * 1024 * 1024
"""Bytes of entries that are read at most before a key is found that signed the checkpoint."""
_HASH: Final = 32


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
        for place, entry in enumerate(_bundle(source, bundle), bundle.index * WIDTH):
            if place >= start:
                yield place, entry


def _bundle(source: LogSource, bundle: Tile) -> tuple[bytes, ...]:
    """A bundle, or the first of a wider one: a partial one may be gone once the full one is there."""
    data = source.read(bundle.path)
    if data is None and bundle.width < WIDTH:
        data = source.read(_full(bundle))
    if data is None:
        raise NotFound("the log lacks entries that its checkpoint calls for", where=bundle.path, hint="try a mirror")
    found = read_bundle(data)
    if len(found) < bundle.width:
        raise BadProof("a bundle holds fewer entries than it says", where=bundle.path, hint="try a mirror")
    return found[: bundle.width]


def _full(tile: Tile) -> str:
    """Where the full tile lies of which this may be the beginning."""
    return tile.path.partition(".p/")[0]


def tree_of(source: LogSource, *, keep: int = 64) -> Tree:
    """The log's tree out of its published tiles; what it gives must be proved by where it leads."""

    def read(tile: Tile) -> bytes:
        data = source.read(tile.path)
        if data is None and tile.width < WIDTH:
            data = (source.read(_full(tile)) or b"")[: tile.width * _HASH] or None
        if data is None:
            raise NotFound("the log lacks a tile that its checkpoint calls for", where=tile.path, hint="try a mirror")
        return data

    return Tree(read, keep=keep)


class _Rows:
    """Every level's hashes, made from the entries as they come."""

    def __init__(self) -> None:
        self.levels: list[bytearray] = [bytearray()]

    def add(self, entries: list[bytes]) -> None:
        self._extend(0, leaf_row(entries))

    def _extend(self, level: int, hashes: bytes) -> None:
        if level == len(self.levels):
            self.levels.append(bytearray())
        row = self.levels[level]
        full = len(row) // (WIDTH * _HASH)
        row += hashes
        tile = WIDTH * _HASH
        for index in range(full, len(row) // tile):
            self._extend(level + 1, top_of(bytes(row[index * tile : (index + 1) * tile])))

    def tile(self, tile: Tile) -> bytes:
        first = tile.index * WIDTH * _HASH
        return bytes(self.levels[tile.level][first : first + tile.width * _HASH])


@dataclass(frozen=True, slots=True)
class Audit:
    """What all of a log comes to: entries by kind, statements by their kind, and what is wrong with it."""

    standing: Standing
    steps: int
    statements: dict[str, int]
    terms: tuple[Term, ...]
    faults: tuple[str, ...]


def audit(
    source: LogSource,
    trusted: VerifierKey,
    quorum: Quorum,
    *,
    most: int = AUDIT_MOST,
    unsigned_most: int = UNSIGNED_MOST,
    seen: Callable[[int, bytes], None] | None = None,
) -> Audit:
    """Read a whole log and recompute everything that its checkpoint and its tiles say.

    trusted: any key the log has had. The size is believed only as signed: where `trusted` signed the checkpoint,
    nothing is read before that was checked; where the log's key has changed since, its entries tell, and no more than
    `unsigned_most` bytes of them are read until they lead to a key that did. Of witnesses the quorum is checked first.
    seen: told each entry as it is read; what it makes of them counts only once this returned.
    Raises TooLarge for more than `most` entries, NotFound, BadSignature, BadProof where the checkpoint does not hold;
    what is wrong beside it is told in `faults`.
    """
    data = read_note(source)
    note = parse_note(data)
    quorum(note)
    unsigned = _Unsigned(note, trusted, unsigned_most)
    size = parse_checkpoint(note.text).size
    if size > most:
        raise TooLarge(f"the log says it has {size} entries; {most} are read at most", hint="to read more: --most")
    rows, kinds, faults = _Rows(), _Kinds(), list[str]()
    statements: list[tuple[int, bytes]] = []
    pending: list[bytes] = []
    for index, entry in entries_of(source, 0, size):
        unsigned.read(index, entry)
        if seen is not None:
            seen(index, entry)
        kinds.count(index, entry, faults)
        if entry[:1] == bytes((STATEMENT,)):
            statements.append((index, entry))
        pending.append(entry)
        if len(pending) == WIDTH:
            rows.add(pending)
            pending = []
    rows.add(pending)
    terms = read_terms(trusted.name, trusted, statements)
    standing = open_standing(data, keys_at(terms, size), quorum)
    if not same(Tree(rows.tile).root(size).value, standing.checkpoint.root.value):
        raise BadProof(
            "the entries are not the ones that the checkpoint signs", hint="keep both: they show a false log"
        )
    for tile in grown_tiles(0, size):
        if (source.read(tile.path) or source.read(_full(tile)) or b"")[: tile.width * _HASH] != rows.tile(tile):
            faults.append(f"{tile.path} is missing or false")
    return Audit(standing, kinds.steps, kinds.statements, terms, tuple(faults))


class _Unsigned:
    """How much was read of a log before a key is known that signed its checkpoint."""

    def __init__(self, note: SignedNote, trusted: VerifierKey, most: int) -> None:
        self._note, self._trusted, self._most = note, trusted, most
        self._read = 0
        self._changes: list[tuple[int, bytes]] = []
        self._is_signed = self._signed_by([trusted])

    def _signed_by(self, keys: Sequence[VerifierKey]) -> bool:
        """Raises BadSignature for a signature by one of them that does not hold."""
        if any(one.is_by(key) for one in self._note.signatures for key in keys):
            verify_note(self._note, keys)
            return True
        return False

    def read(self, index: int, entry: bytes) -> None:
        """Raises BadSignature where too much was read, or a statement about keys does not hold."""
        if self._is_signed:
            return
        self._read += len(entry)
        if changes_keys(entry):
            self._changes.append((index, entry))
            told = [term.key for term in told_terms(self._trusted.name, self._changes)]
            self._is_signed = self._trusted in told and self._signed_by(told)
        if self._read > self._most:
            raise BadSignature(
                "the key trusted for this log did not sign its checkpoint, nor did one that "
                f"{self._most} bytes of its entries lead to",
                hint="take the log's newest key, as comity log show prints it at its node",
            )


class _Kinds:
    """Counts entries by what they are."""

    def __init__(self) -> None:
        self.steps = 0
        self.statements: dict[str, int] = {}

    def count(self, index: int, entry: bytes, faults: list[str]) -> None:
        if entry[:1] == bytes((STEP,)) and len(entry) == STEP_BYTES:
            self.steps += 1
            return
        try:
            kind = str(read_statement(entry)["kind"])
        except ComityError:
            faults.append(f"entry {index} is neither a step nor a statement")
            return
        self.statements[kind] = self.statements.get(kind, 0) + 1


def files_to_mirror(
    source: LogSource, have: LogSource, standing: Standing, old: Checkpoint | None
) -> Iterator[tuple[str, bytes]]:
    """Path and content of every file a copy lacks for this checkpoint, the checkpoint last.

    Only entries are taken from the source; tiles are made from them. Nothing is given before all entries were shown to
    be the signed ones. old: the copy's own checkpoint. Raises BadProof where the source does not continue it.
    """
    new = standing.checkpoint
    old_size = old.size if old else 0
    if new.size < old_size:
        raise BadProof(f"the log went back from {old_size} entries to {new.size}", hint="keep both checkpoints")
    rows = _Rows()
    bundles: dict[str, bytes] = {}
    whole = old_size // WIDTH * WIDTH  # what is in full bundles here already
    for bundle in bundles_between(0, whole) if whole else ():
        rows.add(list(_bundle(have, bundle)))
    for bundle in bundles_between(whole, new.size) if new.size > whole else ():
        entries = list(_bundle(source, bundle))
        rows.add(entries)
        bundles[bundle.path] = b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)
    tree = Tree(rows.tile)
    if tree.root(new.size) != new.root:
        raise BadProof("the entries are not the ones that the checkpoint signs", hint="nothing was written")
    if old is not None and tree.root(old.size) != old.root:
        raise BadProof("the log does not continue the copy's checkpoint", hint="keep both: they show a forked log")
    yield from bundles.items()
    for tile in grown_tiles(whole, new.size) if new.size > whole else ():
        yield tile.path, rows.tile(tile)
    yield CHECKPOINT, standing.note


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
            entries = _bundle(source, Tile(ENTRIES, tile.index, tile.width))
            if leaf_row(entries) != hashes:
                raise BadProof("entries are not the ones in the tree", where=tile.path, hint="try a mirror")
            found += enumerate(entries, tile.index * WIDTH)
            continue
        first = tile.index * WIDTH
        for child in range(max(first, (start // WIDTH * WIDTH) >> 8 * tile.level), first + tile.width):
            at = (child - first) * _HASH
            if top_of(tree.hashes(Tile(tile.level - 1, child))) != hashes[at : at + _HASH]:
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
