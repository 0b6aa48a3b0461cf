"""`Office`: this node's identity and everything it was given, as one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass

from comity.base.ids import ActorId, NodeId, StateCode, state_of
from comity.base.mode import Mode
from comity.exchange.directory import Directory, open_list
from comity.exchange.message import Role
from comity.workflows.ports import Clock, Courier, KeyRing, Lock, LogFolder, PackageStore, PartStore, Randomness
from comity.workflows.stores import Store, Transaction


@dataclass(frozen=True, slots=True)
class Office:
    """One node. `people`: pseudonym to roles; `witnesses`: nodes whose cosignatures we ask for, of which
    `witnesses_needed` must give one before a checkpoint is published; `pad_to`: the log is padded to a multiple."""

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
    lock: Lock

    @property
    def state(self) -> StateCode:
        return state_of(self.node)


def directory(tx: Transaction) -> Directory:
    """The directories trusted here, their signatures checked again."""
    lists = [open_list(data).value for data in tx.directory.lists()]
    return Directory({StateCode(value.state): value for value in lists})
