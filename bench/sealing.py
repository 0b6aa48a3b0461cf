"""Sealing evidence: what hashing, cutting into pieces, encrypting and listing it in one reading costs.

`comity.evidence.sealing.seal` reads a file once: SHA-256 of the file, a digest for each MiB, age encryption, SHA-256 of
the ciphertext, two signatures. `openssl dgst` reads it and hashes it, `age` reads it and encrypts it; one after the
other, or a bag, a tar and `gpg`, is what people do by hand. All lies in memory (tmpfs), so no disk is measured, and
every way writes a file anew.
"""

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from bench import peers
from bench.measure import Benchmark
from comity.adapters.clock import SystemClock
from comity.adapters.randomness import SystemRandomness
from comity.adapters.sources_files import FolderSink, FolderSource, find_sources
from comity.base.ids import ActorId, NodeId, PackageId, uuid7
from comity.base.mode import Mode
from comity.crypto.age import new_identity, recipient_of
from comity.crypto.signatures import Ed25519Signer
from comity.evidence.opening import open_sealed
from comity.evidence.packing import ItemReader, pack_writer, with_pieces
from comity.evidence.plan import Place
from comity.evidence.sealing import About, seal
from comity.evidence.streams import Tally

MIB: Final = 1024 * 1024
FULL_MIB: Final = 1024
FULL_FILES: Final = 20_000
_SYMMETRIC: Final = ["--batch", "--yes", "--passphrase", "bench", "--pinentry-mode", "loopback", "--s2k-count", "65536"]


class Desk:
    """A folder in memory with evidence in it, and the ways of sealing it."""

    def __init__(self, stack: ExitStack, make: Callable[[Path], None]) -> None:
        memory = Path("/dev/shm")
        self.folder = Path(mkdtemp(prefix="comity-bench-", dir=memory if memory.is_dir() else None))
        stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self.evidence = self.folder / "evidence"
        self._make = make
        self._signer = Ed25519Signer(SystemRandomness().bytes(32))
        self.identity = new_identity(SystemRandomness().bytes)
        self.recipient = recipient_of(self.identity)
        self.absent: list[str] = []
        self.ways: dict[str, Callable[[], object]] = {}
        (self.folder / "key.txt").write_text(self.identity + "\n")

    def add(self, way: str, do: Callable[[], object], *programs: str) -> None:
        """A way, where its programs are here."""
        gone = [name for name in programs if peers.find(name) is None]
        self.absent += [peers.missing(name) for name in gone]
        if not gone:
            self.ways[way] = lambda: self._ready(do)

    def _ready(self, do: Callable[[], object]) -> object:
        """The evidence is made when a way is first called: listing the benchmarks must cost nothing."""
        if not self.evidence.exists():
            self._make(self.evidence)
        return do()

    def fresh(self, name: str) -> Path:
        """A name to write to, with nothing there."""
        path = self.folder / name
        if path.is_dir():
            shutil.rmtree(path)
        path.unlink(missing_ok=True)
        return path

    def seal(self, name: str = "package") -> Path:
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
        path = self.fresh(name)
        seal(
            find_sources(self.evidence),
            FolderSink(path),
            about=about,
            recipients=[self.recipient],
            signer=self._signer,
            at=now,
            chance=SystemRandomness().bytes,
        )
        return path

    def core(self) -> Path:
        """What every sealing must do: hash the file, hash its pieces, encrypt it. No digest of what comes out."""
        (source,), path = find_sources(self.evidence), self.fresh("core.age")
        chance = SystemRandomness().bytes
        with path.open("xb") as out, pack_writer(out, [self.recipient], chance) as pack:
            item, cut = ItemReader("blake3", chance, Tally(None, 0)).read(source, Place(1, 0, True), 1, pack)
        with_pieces(item, cut)
        return path

    def open(self, package: Path) -> None:
        out = self.fresh("opened")
        open_sealed(FolderSource(package), self.identity, FolderSink(out), signer_key=self._signer.public)

    def digest(self) -> None:
        peers.run(["openssl", "dgst", "-sha256", self.evidence])

    def age(self) -> Path:
        out = self.fresh("evidence.age")
        peers.run(["age", "--encrypt", "--recipient", self.recipient, "--output", out, self.evidence])
        return out

    def digest_then_age(self) -> None:
        self.digest()
        self.age()

    def gpg(self, file: Path) -> None:
        peers.run(["gpg", *_SYMMETRIC, "-z0", "--cipher-algo", "AES256", "-o", self.fresh("evidence.gpg"), "-c", file])

    def bag_tar_gpg(self) -> None:
        """A bag of the evidence (moved into it and back), a tar of the bag, and gpg over that."""
        bag = self.fresh("bag")
        bag.mkdir()
        self.evidence.rename(bag / "evidence")
        try:
            peers.run([sys.executable, "-m", "bagit", "--sha256", "--quiet", bag])
            archive = self.fresh("bag.tar")
            peers.run(["tar", "-C", self.folder, "-cf", archive, "bag"])
            self.gpg(archive)
            archive.unlink()
        finally:
            (bag / "data" / "evidence").rename(self.evidence)


