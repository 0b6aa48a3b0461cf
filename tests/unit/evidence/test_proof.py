"""One piece, proved alone: cheap to check, bound to its package, and worth nothing once anything is changed."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base.encoding import to_json
from comity.base.errors import BadProof, ComityError, Malformed, NotFound
from comity.crypto.merkle import inclusion_path, leaf_hash, root
from comity.evidence.opening import read_record
from comity.evidence.outside import verify_tags
from comity.evidence.pieces import PieceHasher, count_of, path_of, piece_digest, root_of
from comity.evidence.proof import PieceProof, prove_piece, verify_piece
from tests.simulators.packages import IDENTITY, SIGNER, MemoryPackage, sealed_tree

SIZE = 5 * (1 << 20) + 77
CONTENT = bytes(range(251)) * (SIZE // 251 + 1)
PACKAGE, SEALED = sealed_tree({"disk.img": CONTENT[:SIZE], "small.txt": b"x" * 700, "z/secret name": b""})
OUTER = verify_tags(PACKAGE, SIGNER.public)
RECORD = read_record(PACKAGE, OUTER, IDENTITY, SIGNER.public)


def proof_of(path: str, index: int) -> bytes:
    return prove_piece(RECORD, OUTER.package_digest, OUTER.envelope.suite, path, index)


def check(proof: bytes, package: MemoryPackage = PACKAGE) -> object:
    return verify_piece(proof, package, IDENTITY, package_key=SIGNER.public, sealer_key=SIGNER.public)


@pytest.mark.parametrize("index", range(6))
def test_each_piece_is_proved_with_few_hashes_and_few_chunks(index: int) -> None:
    found = verify_piece(
        proof_of("disk.img", index), PACKAGE, IDENTITY, package_key=SIGNER.public, sealer_key=SIGNER.public
    )
    assert (found.item.path, found.start, found.end) == ("disk.img", index << 20, min((index + 1) << 20, SIZE))
    assert found.chunks_read <= 18
    assert found.hashes <= 3


def test_a_small_file_is_one_piece_proved_by_its_digest() -> None:
    assert check(proof_of("small.txt", 0))
    assert check(proof_of("z/secret name", 0))


def test_a_proof_tells_nothing_of_the_other_files() -> None:
    assert b"secret name" not in proof_of("disk.img", 0)


def test_there_is_no_proof_of_what_is_not_there() -> None:
    for path, index, error in (("nothing", 0, NotFound), ("z", 0, NotFound), ("disk.img", 6, Malformed)):
        with pytest.raises(error):
            proof_of(path, index)
    with pytest.raises(Malformed):
        proof_of("small.txt", 1)


def test_the_proof_of_another_package_proves_nothing() -> None:
    with pytest.raises(BadProof, match="another package"):
        check(proof_of("small.txt", 0), sealed_tree({"small.txt": b"x" * 700})[0])


@pytest.mark.parametrize(
    "change", [{"piece": 1}, {"item": 1}, {"piece_path": ()}, {"item_path": ()}, {"algorithm": "sha256"}, {"v": 2}]
)
def test_a_proof_with_another_field_does_not_hold(change: dict[str, object]) -> None:
    proof = msgspec.json.decode(proof_of("disk.img", 0))
    with pytest.raises(ComityError):
        check(msgspec.json.encode({**proof, **change}))


@given(st.integers(0, 10**6), st.integers(1, 255))
def test_a_changed_byte_of_a_proof_never_holds(at: int, by: int) -> None:
    data = bytearray(proof_of("disk.img", 2))
    data[at % len(data)] ^= by
    with pytest.raises(ComityError):
        check(bytes(data))


def test_a_proof_is_written_in_one_way() -> None:
    proof = proof_of("disk.img", 3)
    assert to_json(msgspec.json.decode(proof, type=PieceProof)) == proof


@given(st.integers(1, 70), st.data())
def test_root_and_paths_are_those_of_the_log(count: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, count - 1))
    digests = [bytes([number]) * 32 for number in range(count)]
    leaves = [leaf_hash(one) for one in digests]
    assert root_of(b"".join(digests)) == root(leaves)
    assert path_of(b"".join(digests), index) == inclusion_path(leaves, index)


@pytest.mark.parametrize("size", [0, 1, 1 << 20, (1 << 20) + 1, 3 << 20])
@pytest.mark.parametrize("step", [1 << 18, (1 << 20) + 3])
def test_pieces_are_cut_alike_however_the_bytes_come(size: int, step: int) -> None:
    hasher = PieceHasher("blake3")
    for at in range(0, size, step):
        hasher.update(memoryview(CONTENT)[at : min(at + step, size)])
    cut = [piece_digest(CONTENT[at : min(at + (1 << 20), size)], "blake3") for at in range(0, size, 1 << 20)]
    assert bytes(hasher.finish()) == b"".join(cut)
    assert count_of(size) == (len(cut) if size > 1 << 20 else 0)
