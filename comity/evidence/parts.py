"""Parts of the ciphertext: a digest for each 4 MiB of each pack, so that damage has a place and a transfer can go on.

    comity/parts     32 bytes for each part, the packs in the envelope's order; a tag file, so it is signed for
    part i of a pack = its bytes i * 4 MiB to (i + 1) * 4 MiB, the last maybe shorter; of the suite's piece algorithm

A courier without any key says with them which bytes of which pack are not as they were sealed. A transfer brings the
packs by these digests: its message stays small whatever it brings.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import Final

from blake3 import blake3

from comity.base.digests import Digest, same
from comity.base.errors import BrokenSeal, Malformed
from comity.crypto.age import Readable, Writable
from comity.evidence.pieces import DIGEST_BYTES, Algorithm, PieceHasher, piece_digest

PART: Final = 4 * 1024 * 1024
PARTS_LIMIT: Final = 32 * 1024 * 1024
"""4 TiB of ciphertext."""
_READ: Final = 1024 * 1024
_SHOWN: Final = 3


class PackSink:
    """Passes a pack on as it is written, counting it, with the digest of the whole and of each part."""

    def __init__(self, sink: Writable, algorithm: Algorithm) -> None:
        self._sink = sink
        self._state = hashlib.sha256()
        self._parts = PieceHasher(algorithm, PART)
        self.size = 0

    def write(self, data: bytes | bytearray | memoryview, /) -> int:
        for step in self.steps:
            step(memoryview(data))
        return len(data)

    @property
    def steps(self) -> tuple[Callable[[memoryview], object], ...]:
        """What `write` does, for two threads: each step is given all data in order, the first one first."""
        return (self._sink.write, self._count)

    def _count(self, data: memoryview) -> None:
        self._state.update(data)
        self._parts.update(data)
        self.size += len(data)

    @property
    def digest(self) -> Digest:
        return Digest(self._state.digest())

    @property
    def parts(self) -> bytes:
        """32 bytes for each part, once all is written."""
        return bytes(self._parts.finish())


def count_of(size: int) -> int:
    """How many parts a pack of `size` bytes has."""
    return -(-size // PART)


def of_packs(data: bytes, sizes: Mapping[str, int], where: str) -> dict[str, tuple[bytes, ...]]:
    """The digests in `comity/parts`, by pack. sizes: of the packs, in their order. Raises BrokenSeal."""
    if len(data) != DIGEST_BYTES * sum(count_of(size) for size in sizes.values()):
        raise BrokenSeal("has digests for other packs than the envelope's", where=where, hint="use nothing of it")
    digests = [data[at : at + DIGEST_BYTES] for at in range(0, len(data), DIGEST_BYTES)]
    ends = [0]
    for size in sizes.values():
        ends.append(ends[-1] + count_of(size))
    return {name: tuple(digests[start:end]) for name, (start, end) in zip(sizes, pairwise(ends), strict=True)}


def check_part(name: str, data: bytes) -> None:
    """Raise Malformed unless the bytes have that digest, 64 hexadecimal digits: BLAKE3, or SHA-256."""
    expected = Digest.from_hex(name).value
    if not same(blake3(data).digest(), expected) and not same(hashlib.sha256(data).digest(), expected):
        raise Malformed("the part is not what its name says", hint="send it again")


def read_part(stream: Readable, size: int) -> bytes:
    """So many bytes, or fewer if the stream ends before."""
    found = bytearray()
    while len(found) < size and (data := stream.read(min(_READ, size - len(found)))):
        found += data
    return bytes(found)


def damage(stream: Readable, size: int, digests: Iterable[bytes], algorithm: Algorithm) -> str:
    """Which bytes of a pack are not those that were sealed, as 'bytes 4194304 to 8388607', whole parts each; or ''.

    size: as it was sealed.
    """
    runs: list[tuple[int, int]] = []
    at = 0
    for digest in digests:
        end = min(at + PART, size)
        data = read_part(stream, end - at)
        if not same(piece_digest(data, algorithm), digest):
            if runs and runs[-1][1] == at:
                runs[-1] = (runs[-1][0], end)
            else:
                runs.append((at, end))
        at = end
    if not runs:
        return f"bytes {size} and on, behind its end" if stream.read(1) else ""
    shown = ", ".join(f"{start} to {end - 1}" for start, end in runs[:_SHOWN])
    return f"bytes {shown}" + (f", and {len(runs) - _SHOWN} stretches more" if len(runs) > _SHOWN else "")
