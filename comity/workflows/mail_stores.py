"""Messages, receipts and the lines to the peers, as the workflows see them (`stores` has the rest of the database)."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from comity.base.instants import Instant
from comity.exchange.envelope import Envelope
from comity.exchange.receipt import Row, Status


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
class OpenMessage:
    """A message without its second receipt, as it is looked at: without the bytes that are sent."""

    id: str
    peer: str
    kind: str
    case_id: str
    priority: int
    package: str
    queued: Instant
    expires: Instant
    state: OutboxState
    attempts: int
    code: str


@dataclass(frozen=True, slots=True)
class OpenCount:
    """The open messages for a peer: how many, since when the oldest was queued, and how many wait too long."""

    peer: str
    waiting: int
    oldest: Instant
    stuck: int


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

    def renew(self, message_id: str, lease_until: Instant) -> None:
        """Whoever has it in hand is still at it."""
        ...

    def hasten(self, message_id: str, at: Instant) -> None:
        """Send it again, at once: the peer misses it, whatever it said of it before."""
        ...

    def hasten_all(self, state: str, code: str, at: Instant) -> None:
        """What waits for a State's nodes for this reason is due."""
        ...

    def hasten_of(self, peer: str, codes: Collection[str], at: Instant) -> None:
        """What waits for a node, for one of these reasons, is due."""
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

    def settle(self, message_ids: Collection[str], state: OutboxState, code: str = "") -> Collection[str]:
        """Those of the messages that were open until now; nothing is changed of the others."""
        ...

    def get(self, message_id: str) -> Outgoing | None: ...

    def open_ids(self) -> Sequence[str]:
        """Messages without their second receipt, oldest first."""
        ...

    def open_of_case(self, case_id: str) -> Sequence[OpenMessage]:
        """Those of a case, oldest first."""
        ...

    def open_first(self, urgent_before: Instant, before: Instant, most: int | None) -> Sequence[OpenMessage]:
        """Those that wait too long first, then urgent ones, then the oldest. Too long: urgent ones queued before one
        moment, all others before another. most: None for all."""
        ...

    def open_by_peer(self, urgent_before: Instant, before: Instant) -> Sequence[OpenCount]:
        """How many there are for each peer, and how many of them wait too long, which is as in `open_first`."""
        ...

    def stuck(self, before: Instant) -> Sequence[Outgoing]:
        """Open messages queued before then: a person is told."""
        ...

    def to_ask(self, before: Instant, now: Instant) -> Sequence[Outgoing]:
        """What its peer has stored and not settled, queued before then and not put off beyond now, oldest first."""
        ...

    def ask_later(self, message_id: str, at: Instant) -> None:
        """Put off the question about one that its peer has stored; of any other nothing is changed."""
        ...

    def rejected(self, since: Instant, most: int) -> Sequence[Outgoing]:
        """Those queued at or after then that their peer turned down, newest first."""
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


@dataclass(frozen=True, slots=True)
class Entered:
    """A message that was entered in a case: the signed document that was in it, b"" where that was erased."""

    id: str
    case_id: str
    document: bytes


class Inbox(Protocol):
    """Messages that came; (sender, id) stands once for ever: that is the replay protection."""

    def add(self, message: Incoming) -> None: ...

    def add_all(self, messages: Sequence[Incoming]) -> None:
        """Several, in their order, none of whose ids stands here."""
        ...

    def get(self, sender: str, message_id: str) -> Incoming | None: ...

    def here(self, sender: str, message_ids: Collection[str]) -> Collection[str]:
        """Those of the ids that stand here."""
        ...

    def settle(self, message: Incoming) -> None:
        """Replace state, code, document and case of one that is stored."""
        ...

    def claim(
        self, now: Instant, *, lease_until: Instant, most: int, urgent: bool, after: int = 0
    ) -> Sequence[Incoming]:
        """Stored, not settled, not deferred and unleased, of one lane, in the order they came, with a `number` above
        `after`. A database of one machine gives no leases: what two processes open is entered once all the same."""
        ...

    def release(self, numbers: Collection[int]) -> None:
        """What was claimed and stays stored may be claimed again."""
        ...

    def free(self) -> None:
        """Take every lease away: whoever held one is known to be gone."""
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

    def entered_since(self, sender: str, since: Instant) -> Iterator[Entered]:
        """A sender's messages that came at or after a moment and were entered in a case, in the order they came."""
        ...

    def opened_in(self, sender: str, channel: str) -> Iterable[Incoming]:
        """A sender's messages in a channel that were opened and not erased, oldest first."""
        ...

    def early(self, sender: str, before: Instant) -> Sequence[Incoming]:
        """A sender's messages that were stored before then and are not settled, oldest first."""
        ...


class ReceiptOutbox(Protocol):
    """Second receipts to bring to their senders."""

    def queue(self, peer: str, row: Row, at: Instant) -> None: ...

    def keep(self, peer: str, rows: Sequence[Row], at: Instant) -> None:
        """Receipts that go with the answer to the messages themselves, for who asks again."""
        ...

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

    def hasten(self, peer: str, at: Instant) -> None:
        """What waits for a peer is due."""
        ...

    def is_due(self, peer: str, now: Instant) -> bool:
        """Whether one waits for the peer that nobody has in hand."""
        ...

    def of_message(self, peer: str, message_id: str) -> Row | None: ...
