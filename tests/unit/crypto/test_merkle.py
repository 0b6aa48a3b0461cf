"""The tree of RFC 6962: the roots everyone agrees on, and proofs no one here wrote."""

import json
import os
import tarfile
from pathlib import Path
from typing import Any

import pytest

from comity.base.digests import Digest
from comity.base.encoding import from_b64
from comity.base.errors import BadProof, Malformed
from comity.crypto.merkle import (
    EMPTY_ROOT,
    consistency_path,
    inclusion_path,
    leaf_hash,
    node_hash,
    root,
    root_from_path,
    verify_consistency,
    verify_inclusion,
)

VECTORS = Path(os.environ.get("COMITY_VECTORS") or Path(__file__).parents[4] / "shared" / "vectors")
ARCHIVE = VECTORS / "merkle" / "merkle-rfc6962-testdata.tar.gz"
LEAVES = [leaf_hash(entry) for entry in (b"", b"\x00", b"comity")]


def b64_digest(text: str) -> Digest:
    return Digest(from_b64(text))


def recursive_root(leaves: list[Digest]) -> Digest:
    """RFC 6962 section 2.1 word for word: a second way to the same root."""
    if len(leaves) < 2:
        return leaves[0] if leaves else EMPTY_ROOT
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(recursive_root(leaves[:split]), recursive_root(leaves[split:]))


def test_leaf_hashes_are_those_of_the_worked_example() -> None:
    assert str(LEAVES[0]).startswith("6e340b9c")
    assert str(LEAVES[0]).endswith("fa01d")
    assert str(LEAVES[1]).startswith("96a296d2")
    assert str(LEAVES[1]).endswith("9cfc7")
    assert str(LEAVES[2]) == "020bbf611496d5de335415320409e73b93b78251f3ca440692a3eb003df43ecb"


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (0, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
        (1, "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0="),
        (2, "+sVCA+fMaWzw38tCySodnbr3CtnmIfS9jZhmLwDjwSU="),
        (3, "WdB0o/7iXunPoV8bBLcqtTOFpeEx7Qid4CBLgwwil8c="),
    ],
)
def test_roots_are_those_of_the_worked_example(size: int, expected: str) -> None:
    assert root(LEAVES[:size]) == b64_digest(expected)


@pytest.mark.parametrize("size", [*range(20), 31, 32, 33, 100, 257])
def test_hashing_by_levels_gives_the_root_that_the_rfc_defines(size: int) -> None:
    leaves = [leaf_hash(bytes((number % 256, number // 256))) for number in range(size)]
    assert root(leaves) == recursive_root(leaves)


def test_a_hundred_thousand_leaves_have_provable_places() -> None:
    leaves = [leaf_hash(number.to_bytes(8, "big")) for number in range(100_000)]
    head = root(leaves)
    for index in (0, 65_535, 65_536, 99_999):
        verify_inclusion(leaves[index], index, len(leaves), inclusion_path(leaves, index), head)
    old = 65_537
    verify_consistency(old, root(leaves[:old]), len(leaves), head, consistency_path(leaves, old))


def test_a_leaf_is_never_taken_for_a_node() -> None:
    assert leaf_hash(LEAVES[0].value + LEAVES[1].value) != node_hash(LEAVES[0], LEAVES[1])


def test_no_path_for_a_leaf_that_is_not_there() -> None:
    for index in (-1, 3):
        with pytest.raises(Malformed):
            inclusion_path(LEAVES, index)


def test_no_consistency_path_to_a_smaller_tree() -> None:
    for old_size in (-1, 4):
        with pytest.raises(Malformed):
            consistency_path(LEAVES, old_size)


def test_a_path_of_the_wrong_length_is_refused() -> None:
    path = inclusion_path(LEAVES, 0)
    for wrong in (path[:-1], (*path, LEAVES[0]), ()):
        with pytest.raises(BadProof):
            root_from_path(LEAVES[0], 0, 3, wrong)


def test_nothing_is_proved_from_the_empty_tree() -> None:
    with pytest.raises(BadProof):
        verify_consistency(0, EMPTY_ROOT, 3, root(LEAVES), ())


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not ARCHIVE.exists():
        pytest.skip(f"no third-party vectors at {ARCHIVE}; set COMITY_VECTORS to their folder")
    folder = tmp_path_factory.mktemp("merkle")
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(folder, filter="data")
    return folder / "testdata"


def load(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    files = sorted(folder.rglob("*.json"))
    return [(str(file.relative_to(folder)), json.loads(file.read_bytes())) for file in files]


def standing_in(text: str) -> Digest:
    """Some consistency vectors, a good one among them, have short texts for roots; hashed, alike stays alike."""
    data = from_b64(text)
    return Digest(data) if len(data) == 32 else Digest.of(data)


def includes(vector: dict[str, Any]) -> bool:
    try:
        verify_inclusion(
            b64_digest(vector["leafHash"]),
            vector["leafIdx"],
            vector["treeSize"],
            [b64_digest(text) for text in vector["proof"] or ()],
            b64_digest(vector["root"]),
        )
    except (BadProof, Malformed):  # what is not 32 bytes is no Digest, and so refused before
        return False
    return True


def is_consistent(vector: dict[str, Any]) -> bool:
    try:
        verify_consistency(
            vector["size1"],
            standing_in(vector["root1"]),
            vector["size2"],
            standing_in(vector["root2"]),
            [standing_in(text) for text in vector["proof"] or ()],
        )
    except BadProof:
        return False
    return True


def test_every_published_inclusion_proof_is_judged_rightly(published: Path) -> None:
    vectors = load(published / "inclusion")
    assert len(vectors) == 98
    assert [name for name, vector in vectors if includes(vector) is vector["wantErr"]] == []


def test_every_published_consistency_proof_is_judged_rightly(published: Path) -> None:
    vectors = load(published / "consistency")
    assert len(vectors) == 98
    assert [name for name, vector in vectors if is_consistent(vector) is vector["wantErr"]] == []
