"""The Merkle tree of RFC 6962 section 2.1 over SHA-256: for the log, the pieces of a file, batches of receipts.

A leaf is hashed after a 0x00 byte and a node after a 0x01 byte, so that neither is ever taken for the other. The tree
of n leaves splits at the largest power of two below n; that is the same tree as pairing each level from the left and
carrying an odd last node up unchanged, which is how it is computed here: a level at a time, each node hashed once.

Proofs are checked by the algorithms of RFC 9162, sections 2.1.3.2 and 2.1.4.2. A path is read from the leaf upwards.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Final, TypeVar

from comity.base.digests import Digest, same
from comity.base.errors import BadProof, Malformed

EMPTY_ROOT: Final = Digest.of()
"""The root of the tree without leaves: SHA-256 of nothing."""

T = TypeVar("T")

_LEAF = b"\x00"
_NODE = b"\x01"
_HINT = "ask for a fresh proof; if it fails again, keep both: they may show that the log was altered"


def leaf_hash(entry: bytes) -> Digest:
    """SHA-256(0x00, entry)."""
    return Digest(sha256(_LEAF + entry).digest())


def node_hash(left: Digest, right: Digest) -> Digest:
    """SHA-256(0x01, left, right)."""
    return Digest(sha256(_NODE + left.value + right.value).digest())


def next_level(level: Sequence[bytes]) -> list[bytes]:
    """The level above `level`: raw 32-byte hashes, paired from the left, an odd last one carried up as it is."""
    above = [sha256(_NODE + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=False)]
    if len(level) % 2:
        above.append(level[-1])
    return above


def root(leaves: Sequence[Digest]) -> Digest:
    """The root over leaf hashes in their order; EMPTY_ROOT over none."""
    if not leaves:
        return EMPTY_ROOT
    level = [leaf.value for leaf in leaves]
    while len(level) > 1:
        level = next_level(level)
    return Digest(level[0])


def root_over(entries: Iterable[bytes]) -> Digest:
    """The root over entries that are not hashed yet: as `root` over their leaf hashes, without a value for each."""
    level = [sha256(_LEAF + entry).digest() for entry in entries]
    while len(level) > 1:
        level = next_level(level)
    return Digest(level[0]) if level else EMPTY_ROOT


def inclusion_path(leaves: Sequence[Digest], index: int) -> tuple[Digest, ...]:
    """The sibling hashes from leaf `index` up to the root (RFC 9162 section 2.1.3.1).

    Raises Malformed when there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise Malformed(f"no leaf {index} in a tree of {len(leaves)}", hint="leaves count from 0")
    return _siblings([leaf.value for leaf in leaves], index)


def levels(entries: Iterable[bytes]) -> list[list[bytes]]:
    """The tree over entries that are not hashed yet: raw hashes, the leaves first, the root alone last."""
    found = [[sha256(_LEAF + entry).digest() for entry in entries]]
    while len(found[-1]) > 1:
        found.append(next_level(found[-1]))
    return found


def paths(levels: Sequence[Sequence[T]]) -> list[tuple[T, ...]]:
    """The path of every leaf, as `inclusion_path` gives each, out of the levels of a tree, in which anything may stand
    for a hash."""
    return [
        tuple(
            level[beside] for height, level in enumerate(levels[:-1]) if (beside := (index >> height) ^ 1) < len(level)
        )
        for index in range(len(levels[0]))
    ]


def consistency_path(leaves: Sequence[Digest], old_size: int) -> tuple[Digest, ...]:
    """The hashes that show the tree of `leaves` to begin with its first `old_size` leaves (RFC 9162 section 2.1.4.1).

    Empty when `old_size` is 0 or the whole. Raises Malformed when it is more than that.
    """
    if not 0 <= old_size <= len(leaves):
        raise Malformed(f"no tree of {old_size} within one of {len(leaves)}", hint="the older tree is the smaller")
    if old_size in (0, len(leaves)):
        return ()
    level = [leaf.value for leaf in leaves]
    node = old_size - 1
    while node % 2:  # climb while the old tree fills the pair: the widest full subtree at its right edge
        level = next_level(level)
        node //= 2
    # The old tree was that one subtree: the verifier has its root already.
    start = () if node == 0 else (Digest(level[node]),)
    return (*start, *_siblings(level, node))


def _siblings(level: list[bytes], node: int) -> tuple[Digest, ...]:
    path: list[Digest] = []
    while len(level) > 1:
        beside = node ^ 1
        if beside < len(level):
            path.append(Digest(level[beside]))
        level = next_level(level)
        node //= 2
    return tuple(path)


def root_from_path(leaf: Digest, index: int, size: int, path: Sequence[Digest]) -> Digest:
    """The root of the tree of `size` leaves in which `leaf` is number `index`, if `path` is its path.

    Raises BadProof when the path has the wrong length for that place. Source: RFC 9162 section 2.1.3.2.
    """
    if not 0 <= index < size:
        raise BadProof(f"no entry {index} in a log of {size}", hint=_HINT)
    node, last, found = index, size - 1, leaf
    for beside in path:
        if last == 0:
            raise BadProof("the inclusion proof is too long", hint=_HINT)
        if node % 2 or node == last:
            found = node_hash(beside, found)
            while node % 2 == 0 and node:
                node, last = node // 2, last // 2
        else:
            found = node_hash(found, beside)
        node, last = node // 2, last // 2
    if last:
        raise BadProof("the inclusion proof is too short", hint=_HINT)
    return found


def verify_inclusion(leaf: Digest, index: int, size: int, path: Sequence[Digest], root: Digest) -> None:
    """Check that `leaf` is entry `index` of the tree of `size` leaves with this `root`.

    path: sibling hashes from the leaf up. Raises BadProof. Source: RFC 9162 section 2.1.3.2.
    """
    if not same(root_from_path(leaf, index, size, path).value, root.value):
        raise BadProof("the inclusion proof does not lead to this root", hint=_HINT)


def verify_consistency(
    old_size: int, old_root: Digest, new_size: int, new_root: Digest, path: Sequence[Digest]
) -> None:
    """Check that the tree of `new_size` leaves begins with the tree of `old_size` leaves.

    Every tree begins with the empty one, so from size 0 there is nothing to prove: a caller decides that before, and
    here it is refused. Raises BadProof. Source: RFC 9162 section 2.1.4.2.
    """
    if not 0 < old_size <= new_size:
        raise BadProof(f"no proof leads from size {old_size} to size {new_size}", hint=_HINT)
    if old_size == new_size:
        if path or not same(old_root.value, new_root.value):
            raise BadProof("two roots, or a needless proof, for one size", hint=_HINT)
        return
    power_of_two = old_size & (old_size - 1) == 0
    hashes = (old_root, *path) if power_of_two else tuple(path)
    if not path:
        raise BadProof("the consistency proof is empty", hint=_HINT)
    node, last = old_size - 1, new_size - 1
    while node % 2:
        node, last = node // 2, last // 2
    old = new = hashes[0]
    for beside in hashes[1:]:
        if last == 0:
            raise BadProof("the consistency proof is too long", hint=_HINT)
        if node % 2 or node == last:
            old, new = node_hash(beside, old), node_hash(beside, new)
            while node % 2 == 0 and node:
                node, last = node // 2, last // 2
        else:
            new = node_hash(new, beside)
        node, last = node // 2, last // 2
    if last:
        raise BadProof("the consistency proof is too short", hint=_HINT)
    if not (same(old.value, old_root.value) and same(new.value, new_root.value)):
        raise BadProof("the newer tree does not begin with the older one", hint=_HINT)
