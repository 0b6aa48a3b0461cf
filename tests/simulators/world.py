"""A small world in memory: two States, a service provider and a witness, over the real workflows and the real HTTP app.

A fake stands for each port and nothing else is simulated; the database is the real one, in memory. Nothing moves by
itself: `settle` runs rounds at every node until nothing more happens. `copy` gives a world of its own to each test.
"""

from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select

from comity.adapters.passkeys import SitePasskeys
from comity.adapters.sql.database import Database, memory_database
from comity.adapters.sql.tables import metadata
from comity.base.ids import ActorId, NodeId
from comity.base.instants import Instant
from comity.base.mode import Mode
from comity.cases import events
from comity.cases.case import Case
from comity.exchange.directory import Entity
from comity.exchange.message import Role
from comity.node.app import make_app
from comity.simulate.memory_database import copy_database
from comity.transparency.entry import read_statement
from comity.treaty.request import REQUEST_LIMIT, Request, read_request
from comity.workflows import deliver_outbox, keep_directory, read_cases, receive_envelope, sequence_log
from comity.workflows.office import Office, directory
from comity.workflows.stores import Incoming, Leaf, Outgoing
from comity.workflows.transfers import Transfers
from tests.simulators.fakes import (
    FakeClock,
    FakeRandomness,
    KeysInMemory,
    MemoryHead,
    MemoryLog,
    MemoryPackages,
    MemoryParts,
    NoLock,
)
from tests.simulators.packages import MemoryPackage
from tests.simulators.wire import Wire, flipped

START: Final = Instant.parse("2026-12-07T09:00:00Z")
XA: Final = NodeId("XA/central-authority")
XB: Final = NodeId("XB/central-authority")
PROVIDER: Final = NodeId("XB/hosting-company")
WITNESS: Final = NodeId("XC/observatory")
ROLES: Final = {XA: Role.AUTHORITY, XB: Role.AUTHORITY, PROVIDER: Role.PROVIDER, WITNESS: Role.WITNESS}
PEOPLE: Final[dict[NodeId, dict[str, set[str]]]] = {
    XA: {
        "anna": {"duty_officer", "investigator"},
        "bo": {"case_lawyer", "operator"},
        "rose": {"reviewer"},
        "sven": {"operator"},
    },
    XB: {
        "dan": {"duty_officer"},
        "rita": {"reviewer"},
        "olga": {"case_lawyer", "operator"},
        "otto": {"oversight"},
        "sven": {"operator"},
    },
    PROVIDER: {"lee": {"legal_team", "operator"}, "sven": {"operator"}},
    WITNESS: {"kim": {"operator"}, "sven": {"operator"}},
}
ROUNDS_MOST: Final = 60
_EXAMPLES: Final = Path(__file__).parent.parent.parent / "examples"


@cache
def example(name: str) -> Request:
    """A request of examples/ by its path there, without '.toml'."""
    return read_request((_EXAMPLES / f"{name}.toml").read_bytes()[:REQUEST_LIMIT], name)


def preservation() -> Request:
    return example("investment-scam/preservation")


def production() -> Request:
    return example("investment-scam/production")


def without_statement() -> Request:
    """A request for preservation without the word that assistance will be asked for (art. 42(3)(f))."""
    return example("investment-scam/no-assistance-statement")


