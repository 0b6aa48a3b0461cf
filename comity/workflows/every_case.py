"""Something read of every case there is: some cases at a time, so that no picture of the database is held for as long
as all of them take."""

from collections.abc import Callable, Iterator
from typing import Final, TypeVar

from comity.workflows.office import Office
from comity.workflows.stores import Transaction

_AT_ONCE: Final = 500
T = TypeVar("T")


def of_every_case(office: Office, read: Callable[[Transaction, str], T]) -> Iterator[T]:
    """What `read` finds of each case by its id, oldest first."""
    after, is_more = 0, True
    while is_more:
        with office.store.snapshot() as tx:
            cases = tx.cases.page(after, _AT_ONCE)
            found = [read(tx, case_id) for _, case_id in cases]
        yield from found
        is_more = len(cases) == _AT_ONCE
        after = cases[-1][0] if cases else after
