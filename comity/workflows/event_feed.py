"""What happened to the cases here, in the order of the log, by number: ids and kinds, never content.

A reader keeps one number, the first log entry it has not seen, and asks again from there: nothing is lost, nothing has
to be kept for it, and what it saw can be proved against the published log.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from comity.base.errors import Malformed
from comity.base.parsing import read_json
from comity.workflows.office import Office
from comity.workflows.record import LogBody
from comity.workflows.stores import Leaf, Transaction

SCANNED_MOST: Final = 2_000
"""Log entries looked at for one page; public statements and pads are among them."""
_AT_ONCE: Final = 256
_BODY_LIMIT: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of a case. `index`: of its log entry; `number`: from 1 within the case; `at`: POSIX seconds."""

    index: int
    case_id: str
    number: int
    kind: str
    at: int


@dataclass(frozen=True, slots=True)
class Page:
    """Events in order. `next`: from where to read on; `size`: of the log now; all was read when the two are equal."""

    events: tuple[Happened, ...]
    next: int
    size: int


def feed(office: Office, start: int, *, kinds: Collection[str] = (), most: int = 100) -> Page:
    """At most `most` events from log entry `start` on, of some kinds if they are named. Raises Malformed for a start
    that the log has not reached."""
    with office.store.transaction() as tx:
        return read_feed(tx, start, kinds=kinds, most=most)


def read_feed(tx: Transaction, start: int, *, kinds: Collection[str] = (), most: int = 100) -> Page:
    """As `feed`, in a transaction that is open."""
    size = tx.log.size()
    if not 0 <= start <= size:
        raise Malformed(
            f"the log has not reached entry {start}", where="after", hint="begin at 0, or where a page said 'next'"
        )
    found: list[Happened] = []
    at = start
    for leaf in _leaves(tx, start, min(size, start + SCANNED_MOST)):
        if len(found) == most:
            break
        at = leaf.index + 1
        if leaf.case_id:
            event = _happened(leaf)
            if not kinds or event.kind in kinds:
                found.append(event)
    return Page(tuple(found), at, size)


def _leaves(tx: Transaction, start: int, end: int) -> Iterator[Leaf]:
    for first in range(start, end, _AT_ONCE):
        yield from tx.log.leaves(first, min(end, first + _AT_ONCE))


def _happened(leaf: Leaf) -> Happened:
    body = read_json(leaf.body, LogBody, limit=_BODY_LIMIT, what="a stored log body")
    return Happened(leaf.index, leaf.case_id, leaf.event, body.event, body.at)
