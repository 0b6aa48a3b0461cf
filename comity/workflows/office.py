"""`Office`: this node's identity and everything it was given, as one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from comity.base.ids import ActorId, NodeId, StateCode, state_of
from comity.base.mode import Mode
from comity.cases.retention import Policy
from comity.crypto.timestamps import Stamper
from comity.exchange.directory import Directory, SignedList, open_list
from comity.exchange.message import Role
from comity.workflows.passkey_port import Passkeys
from comity.workflows.ports import (
    Clock,
    Courier,
    KeyRing,
    Lock,
    LogFolder,
    PackageStore,
    PartStore,
    Randomness,
    SignedHead,
)
from comity.workflows.stores import Store, Transaction
from comity.workflows.transfers import Transfers
from comity.workflows.wake import Wake


@dataclass(frozen=True, slots=True)
class Office:
    """One node. `people`: pseudonym to roles; `witnesses`: nodes whose cosignatures we ask for, of which
    `witnesses_needed` must give one before a checkpoint is published; `pad_to`: the log is padded to a multiple.
    `acting`: where a token acts, for whom alone, and in no other roles than these; None for people.
    `passkeys`: for the site of the node's pages; None where they have none.
    `stamper`: the time-stamp authority that confirms when evidence was sealed; None where none is asked.
    `most_evidence_bytes`: how large a case's evidence may be that peers bring; 0 for no limit.
    `retention`: how long things are kept.
    `transfers`: how far evidence on its way out has come in this process.
    `lease_seconds`: how long what a process has in hand is left to it.
    `came`: set where something waits for the worker of this process; in a transaction, for the worker queues behind
    (`dispatch.post`)."""

    node: NodeId
    role: Role
    mode: Mode
    name: str
    origin: str
    people: Mapping[ActorId, frozenset[str]]
    witnesses: tuple[NodeId, ...]
    witnesses_needed: int
    pad_to: int
    store: Store
    keys: KeyRing
    clock: Clock
    randomness: Randomness
    courier: Courier
    parts: PartStore
    packages: PackageStore
    log_folder: LogFolder
    signed_head: SignedHead
    lock: Lock
    acting: Mapping[ActorId, frozenset[str]] | None = None
    passkeys: Passkeys | None = None
    stamper: Stamper | None = None
    most_evidence_bytes: int = 0
    retention: Policy = field(default_factory=Policy)
    transfers: Transfers = field(default_factory=Transfers)
    lease_seconds: int = 60
    came: Wake = field(default_factory=Wake)

    @property
    def state(self) -> StateCode:
        return state_of(self.node)


def directory(tx: Transaction) -> Directory:
    """The directories trusted here, their signatures checked again where the bytes are not those checked before."""
    lists = [open_once(data).value for data in tx.directory.lists()]
    return Directory({StateCode(value.state): value for value in lists})


def directory_of(tx: Transaction, node: NodeId) -> Directory:
    """As `directory`, with the list of one node's State only: what one message needs, however many States there are."""
    return directory_of_state(tx, state_of(node))


def directory_of_state(tx: Transaction, state: StateCode) -> Directory:
    data = tx.directory.get(state)
    return Directory({state: open_once(data).value} if data else {})


@lru_cache(maxsize=1024)
def open_once(data: bytes) -> SignedList:
    """A list, opened once for the same bytes: it says the same each time. Raises as `open_list`."""
    return open_list(data)