@dataclass
class Node:
    """One node: its office, and the fakes in it by their own types."""

    office: Office
    database: Database
    keys: KeysInMemory
    clock: FakeClock
    randomness: FakeRandomness
    parts: MemoryParts
    packages: MemoryPackages
    log: MemoryLog
    head: MemoryHead

    @property
    def id(self) -> NodeId:
        return self.office.node

    @property
    def host(self) -> str:
        return self.id.replace("/", ".").lower() + ".example"

    @property
    def url(self) -> str:
        return f"https://{self.host}"

    def case(self, case_id: str) -> Case:
        return read_cases.find(self.office, case_id)

    def cases(self) -> tuple[Case, ...]:
        return read_cases.all_cases(self.office)

    def case_of(self, their_case: str) -> Case:
        """The case that the peer calls `their_case`."""
        found = [one for one in self.cases() if one.their_case == their_case]
        assert len(found) == 1, f"{len(found)} cases"
        return found[0]

    def history(self, case_id: str) -> list[str]:
        """The tags of a case's events."""
        return [events.tag_of(event) for event in self.events(case_id)]

    def events(self, case_id: str) -> list[events.Event]:
        with self.office.store.transaction() as tx:
            return [events.read(data) for data, _ in tx.cases.events(case_id)]

    def outbox(self) -> list[Outgoing]:
        """Every message ever queued here, oldest first."""
        ids = [row["id"] for row in self.dump()["outbox"]]
        with self.office.store.transaction() as tx:
            return [message for one in ids if (message := tx.outbox.get(one)) is not None]

    def incoming(self, sender: str, message_id: str) -> Incoming | None:
        with self.office.store.transaction() as tx:
            return tx.inbox.get(sender, message_id)

    def leaves(self, case_id: str) -> list[Leaf]:
        with self.office.store.transaction() as tx:
            return list(tx.log.of_case(case_id))

    def statements(self, kind: str) -> list[dict[str, object]]:
        """The public statements of a kind in its log, in order."""
        with self.office.store.snapshot() as tx:
            found = [read_statement(entry) for _, entry in tx.log.statements(0)]
        return [one for one in found if one["kind"] == kind]

    def acts(self, package: str) -> list[bytes]:
        """The custody acts of a package, as they are signed."""
        with self.office.store.transaction() as tx:
            return list(tx.custody.acts(package))

    @property
    def package(self) -> MemoryPackage:
        """The one package that it holds."""
        (package,) = self.packages.held.values()
        return package

    def spoil(self, name: str) -> None:
        """Flip a bit in a file of the one package that it holds."""
        self.package.files[name] = flipped(self.package.files[name])

    def entity(self, node: NodeId) -> Entity:
        """A node as this one's directory has it."""
        with self.office.store.transaction() as tx:
            return directory(tx).entity(node)

    def is_waiting(self) -> bool:
        """Whether a message or a receipt of this node is still on its way."""
        rows = self.dump()
        return any(row["state"] in ("queued", "stored") for row in rows["outbox"]) or not all(
            row["done"] for row in rows["receipt"]
        )

    def dump(self) -> dict[str, list[dict[str, Any]]]:
        """Every row of the database."""
        with self.database.engine.connect() as connection:
            return {
                table.name: [dict(row._mapping) for row in connection.execute(select(table))]
                for table in metadata.sorted_tables
            }


@dataclass
class SmallWorld:
    """The nodes by id, and the wire between them. `opens`: their apps open what comes before they answer; else it is
    stored, and a round opens it."""

    nodes: dict[NodeId, Node]
    wire: Wire = field(default_factory=Wire)
    opens: bool = False

    @property
    def xa(self) -> Node:
        return self.nodes[XA]

    @property
    def xb(self) -> Node:
        return self.nodes[XB]

    @property
    def provider(self) -> Node:
        return self.nodes[PROVIDER]

    @property
    def witness(self) -> Node:
        return self.nodes[WITNESS]

    def copy(self) -> "SmallWorld":
        """A world that goes on from here by itself: own databases, stores, clocks and wire, and the same keys
        until one is changed."""
        wire = Wire()
        nodes = {node: self._copied(old, wire) for node, old in self.nodes.items()}
        return SmallWorld(nodes, wire, self.opens).joined()

    @staticmethod
    def _copied(old: Node, wire: Wire) -> Node:
        database = copy_database(old.database)
        clock, randomness = FakeClock(old.clock.at), FakeRandomness(old.randomness.seed, old.randomness.drawn)
        parts = MemoryParts(dict(old.parts.held))
        packages = MemoryPackages({name: MemoryPackage(dict(one.files)) for name, one in old.packages.held.items()})
        log, head, keys = MemoryLog(dict(old.log.files)), MemoryHead(old.head.head), old.keys.copy()
        office = replace(
            old.office,
            store=database,
            keys=keys if old.office.keys is old.keys else old.office.keys,
            clock=clock,
            randomness=randomness,
            courier=wire,
            parts=parts,
            packages=packages,
            log_folder=log,
            signed_head=head,
            transfers=Transfers(),
        )
        return Node(office, database, keys, clock, randomness, parts, packages, log, head)

    def joined(self) -> "SmallWorld":
        """With every node's app on the wire."""
        for node in self.nodes:
            self.restart(node)
        return self

    def restart(self, node: NodeId) -> None:
        """A new app over the same stores: what was in the memory of the old one is gone."""
        one = self.nodes[node]
        self.wire.apps[one.host] = make_app(one.office, one.url, lambda: None, opens=self.opens)

    def change(self, node: NodeId, **changes: Any) -> Office:
        """Give a node's office other fields, as another configuration would; its app is started anew."""
        one = self.nodes[node]
        one.office = replace(one.office, **changes)
        self.restart(node)
        return one.office

    def restore(self, node: NodeId, database: Database) -> None:
        """Put another database in place of a node's own, as a restored backup would."""
        self.nodes[node].database = database
        self.change(node, store=database)

    def round(self, node: NodeId) -> int:
        """What the worker does in one round at one node; how much was done."""
        office = self.nodes[node].office
        opened = receive_envelope.open_waiting(office)
        sent = deliver_outbox.deliver(office).sent
        return opened + sent + deliver_outbox.deliver_receipts(office)

    def settle(self) -> None:
        """Rounds at every node until nothing more happens. Times do not pass: what was put off stays so."""
        for _ in range(ROUNDS_MOST):
            if not sum(self.round(node) for node in self.nodes):
                return
        raise AssertionError(f"not quiet after {ROUNDS_MOST} rounds")

    def heal(self) -> None:
        """Nothing befalls a request any more; let time pass until everything put off was tried again."""
        self.wire.fates.clear()
        self.settle()
        for _ in range(12):
            if not any(node.is_waiting() for node in self.nodes.values()):
                return
            self.pass_seconds(deliver_outbox.LEASE_SECONDS + 1)
            self.settle()

    def pass_seconds(self, seconds: int) -> None:
        for node in self.nodes.values():
            node.clock.pass_seconds(seconds)

    def pass_days(self, days: int) -> None:
        for node in self.nodes.values():
            node.clock.pass_days(days)

    def publish(self) -> None:
        """Publish every log; the witness's is cosigned by XA."""
        for node in self.nodes.values():
            sequence_log.publish(node.office)


