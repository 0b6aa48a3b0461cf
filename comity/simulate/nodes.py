"""One node of the world: an office over memory ports, with its people, its keys and a database of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from comity.base.errors import NotFound
from comity.base.ids import ActorId, NodeId
from comity.base.mode import Mode
from comity.exchange.directory import MLDSA44, Entity, SignedList, Use
from comity.exchange.message import Role
from comity.simulate.memory_database import MemoryDatabase, new_database
from comity.simulate.memory_ports import (
    KeysInMemory,
    MemoryHead,
    MemoryLog,
    MemoryPackages,
    MemoryParts,
    NoLock,
    SeededRandomness,
)
from comity.simulate.network import Line, Network, host_of
from comity.simulate.timeline import NodeClock
from comity.workflows import keep_directory
from comity.workflows.office import Office, open_once

AUTHORITY: Final[Mapping[str, frozenset[str]]] = {
    "officer-1": frozenset({"duty_officer", "investigator"}),
    "officer-2": frozenset({"duty_officer"}),
    "lawyer-1": frozenset({"case_lawyer"}),
    "lawyer-2": frozenset({"case_lawyer"}),
    "reviewer-1": frozenset({"reviewer"}),
    "overseer-1": frozenset({"oversight"}),
    "operator-1": frozenset({"operator"}),
    "operator-2": frozenset({"operator"}),
}
PROVIDER: Final[Mapping[str, frozenset[str]]] = {
    "legal-1": frozenset({"legal_team"}),
    "operator-1": frozenset({"operator"}),
    "operator-2": frozenset({"operator"}),
}
OPERATORS: Final = ("operator-1", "operator-2")
PAD_TO: Final = 8
_PEOPLE: Final = {Role.AUTHORITY: AUTHORITY, Role.PROVIDER: PROVIDER, Role.WITNESS: PROVIDER}


class NodeKeys(KeysInMemory):
    """A node's keys, each of which can be followed by another. No ML-DSA keys: the node was made before them."""

    def __init__(self, seed: str) -> None:
        super().__init__(seed)
        self._draw = SeededRandomness(f"{seed}/later")
        self.missing |= set(MLDSA44)

    def next_signer(self, use: Use) -> bytes:
        """The public half of a new key of a use, in use from now on."""
        return self.make(use, self._draw).public


@dataclass
class Node:
    """One node. `wakes`: when it wakes next; `keeps`, `asks`: whether its rounds over the log, or for receipts that are
    late, are planned; `asked`: how often it asked for receipts since none was late; `entered`: the number of its last
    receipt whose case was looked at; `kept`: the row of the last of its peers' receipts; `log_size`: what it published
    last; `trusts`: the States whose lists it has."""

    office: Office
    database: MemoryDatabase
    keys: NodeKeys
    clock: NodeClock
    randomness: SeededRandomness
    parts: MemoryParts
    packages: MemoryPackages
    log: MemoryLog
    head: MemoryHead
    wakes: float = float("inf")
    keeps: bool = False
    asks: bool = False
    asked: int = 0
    entered: int = 0
    kept: int = 0
    log_size: int = 0
    trusts: set[str] = field(default_factory=set)

    @property
    def id(self) -> NodeId:
        return self.office.node

    @property
    def url(self) -> str:
        return f"https://{host_of(self.id)}"

    def change(self, **changes: Any) -> None:
        """Give the office other fields, as another configuration would."""
        self.office = replace(self.office, **changes)


def found_node(node: NodeId, role: Role, network: Network, skew: int, witness: NodeId) -> Node:
    """A node that trusts nobody yet. witness: whose cosignature its log needs; itself for none."""
    seed = f"{network.seed}/{node}"
    keys, clock, randomness = NodeKeys(f"{seed}/keys"), NodeClock(network.timeline, skew), SeededRandomness(seed)
    database, parts, packages, log, head = new_database(), MemoryParts(), MemoryPackages(), MemoryLog(), MemoryHead()
    witnesses = () if witness == node else (witness,)
    office = Office(
        node=node,
        role=role,
        mode=Mode.EXERCISE,
        name=f"{node} (invented)",
        origin=f"{host_of(node)}/log",
        people={ActorId(person): roles for person, roles in _PEOPLE[role].items()},
        witnesses=witnesses,
        witnesses_needed=len(witnesses),
        pad_to=PAD_TO,
        store=database,
        keys=keys,
        clock=clock,
        randomness=randomness,
        courier=Line(network, node),
        parts=parts,
        packages=packages,
        log_folder=log,
        signed_head=head,
        lock=NoLock(),
    )
    return Node(office, database, keys, clock, randomness, parts, packages, log, head)


def describe(node: Node) -> Entity:
    """A node as it has itself listed."""
    return keep_directory.describe(
        node.keys,
        node=node.id,
        role=node.office.role,
        name=node.office.name,
        endpoint=node.url,
        origin=node.office.origin,
        now=node.clock.now(),
    )


def enrol(keeper: Node, node: Node) -> None:
    """The keeper of a State's list takes a node into it, its key read out."""
    entity = describe(node)
    kid = next(key.kid for key in entity.keys if key.use is Use.AUTHORITY)
    card = keep_directory.card(entity, node.keys)
    keep_directory.enrol(keeper.office, OPERATORS[0], card, kid, [keeper.keys.root])


def trust(node: Node, keeper: Node) -> None:
    """Two people compare the fingerprint of another State's list, out of band, and say so; a later list by the same
    roots one of them takes in."""
    signed = own_list(keeper)
    people = OPERATORS[:1] if signed.value.state in node.trusts else OPERATORS
    for person in people:
        keep_directory.trust(node.office, person, signed.data, signed.fingerprint)
    node.trusts.add(signed.value.state)


def own_list(keeper: Node) -> SignedList:
    """The list of a node's own State."""
    with keeper.office.store.transaction() as tx:
        data = tx.directory.get(keeper.office.state)
    if data is None:
        raise NotFound(f"{keeper.id} keeps no list", hint="an authority does")
    return open_once(data)
