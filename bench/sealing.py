"""Sealing evidence: what hashing, encrypting and listing it in one reading costs.

`comity.evidence.sealing.seal` reads a file once: SHA-256 of the file, the tar around it, age encryption, SHA-256 of the
ciphertext, two signatures. `openssl dgst` reads it and hashes it, `age` reads it and encrypts it, and one after the
other is what people do by hand. All is written to nowhere and the file lies in the cache: no disk is measured.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pyrage  # type: ignore[import-untyped]

from bench import peers
from bench.measure import Benchmark
from comity.adapters.clock import SystemClock
from comity.adapters.randomness import SystemRandomness
from comity.adapters.sources_files import find_sources
from comity.base.ids import ActorId, NodeId, PackageId, uuid7
from comity.base.mode import Mode
from comity.crypto.age import Writable
from comity.crypto.signatures import Ed25519Signer
from comity.evidence.sealing import About, seal

MIB: Final = 1024 * 1024
FULL_MIB: Final = 256


class Nowhere:
    """A PackageSink that keeps nothing."""

    @contextmanager
    def create(self, name: str) -> Iterator[Writable]:  # noqa: ARG002
        yield _Drain()

    def make_folder(self, name: str) -> None: ...

    def commit(self) -> None: ...

    def discard(self) -> None: ...


class _Drain:
    def write(self, data: bytes, /) -> int:
        return len(data)


def benchmark(scale: float, stack: ExitStack) -> Benchmark:
    """scale: 1 for a file of 256 MiB."""
    size = max(1, round(FULL_MIB * scale))
    folder = Path(stack.enter_context(TemporaryDirectory(prefix="comity-bench-")))
    file = folder / "evidence.bin"
    recipient = str(pyrage.x25519.Identity.generate().to_public())

    def first(do: Callable[[], object]) -> Callable[[], object]:
        """The file is made when a way is first called: listing the benchmarks must cost nothing."""

        def call() -> object:
            if not file.exists():
                _write_noise(file, size)
            return do()

        return call

    ways: dict[str, Callable[[], object]] = {}
    absent = []
    openssl, age = peers.find("openssl"), peers.find("age")
    digest: list[str | Path] = [openssl or "", "dgst", "-sha256", file]
    encrypt: list[str | Path] = [age or "", "--encrypt", "--recipient", recipient, "--output", "/dev/null", file]
    if openssl:
        ways["openssl dgst -sha256"] = first(lambda: peers.run(digest))
    else:
        absent.append(peers.missing("openssl"))
    ways["comity, seal"] = first(lambda: _seal(file, recipient))
    if age:
        ways["age"] = first(lambda: peers.run(encrypt))
    else:
        absent.append(peers.missing("age"))
    if openssl and age:
        ways["openssl dgst, then age"] = first(lambda: (peers.run(digest), peers.run(encrypt)))
    return Benchmark("sealing", f"seal a file of {size} MiB, written to nowhere", ways, tuple(absent))


def _write_noise(file: Path, size: int) -> None:
    with file.open("wb") as out:
        for block in _noise(size):
            out.write(block)


def _noise(size: int) -> Iterator[bytes]:
    """`size` MiB that no compression or hole in a file could shorten."""
    randomness = SystemRandomness()
    return (randomness.bytes(MIB) for _ in range(size))


def _seal(file: Path, recipient: str) -> object:
    now = SystemClock().now()
    about = About(
        package=PackageId(uuid7(now, SystemRandomness().bytes(10))),
        case="bench",
        request="",
        mode=Mode.EXERCISE,
        sealed_by=NodeId("XB/provider"),
        sealed_for=NodeId("XB/central-authority"),
        collected_by=ActorId("bench"),
        how="noise, to measure with",
    )
    signer = Ed25519Signer(SystemRandomness().bytes(32))
    return seal(find_sources(file), Nowhere(), about=about, recipients=[recipient], signer=signer, at=now)
