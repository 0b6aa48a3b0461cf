"""The log's tree: what a root and a proof cost beside the hashing that nobody can avoid.

The root of n leaves takes n - 1 hashes of 65 bytes. The first way does just that many, over a fixed input, with nothing
around them; comity pairs, carries and names the nodes as well. A path is computed from all leaves each time, as a log
without stored tiles would: that is what keeping tiles is to save.
"""

import hashlib
from contextlib import ExitStack
from functools import cache
from typing import Final

from bench.measure import Benchmark
from comity.base.digests import Digest
from comity.crypto import merkle

FULL_LEAVES: Final = 2**17


def benchmark(scale: float, _stack: ExitStack) -> Benchmark:
    """scale: 1 for a log of 2^17 entries."""
    size = max(2, round(FULL_LEAVES * scale))
    index = size // 3

    @cache
    def leaves() -> list[Digest]:
        return [merkle.leaf_hash(n.to_bytes(65, "big")) for n in range(size)]

    @cache
    def proof() -> tuple[Digest, tuple[Digest, ...]]:
        return merkle.root(leaves()), merkle.inclusion_path(leaves(), index)

    def hashes() -> None:
        node = b"\x01" + bytes(64)
        for _ in range(size - 1):
            hashlib.sha256(node).digest()

    def verify() -> None:
        root, path = proof()
        merkle.verify_inclusion(leaves()[index], index, size, path, root)

    return Benchmark(
        "log",
        f"the tree of {size:,} entries",
        {
            "hashlib alone, as many hashes": hashes,
            "comity, root": lambda: merkle.root(leaves()),
            "comity, path of one entry": lambda: merkle.inclusion_path(leaves(), index),
            "comity, verify that path": verify,
        },
    )
