"""Packs, made in one reading of the sources: read, hashed, cut into pieces, encrypted and written, by two threads that
each do whichever step is next.

A few blocks of 1 MiB and their ciphertext go from step to step; nothing else is held. Members of a tar are those of the
manifest, in its order, named `data/<path>`, of the form `tar` fixes.
"""

import hashlib
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from typing import Final, Protocol, TypeVar

import msgspec
from msgspec import structs

from comity.base.errors import Unavailable
from comity.crypto.age import Chance, encryptor
from comity.crypto.age_payload import BLOCK, SEALED_BLOCK
from comity.evidence import pieces, tar
from comity.evidence.manifest import SALT_BYTES, Item
from comity.evidence.pieces import PieceHasher
from comity.evidence.plan import Place
from comity.evidence.streams import Fillable, Source, Tally
from comity.evidence.turns import take_turns

_BLOCKS: Final = 4
_THREADS: Final = 2
"""More were slower on two cores."""

_AT_ONCE: Final = 256 * 1024
"""A file of at most so many bytes is hashed when it is read: to keep it for another step costs more."""

_SALTS: Final = 256

T = TypeVar("T")
Filling = Generator[None, None, T]
"""What fills blocks: it yields where a block is full and it has more."""
Step = Callable[[memoryview], object]
"""Takes ciphertext, block after block, and keeps no reference to it."""


class _State(Protocol):
    def update(self, data: memoryview, /) -> object: ...


class _Block:
    """Plaintext and its ciphertext, and what takes which bytes of the plaintext in the steps after it was filled."""

    __slots__ = ("cuts", "filled", "is_last", "plain", "sealed", "size", "sums")

    def __init__(self) -> None:
        self.plain = memoryview(bytearray(BLOCK))
        self.sealed = memoryview(bytearray(SEALED_BLOCK))
        self.filled = self.size = 0
        self.is_last = False
        self.sums: list[tuple[_State, int, int]] = []
        self.cuts: list[tuple[_State, int, int]] = []


class PackWriter:
    """The block that is being filled, whichever it is."""

    def __init__(self) -> None:
        self._block: _Block

    def begin(self, block: _Block) -> None:
        self._block = block
        block.filled = 0
        block.sums.clear()
        block.cuts.clear()

    @property
    def room(self) -> memoryview:
        """What may be filled, from its start; empty where the block is full."""
        return self._block.plain[self._block.filled :]

    def fill(self, count: int, state: _State | None = None, cut: PieceHasher | None = None) -> None:
        """So many bytes of `room` were filled. state, cut: take them, each in its step."""
        block = self._block
        end = block.filled + count
        if state is not None:
            block.sums.append((state, block.filled, end))
        if cut is not None:
            block.cuts.append((cut, block.filled, end))
        block.filled = end

    def put(self, data: bytes) -> bool:
        """Whether there was room for all of it; else none of it was written, and `pour` writes it."""
        block = self._block
        end = block.filled + len(data)
        if end > BLOCK:
            return False
        block.plain[block.filled : end] = data
        block.filled = end
        return True

    def pour(self, data: bytes) -> Filling[None]:
        view = memoryview(data)
        while view:
            room = self.room
            if not room:
                yield
                continue
            taken = view[: len(room)]
            room[: len(taken)] = taken
            self._block.filled += len(taken)
            view = view[len(taken) :]


def write_pack(
    content: Callable[[PackWriter], Filling[T]], steps: Sequence[Step], recipients: Sequence[str], chance: Chance
) -> T:
    """Encrypt what `content` fills, as one age file given to each of `steps`; what `content` returned.

    Each step is given all of it in order, and may run beside the others: a later one has a block after an earlier one.
    Raises what `content` or a step raises.
    """
    start, payload = encryptor(recipients, chance)
    for step in steps:
        step(memoryview(start))
    pack = PackWriter()
    filling = content(pack)
    returned: list[T] = []

    def fill(block: _Block) -> bool:
        pack.begin(block)
        try:
            next(filling)
        except StopIteration as end:
            returned.append(end.value)
        block.is_last = bool(returned)
        return not block.is_last

    def digest(block: _Block) -> None:
        for state, begin, end in block.sums:
            state.update(block.plain[begin:end])

    def encrypt(block: _Block) -> None:
        for cut, begin, end in block.cuts:
            cut.update(block.plain[begin:end])
        block.size = payload.block(block.plain[: block.filled], block.sealed, last=block.is_last)

    try:
        take_turns([_Block() for _ in range(_BLOCKS)], _THREADS, fill, digest, encrypt, *map(_of_ciphertext, steps))
    finally:
        filling.close()
    return returned[0]


