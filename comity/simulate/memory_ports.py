"""Ports in memory: no disk, no chance but by a seed. For a world in one process, and for tests; nothing of it lasts."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from typing import Self

from comity.base.errors import Conflict, NotFound
from comity.base.instants import Instant
from comity.crypto.age import new_identity
from comity.crypto.hpke import PRIVATE_BYTES, HybridOpener, Opener
from comity.crypto.mldsa import Mldsa44Signer, MldsaSigner
from comity.crypto.signatures import Ed25519Signer, Signer
from comity.evidence.parts import check_part
from comity.evidence.streams import PackageSink, PackageSource
from comity.exchange.directory import MLDSA44, Use
from comity.simulate.memory_packages import MemoryPackage
from comity.workflows.ports import Randomness
from comity.workflows.stores import TreeHead


@dataclass
class SeededRandomness:
    """The same bytes for the same seed, never the same twice."""

    seed: str
    drawn: int = 0

    def bytes(self, count: int) -> bytes:
        self.drawn += 1
        return hashlib.shake_256(f"{self.seed}/{self.drawn}".encode()).digest(count)


class KeysInMemory:
    """A key a use, drawn from a seed. `missing`: uses this process was not given."""

    def __init__(self, seed: str) -> None:
        draw = SeededRandomness(seed)
        signing = [use for use in Use if use not in MLDSA44]
        self._signers: dict[str, Signer] = {use: Ed25519Signer(draw.bytes(32)) for use in signing}
        self._opener = HybridOpener(draw.bytes(PRIVATE_BYTES))
        self._identity = new_identity(draw.bytes)
        self.root = Ed25519Signer(draw.bytes(32))
        self._mldsa = {use: Mldsa44Signer(draw.bytes(32)) for use in MLDSA44}
        self.missing: set[Use] = set()

    def signer(self, use: Use | str) -> Signer:
        if use in self.missing or use not in self._signers:
            raise NotFound(f"no {use} key was given")
        return self._signers[use]

    def mldsa(self, use: Use) -> MldsaSigner:
        if use in self.missing:
            raise NotFound(f"no {use} key was given")
        return self._mldsa[use]

    def copy(self) -> Self:
        """The same keys, for an office that goes on by itself."""
        other = copy(self)
        other._signers, other._mldsa, other.missing = dict(self._signers), dict(self._mldsa), set(self.missing)
        return other

    def make(self, name: str, randomness: Randomness) -> Signer:
        self._signers[name] = Ed25519Signer(randomness.bytes(32))
        return self._signers[name]

    def allow(self, kids: frozenset[str]) -> None:
        """There is one key a use, and it always may be used."""

    def waiting(self, use: Use) -> Sequence[tuple[str, Instant]]:  # noqa: ARG002 - as the port has it
        return ()

    def opener(self, kid: str = "") -> Opener:
        if kid not in ("", self._opener.kid):
            raise NotFound("no encryption key by that id")
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
        check_part(sha256, data)
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

    def drop(self, package: str) -> None:
        self.held.pop(package, None)

    def clear(self) -> int:
        return 0


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

    def remove(self, path: str) -> None:
        for name in [name for name in self.files if name == path or name.startswith(f"{path}/")]:
            del self.files[name]


@dataclass
class MemoryHead:
    """The signed head, apart from the database."""

    head: TreeHead | None = None

    def last(self) -> TreeHead | None:
        return self.head

    def advance(self, expected: TreeHead | None, new: TreeHead) -> None:
        if self.head != expected:
            raise Conflict("another process signed a checkpoint meanwhile")
        self.head = new


class NoLock:
    """One process, one thread at a time: nobody to keep out."""

    @contextmanager
    def hold(self, name: str) -> Iterator[None]:
        assert name
        yield

    def alone(self, name: str) -> bool:
        return bool(name)

    def release(self) -> None:
        pass
