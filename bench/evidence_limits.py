"""`python -m bench.evidence_limits`: memory when sealing 1 GiB and 20 GiB, and one piece of a pack of 1 TB.

Files are sparse: their bytes are read and hashed like any others, and take no disk. What is sealed goes nowhere for
the memory figures; for the pack of 1 TB only the chunks that a reader asks for are made, by the same code that seals.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from bench.sealing import MIB
from comity.adapters.randomness import SystemRandomness
from comity.adapters.sources_files import find_sources
from comity.base.ids import ActorId, NodeId, PackageId
from comity.base.instants import Instant
from comity.base.mode import Mode
from comity.crypto.age import Writable, new_identity, recipient_of
from comity.crypto.age_header import derive
from comity.crypto.age_payload import CHUNK, SEALED_CHUNK, Seekable, SeekableReader
from comity.crypto.merkle import leaf_hash, verify_inclusion
from comity.crypto.signatures import Ed25519Signer
from comity.evidence.pieces import DIGEST_BYTES, PIECE, path_of, piece_digest, root_of
from comity.evidence.sealing import About, seal

GIB: Final = 1024 * MIB
TB: Final = 10**12


class Nowhere:
    """A PackageSink that keeps nothing."""

    @contextmanager
    def create(self, name: str) -> Iterator[Writable]:  # noqa: ARG002
        yield _Drain()

    def make_folder(self, name: str) -> None: ...

    def commit(self) -> None: ...

    def discard(self) -> None: ...


class _Drain:
    def write(self, data: bytes | bytearray | memoryview, /) -> int:
        return len(data)


def peak_kib(size: int) -> int:
    """The most memory that a process of its own held while it sealed a sparse file of `size` bytes, in KiB."""
    with TemporaryDirectory(prefix="comity-bench-") as folder:
        file = Path(folder) / "disk.img"
        file.touch()
        os.truncate(file, size)
        command = [sys.executable, "-m", "bench.evidence_limits", "--seal", str(file)]
        return int(subprocess.run(command, capture_output=True, check=True).stdout)


def seal_one(file: Path) -> int:
    about = About(
        package=PackageId("01934f5e-7c00-7000-8000-000000000000"),
        case="bench",
        request="",
        mode=Mode.EXERCISE,
        sealed_by=NodeId("XB/provider"),
        sealed_for=NodeId("XB/central-authority"),
        collected_by=ActorId("bench"),
        how="zeros, to measure with",
    )
    chance = SystemRandomness().bytes
    recipient = recipient_of(new_identity(chance))
    signer, at = Ed25519Signer(chance(32)), Instant.parse("2026-11-22T03:00:00Z")
    seal(find_sources(file), Nowhere(), about=about, recipients=[recipient], signer=signer, at=at, chance=chance)
    return highest_kib()


def highest_kib() -> int:
    """The most memory this process held, in KiB. getrusage would count that of the process that started it too."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM:")).split()[1])


class Counted:
    """A sparse file, counting the reads of whole chunks."""

    def __init__(self, stream: Seekable) -> None:
        self._stream = stream
        self.chunks = 0

    def read(self, size: int = -1, /) -> bytes:
        self.chunks += size == SEALED_CHUNK
        return self._stream.read(size)

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._stream.seek(offset, whence)


def one_piece_of_a_terabyte() -> tuple[int, int]:
    """Chunks read and hashes used to check piece 900,000 of a file of 1 TB.

    The pack is a sparse file with that piece, its neighbours and the last chunk in it, encrypted at their places.
    """
    chance = SystemRandomness().bytes
    file_key, nonce = chance(16), chance(16)
    index, content = 900_000, bytes(range(256)) * (PIECE // 256)
    chunks = -(-TB // CHUNK)
    last = bytes(TB - (chunks - 1) * CHUNK)
    with TemporaryDirectory(prefix="comity-bench-") as folder:
        pack = Path(folder) / "00001.age"
        with pack.open("wb") as out:
            out.write(nonce)
            cipher = _cipher(file_key, nonce)
            for number in range(PIECE // CHUNK):
                chunk = index * (PIECE // CHUNK) + number
                out.seek(16 + chunk * SEALED_CHUNK)
                out.write(
                    cipher.encrypt(chunk.to_bytes(11) + b"\0", content[number * CHUNK : (number + 1) * CHUNK], None)
                )
            out.seek(16 + (chunks - 1) * SEALED_CHUNK)
            out.write(cipher.encrypt((chunks - 1).to_bytes(11) + b"\1", last, None))
        count = -(-TB // PIECE)
        digests = bytearray(count * DIGEST_BYTES)
        digests[index * DIGEST_BYTES : (index + 1) * DIGEST_BYTES] = piece_digest(content, "blake3")
        root, path = root_of(digests), path_of(digests, index)
        with pack.open("rb") as stream:
            counted = Counted(stream)
            reader = SeekableReader(counted, file_key, 0, pack.stat().st_size)
            found = reader.read_at(index * PIECE, PIECE)
        verify_inclusion(leaf_hash(piece_digest(found, "blake3")), index, count, path, root)
        return counted.chunks, len(path)


def _cipher(file_key: bytes, nonce: bytes) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(derive(file_key, nonce, b"payload"))


def main() -> None:
    if sys.argv[1:2] == ["--seal"]:
        print(seal_one(Path(sys.argv[2])))
        return
    chunks, hashes = one_piece_of_a_terabyte()
    print(f"one piece of a pack of 1 TB: {chunks} chunks read (at most 18), {hashes} hashes (at most 20)")
    one, twenty = peak_kib(GIB), peak_kib(20 * GIB)
    print(f"peak memory: {one / 1024:.1f} MiB at 1 GiB, {twenty / 1024:.1f} MiB at 20 GiB (at most 96, difference 4)")


if __name__ == "__main__":
    main()