def _of_ciphertext(step: Step) -> Callable[[_Block], object]:
    return lambda block: step(block.sealed[: block.size])


class Read(msgspec.Struct, frozen=True, gc=False):
    """A source that was read into a pack. state, cut: what hashes it and cuts it into pieces, done when the pack is."""

    item: Item
    state: "hashlib._Hash | None"
    cut: PieceHasher | None

    def complete(self) -> tuple[Item, bytes]:
        """The item with its digest and the root over its pieces; and the pieces' digests, 32 bytes each."""
        item = self.item
        if self.state is not None:
            item = structs.replace(item, sha256=self.state.hexdigest())
        if self.cut is None:
            return item, b""
        digests = bytes(self.cut.finish())
        return structs.replace(item, pieces=str(pieces.root_of(digests))), digests


class ItemReader:
    """Reads sources into packs, hashing as it goes, and says what each one was."""

    def __init__(self, algorithm: pieces.Algorithm, chance: Chance, tally: Tally) -> None:
        self._algorithm = algorithm
        self._salts = _salts(chance)
        self._tally = tally

    def read_all(self, members: Iterable[tuple[int, Source, Place]], pack: PackWriter) -> Filling[list[Read]]:
        """The content of one pack: its members, each with its number in the manifest, from 1."""
        found: list[Read] = []
        is_raw = False
        for number, source, place in members:
            is_raw = place.is_raw
            found.append((yield from self._read(source, place, number, pack)))
        if not is_raw and not pack.put(tar.END):
            yield from pack.pour(tar.END)
        return found

    def _read(self, source: Source, place: Place, number: int, pack: PackWriter) -> Filling[Read]:
        """Raises Unavailable if the source is not of the size it had when it was found."""
        size = source.size
        seconds, nanoseconds = divmod(source.mtime_ns, 10**9)
        is_folder = source.kind == "dir"
        if not place.is_raw:
            header = tar.header(f"data/{source.path}", size, mtime=seconds, folder=is_folder)
            if not pack.put(header):
                yield from pack.pour(header)
        state, digest = None, ""
        cut = PieceHasher(self._algorithm) if size > pieces.PIECE else None
        if not is_folder:
            with source.open() as stream:
                if size <= _AT_ONCE and size < len(pack.room):
                    digest = self._read_small(stream, size, pack, number)
                else:
                    state = hashlib.sha256()
                    yield from self._read_large(stream, size, pack, number, state, cut)
            if not place.is_raw and size % tar.BLOCK:
                padding = tar.padding(size)
                if not pack.put(padding):
                    yield from pack.pour(padding)
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
        return Read(item, state, cut)

    def _read_small(self, stream: Fillable, size: int, pack: PackWriter, number: int) -> str:
        """The SHA-256 of what was read, 64 hexadecimal digits."""
        memory = pack.room[: size + 1]  # a byte more than there was shows that there is one
        count = 0
        while count < size:
            added = stream.readinto(memory[count:])
            if not 0 < added <= size - count:
                raise _changed(number)
            count += added
        if not size and stream.read(1):
            raise _changed(number)
        pack.fill(size)
        self._tally.add(size)
        return hashlib.sha256(memory[:size]).hexdigest()

    def _read_large(
        self,
        stream: Fillable,
        size: int,
        pack: PackWriter,
        number: int,
        state: "hashlib._Hash",
        cut: PieceHasher | None,
    ) -> Filling[None]:
        left = size
        is_at_end = False
        while left:
            memory = pack.room[: left + 1]
            if not memory:
                yield
                continue
            count = stream.readinto(memory)
            if not 0 < count <= left:
                raise _changed(number)
            is_at_end = len(memory) > left
            left -= count
            pack.fill(count, state, cut)
            self._tally.add(count)
        if not is_at_end and stream.read(1):
            raise _changed(number)


def _salts(chance: Chance) -> Iterator[str]:
    """A salt for each item, 32 hexadecimal digits; drawn for many at once, because files are many."""
    while True:
        drawn = chance(SALT_BYTES * _SALTS).hex()
        for start in range(0, len(drawn), 2 * SALT_BYTES):
            yield drawn[start : start + 2 * SALT_BYTES]


def _changed(number: int) -> Unavailable:
    return Unavailable(
        "a file changed its size while it was being sealed",
        where=f"item {number}",
        hint="stop what writes to it, or seal a copy; nothing was sealed",
    )
