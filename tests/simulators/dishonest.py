"""A dishonest authority: a node that keeps some things out of its own log or its own records, or lies about the time.

It runs the real program over a store that does as its operator likes; what it answers to others is signed all the same.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from msgspec import structs
from sqlalchemy import delete

from comity.adapters.sql.tables import case_event, inbox, log_entry
from comity.base.ids import NodeId
from comity.base.instants import Instant
from comity.workflows.shared_steps import do_alone
from comity.workflows.stores import Leaf, Step, Store, Transaction
from tests.simulators.world import SmallWorld

T = TypeVar("T")


class _Quiet:
    """The log's store, but steps of cases become entries that hide nothing."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def append(self, leaf: Leaf) -> None:
        hidden = structs.replace(leaf, case_id="", body=b"", body_salt=b"")
        self._inner.append(hidden if leaf.case_id else leaf)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class _QuietTransaction:
    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.log = _Quiet(inner.log)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


@dataclass(frozen=True)
class DroppingStore:
    """Does what a step asks, and keeps no record in the log that could be opened to it."""

    store: Store

    def transaction(self) -> AbstractContextManager[Transaction]:
        return self._quiet(self.store.transaction())

    def share(self, step: Step[T]) -> T:
        return do_alone(self.transaction, step)

    def snapshot(self) -> AbstractContextManager[Transaction]:
        return self._quiet(self.store.snapshot())

    @contextmanager
    def _quiet(self, begun: AbstractContextManager[Transaction]) -> Iterator[Transaction]:
        with begun as tx:
            yield cast(Transaction, _QuietTransaction(tx))

    def scrub(self) -> None:
        self.store.scrub()


def drops_from_its_log(world: SmallWorld, node: NodeId) -> None:
    """From now on the node logs no step of any case."""
    world.change(node, store=DroppingStore(world.nodes[node].office.store))


def sets_its_clock(world: SmallWorld, node: NodeId, at: Instant) -> None:
    """From now on the node says it is then."""
    world.nodes[node].clock.at = at


def denies(world: SmallWorld, node: NodeId, message_ids: Sequence[str]) -> None:
    """The node takes messages that came, and the cases they began, out of its records; its log it cannot change."""
    with world.nodes[node].database.engine.begin() as connection:
        gone = connection.execute(delete(inbox).where(inbox.c.id.in_(message_ids)).returning(inbox.c.case_id))
        cases = list(gone.scalars())
        connection.execute(delete(case_event).where(case_event.c.case_id.in_(cases)))


def leaves_out_of_its_log(world: SmallWorld, node: NodeId, start: int) -> None:
    """The node takes back its latest entries, published or not, as if they had never been."""
    office = world.nodes[node].office
    with office.store.transaction() as tx:
        tx.log.replace_from(start, ())
    with world.nodes[node].database.engine.begin() as connection:
        connection.execute(delete(log_entry).where(log_entry.c.idx >= start))