def benchmark(scale: float, stack: ExitStack) -> Benchmark:
    """scale: 1 for a file of 1 GiB."""
    size = max(1, round(FULL_MIB * scale))
    desk = Desk(stack, lambda path: _write_noise(path, size))
    desk.add("openssl dgst -sha256", desk.digest, "openssl")
    desk.add("comity, hash, pieces and encrypt alone", desk.core)
    desk.add("comity, seal", desk.seal)
    desk.add("age", desk.age, "age")
    desk.add("openssl dgst, then age", desk.digest_then_age, "openssl", "age")
    desk.add("gpg -z0", lambda: desk.gpg(desk.evidence), "gpg")
    desk.add("bagit, tar, gpg -z0", desk.bag_tar_gpg, "gpg", "tar")
    return Benchmark("sealing", f"seal a file of {size} MiB, from memory to memory", desk.ways, tuple(desk.absent))


def opening(scale: float, stack: ExitStack) -> Benchmark:
    """scale: 1 for a file of 1 GiB."""
    size = max(1, round(FULL_MIB * scale))
    desk = Desk(stack, lambda path: _write_noise(path, size))
    made: dict[str, Path] = {}

    def once(name: str, make: Callable[[], Path]) -> Path:
        if name not in made:
            made[name] = make()
        return made[name]

    def shell() -> None:
        file = once("age", desk.age)
        key, out = desk.folder / "key.txt", desk.fresh("plain")
        line = 'age --decrypt --identity "$0" "$1" | tee "$2" | openssl dgst -sha256'
        peers.run(["sh", "-c", line, key, file, out])

    desk.add("age -d | openssl dgst", shell, "age", "openssl")
    desk.add("comity, open", lambda: desk.open(once("package", lambda: desk.seal("kept"))))
    return Benchmark("opening", f"open {size} MiB, every digest checked", desk.ways, tuple(desk.absent))


def small_files(scale: float, stack: ExitStack) -> Benchmark:
    """scale: 1 for 20,000 files of 1 KiB."""
    count = max(1, round(FULL_FILES * scale))
    desk = Desk(stack, lambda path: _write_files(path, count))
    desk.add("bagit, tar, gpg -z0", desk.bag_tar_gpg, "gpg", "tar")
    desk.add("comity, seal", desk.seal)
    return Benchmark("small-files", f"seal {count} files of 1 KiB", desk.ways, tuple(desk.absent))


def _write_noise(file: Path, size: int) -> None:
    with file.open("wb") as out:
        for block in _noise(size):
            out.write(block)


def _write_files(folder: Path, count: int) -> None:
    folder.mkdir()
    randomness = SystemRandomness()
    for number in range(count):
        (folder / f"{number:06}.eml").write_bytes(randomness.bytes(1024))


def _noise(size: int) -> Iterator[bytes]:
    """`size` MiB that no compression or hole in a file could shorten."""
    randomness = SystemRandomness()
    return (randomness.bytes(MIB) for _ in range(size))
