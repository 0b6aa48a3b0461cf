"""Tiles and bundles: the sizes of the specification's examples, strict paths, and that files follow from entries."""

import pytest

from comity.base.digests import Digest
from comity.base.errors import Malformed
from comity.crypto.merkle import leaf_hash, root
from comity.transparency.tiles import (
    ENTRIES,
    Tile,
    bundle_bytes,
    bundles_between,
    entries_path,
    partial_tiles,
    read_bundle,
    read_path,
    tiles_between,
)
from tests.simulators.log_files import files_for, tile_bytes


def entries_of(size: int) -> list[bytes]:
    return [number.to_bytes(4, "big") * (number % 3) for number in range(size)]


def test_a_log_of_70000_entries_has_the_tiles_of_the_specification() -> None:
    tiles = tiles_between(0, 70_000)
    level0 = [tile for tile in tiles if tile.level == 0]
    assert [tile.width for tile in level0] == [256] * 273 + [112]
    assert level0[-1].path == "tile/0/273.p/112"
    assert [tile.path for tile in tiles if tile.level == 1] == ["tile/1/000", "tile/1/001.p/17"]
    assert [tile.path for tile in tiles if tile.level >= 2] == ["tile/2/000.p/1"]
    assert [tile.path for tile in partial_tiles(70_000)] == ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"]


def test_a_log_of_256_entries_has_one_full_tile_and_one_hash_above_it() -> None:
    assert [tile.path for tile in tiles_between(0, 256)] == ["tile/0/000", "tile/1/000.p/1"]
    assert [tile.path for tile in partial_tiles(256)] == ["tile/1/000.p/1"]


def test_an_empty_log_and_one_that_did_not_grow_have_nothing_to_write() -> None:
    assert tiles_between(0, 0) == tiles_between(300, 300) == partial_tiles(0) == ()
    assert list(files_for(entries_of(300), 300)) == []


def test_growth_touches_the_right_edge_only() -> None:
    assert [tile.path for tile in tiles_between(255, 256)] == ["tile/0/000", "tile/1/000.p/1"]
    assert [tile.path for tile in tiles_between(256, 257)] == ["tile/0/001.p/1"]
    assert [tile.path for tile in tiles_between(250, 513)] == [
        "tile/0/000",
        "tile/0/001",
        "tile/0/002.p/1",
        "tile/1/000.p/2",
    ]
    assert [tile.path for tile in bundles_between(250, 257)] == ["tile/entries/000", "tile/entries/001.p/1"]


def test_a_log_never_shrinks() -> None:
    for old, new in ((2, 1), (-1, 3), (0, 2**63)):
        with pytest.raises(Malformed):
            tiles_between(old, new)
    with pytest.raises(Malformed):
        list(files_for([], 1))


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 1000), "tile/0/x001/000"),
        (Tile(3, 1_234_067), "tile/3/x001/x234/067"),
        (Tile(0, 1_234_067, 1), "tile/0/x001/x234/067.p/1"),
        (Tile(ENTRIES, 999, 255), "tile/entries/999.p/255"),
        (Tile(6, 0, 12), "tile/6/000.p/12"),
    ],
)
def test_a_path_is_written_and_read_as_the_specification_has_it(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert read_path(path) == tile


def test_bundles_lie_under_entries() -> None:
    assert entries_path(273, 112) == "tile/entries/273.p/112"
    assert entries_path(1000) == "tile/entries/x001/000"


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0/0",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/x000/001",
        "tile/0/001/000",
        "tile/0/x001",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/",
        "tile/0/000/",
        "/tile/0/000",
        "tile/0/000\n",
        "tile/0/../000",
        "tile/0/٠٠٠",
        "tile/Entries/000",
        "tile/63/000",
        "tile/0/" + "x999/" * 7 + "999",
    ],
)
def test_any_other_path_is_refused(path: str) -> None:
    with pytest.raises(Malformed):
        read_path(path)


def test_there_is_no_tile_without_hashes_or_beyond_the_longest_log() -> None:
    for level, index, width in ((0, 0, 0), (0, 0, 257), (0, -1, 1), (-2, 0, 1), (64, 0, 1), (8, 0, 1), (0, 2**60, 1)):
        with pytest.raises(Malformed):
            Tile(level, index, width)


def test_a_tile_holds_the_roots_over_its_subtrees() -> None:
    leaves = [leaf_hash(entry) for entry in entries_of(1024)]
    assert tile_bytes(Tile(0, 1, 2), leaves) == leaves[256].value + leaves[257].value
    assert tile_bytes(Tile(1, 0, 4), leaves) == b"".join(root(leaves[i : i + 256]).value for i in (0, 256, 512, 768))
    assert len(tile_bytes(Tile(0, 3), leaves)) == 8192


def test_a_tile_is_not_made_from_too_few_leaves_or_for_a_bundle() -> None:
    leaves = [leaf_hash(b"")] * 255
    for tile in (Tile(0, 0), Tile(1, 0, 1), Tile(ENTRIES, 0, 1)):
        with pytest.raises(Malformed):
            tile_bytes(tile, leaves)


def test_the_top_tiles_lead_to_the_root() -> None:
    size = 512
    leaves = [leaf_hash(entry) for entry in entries_of(size)]
    above = tile_bytes(Tile(1, 0, 2), leaves)
    assert root([Digest(above[:32]), Digest(above[32:])]) == root(leaves)


def test_a_bundle_gives_its_entries_back() -> None:
    entries = [b"", b"\x01" * 65, b"\x02" + bytes(65_534)]
    assert bundle_bytes(entries)[:4] == b"\x00\x00\x00\x41"
    assert read_bundle(bundle_bytes(entries)) == tuple(entries)


def test_a_bundle_cut_short_empty_or_too_long_is_refused() -> None:
    whole = bundle_bytes([b"one", b"two"])
    for data in (b"", whole[:-1], whole[:6], whole + b"\x00", b"\x00\x00" * 257):
        with pytest.raises(Malformed):
            read_bundle(data)
    for entries in ([], [b""] * 257, [bytes(65_536)]):
        with pytest.raises(Malformed):
            bundle_bytes(entries)


def test_the_files_of_a_growing_log_are_those_of_one_written_at_once() -> None:
    """What is left after growing by steps holds, byte for byte, every file of the whole log."""
    entries = entries_of(66_000)
    at_once = dict(files_for(entries, 0))
    by_steps: dict[str, bytes] = {}
    old = 0
    for size in (1, 255, 256, 300, 65_536, 66_000):
        by_steps.update(files_for(entries[:size], old))
        old = size
    assert at_once.items() <= by_steps.items()
    assert all(path in at_once or read_path(path).width < 256 for path in by_steps)


def test_files_agree_with_tiles_made_one_by_one_and_come_in_order() -> None:
    entries = entries_of(600)
    leaves = [leaf_hash(entry) for entry in entries]
    files = list(files_for(entries, 100))
    assert [path for path, _ in files] == [
        "tile/entries/000",
        "tile/entries/001",
        "tile/entries/002.p/88",
        "tile/0/000",
        "tile/0/001",
        "tile/0/002.p/88",
        "tile/1/000.p/2",
    ]
    for path, content in files:
        tile = read_path(path)
        if tile.level == ENTRIES:
            assert read_bundle(content) == tuple(entries[tile.index * 256 :][: tile.width])
        else:
            assert content == tile_bytes(tile, leaves)
