"""Growing by the edge alone gives the tree that hashing everything gives."""

import pytest

from comity.base.errors import Malformed
from comity.crypto import merkle
from comity.transparency.edge import Edge

LEAVES = [merkle.leaf_hash(number.to_bytes(4, "big")) for number in range(1100)]
ROW = b"".join(leaf.value for leaf in LEAVES)


@pytest.mark.parametrize("steps", [[1] * 40, [0, 3, 0, 5], [255, 1, 1], [256, 256], [1000, 100], [7, 249, 513, 331]])
def test_the_root_is_that_of_all_leaves_after_every_step(steps: list[int]) -> None:
    edge, size = Edge(), 0
    assert edge.root() == merkle.EMPTY_ROOT
    for step in steps:
        edge.extend(ROW[size * 32 : (size + step) * 32])
        size += step
        assert (edge.size, edge.root()) == (size, merkle.root(LEAVES[:size]))
        edge = Edge(edge.size, edge.nodes)


@pytest.mark.parametrize("step", [1, 100, 256, 1024])
def test_the_hash_over_each_full_tile_is_told_once(step: int) -> None:
    edge, told = Edge(), {}
    for start in range(0, 1024, step):
        for full in edge.extend(ROW[start * 32 : min(start + step, 1024) * 32]):
            for index in range(len(full.hashes) // 32):
                place = (full.level, full.index + index)
                assert place not in told
                told[place] = full.hashes[index * 32 : (index + 1) * 32]
    assert told == {(1, n): merkle.root(LEAVES[n * 256 : (n + 1) * 256]).value for n in range(4)}


def test_an_edge_of_another_size_is_refused() -> None:
    with pytest.raises(Malformed):
        Edge(3, bytes(32))
