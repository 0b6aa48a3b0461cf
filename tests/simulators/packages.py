"""Evidence and sealed packages in memory: no disk, and every byte can be changed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import shake_256
from itertools import count

from comity.base.ids import ActorId, NodeId, PackageId
from comity.base.instants import Instant
from comity.base.mode import Mode
from comity.crypto.age import new_identity, recipient_of
from comity.crypto.signatures import Ed25519Signer
from comity.evidence.sealing import About, Sealed, seal
from comity.evidence.streams import Kind
from comity.simulate.memory_packages import MemoryFile, MemoryPackage, tree

__all__ = [
    "ABOUT",
    "AT",
    "AUTHORITY",
    "COURT",
    "IDENTITY",
    "PROVIDER",
    "RECIPIENT",
    "SIGNER",
    "LargeFile",
    "MemoryFile",
    "MemoryPackage",
    "chance",
    "sealed_tree",
    "tree",
]

AT = Instant.parse("2026-11-22T03:00:00Z")
PROVIDER = NodeId("XB/provider-one")
AUTHORITY = NodeId("XB/central-authority")
COURT = NodeId("XA/court")
SIGNER = Ed25519Signer(b"seal" * 8)
_DRAWN = count()


def chance(size: int) -> bytes:
    """Never the same bytes twice in one process, and the same in the next: enough for packages nobody must not read."""
    return shake_256(b"packages" + next(_DRAWN).to_bytes(8)).digest(size)


IDENTITY = new_identity(chance)
RECIPIENT = recipient_of(IDENTITY)
ABOUT = About(
    package=PackageId("01934f5e-7c00-7000-8000-000000000000"),
    case="case-7",
    request="",
    mode=Mode.EXERCISE,
    sealed_by=PROVIDER,
    sealed_for=AUTHORITY,
    collected_by=ActorId("clerk-1"),
    how="copied from the mail store",
)


@dataclass(frozen=True)
class LargeFile:
    """A source of zeros, as large as is said, that takes no memory."""

    path: str
    size: int
    kind: Kind = "file"
    mtime_ns: int = 0
    mode: int = 0o640

    @contextmanager
    def open(self) -> Iterator["_Zeros"]:
        yield _Zeros(self.size)


class _Zeros:
    def __init__(self, size: int) -> None:
        self._left = size

    def readinto(self, buffer: memoryview, /) -> int:
        count = min(len(buffer), self._left)
        buffer[:count] = bytes(count)
        self._left -= count
        return count

    def read(self, size: int = -1, /) -> bytes:
        count = self._left if size < 0 else min(size, self._left)
        self._left -= count
        return bytes(count)


def sealed_tree(files: Mapping[str, bytes], folders: frozenset[str] = frozenset()) -> tuple[MemoryPackage, Sealed]:
    """A package of these files by the provider, for the authority."""
    package = MemoryPackage()
    sealed = seal(
        tree(files, folders), package, about=ABOUT, recipients=[RECIPIENT], signer=SIGNER, at=AT, chance=chance
    )
    return package, sealed
