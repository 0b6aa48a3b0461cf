"""The database, as the workflows see it. One transaction holds all; what it wrote is on the disk when it ends.

Rules: everything that belongs to one step is written in one transaction. A log entry's index is given inside it, so
it is gapless. No call here decides anything.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

import msgspec

from comity.base.digests import Digest
from comity.base.instants import Instant
from comity.exchange.checks import ChannelEnd
from comity.exchange.envelope import Envelope
from comity.exchange.receipt import Row, Status
from comity.workflows.emergency_store import EmergencyStore
from comity.workflows.log_stores import AlarmStore, ErasureStore, LogSignerStore, PairStore, ProofStore, SeenStore
from comity.workflows.part_stores import ComingParts, TransferStore
from comity.workflows.peer_stores import CreditStore, DirectoryHistory, SuspensionStore
from comity.workflows.people_store import PeopleStore, SessionStore
from comity.workflows.reading_stores import AccessStore, ContactStore, KeptReceiptStore, LetterStore, LogSearch
from comity.workflows.statistics_store import StatisticsStore
from comity.workflows.resume_store import ResumeStore
from comity.workflows.token_store import TokenStore, WebhookStore


class CaseStore(Protocol):
    """Case events, in order, with their links."""

    def append(self, case_id: str, number: int, event: bytes, head: Digest) -> None:
        """Event `number` (from 1). Raises Conflict if that number is taken: another process was first."""
        ...

    def events(self, case_id: str) -> Sequence[tuple[bytes, Digest]]: ...

    def ids(self) -> Sequence[str]:
        """All cases, oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class Channel:
    """A case's channel with one peer, and how far each direction has come."""

    id: str
    case_id: str
    peer: str
    sent: ChannelEnd
    received: ChannelEnd


class ChannelStore(Protocol):
    def add(self, channel: Channel) -> None: ...

    def get(self, channel_id: str) -> Channel | None: ...

    def of_case(self, case_id: str, peer: str) -> Channel | None: ...

    def set_sent(self, channel_id: str, end: ChannelEnd) -> None: ...

    def set_received(self, channel_id: str, end: ChannelEnd) -> None: ...


class OutboxState(StrEnum):
    QUEUED = "queued"
    STORED = "stored"
    DELIVERED = "delivered"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message on its way: the very bytes that are sent again on a retry. `package`: evidence to bring first."""

    id: str
    peer: str
    kind: str
    case_id: str
    priority: int
    envelope: Envelope
    document: bytes
    expires: Instant
    package: str = ""
    state: OutboxState = OutboxState.QUEUED
    attempts: int = 0
    code: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """How a peer has answered: failures in a row, until when nothing is sent to it, when it last answered, its clock
    less ours in seconds at that time, and the code of the last failure."""

    peer: str
    failures: int
    closed_until: Instant
    last_answer: Instant | None
    skew: int = 0
    reason: str = ""


class Lines(Protocol):
    """The line to each peer that was ever called."""

    def get(self, peer: str) -> Line | None: ...

    def all(self) -> Sequence[Line]: ...

    def put(self, line: Line) -> None: ...


class Outbox(Protocol):
    """Messages to deliver. `claim` leases rows so that two workers never send the same one at once."""

    def queue(self, message: Outgoing, at: Instant) -> None: ...

    def due_peers(self, now: Instant) -> Sequence[str]:
        """Whose line is open and for whom something is due, those with something urgent first."""
        ...

    def claim(
        self,
        now: Instant,
        *,
        lease_until: Instant,
        most: int,
        routine_most: int | None = None,
        peer: str | None = None,
        kinds: Collection[str] | None = None,
    ) -> Sequence[Outgoing]:
        """Queued rows that are due and unleased, urgent first then oldest first, for one peer or for those whose line
        is open, of some kinds or of all. A quarter is left to routine ones where any wait, so that these go on too, up
        to `routine_most`."""
        ...

    def free(self) -> None:
        """Take every lease away: whoever held one is known to be gone."""
        ...

    def hasten(self, message_id: str, at: Instant) -> None:
        """Send it again, at once: the peer misses it, whatever it said of it before."""
        ...

    def hasten_all(self, state: str, code: str, at: Instant) -> None:
        """What waits for a State's nodes for this reason is due."""
        ...

    def wait(self, message_id: str, *, next_attempt: Instant, reason: str) -> None:
        """Put off what was not tried."""
        ...

    def of_channel(self, peer: str, channel: str) -> Sequence[Outgoing]:
        """All that was ever sent in a channel, oldest first."""
        ...

    def of_peer(self, peer: str, most: int) -> Sequence[Outgoing]:
        """Its open messages, urgent first then oldest first."""
        ...

    def retry(self, message_id: str, *, next_attempt: Instant, reason: str) -> None: ...

    def settle(self, message_id: str, state: OutboxState, code: str = "") -> None: ...

    def settled_of(self, peer: str) -> Sequence[tuple[str, str]]:
        """The id and the case of every message that has its second receipt, oldest first."""
        ...

    def get(self, message_id: str) -> Outgoing | None: ...

    def open_ids(self) -> Sequence[str]:
        """Messages without their second receipt, oldest first."""
        ...

    def stuck(self, before: Instant) -> Sequence[Outgoing]:
        """Open messages queued before then: a person is told."""
        ...


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message that came, as stored before it was opened. `number`: its place among all that came, from 1."""

    sender: str
    id: str
    envelope: Envelope
    at: Instant
    state: Status = Status.STORED
    code: str = ""
    doc_sha256: str = ""
    document: bytes = b""
    case_id: str = ""
    priority: int = 0
    number: int = field(default=0, compare=False)


class Inbox(Protocol):
    """Messages that came; (sender, id) stands once for ever: that is the replay protection."""

    def add(self, message: Incoming) -> None: ...

    def get(self, sender: str, message_id: str) -> Incoming | None: ...

    def settle(self, message: Incoming) -> None:
        """Replace state, code, document and case of one that is stored."""
        ...

    def waiting(self, most: int, *, urgent: bool, after: int = 0) -> Sequence[Incoming]:
        """Stored, not settled and not deferred, of one lane, in the order they came, with a `number` above `after`."""
        ...

    def backlog(self, sender: str) -> tuple[int, int]:
        """How many of a sender's messages are stored and not settled, and how many of those are routine."""
        ...

    def defer(self, sender: str, message_id: str, code: str) -> None:
        """Leave one that is stored until `take_up`; the code says why."""
        ...

    def take_up(self, state: str, code: str) -> None:
        """What was deferred for this reason, from a State's nodes, is to be opened."""
        ...

    def entered_since(self, sender: str, since: Instant) -> Iterator[Incoming]:
        """A sender's messages that came at or after a moment and were entered in a case, in the order they came."""
        ...

    def early(self, sender: str, before: Instant) -> Sequence[Incoming]:
        """A sender's messages that were stored before then and are not settled, oldest first."""
        ...


