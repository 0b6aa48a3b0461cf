"""A whole log made again from its entries alone: what its checkpoint and its tiles say is compared, or written anew.

Entries are taken from bundles and hashed; tiles are never needed for that. An audit tells which of the published ones
are false; a mirror makes its own.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from comity.base.digests import same
from comity.base.errors import BadProof, BadSignature, ComityError, TooLarge
from comity.transparency.checkpoint import Checkpoint, parse_checkpoint
from comity.transparency.entry import STATEMENT, STEP, STEP_BYTES, read_statement
from comity.transparency.log_keys import Term, changes_keys, keys_at, read_terms, told_terms
from comity.transparency.note import SignedNote, VerifierKey, parse_note, verify_note
from comity.transparency.published import (
    CHECKPOINT,
    HASH_BYTES,
    LogSource,
    Quorum,
    Standing,
    bundle_of,
    entries_of,
    full_path,
    open_standing,
    read_note,
)
from comity.transparency.tiles import WIDTH, Tile, bundles_between, grown_tiles
from comity.transparency.tree import Tree, leaf_row, top_of

AUDIT_MOST: Final = 1 << 24
"""Entries that an audit reads unless it is told to read more: half a GiB of hashes in memory."""
UNSIGNED_MOST: Final = 256 * 1024 * 1024
"""Bytes of entries that are read at most before a key is found that signed the checkpoint."""


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
        full = len(row) // (WIDTH * HASH_BYTES)
        row += hashes
        tile = WIDTH * HASH_BYTES
        for index in range(full, len(row) // tile):
            self._extend(level + 1, top_of(bytes(row[index * tile : (index + 1) * tile])))

    def tile(self, tile: Tile) -> bytes:
        first = tile.index * WIDTH * HASH_BYTES
        return bytes(self.levels[tile.level][first : first + tile.width * HASH_BYTES])


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
        stands = source.read(tile.path) or source.read(full_path(tile)) or b""
        if stands[: tile.width * HASH_BYTES] != rows.tile(tile):
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
        rows.add(list(bundle_of(have, bundle)))
    for bundle in bundles_between(whole, new.size) if new.size > whole else ():
        entries = list(bundle_of(source, bundle))
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
