"""Something read of every case there is: some cases at a time, so that no picture of the database is held for as long
as all of them take."""

from collections.abc import Callable, Iterator, Sequence
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


def of_cases(office: Office, case_ids: Sequence[str], read: Callable[[Transaction, str], T]) -> Iterator[T]:
    """The same of some cases, in their order."""
    for first in range(0, len(case_ids), _AT_ONCE):
        with office.store.snapshot() as tx:
            found = [read(tx, case_id) for case_id in case_ids[first : first + _AT_ONCE]]
        yield from found
