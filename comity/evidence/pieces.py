"""Pieces of a file: a digest for each MiB, joined by the tree of RFC 6962, so that one piece can be proved alone.

    entry i of the tree = digest of bytes i * 1 MiB to (i + 1) * 1 MiB, the last piece maybe shorter
    digest = BLAKE3, or SHA-256 in the suite for keys in hardware; leaves and nodes are hashed as `crypto.merkle` does

A file of at most 1 MiB has no pieces: its SHA-256 says all. The digests of all files lie one after another in one
file of the record; 32 bytes for a MiB, 32 MiB for a TB. Proofs are made in one pass over them.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Final, Literal, Protocol

from blake3 import blake3

from comity.base.digests import Digest
from comity.base.errors import Malformed
from comity.crypto.merkle import leaf_hash, root, root_over, verify_inclusion

PIECE: Final = 1024 * 1024
DIGEST_BYTES: Final = 32
_SUBTREE: Final = 4096 * DIGEST_BYTES
"""A power of two of entries, so that their tree is a part of the whole one."""

Algorithm = Literal["blake3", "sha256"]


class _State(Protocol):
    def update(self, data: memoryview, /) -> object: ...
    def digest(self) -> bytes: ...


_NEW: Final[dict[str, Callable[[], _State]]] = {"blake3": blake3, "sha256": hashlib.sha256}


class PieceHasher:
    """Takes a file's bytes in order; `digests` has 32 bytes for every piece that is complete."""

    def __init__(self, algorithm: Algorithm, size: int = PIECE) -> None:
        self._new = _NEW[algorithm]
        self._size = size
        self.digests = bytearray()
        self._state: _State = self._new()
        self._held = 0

    def update(self, data: memoryview) -> None:
        while data:
            taken = data[: self._size - self._held]
            self._state.update(taken)
            self._held += len(taken)
            data = data[len(taken) :]
            if self._held == self._size:
                self._close()

    def finish(self) -> bytearray:
        """The digests of all pieces."""
        if self._held:
            self._close()
        return self.digests

    def _close(self) -> None:
        self.digests += self._state.digest()
        self._state, self._held = self._new(), 0


def count_of(size: int) -> int:
    """How many pieces a file of `size` bytes has."""
    return -(-size // PIECE) if size > PIECE else 0


def piece_digest(data: bytes, algorithm: Algorithm) -> bytes:
    state = _NEW[algorithm]()
    state.update(memoryview(data))
    return state.digest()


def root_of(digests: bytes | bytearray | memoryview) -> Digest:
    """The root over entries of 32 bytes each. Subtrees come first: little memory, whatever the size."""
    view = memoryview(digests)
    return root([_root_over(view[start : start + _SUBTREE]) for start in range(0, len(view), _SUBTREE)])


def _root_over(view: memoryview) -> Digest:
    data = bytes(view)
    return root_over(data[at : at + DIGEST_BYTES] for at in range(0, len(data), DIGEST_BYTES))


def path_of(digests: bytes | bytearray | memoryview, index: int) -> tuple[Digest, ...]:
    """The sibling hashes from entry `index` up to the root (RFC 9162 section 2.1.3.1). Raises Malformed."""
    view = memoryview(digests)
    size = len(view) // DIGEST_BYTES
    if not 0 <= index < size:
        raise Malformed(f"no piece {index} of {size}", hint="pieces count from 0; one is 1 MiB")
    path: list[Digest] = []
    while size > 1:
        split = 1 << (size - 1).bit_length() - 1
        left, right = view[: split * DIGEST_BYTES], view[split * DIGEST_BYTES : size * DIGEST_BYTES]
        if index < split:
            path.append(root_of(right))
            view, size = left, split
        else:
            path.append(root_of(left))
            view, size, index = right, size - split, index - split
    return tuple(reversed(path))


def verify_piece(
    data: bytes, index: int, count: int, path: Sequence[Digest], root: Digest, algorithm: Algorithm
) -> None:
    """Check that `data` is piece `index` of the file whose `count` pieces have this root. Raises BadProof."""
    verify_inclusion(leaf_hash(piece_digest(data, algorithm)), index, count, path, root)
