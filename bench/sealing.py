"""Sealing evidence: what hashing, cutting into pieces, encrypting and listing it in one reading costs.

`comity.evidence.sealing.seal` reads a file once: SHA-256 of the file, a digest for each MiB, age encryption, SHA-256 of
the ciphertext, two signatures. `openssl dgst` reads it and hashes it, `age` reads it and encrypts it; one after the
other, or a bag, a tar and `gpg`, is what people do by hand. All lies in memory (tmpfs), so no disk is measured, and
every way writes a file anew: what it wrote the time before is removed before it is timed, for all of them.
"""

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from bench import peers
from bench.measure import Benchmark, Goal
from comity.adapters.clock import SystemClock
from comity.adapters.randomness import SystemRandomness
from comity.adapters.sources_files import FolderSink, FolderSource, find_sources
from comity.base.ids import ActorId, NodeId, PackageId, uuid7
from comity.base.mode import Mode
from comity.crypto.age import new_identity, recipient_of
from comity.crypto.signatures import Ed25519Signer
from comity.evidence.opening import open_sealed
from comity.evidence.packing import ItemReader, write_pack
from comity.evidence.plan import Place
from comity.evidence.sealing import About, seal
from comity.evidence.streams import Tally

MIB: Final = 1024 * 1024
FULL_MIB: Final = 1024
FULL_FILES: Final = 20_000
_CORE: Final = "comity, hash, pieces and encrypt alone"
_SEAL: Final = "comity, seal"
_OPEN: Final = "comity, open"
_DIGEST: Final = "openssl dgst -sha256"
_AGE: Final = "age"
_DIGEST_AND_AGE: Final = "openssl dgst, then age"
_GPG: Final = "gpg -z0"
_BAG: Final = "bagit, tar, gpg -z0"
_AGE_OPEN: Final = "age -d | openssl dgst"
_SEALING: Final = (
    Goal(_CORE, _DIGEST, 0.85),
    Goal(_CORE, _AGE, 1.0),
    Goal(_CORE, _DIGEST_AND_AGE, 1.8),
    Goal(_CORE, _GPG, 1.9),
    Goal(_CORE, _BAG, 3.3),
    Goal(_SEAL, _DIGEST_AND_AGE, 1.15),
    Goal(_SEAL, _BAG, 2.2),
)
_OPENING: Final = (Goal(_OPEN, _AGE_OPEN, 1.25),)
_SMALL_FILES: Final = (Goal(_SEAL, _BAG, 2.5),)
_WRITTEN: Final = ("core.age", "package", "evidence.age", "evidence.gpg", "bag", "bag.tar", "opened", "plain")
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
        self.before: dict[str, Callable[[], object]] = {}
        (self.folder / "key.txt").write_text(self.identity + "\n")

    def add(self, way: str, do: Callable[[], object], *programs: str) -> None:
        """A way, where its programs are here."""
        gone = [name for name in programs if peers.find(name) is None]
        self.absent += [peers.missing(name) for name in gone]
        if not gone:
            self.ways[way] = do
            self.before[way] = self._ready

    def _ready(self) -> None:
        """The evidence is made before a way is first called: listing the benchmarks must cost nothing."""
        if not self.evidence.exists():
            self._make(self.evidence)
        for name in _WRITTEN:
            self.fresh(name)

    def benchmark(self, name: str, what: str, goals: tuple[Goal, ...]) -> Benchmark:
        """goals: those whose ways are here count."""
        kept = tuple(goal for goal in goals if {goal.way, goal.against} <= self.ways.keys())
        return Benchmark(name, what, self.ways, tuple(self.absent), before=self.before, goals=kept)

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
        content = partial(ItemReader("blake3", chance, Tally(None, 0)).read_all, [(1, source, Place(1, 0, True))])
        with path.open("xb") as out:
            (read,) = write_pack(content, [out.write], [self.recipient], chance)
        read.complete()
        return path

    def open(self, package: Path) -> None:
        out = self.fresh("opened")
        open_sealed(FolderSource(package), self.identity, FolderSink(out), signer_key=self._signer.public)

    def digest(self) -> None:
        peers.run(["openssl", "dgst", "-sha256", self.evidence])

    def age(self, name: str = "evidence.age") -> Path:
        out = self.fresh(name)
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
        finally:
            (bag / "data" / "evidence").rename(self.evidence)


def benchmark(scale: float, stack: ExitStack) -> Benchmark:
    """scale: 1 for a file of 1 GiB."""
    size = max(1, round(FULL_MIB * scale))
    desk = Desk(stack, lambda path: _write_noise(path, size))
    desk.add(_DIGEST, desk.digest, "openssl")
    desk.add(_CORE, desk.core)
    desk.add(_SEAL, desk.seal)
    desk.add(_AGE, desk.age, "age")
    desk.add(_DIGEST_AND_AGE, desk.digest_then_age, "openssl", "age")
    desk.add(_GPG, lambda: desk.gpg(desk.evidence), "gpg")
    desk.add(_BAG, desk.bag_tar_gpg, "gpg", "tar")
    return desk.benchmark("sealing", f"seal a file of {size} MiB, from memory to memory", _SEALING)


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
        file = once("age", lambda: desk.age("kept.age"))
        key, out = desk.folder / "key.txt", desk.fresh("plain")
        line = 'age --decrypt --identity "$0" "$1" | tee "$2" | openssl dgst -sha256'
        peers.run(["sh", "-c", line, key, file, out])

    desk.add(_AGE_OPEN, shell, "age", "openssl")
    desk.add(_OPEN, lambda: desk.open(once("package", lambda: desk.seal("kept"))))
    return desk.benchmark("opening", f"open {size} MiB, every digest checked", _OPENING)


def small_files(scale: float, stack: ExitStack) -> Benchmark:
    """scale: 1 for 20,000 files of 1 KiB."""
    count = max(1, round(FULL_FILES * scale))
    desk = Desk(stack, lambda path: _write_files(path, count))
    desk.add(_BAG, desk.bag_tar_gpg, "gpg", "tar")
    desk.add(_SEAL, desk.seal)
    return desk.benchmark("small-files", f"seal {count} files of 1 KiB", _SMALL_FILES)


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
