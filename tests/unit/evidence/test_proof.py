"""One piece, proved alone: cheap to check, bound to its package, and worth nothing once anything is changed."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from hypothesis import given
from hypothesis import strategies as st

from comity.base.encoding import to_json
from comity.base.errors import BadProof, BrokenSeal, ComityError, Malformed, NotFound
from comity.crypto.age_header import derive, write_header
from comity.crypto.age_keys import read_recipient
from comity.crypto.age_payload import CHUNK, SEALED_CHUNK
from comity.crypto.merkle import inclusion_path, leaf_hash, root
from comity.evidence.manifest import make_manifest
from comity.evidence.opening import read_record
from comity.evidence.outside import verify_tags
from comity.evidence.parts import PART, PackSink
from comity.evidence.pieces import DIGEST_BYTES, PIECE, PieceHasher, count_of, path_of, piece_digest, root_of
from comity.evidence.proof import PieceProof, prove_piece, verify_piece
from comity.evidence.record import Record
from comity.evidence.sealing import Sealing, envelope_of, write_tags
from tests.simulators.packages import ABOUT, AT, IDENTITY, RECIPIENT, SIGNER, MemoryPackage, chance, sealed_tree

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


@pytest.mark.parametrize("count", [4095, 4096, 4097, 8192, 9001])
def test_root_and_path_of_many_pieces_are_those_of_the_log(count: int) -> None:
    digests = b"".join(number.to_bytes(32) for number in range(count))
    leaves = [leaf_hash(number.to_bytes(32)) for number in range(count)]
    assert root_of(digests) == root(leaves)
    assert path_of(digests, count - 2) == inclusion_path(leaves, count - 2)


@pytest.mark.parametrize("size", [0, 1, 1 << 20, (1 << 20) + 1, 3 << 20])
@pytest.mark.parametrize("step", [1 << 18, (1 << 20) + 3])
def test_pieces_are_cut_alike_however_the_bytes_come(size: int, step: int) -> None:
    hasher = PieceHasher("blake3")
    for at in range(0, size, step):
        hasher.update(memoryview(CONTENT)[at : min(at + step, size)])
    cut = [piece_digest(CONTENT[at : min(at + (1 << 20), size)], "blake3") for at in range(0, size, 1 << 20)]
    assert bytes(hasher.finish()) == b"".join(cut)
    assert count_of(size) == (len(cut) if size > 1 << 20 else 0)


TERABYTE = 10**12
INDEX = 900_000


class SparsePack(PackSink):
    """A pack of a file of a terabyte of which one piece and the last chunk are there, each at its place."""

    def __init__(self, piece: bytes) -> None:
        super().__init__(io.BytesIO(), "blake3")
        file_key, nonce = chance(16), chance(16)
        start = write_header([read_recipient(RECIPIENT).wrap(file_key, chance)], file_key) + nonce
        cipher = ChaCha20Poly1305(derive(file_key, nonce, b"payload"))
        last = -(-TERABYTE // CHUNK) - 1
        chunks = {INDEX * 16 + n: piece[n * CHUNK : (n + 1) * CHUNK] for n in range(16)}
        chunks[last] = bytes(TERABYTE - last * CHUNK)
        self.stretches = {0: start}
        for number, plain in chunks.items():
            sealed = cipher.encrypt(number.to_bytes(11) + bytes([number == last]), plain, None)
            self.stretches[len(start) + number * SEALED_CHUNK] = sealed
        self.size = max(at + len(data) for at, data in self.stretches.items())

    @property
    def parts(self) -> bytes:
        return bytes(DIGEST_BYTES * -(-self.size // PART))


class SparseStream:
    """Reads what there is, as a file would; anything else is zeros. `taken` counts the bytes."""

    def __init__(self, pack: SparsePack) -> None:
        self._pack = pack
        self._at = 0
        self.taken = 0

    def seek(self, offset: int, whence: int = 0, /) -> int:
        assert whence == 0
        self._at = offset
        return offset

    def read(self, size: int = -1, /) -> bytes:
        assert size >= 0
        found = bytearray(min(size, self._pack.size - self._at))
        for at, data in self._pack.stretches.items():
            begin, end = max(at, self._at), min(at + len(data), self._at + len(found))
            if begin < end:
                found[begin - self._at : end - self._at] = data[begin - at : end - at]
        self._at += len(found)
        self.taken += len(found)
        return bytes(found)


class WithPack(MemoryPackage):
    """A package one pack of which is read from elsewhere."""

    stream: SparseStream

    @contextmanager
    def open(self, name: str) -> Iterator[Any]:
        if name == "data/00001.age":
            yield self.stream
            return
        with super().open(name) as stream:
            yield stream


def test_one_piece_of_a_file_of_a_terabyte_takes_20_hashes_and_18_chunks() -> None:
    piece = bytes(range(256)) * (PIECE // 256)
    count = count_of(TERABYTE)
    digests = bytearray(DIGEST_BYTES * count)
    digests[INDEX * DIGEST_BYTES : (INDEX + 1) * DIGEST_BYTES] = piece_digest(piece, "blake3")
    (item,) = sealed_tree({"disk.img": b""})[1].manifest.items
    item = msgspec.structs.replace(item, size=TERABYTE, offset=0, pieces=str(root_of(digests)))
    manifest, lines = make_manifest(SEALED.manifest.head, [item])
    sealing = Sealing(ABOUT, (RECIPIENT,), SIGNER, AT, chance, None)
    head = to_json(manifest.head)
    record = Record(manifest, head, lines, sealing.sign(head), bytes(digests))

    pack, inner = SparsePack(piece), PackSink(io.BytesIO(), "blake3")
    package = WithPack({"data/00000.age": b"", "data/00001.age": b""})
    envelope = envelope_of(sealing, [inner.size, pack.size])
    digest = write_tags(package, envelope, [inner, pack], sealing.sign, None)
    package.stream = SparseStream(pack)

    proof = prove_piece(record, digest, envelope.suite, "disk.img", INDEX)
    found = verify_piece(proof, package, IDENTITY, package_key=SIGNER.public, sealer_key=SIGNER.public)
    assert (found.start, found.end) == (INDEX * PIECE, (INDEX + 1) * PIECE)
    assert found.hashes <= 20
    assert found.chunks_read <= 18
    assert package.stream.taken <= 18 * SEALED_CHUNK + 4096  # and the header
    pack.stretches[max(pack.stretches)] = bytes(SEALED_CHUNK)
    with pytest.raises(BrokenSeal):
        verify_piece(proof, package, IDENTITY, package_key=SIGNER.public, sealer_key=SIGNER.public)
