"""The right edge of a growing tree: one hash for each full subtree it is made of, which is all that growth needs.

A tree of n entries has a full subtree for each bit set in n; the edge is their roots, the smallest first. An entry more
costs about two hashes, the root a hash a level, however long the log is.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from comity.base.digests import Digest
from comity.base.errors import Malformed
from comity.crypto.merkle import EMPTY_ROOT
from comity.transparency.tree import row_above

_HASH: Final = 32
_BITS: Final = 8


@dataclass(frozen=True, slots=True)
class Full:
    """Full tiles that came to be: the hashes over those of `level` - 1 (1: over 256 entries) from `index` on."""

    level: int
    index: int
    hashes: bytes


class Edge:
    """The edge of a tree of `size` entries. nodes: its hashes joined, that of the smallest subtree first."""

    def __init__(self, size: int = 0, nodes: bytes = b"") -> None:
        if len(nodes) != size.bit_count() * _HASH:
            raise Malformed("not the edge of a tree of that size", hint="it is made anew from the entries")
        self.size = size
        self._at: dict[int, bytes] = {}
        place = 0
        for level in range(size.bit_length()):
            if size >> level & 1:
                self._at[level] = nodes[place : place + _HASH]
                place += _HASH

    @property
    def nodes(self) -> bytes:
        return b"".join(self._at[level] for level in sorted(self._at))

    def root(self) -> Digest:
        found: bytes | None = None
        for level in sorted(self._at):
            found = self._at[level] if found is None else sha256(b"\x01" + self._at[level] + found).digest()
        return EMPTY_ROOT if found is None else Digest(found)

    def extend(self, leaves: bytes) -> list[Full]:
        """Grow by leaf hashes, joined; the hashes over tiles that became full."""
        full: list[Full] = []
        level, new = 0, leaves
        while new:
            if level and level % _BITS == 0:
                full.append(Full(level // _BITS, self.size >> level, new))
            nodes = self._at.pop(level, b"") + new
            if len(nodes) // _HASH % 2:
                self._at[level] = nodes[-_HASH:]
            new = row_above(nodes)
            level += 1
        self.size += len(leaves) // _HASH
        return full
