"""What the outside must offer, apart from the database (`stores`). Each says what must hold when a call returns.

Adapters implement these; tests bring a fake for each.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from comity.base.instants import Instant
from comity.crypto.hpke import Opener
from comity.crypto.mldsa import MldsaSigner
from comity.crypto.signatures import Signer
from comity.evidence.streams import PackageSink, PackageSource
from comity.exchange.directory import Use
from comity.workflows.stores import TreeHead


class Clock(Protocol):
    """The time. Nothing else may ask for it."""

    def now(self) -> Instant: ...


class Randomness(Protocol):
    """Unpredictable bytes."""

    def bytes(self, count: int) -> bytes: ...


class KeyRing(Protocol):
    """This node's private keys. Raises NotFound for one that this process was not given."""

    def signer(self, use: Use | str) -> Signer:
        """An Ed25519 key, by its use or by the name that `make` was given."""
        ...

    def mldsa(self, use: Use) -> MldsaSigner:
        """An ML-DSA-44 key; a node made before it had one has none."""
        ...

    def make(self, name: str, randomness: "Randomness") -> Signer:
        """A new Ed25519 key under a new name, on the disk when this returns. Raises Conflict if there is one."""
        ...

    def allow(self, kids: frozenset[str]) -> None:
        """From now on a later key is used only if it is one of these; a use's first key always may be."""
        ...

    def waiting(self, use: Use) -> Sequence[tuple[str, Instant]]:
        """The id and the first day of each later key of a use, oldest first."""
        ...

    def opener(self, kid: str = "") -> Opener:
        """The encryption key in use, or the one named, which may be an earlier one."""
        ...

    def identity(self) -> str:
        """The age identity that evidence is sealed to."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, at most 4 MiB of it."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Courier(Protocol):
    """Carries one HTTP request. Raises Unavailable when no answer came; never follows a redirect."""

    def carry(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer: ...


class PartStore(Protocol):
    """Stretches of attached files, by SHA-256. What `put` returned from is on the disk, whole."""

    def has(self, sha256: str) -> bool: ...

    def put(self, sha256: str, data: bytes) -> None:
        """Raises Malformed if the digest is another's."""
        ...

    def read(self, sha256: str) -> bytes: ...

    def drop(self, sha256s: Sequence[str]) -> None: ...


class PackageStore(Protocol):
    """Sealed evidence packages, by package digest: written once, whole or not at all."""

    def has(self, package: str) -> bool: ...

    def source(self, package: str) -> PackageSource:
        """Raises NotFound."""
        ...

    def sink(self, name: str) -> "PackageSink":
        """A new package under a working name; `keep` gives it its own."""
        ...

    def keep(self, name: str, package: str) -> None:
        """A finished package under its digest. The same one twice is one."""
        ...

    def drop(self, package: str) -> None:
        """Remove a package; one that is not there is no error."""
        ...

    def clear(self) -> int:
        """Remove what was begun under a working name by a process that is gone; how many there were."""
        ...


class LogFolder(Protocol):
    """The published log: files that any static web server can serve. Whole or not at all, the checkpoint last."""

    def write(self, path: str, data: bytes) -> None: ...

    def read(self, path: str) -> bytes | None: ...

    def remove(self, path: str) -> None:
        """A file, or a folder and all in it. One that is not there is no error."""
        ...


class SignedHead(Protocol):
    """The largest tree head the log key ever signed, kept apart from the database: an older copy of that does not take
    it back."""

    def last(self) -> TreeHead | None: ...

    def advance(self, expected: TreeHead | None, new: TreeHead) -> None:
        """Compare and swap, on the disk when it returns; raises Conflict."""
        ...


class Lock(Protocol):
    """One holder across all processes of the node."""

    def hold(self, name: str) -> AbstractContextManager[None]: ...

    def alone(self, name: str) -> bool:
        """Take it without waiting, and keep it until `release` or the process's end; False where another has it."""
        ...

    def release(self) -> None:
        """Give up what `alone` took."""
        ...
