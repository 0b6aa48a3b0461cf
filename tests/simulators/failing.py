"""A store that fails: at its n-th call, after the call did its work, as a disk that is full by then."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Final, TypeVar, cast

from comity.base.errors import Unavailable
from comity.base.ids import NodeId
from comity.workflows.shared_steps import do_alone
from comity.workflows.stores import Step, Store, Transaction
from tests.simulators.world import SmallWorld

T = TypeVar("T")

STORES: Final = (
    "cases",
    "channels",
    "outbox",
    "inbox",
    "receipts",
    "log",
    "witness",
    "directory",
    "custody",
    "people",
    "sessions",
    "alarms",
    "log_signers",
    "seen",
    "proofs",
    "pairs",
    "erasures",
    "parts_come",
    "transfers",
    "credits",
    "suspensions",
    "directories_seen",
    "emergencies",
    "resume",
)


class FailingStore:
    """Calls of all stores are counted together, from 1; the one numbered `at` raises. 0: none does."""

    def __init__(self, store: Store, at: int) -> None:
        self._store, self._at = store, at
        self.calls = 0

    def transaction(self) -> AbstractContextManager[Transaction]:
        return self._failing(self._store.transaction())

    def share(self, step: Step[T]) -> T:
        return do_alone(self.transaction, step)

    def snapshot(self) -> AbstractContextManager[Transaction]:
        return self._failing(self._store.snapshot())

    @contextmanager
    def _failing(self, begun: AbstractContextManager[Transaction]) -> Iterator[Transaction]:
        with begun as tx:
            yield cast(Transaction, _FailingTransaction(tx, self._tick))

    def _tick(self) -> None:
        self.calls += 1
        if self.calls == self._at:
            raise Unavailable("the disk is full")


class _FailingTransaction:
    def __init__(self, tx: Transaction, tick: Callable[[], None]) -> None:
        for name in STORES:
            setattr(self, name, _FailingCalls(getattr(tx, name), tick))
        self.ahead, self.known_cases = tx.ahead, tx.known_cases


class _FailingCalls:
    def __init__(self, inner: Any, tick: Callable[[], None]) -> None:
        self._inner, self._tick = inner, tick

    def __getattr__(self, name: str) -> Callable[..., Any]:
        call = getattr(self._inner, name)

        def counted(*args: Any, **named: Any) -> Any:
            found = call(*args, **named)
            self._tick()
            return found

        return counted


def fail_at_every_call(
    world: SmallWorld, node: NodeId, act: Callable[[], object], *, but: frozenset[str] = frozenset()
) -> int:
    """Try `act` with a failure at the first call, the second, and so on until it succeeds; how many tries failed.

    After each failure the whole database of the node must be as it was. but: tables that say what lies on the disk.
    """
    store = world.nodes[node].office.store
    before = _rows(world, node, but)
    for at in range(1, 500):
        world.change(node, store=FailingStore(store, at))
        try:
            act()
        except Unavailable:
            assert _rows(world, node, but) == before, f"something stayed after a failure at call {at}"
        else:
            return at - 1
        finally:
            world.change(node, store=store)
    raise AssertionError("it never succeeded")


def _rows(world: SmallWorld, node: NodeId, but: frozenset[str]) -> dict[str, list[dict[str, Any]]]:
    return {name: rows for name, rows in world.nodes[node].dump().items() if name not in but}
