"""Roots and proofs out of tiles are the ones that hashing everything gives."""

import pytest

from comity.base.digests import Digest
from comity.base.errors import Malformed
from comity.crypto import merkle
from comity.transparency.tiles import Tile
from comity.transparency.tree import Tree, leaf_row, top_of
from tests.simulators.log_files import tile_bytes

LEAVES = [merkle.leaf_hash(number.to_bytes(4, "big")) for number in range(1300)]
SIZES = [1, 2, 3, 7, 8, 255, 256, 257, 511, 512, 513, 1023, 1024, 1300]


def tree(asked: list[Tile] | None = None, *, keep: int = 64) -> Tree:
    def read(tile: Tile) -> bytes:
        if asked is not None:
            asked.append(tile)
        return tile_bytes(tile, LEAVES)

    return Tree(read, keep=keep)


@pytest.mark.parametrize("size", [0, *SIZES])
def test_the_root_of_every_size_is_the_root_over_its_leaves(size: int) -> None:
    assert tree().root(size) == merkle.root(LEAVES[:size])


@pytest.mark.parametrize("size", SIZES)
def test_a_path_is_the_one_that_all_leaves_give(size: int) -> None:
    one = tree()
    for index in {0, 1, size // 2, size // 3, size - 2, size - 1} & set(range(size)):
        assert one.inclusion(index, size) == merkle.inclusion_path(LEAVES[:size], index)


@pytest.mark.parametrize("size", SIZES)
def test_growth_is_shown_as_all_leaves_show_it(size: int) -> None:
    one = tree()
    for old in {0, 1, 2, 3, 200, 255, 256, 257, 512, 768, size - 1, size} & set(range(size + 1)):
        assert one.consistency(old, size) == merkle.consistency_path(LEAVES[:size], old)


def test_a_tile_is_read_once_while_it_is_kept() -> None:
    asked: list[Tile] = []
    one = tree(asked)
    for index in (0, 5, 255, 3):
        one.inclusion(index, 1300)
    assert len(asked) == len(set(asked))


def test_what_is_not_kept_is_read_again_and_gives_the_same() -> None:
    one = tree(keep=1)
    assert [one.inclusion(index, 1300) for index in (0, 700, 0)] == [
        merkle.inclusion_path(LEAVES, index) for index in (0, 700, 0)
    ]


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 3)])
def test_an_entry_that_is_not_there_has_no_path(index: int, size: int) -> None:
    with pytest.raises(Malformed):
        tree().inclusion(index, size)


@pytest.mark.parametrize(("old", "size"), [(-1, 3), (4, 3)])
def test_a_log_that_shrank_has_no_proof_of_growth(old: int, size: int) -> None:
    with pytest.raises(Malformed):
        tree().consistency(old, size)


def test_a_tile_of_another_length_is_refused() -> None:
    with pytest.raises(Malformed, match="31 bytes"):
        Tree(lambda _: bytes(31)).root(1)


def test_rows_of_entries_and_the_top_of_a_tile_are_the_trees_own() -> None:
    entries = [number.to_bytes(4, "big") for number in range(256)]
    assert leaf_row(entries) == b"".join(leaf.value for leaf in LEAVES[:256])
    assert Digest(top_of(leaf_row(entries))) == merkle.root(LEAVES[:256])
