"""What the log keeps beside its entries, as the workflows see it (`stores` has the rest of the database)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from comity.base.digests import Digest
from comity.base.instants import Instant


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something about the log that a person must look at. `kind` is a word; it stands until it is over."""

    kind: str
    what: str
    since: Instant


class AlarmStore(Protocol):
    def sound(self, kind: str, what: str, at: Instant) -> None:
        """Raise it, or change what it says; since when stays."""
        ...

    def clear(self, kind: str) -> None: ...

    def all(self) -> Sequence[Alarm]: ...


@dataclass(frozen=True, slots=True)
class LogSigner:
    """A later key of our log: the name of its private key, and the entries that added and retired it."""

    name: str
    vkey: str
    added: int
    added_at: Instant
    retired: int | None = None


class LogSignerStore(Protocol):
    """The log's keys after its first; `log` itself stands here only once it is retired."""

    def all(self) -> Sequence[LogSigner]:
        """In the order they were added."""
        ...

    def put(self, signer: LogSigner) -> None:
        """Add one, or write when it was retired."""
        ...


@dataclass(frozen=True, slots=True)
class Seen:
    """A checkpoint of another log, and when a witness first said that it stood."""

    size: int
    root: Digest
    at: Instant
    note: bytes


class SeenStore(Protocol):
    """Checkpoints of other logs that this node verified. None is forgotten: two of one size stand side by side."""

    def remember(self, origin: str, seen: Seen) -> None:
        """One of the same size and root is kept once, with the earlier moment."""
        ...

    def last_without(self, origin: str, index: int) -> Instant | None:
        """The latest moment of a checkpoint of that log without the entry at `index`; None where none was seen."""
        ...


@dataclass(frozen=True, slots=True)
class HeldProof:
    """A peer's proof that its log holds its side of a message."""

    message_id: str
    peer: str
    index: int
    entry: bytes
    proof: bytes
    at: Instant


@dataclass(frozen=True, slots=True)
class MissingProof:
    """A message whose proof the peer did not give, or not a good one; `index`: our statement that says so."""

    message_id: str
    peer: str
    code: str
    index: int


class ProofStore(Protocol):
    def keep(self, proof: HeldProof) -> None: ...

    def get(self, message_id: str, peer: str) -> HeldProof | None: ...

    def miss(self, missing: MissingProof) -> None:
        """Once a message and peer: a second time changes nothing."""
        ...

    def missing(self) -> Sequence[MissingProof]: ...

    def missed(self, message_id: str, peer: str) -> str:
        """The code of what was stated as missing; '' where nothing was."""
        ...

    def wanted(
        self, after: Instant, before: Instant, most: int, *, without: Sequence[str] = ()
    ) -> Sequence[tuple[str, str]]:
        """(message, peer) of what was sent and taken, or came and was entered, in that time, and has no proof yet:
        oldest first. without: peers that are left out."""
        ...

    def owed(self, after: Instant, code: str, most: int) -> Sequence[tuple[str, str]]:
        """(message, peer) of what was stated as missing with this `code`, was exchanged since `after`, and still has
        no proof: latest stated first."""
        ...


@dataclass(frozen=True, slots=True)
class PairClose:
    """How a period was closed with a peer. `theirs` is empty until their statement came."""

    period: str
    peer: str
    salt: bytes
    ours: bytes
    theirs: bytes
    index: int


class PairStore(Protocol):
    def put(self, close: PairClose) -> None:
        """Add one, or write what came later."""
        ...

    def get(self, period: str, peer: str) -> PairClose | None: ...

    def exchanged(self, peer: str, start: Instant, end: Instant) -> tuple[Sequence[Digest], Sequence[Digest]]:
        """The digests of the envelopes sent to the peer and receipted, and of those that came from it, made from
        `start` on and before `end`."""
        ...


@dataclass(frozen=True, slots=True)
class Erased:
    """A case whose key was destroyed; `index`: our public statement."""

    case_id: str
    at: Instant
    by: str
    basis: str
    index: int


class ErasureStore(Protocol):
    def erase(self, case_id: str) -> int:
        """Destroy the case's key, and everything that says what its entries hide; how many entries that were."""
        ...

    def put(self, erased: Erased) -> None: ...

    def get(self, case_id: str) -> Erased | None: ...
