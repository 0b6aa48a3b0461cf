"""Packs, made in one reading of the sources: hashed by the thread that reads, encrypted by a second, hashed as
ciphertext and written by a third.

A block of 1 MiB goes from hand to hand; nothing else is held. Members of a tar are those of the manifest, in its
order, named `data/<path>`, of the form `tar` fixes.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Final

from comity.base.errors import Unavailable
from comity.crypto.age import Chance, Writable, encryptor
from comity.crypto.age_payload import BLOCK, SEALED_BLOCK
from comity.evidence import pieces, tar
from comity.evidence.conveyor import Conveyor
from comity.evidence.manifest import SALT_BYTES, Item
from comity.evidence.plan import Place
from comity.evidence.streams import HashingSink, Source, Tally

_READ: Final = 256 * 1024
"""What is read and hashed at a time: it is still in the processor's cache when it is hashed."""


class PackWriter:
    """Plaintext in, an age file out. `memory` is what may be filled next; `fill` says how much was."""

    def __init__(self, plain: Conveyor) -> None:
        self._plain = plain
        self._block = plain.free()
        self._filled = 0

    def memory(self) -> memoryview:
        """At least one byte, at most a block, to be filled from its start."""
        if self._filled == BLOCK:
            self._plain.send(self._block, BLOCK)
            self._block, self._filled = self._plain.free(), 0
        return self._block[self._filled :]

    def fill(self, count: int) -> None:
        self._filled += count

    def write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            memory = self.memory()
            taken = view[: len(memory)]
            memory[: len(taken)] = taken
            self._filled += len(taken)
            view = view[len(taken) :]

    def finish(self) -> None:
        """Hand on the last block, which may be full, and empty where there was nothing at all."""
        self._plain.send(self._block, self._filled, last=True)


@contextmanager
def pack_writer(out: Writable, recipients: Sequence[str], chance: Chance) -> Iterator[tuple[PackWriter, HashingSink]]:
    """A writer of one pack to `out`, and what counts and hashes the ciphertext: complete once the context has ended."""
    start, payload = encryptor(recipients, chance)
    hashed = HashingSink(out)
    hashed.write(start)
    with ExitStack() as stack:
        sealed = stack.enter_context(Conveyor(lambda block, _last: _drain(hashed, block), SEALED_BLOCK))

        def encrypt(block: memoryview, last: bool) -> None:
            memory = sealed.free()
            sealed.send(memory, payload.block(block, memory, last=last))

        plain = stack.enter_context(Conveyor(encrypt, BLOCK))
        writer = PackWriter(plain)
        yield writer, hashed
        writer.finish()


def _drain(sink: HashingSink, block: memoryview) -> None:
    sink.write(block)


class ItemReader:
    """Reads sources into a pack, hashing as it goes, and says what each one was. `digests`: of all pieces so far."""

    def __init__(self, algorithm: pieces.Algorithm, chance: Chance, tally: Tally) -> None:
        self._algorithm = algorithm
        self._chance = chance
        self._tally = tally

    def read(self, source: Source, place: Place, number: int, pack: PackWriter) -> tuple[Item, bytes]:
        """Write the source's content, with its tar header where it has one; its item, and its pieces' digests.

        Raises Unavailable if the source is not of the size it had when it was found.
        """
        seconds, nanoseconds = divmod(source.mtime_ns, 10**9)
        is_folder = source.kind == "dir"
        if not place.is_raw:
            pack.write(tar.header(f"data/{source.path}", source.size, mtime=seconds, folder=is_folder))
        state = hashlib.sha256()
        cut = pieces.PieceHasher(self._algorithm) if pieces.count_of(source.size) else None
        if not is_folder:
            for view in _content(source, pack, f"item {number}"):
                state.update(view)
                if cut is not None:
                    cut.update(view)
                self._tally.add(len(view))
            if not place.is_raw:
                pack.write(tar.padding(source.size))
        digests = bytes(cut.finish()) if cut is not None else b""
        item = Item(
            path=source.path,
            kind=source.kind,
            size=source.size,
            sha256="" if is_folder else state.hexdigest(),
            pieces=str(pieces.root_of(digests)) if digests else "",
            pack=place.pack,
            offset=place.offset,
            mtime=seconds,
            mtime_ns=nanoseconds,
            mode=source.mode & 0o7777,
            salt=self._chance(SALT_BYTES).hex(),
        )
        return item, digests


def _content(source: Source, pack: PackWriter, where: str) -> Iterator[memoryview]:
    with source.open() as stream:
        left = source.size
        while left:
            memory = pack.memory()[: min(_READ, left)]
            count = stream.readinto(memory)
            if not count:
                raise _changed(where)
            left -= count
            yield memory[:count]
            pack.fill(count)
        if stream.read(1):
            raise _changed(where)


def _changed(where: str) -> Unavailable:
    return Unavailable(
        "a file changed its size while it was being sealed",
        where=where,
        hint="stop what writes to it, or seal a copy; nothing was sealed",
    )
