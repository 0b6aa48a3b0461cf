"""A store in which nothing that grows with the cases is read while the writer is held."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Final, TypeVar, cast

from comity.workflows.shared_steps import do_alone
from comity.workflows.stores import Step, Store, Transaction

T = TypeVar("T")

LONG: Final = {
    "cases": {"ids", "page"},
    "contacts": {"by_peer"},
    "inbox": {"entered_since"},
    "log": {"statements"},
    "log_search": {"of_kinds", "count_kinds", "of_document"},
    "outbox": {"open_ids", "open_first", "open_by_peer", "rejected"},
    "pairs": {"exchanged"},
    "proofs": {"wanted", "owed"},
    "statistics": {"delivered", "entries"},
}
"""What walks through all cases, messages or entries: by store, the calls."""


class LongLooksApart:
    """In a transaction such a call fails; in a snapshot it is noted. `after`: run once, when the next snapshot has
    ended: what happens between a look and what is written by it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.seen: set[str] = set()
        self.after: Callable[[], object] | None = None

    def transaction(self) -> AbstractContextManager[Transaction]:
        return self._watched(self._store.transaction(), self._refuse)

    def share(self, step: Step[T]) -> T:
        return do_alone(self.transaction, step)

    @contextmanager
    def snapshot(self) -> Iterator[Transaction]:
        with self._watched(self._store.snapshot(), self.seen.add) as tx:
            yield tx
        after, self.after = self.after, None
        if after is not None:
            after()

    def scrub(self) -> None:
        self._store.scrub()

    @staticmethod
    def _refuse(name: str) -> None:
        raise AssertionError(f"{name} holds up whoever writes")

    @contextmanager
    def _watched(
        self, begun: AbstractContextManager[Transaction], told: Callable[[str], None]
    ) -> Iterator[Transaction]:
        with begun as tx:
            yield cast(Transaction, _Watched(tx, LONG, told))


class _Watched:
    """An object of whose calls some are told of. `calls`: their names, or by a part's name those of the part."""

    def __init__(self, inner: Any, calls: Any, told: Callable[[str], None], name: str = "") -> None:
        self._inner, self._calls, self._told, self._name = inner, calls, told, name

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name not in self._calls:
            return found
        if isinstance(self._calls, dict):
            return _Watched(found, self._calls[name], self._told, name)
        self._told(f"{self._name}.{name}")
        return found
