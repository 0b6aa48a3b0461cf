"""A fake for each port of comity.workflows.ports but the courier: no disk, no clock, no chance but by a seed."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import pyrage  # type: ignore[import-untyped]

from comity.base.digests import Digest
from comity.base.errors import Malformed, NotFound
from comity.base.instants import Instant
from comity.crypto.hpke import PRIVATE_BYTES, HybridOpener, Opener
from comity.crypto.signatures import Ed25519Signer, Signer
from comity.evidence.streams import PackageSink, PackageSource
from comity.exchange.directory import Use
from tests.simulators.packages import MemoryPackage


@dataclass
class FakeClock:
    """Stands still until it is moved."""

    at: Instant

    def now(self) -> Instant:
        return self.at

    def pass_seconds(self, seconds: int) -> None:
        self.at = self.at.plus_seconds(seconds)

    def pass_days(self, days: int) -> None:
        self.at = self.at.plus_days(days)


@dataclass
class FakeRandomness:
    """The same bytes for the same seed, never the same twice."""

    seed: str
    drawn: int = 0

    def bytes(self, count: int) -> bytes:
        self.drawn += 1
        return hashlib.shake_256(f"{self.seed}/{self.drawn}".encode()).digest(count)


class KeysInMemory:
    """A key a use, drawn from a seed. `missing`: uses this process was not given."""

    def __init__(self, seed: str) -> None:
        draw = FakeRandomness(seed)
        self._signers = {use: Ed25519Signer(draw.bytes(32)) for use in Use}
        self._opener = HybridOpener(draw.bytes(PRIVATE_BYTES))
        self._identity = str(pyrage.x25519.Identity.generate())
        self.root = Ed25519Signer(draw.bytes(32))
        self.missing: set[Use] = set()

    def signer(self, use: Use) -> Signer:
        if use in self.missing:
            raise NotFound(f"no {use} key was given")
        return self._signers[use]

    def opener(self) -> Opener:
        return self._opener

    def identity(self) -> str:
        return self._identity


@dataclass
class MemoryParts:
    """Parts by their digest."""

    held: dict[str, bytes] = field(default_factory=dict)

    def has(self, sha256: str) -> bool:
        return sha256 in self.held

    def put(self, sha256: str, data: bytes) -> None:
        if str(Digest.of(data)) != sha256:
            raise Malformed("the part is not what its name says")
        self.held[sha256] = data

    def read(self, sha256: str) -> bytes:
        if sha256 not in self.held:
            raise NotFound("no such part")
        return self.held[sha256]

    def drop(self, sha256s: Sequence[str]) -> None:
        for sha256 in sha256s:
            self.held.pop(sha256, None)


class _Shelved(MemoryPackage):
    """A package that stands on its shelf only once it is committed."""

    def __init__(self, shelf: dict[str, MemoryPackage], name: str) -> None:
        super().__init__()
        self._shelf, self._name = shelf, name

    def commit(self) -> None:
        super().commit()
        self._shelf[self._name] = MemoryPackage(dict(self.files))


@dataclass
class MemoryPackages:
    """Packages by their digest, and those still under a working name."""

    held: dict[str, MemoryPackage] = field(default_factory=dict)

    def has(self, package: str) -> bool:
        return package in self.held

    def source(self, package: str) -> PackageSource:
        if package not in self.held:
            raise NotFound("no such package")
        return self.held[package]

    def sink(self, name: str) -> PackageSink:
        self.held.pop(name, None)
        return _Shelved(self.held, name)

    def keep(self, name: str, package: str) -> None:
        self.held.setdefault(package, self.held[name])
        del self.held[name]


@dataclass
class MemoryLog:
    """The published log. `order`: the paths in the order they were written."""

    files: dict[str, bytes] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)

    def write(self, path: str, data: bytes) -> None:
        self.files[path] = data
        self.order.append(path)

    def read(self, path: str) -> bytes | None:
        return self.files.get(path)


class NoLock:
    """One process, one thread at a time: nobody to keep out."""

    @contextmanager
    def hold(self, name: str) -> Iterator[None]:
        assert name
        yield
