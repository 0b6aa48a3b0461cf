"""Packs, made in one reading of the sources: hashed by the thread that reads, cut into pieces and encrypted by another.
The ciphertext is written and hashed by whichever of the two would wait for the other.

A block of 1 MiB goes from hand to hand; nothing else is held. Members of a tar are those of the manifest, in its
order, named `data/<path>`, of the form `tar` fixes.
"""

import hashlib
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from msgspec import structs

from comity.base.errors import Unavailable
from comity.crypto.age import Chance, Writable, encryptor
from comity.crypto.age_payload import BLOCK, SEALED_BLOCK
from comity.evidence import pieces, tar
from comity.evidence.conveyor import Backlog, Conveyor
from comity.evidence.manifest import SALT_BYTES, Item
from comity.evidence.pieces import PieceHasher
from comity.evidence.plan import Place
from comity.evidence.streams import Fillable, Source, Tally

_READ: Final = 256 * 1024
"""What is read and hashed at a time: it is still in the processor's cache when it is hashed."""

_SALTS: Final = 256

_Cut = tuple[PieceHasher, int, int]
"""What takes bytes `begin` to `end` of a block."""


class PackWriter:
    """Plaintext in, an age file out. `memory` is what may be filled next; `fill` says how much was."""

    def __init__(self, plain: Conveyor, cuts: deque[list[_Cut]]) -> None:
        """cuts: what of each block is to be cut into pieces, put there before the block is sent."""
        self._plain = plain
        self._sent = cuts
        self._cuts: list[_Cut] = []
        self._block = plain.free()
        self._filled = 0

    def memory(self) -> memoryview:
        """At least one byte, at most a block, to be filled from its start."""
        if self._filled == BLOCK:
            self._send(last=False)
            self._block, self._filled = self._plain.free(), 0
        return self._block[self._filled :]

    def fill(self, count: int, hasher: PieceHasher | None = None) -> None:
        """hasher: it is given what was filled, in its turn."""
        end = self._filled + count
        if hasher is not None:
            if self._cuts and self._cuts[-1][0] is hasher:  # a digest for a whole block takes one call
                self._cuts[-1] = (hasher, self._cuts[-1][1], end)
            else:
                self._cuts.append((hasher, self._filled, end))
        self._filled = end

    def write(self, data: bytes) -> None:
        size = len(data)
        if size <= BLOCK - self._filled:
            self._block[self._filled : self._filled + size] = data
            self._filled += size
            return
        view = memoryview(data)
        while view:
            memory = self.memory()
            taken = view[: len(memory)]
            memory[: len(taken)] = taken
            self._filled += len(taken)
            view = view[len(taken) :]

    def finish(self) -> None:
        """Hand on the last block, which may be full, and empty where there was nothing at all."""
        self._send(last=True)

    def _send(self, *, last: bool) -> None:
        self._sent.append(self._cuts)
        self._cuts = []
        self._plain.send(self._block, self._filled, last=last)


@contextmanager
def pack_writer(sink: Writable, recipients: Sequence[str], chance: Chance) -> Iterator[PackWriter]:
    """A writer of one pack to `sink`, which has all of it once the context has ended."""
    start, payload = encryptor(recipients, chance)
    sink.write(start)
    sealed = Backlog(sink.write, SEALED_BLOCK)
    cuts: deque[list[_Cut]] = deque()

    def encrypt(block: memoryview, last: bool) -> None:
        for hasher, begin, end in cuts.popleft():
            hasher.update(block[begin:end])
        memory = sealed.free()
        sealed.send(memory, payload.block(block, memory, last=last))

    with Conveyor(encrypt, BLOCK, meanwhile=sealed.do_one) as plain:
        writer = PackWriter(plain, cuts)
        yield writer
        writer.finish()
    sealed.finish()


class ItemReader:
    """Reads sources into a pack, hashing as it goes, and says what each one was."""

    def __init__(self, algorithm: pieces.Algorithm, chance: Chance, tally: Tally) -> None:
        self._algorithm = algorithm
        self._salts = _salts(chance)
        self._tally = tally

    def read(self, source: Source, place: Place, number: int, pack: PackWriter) -> tuple[Item, PieceHasher | None]:
        """Write the source's content, with its tar header where it has one. The item; `with_pieces` completes it, and
        what cuts its content into pieces is done once the pack has ended.

        Raises Unavailable if the source is not of the size it had when it was found.
        """
        size = source.size
        seconds, nanoseconds = divmod(source.mtime_ns, 10**9)
        is_folder = source.kind == "dir"
        if not place.is_raw:
            pack.write(tar.header(f"data/{source.path}", size, mtime=seconds, folder=is_folder))
        cut = PieceHasher(self._algorithm) if size > pieces.PIECE else None
        digest = ""
        if not is_folder:
            with source.open() as stream:
                digest = self._copy(stream, size, pack, cut, number)
            if not place.is_raw and size % tar.BLOCK:
                pack.write(tar.padding(size))
        item = Item(
            path=source.path,
            kind=source.kind,
            size=size,
            sha256=digest,
            pieces="",
            pack=place.pack,
            offset=place.offset,
            mtime=seconds,
            mtime_ns=nanoseconds,
            mode=source.mode & 0o7777,
            salt=next(self._salts),
        )
        return item, cut

    def _copy(self, stream: Fillable, size: int, pack: PackWriter, cut: PieceHasher | None, number: int) -> str:
        """The SHA-256 of what was copied, 64 hexadecimal digits."""
        state = hashlib.sha256()
        left = size
        is_at_end = False
        while left:
            memory = pack.memory()[: min(_READ, left + 1)]  # a byte more than there was shows that there is one
            count = stream.readinto(memory)
            if not 0 < count <= left:
                raise _changed(number)
            is_at_end = len(memory) > left
            left -= count
            state.update(memory[:count])
            pack.fill(count, cut)
            self._tally.add(count)
        if not is_at_end and stream.read(1):
            raise _changed(number)
        return state.hexdigest()


def _salts(chance: Chance) -> Iterator[str]:
    """A salt for each item, 32 hexadecimal digits; drawn for many at once, because files are many."""
    while True:
        drawn = chance(SALT_BYTES * _SALTS).hex()
        for start in range(0, len(drawn), 2 * SALT_BYTES):
            yield drawn[start : start + 2 * SALT_BYTES]


def with_pieces(item: Item, cut: PieceHasher | None) -> tuple[Item, bytes]:
    """The item with the root over its pieces, and their digests, 32 bytes each. Its pack must have ended."""
    if cut is None:
        return item, b""
    digests = bytes(cut.finish())
    return structs.replace(item, pieces=str(pieces.root_of(digests))), digests


def _changed(number: int) -> Unavailable:
    return Unavailable(
        "a file changed its size while it was being sealed",
        where=f"item {number}",
        hint="stop what writes to it, or seal a copy; nothing was sealed",
    )