def _found(node: NodeId, mode: Mode, seed: str) -> Node:
    keys, clock, randomness = KeysInMemory(f"{seed}/{node}/keys"), FakeClock(START), FakeRandomness(f"{seed}/{node}")
    database, parts, packages, log = memory_database(), MemoryParts(), MemoryPackages(), MemoryLog()
    head = MemoryHead()
    office = Office(
        node=node,
        role=ROLES[node],
        mode=mode,
        name=f"{node} (invented)",
        origin=f"{node.replace('/', '.').lower()}.example/log",
        people={ActorId(person): frozenset(roles) for person, roles in PEOPLE[node].items()},
        witnesses=(XA,) if node == WITNESS else (WITNESS,),
        witnesses_needed=1,
        pad_to=8,
        store=database,
        keys=keys,
        clock=clock,
        randomness=randomness,
        courier=Wire(),
        parts=parts,
        packages=packages,
        log_folder=log,
        signed_head=head,
        lock=NoLock(),
        passkeys=SitePasskeys("http://localhost:8400", node),
    )
    return Node(office, database, keys, clock, randomness, parts, packages, log, head)


def describe(node: Node) -> Entity:
    """A node as it would have itself listed."""
    return keep_directory.describe(
        node.keys,
        node=node.id,
        role=node.office.role,
        name=node.office.name,
        endpoint=node.url,
        origin=node.office.origin,
        now=node.clock.now(),
    )


def _introduce(world: SmallWorld) -> None:
    """Each State's list, the provider on its State's; everybody trusts them, fingerprints compared."""
    for node in (world.xa, world.xb, world.witness):
        keep_directory.found_list(node.office, describe(node), [node.keys.root])
    provider = world.provider
    card = keep_directory.card(describe(provider), provider.keys)
    kid = next(key.kid for key in describe(provider).keys if key.use == "authority")
    keep_directory.enrol(world.xb.office, "olga", card, kid, [world.xb.keys.root])
    share_directories(world)


def share_directories(world: SmallWorld) -> None:
    """Everybody takes every State's newest list, its fingerprint compared by two people."""
    operators = {XA: "bo", XB: "olga", PROVIDER: "lee", WITNESS: "kim"}
    lists = [keep_directory.show(node.office) for node in (world.xa, world.xb, world.witness)]
    own = [
        next(one for one in found if one.value.state == state)
        for found, state in zip(lists, ("XA", "XB", "XC"), strict=True)
    ]
    for node, operator in operators.items():
        office = world.nodes[node].office
        for signed in own:
            if signed.value.state != office.state or node == PROVIDER:
                for person in (operator, "sven"):
                    keep_directory.trust(office, person, signed.data, signed.fingerprint)


@cache
def _new_world(mode: Mode) -> SmallWorld:
    world = SmallWorld({node: _found(node, mode, mode) for node in ROLES})
    _introduce(world)
    return world


def new_world(mode: Mode = Mode.EXERCISE) -> SmallWorld:
    """Four nodes that trust each other and have done nothing yet."""
    return _new_world(mode).copy()
