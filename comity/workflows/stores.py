"""The database, as the workflows see it. One transaction holds all; what it wrote is on the disk when it ends.

Rules: everything that belongs to one step is written in one transaction. A log entry's index is given inside it, so
it is gapless. No call here decides anything.
"""

# ruff: noqa: PLC0414 - a name imported as itself is passed on

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import Generic, Protocol, TypeVar

import msgspec

from comity.base.digests import Digest
from comity.base.instants import Instant
from comity.exchange.checks import ChannelEnd
from comity.workflows.emergency_store import EmergencyStore
from comity.workflows.known_cases import KnownCases
from comity.workflows.log_stores import AlarmStore, ErasureStore, LogSignerStore, PairStore, ProofStore, SeenStore
from comity.workflows.mail_stores import Entered as Entered
from comity.workflows.mail_stores import Inbox as Inbox
from comity.workflows.mail_stores import Incoming as Incoming
from comity.workflows.mail_stores import Line as Line
from comity.workflows.mail_stores import Lines as Lines
from comity.workflows.mail_stores import OpenCount as OpenCount
from comity.workflows.mail_stores import OpenMessage as OpenMessage
from comity.workflows.mail_stores import Outbox as Outbox
from comity.workflows.mail_stores import OutboxState as OutboxState
from comity.workflows.mail_stores import Outgoing as Outgoing
from comity.workflows.mail_stores import ReceiptOutbox as ReceiptOutbox
from comity.workflows.part_stores import ComingParts, TransferStore
from comity.workflows.peer_stores import CreditStore, DirectoryHistory, SuspensionStore
from comity.workflows.people_store import PeopleStore, SessionStore
from comity.workflows.reading_stores import AccessStore, ContactStore, KeptReceiptStore, LetterStore, LogSearch
from comity.workflows.resume_store import ResumeStore
from comity.workflows.signal_store import SignalQuestions
from comity.workflows.statistics_store import StatisticsStore
from comity.workflows.token_store import TokenStore, WebhookStore
from comity.workflows.work_store import WorkStore

T = TypeVar("T")


class CaseStore(Protocol):
    """Case events, in order, with their links."""

    def append(self, case_id: str, number: int, event: bytes, head: Digest) -> None:
        """Event `number` (from 1). Raises Conflict if that number is taken, another process having been first; of a
        case that was not read in this transaction at the latest when the transaction ends."""
        ...

    def events(self, case_id: str) -> Sequence[tuple[bytes, Digest]]: ...

    def ids(self) -> Sequence[str]:
        """All cases, oldest first."""
        ...

    def page(self, after: int, most: int) -> Sequence[tuple[int, str]]:
        """Some cases, oldest first: each with its number, from the one after that number on; none has the number 0."""
        ...

    def enter(self, case_id: str, peer: str, their_case: str, due: date | None) -> None:
        """What is looked up of a case without reading it; a second time, only `due` changes."""
        ...

    def due_before(self, day: date, after: str, most: int) -> Sequence[str]:
        """Cases of which something runs out before `day`, by id, from the one after `after` on."""
        ...

    def called(self, peer: str, their_case: str) -> Sequence[str]:
        """The cases that the peer calls so, by id."""
        ...


class Channel(msgspec.Struct, frozen=True, gc=False):
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

    def with_peer(self, peer: str, *, after: str, most: int) -> Sequence[Channel]:
        """In the order of their ids, those after one."""
        ...

    def set_sent(self, channel_id: str, end: ChannelEnd) -> None: ...

    def set_received(self, channel_id: str, end: ChannelEnd) -> None: ...


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

    def leaves(self, start: int, end: int) -> Sequence[Leaf]:
        """Those from `start` on and before `end`."""
        ...

    def cases_between(self, start: int, end: int) -> Sequence[str]:
        """The cases that the entries from `start` on and before `end` are about, in the order of these, each once."""
        ...

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


@dataclass(frozen=True, slots=True)
class Ahead:
    """What will be asked for: the events and channels of cases, keys of the log, channels, people, and of peers their
    State's list and whether they were asked."""

    cases: Collection[str] = ()
    keys: Collection[str] = ()
    channels: Collection[str] = ()
    people: Collection[str] = ()
    peers: Collection[str] = ()


class Transaction(Protocol):
    """All stores, in one transaction."""

    known_cases: KnownCases
    """One table for the Store, in each process: what was read of a case before is not folded again."""

    def followed(self) -> None:
        """Another thread of this process is about to write: its transaction may share the COMMIT of this one, which
        waits for it a little."""
        ...

    def ahead(self, wanted: Ahead) -> None:
        """What will be asked for here. What is near together a store may read together; what is read then is the
        same."""
        ...

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
    @property
    def signal_questions(self) -> SignalQuestions: ...
    @property
    def work(self) -> WorkStore: ...


@dataclass(frozen=True, slots=True)
class Step(Generic[T]):
    """What is done in a transaction, and what it asks for there. It changes nothing outside of it."""

    do: Callable[[Transaction], T]
    ahead: Ahead = Ahead()


class Store(Protocol):
    def transaction(self) -> AbstractContextManager[Transaction]:
        """One writer at a time. Committed and durable when it ends; nothing of it stays when it raises."""
        ...

    def share(self, step: Step[T]) -> T:
        """As a transaction of one step, for what many ask for at once: what the others ask for meanwhile may go in the
        same one. It succeeds or raises for itself, and may be run a second time, after all of the first was taken back.
        Never inside a transaction."""
        ...

    def snapshot(self) -> AbstractContextManager[Transaction]:
        """To read, for whoever reads much: all of it as it was when it began, while others write; nobody waits for it.
        What is decided by it is asked again where it is written. Nothing can be written in it, and it stands neither in
        a transaction nor around one."""
        ...

    def scrub(self) -> None:
        """Nothing of what was deleted stays in the database's files. Raises Unavailable where something does."""
        ...
