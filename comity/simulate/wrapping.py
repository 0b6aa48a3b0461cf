"""A node's store seen through something that changes, or listens to, a part of it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from comity.workflows.shared_steps import do_alone
from comity.workflows.stores import Step, Store, Transaction

T = TypeVar("T")


@dataclass
class StoreSeenThrough:
    """A store whose transactions are seen through `change`."""

    store: Store
    change: Callable[[Any], Transaction]

    def transaction(self) -> AbstractContextManager[Transaction]:
        return self._seen(self.store.transaction())

    def share(self, step: Step[T]) -> T:
        return do_alone(self.transaction, step)

    def snapshot(self) -> AbstractContextManager[Transaction]:
        return self._seen(self.store.snapshot())

    @contextmanager
    def _seen(self, begun: AbstractContextManager[Transaction]) -> Iterator[Transaction]:
        with begun as tx:
            yield self.change(tx)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)


class Instead:
    """An object with some of its parts replaced."""

    def __init__(self, inner: Any, **parts: Any) -> None:
        self._inner = inner
        self.__dict__.update(parts)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)
