"""What is kept for those who look: accesses, printed letters, peers' receipts; and questions to the log."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from comity.base.digests import Digest


@dataclass(frozen=True, slots=True)
class Access:
    """One look at a case by a person. `what`: read, exported or printed; `at`: POSIX seconds; `page`: a path."""

    at: int
    person: str
    what: str
    case_id: str
    page: str


class AccessStore(Protocol):
    """Accesses, appended and never changed; the oldest are dropped once their time of keeping is over."""

    def add(self, one: Access) -> None: ...

    def latest(self, most: int) -> Sequence[Access]:
        """Newest first."""
        ...

    def has_looked(self, person: str, what: str, case_id: str, *, since: int) -> bool:
        """Whether the person did at or after `since`."""
        ...

    def oldest(self) -> int | None:
        """When the oldest one was, in POSIX seconds."""
        ...

    def drop_before(self, at: int) -> int:
        """Drop those before `at`; how many."""
        ...


@dataclass(frozen=True, slots=True)
class Letter:
    """A printed letter, by the digest of its check code: where in the log what it shows stands, and what anybody who
    holds the code is told. `kind` is the procedure; times are POSIX seconds."""

    code_sha256: Digest
    case_id: str
    event: int
    index: int
    at: int
    requesting: str
    requested: str
    kind: str
    mode: str
    printed: int
    by: str


class LetterStore(Protocol):
    def add(self, one: Letter) -> bool:
        """Whether it is new; one with this code already is left as it is."""
        ...

    def find(self, code_sha256: Digest) -> Letter | None: ...


class KeptReceiptStore(Protocol):
    """The signed receipts that peers gave for messages of ours, each alone (exchange.receipt_alone)."""

    def put(self, receipts: Sequence[tuple[str, str, bytes]]) -> None:
        """Message id, status and receipt of each; the first one for a message and status stays."""
        ...

    def of_message(self, message_id: str) -> Sequence[bytes]: ...

    def of_settled(self, peer: str, cases: Sequence[str] | None = None) -> Iterable[tuple[str, str, bytes]]:
        """Message, case and receipt of all that a peer gave for messages that wait for nothing more, as these went; of
        some cases, or of all."""
        ...


@dataclass(frozen=True, slots=True)
class Contact:
    """What went to and came from one peer. Times are POSIX seconds, 0 for never; `waiting`: messages of ours without
    their second receipt; `rejected`: messages of ours that it would not take; `refused`: messages of its that we would
    not."""

    sent: int = 0
    received: int = 0
    waiting: int = 0
    rejected: int = 0
    refused: int = 0


class ContactStore(Protocol):
    def by_peer(self) -> Mapping[str, Contact]: ...


@dataclass(frozen=True, slots=True)
class Step:
    """A log entry of a case, found by what it fixes. `body`: what it hides, as JSON."""

    index: int
    case_id: str
    body: bytes


class LogSearch(Protocol):
    def of_kinds(self, kinds: Sequence[str], *, most: int, skip: int = 0) -> Sequence[tuple[str, int]]:
        """Case and event number of the case events of these kinds (tags), newest first, without the first `skip`."""
        ...

    def count_kinds(self, kinds: Sequence[str]) -> int: ...

    def of_document(self, sha256: Digest) -> Step | None:
        """The first step that fixes a document with this digest."""
        ...
