"""What is kept of peers beside the lines to them (`stores` has the rest): credit, suspension, directories seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from comity.base.digests import Digest
from comity.base.instants import Instant


@dataclass(frozen=True, slots=True)
class Credit:
    """How many more envelopes a peer said that it takes, routine ones and the others, until a moment after which that
    is no longer heeded."""

    peer: str
    routine: int
    urgent: int
    until: Instant


class CreditStore(Protocol):
    def all(self, now: Instant) -> Mapping[str, Credit]:
        """By peer, what still holds."""
        ...

    def put(self, credit: Credit) -> None:
        """What it said last stands."""
        ...


@dataclass(frozen=True, slots=True)
class Suspension:
    """A person decided to take nothing from a peer for now."""

    peer: str
    by: str
    at: Instant
    reasons: str


class SuspensionStore(Protocol):
    def get(self, peer: str) -> Suspension | None: ...

    def all(self) -> Sequence[Suspension]:
        """By peer."""
        ...

    def put(self, one: Suspension) -> bool:
        """False where it is suspended already."""
        ...

    def remove(self, peer: str) -> bool:
        """False where it was not suspended."""
        ...


@dataclass(frozen=True, slots=True)
class DirectorySeen:
    """A list that held by its roots' signatures. `sha256`: of what they signed; `adopted`: it was put in force here,
    else it was refused because another of the same number had been."""

    state: str
    sequence: int
    sha256: Digest
    data: bytes
    fingerprint: Digest
    by: str
    at: Instant
    adopted: bool


class DirectoryHistory(Protocol):
    """Every list that was put in force here, and every second one of a number: none is forgotten."""

    def add(self, one: DirectorySeen) -> bool:
        """False where it stands there already."""
        ...

    def of(self, state: str) -> Sequence[DirectorySeen]:
        """By number, then as they came."""
        ...