class ReceiptOutbox(Protocol):
    """Second receipts to bring to their senders."""

    def queue(self, peer: str, row: Row, at: Instant) -> None: ...

    def claim(
        self, now: Instant, *, lease_until: Instant, most: int, peer: str | None = None, without: Collection[str] = ()
    ) -> Sequence[tuple[int, str, Row]]:
        """(number, peer, row), for one peer, or for all but those named."""
        ...

    def taken(self, peer: str, message_ids: Collection[str]) -> None:
        """The peer says that it has what it was given about these messages."""
        ...

    def free(self) -> None:
        """Take every lease away: whoever held one is known to be gone."""
        ...

    def done(self, numbers: Sequence[int]) -> None: ...

    def retry(self, numbers: Sequence[int], next_attempt: Instant) -> None: ...

    def is_due(self, peer: str, now: Instant) -> bool:
        """Whether one waits for the peer that nobody has in hand."""
        ...

    def of_message(self, peer: str, message_id: str) -> Row | None: ...


class Leaf(msgspec.Struct, frozen=True, gc=False):
    """A log entry with what opens it; `case_id` and `event` number are empty and 0 for a public statement.

    A Struct, because a thousand may be made for one transaction: a frozen dataclass takes many times as long.
    """

    index: int
    entry: bytes
    case_id: str = ""
    event: int = 0
    stat: bytes = b""
    body: bytes = b""
    stat_salt: bytes = b""
    body_salt: bytes = b""


@dataclass(frozen=True, slots=True)
class TreeHead:
    size: int
    root: Digest


@dataclass(frozen=True, slots=True)
class Move:
    """`count` entries that stand from `first` on stood from `was` on until the log was recovered."""

    first: int
    count: int
    was: int


class LogStore(Protocol):
    """The log's entries and what was signed of them."""

    def size(self) -> int: ...

    def append(self, leaf: Leaf) -> None:
        """At index == size; raises Conflict otherwise."""
        ...

    def append_all(self, leaves: Sequence[Leaf]) -> None:
        """Several, the first at index == size; raises Conflict otherwise, and appends none."""
        ...

    def replace_from(self, start: int, leaves: Sequence[Leaf], *, moved: int = 0) -> None:
        """Take back entries that a restored backup lacked: `leaves` stand from `start` on, and nothing after them.

        The last `moved` of them are what stood from `start` on; what is kept beside the log names their new places.
        """
        ...

    def moves(self) -> Sequence[Move]:
        """The entries that ever got new places so, by where they stand now."""
        ...

    def entries(self, start: int, end: int) -> Sequence[bytes]: ...

    def hashes(self, level: int, start: int, end: int) -> bytes:
        """The roots over the leaves [n * 256^level, (n + 1) * 256^level), 32 bytes each, for n from `start` below
        `end`: only those that are complete. Level 0 is the leaf hashes."""
        ...

    def root(self) -> Digest:
        """The root over all entries."""
        ...

    def statements(self, start: int) -> Iterable[tuple[int, bytes]]:
        """(index, entry) of the public statements from `start` on."""
        ...

    def leaf(self, index: int) -> Leaf | None: ...

    def of_case(self, case_id: str) -> Sequence[Leaf]: ...

    def key(self, scope: str) -> bytes | None: ...

    def put_key(self, scope: str, key: bytes) -> None: ...

    def signed(self) -> TreeHead | None:
        """The largest tree head ever given to the log key."""
        ...

    def set_signed(self, expected: TreeHead | None, new: TreeHead) -> None:
        """Compare and swap; raises Conflict. Must be on the disk before the signature leaves."""
        ...


class WitnessStore(Protocol):
    """What this node, as a witness, last cosigned for each origin. An origin is never forgotten."""

    def known(self, origin: str) -> tuple[TreeHead, bytes] | None:
        """Size and root, and the checkpoint with our cosignature."""
        ...

    def remember(self, origin: str, head: TreeHead, note: bytes) -> None: ...


@dataclass(frozen=True, slots=True)
class Trust:
    """How the newest list of a State came to be trusted here: by whom and when."""

    by: str
    at: Instant


class DirectoryStore(Protocol):
    """The signed lists trusted here, newest each, and how their roots came to be trusted."""

    def trust(self, state: str) -> Trust | None: ...

    def lists(self) -> Sequence[bytes]: ...

    def get(self, state: str) -> bytes | None: ...

    def put(self, state: str, data: bytes, *, fingerprint: Digest, by: str, at: Instant) -> None: ...

    def confirm(self, state: str, fingerprint: Digest, *, by: str, at: Instant) -> None:
        """A person compared the fingerprint of a State's roots. The same one twice is one."""
        ...

    def confirmed_by(self, state: str, fingerprint: Digest) -> Sequence[str]:
        """Who compared it."""
        ...


class CustodyStore(Protocol):
    """Custody acts of a package, in order, as the signed bytes."""

    def acts(self, package: str) -> Sequence[bytes]: ...

    def append(self, package: str, acts: Sequence[bytes]) -> None: ...


class Transaction(Protocol):
    """All stores, in one transaction."""

    @property
    def cases(self) -> CaseStore: ...
    @property
    def channels(self) -> ChannelStore: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def receipts(self) -> ReceiptOutbox: ...
    @property
    def log(self) -> LogStore: ...
    @property
    def witness(self) -> WitnessStore: ...
    @property
    def directory(self) -> DirectoryStore: ...
    @property
    def custody(self) -> CustodyStore: ...
    @property
    def lines(self) -> Lines: ...
    @property
    def credits(self) -> CreditStore: ...
    @property
    def suspensions(self) -> SuspensionStore: ...
    @property
    def directories_seen(self) -> DirectoryHistory: ...
    @property
    def alarms(self) -> AlarmStore: ...
    @property
    def log_signers(self) -> LogSignerStore: ...
    @property
    def seen(self) -> SeenStore: ...
    @property
    def proofs(self) -> ProofStore: ...
    @property
    def pairs(self) -> PairStore: ...
    @property
    def erasures(self) -> ErasureStore: ...
    @property
    def tokens(self) -> TokenStore: ...
    @property
    def webhooks(self) -> WebhookStore: ...
    @property
    def people(self) -> PeopleStore: ...
    @property
    def sessions(self) -> SessionStore: ...
    @property
    def accesses(self) -> AccessStore: ...
    @property
    def letters(self) -> LetterStore: ...
    @property
    def kept_receipts(self) -> KeptReceiptStore: ...
    @property
    def log_search(self) -> LogSearch: ...
    @property
    def contacts(self) -> ContactStore: ...
    @property
    def resume(self) -> ResumeStore: ...
    @property
    def statistics(self) -> StatisticsStore: ...
    @property
    def parts_come(self) -> ComingParts: ...
    @property
    def transfers(self) -> TransferStore: ...
    @property
    def emergencies(self) -> EmergencyStore: ...


class Store(Protocol):
    def transaction(self) -> AbstractContextManager[Transaction]:
        """One writer at a time. Committed and durable when it ends; nothing of it stays when it raises."""
        ...

    def scrub(self) -> None:
        """Nothing of what was deleted stays in the database's files."""
        ...
