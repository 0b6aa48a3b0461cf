"""The requests of one database as the signals look at them, kept in this process, so that a second look reads only what
changed since the first (`log_growth`). Of another database that stands in its place everything is read, as after a
restart. What was made before the window is not kept.
"""

import threading
from collections.abc import Iterable
from typing import Final
from weakref import WeakKeyDictionary

from comity.base.digests import Digest
from comity.base.errors import Malformed
from comity.base.instants import Instant
from comity.cases import events as e
from comity.exchange import document
from comity.oversight.signals.asked import Asked, asked_of
from comity.oversight.signals.every import read_all, window_begins
from comity.oversight.signals.repeats import Repeats
from comity.oversight.signals.signal import Reading
from comity.workflows.every_case import of_cases, of_every_case
from comity.workflows.log_growth import growth_since, head_of
from comity.workflows.office import Office
from comity.workflows.stores import Store, Transaction, TreeHead

_OPEN: Final = "open"


class KnownRequests:
    """`_head`: how much of the log was looked at; `_at`: when that was; `_asked`: by case. Any number of threads may
    ask; the first of them reads, the others wait for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._begin()

    def _begin(self) -> None:
        self._head = TreeHead(0, Digest(bytes(32)))
        self._at = Instant.from_seconds(0)
        self._asked: dict[str, Asked] = {}
        self._repeats = Repeats()
        self._read: tuple[Asked, ...] = ()
        self._readings: tuple[Reading, ...] = ()

    def read(self, office: Office, now: Instant) -> tuple[int, tuple[Reading, ...]]:
        """How many requests the window has, and every signal for every requester, as at `now`."""
        with self._lock:
            self._look(office, now)
            asked = tuple(sorted(self._asked.values(), key=lambda one: (one.at, one.case)))
            if asked != self._read:  # a tuple finds those that are the same objects at once
                self._readings = read_all(asked, self._repeats)
                self._read = asked
            return len(asked), self._readings

    def _look(self, office: Office, now: Instant) -> None:
        """Read what changed since the last look. What is not done when this raises, the next one does."""

        def read(tx: Transaction, case_id: str) -> tuple[str, Asked | None]:
            return case_id, _asked(office, tx, case_id, now)

        with office.store.snapshot() as tx:
            head = head_of(tx)
            growth = growth_since(tx, self._head) if self._at <= now else None
        if growth is None:
            self._begin()
            self._put(of_every_case(office, read), now)
        else:
            changed = list(growth.cases)
            if growth.there is not None:
                changed += self._asked.keys() - growth.there
            if self._at.day != now.day:  # a review may be overdue by now
                changed += [one.case for one in self._asked.values() if one.emergency == _OPEN]
            self._put(of_cases(office, changed, read), now)
        self._drop_until(window_begins(now))
        self._head, self._at = head, now

    def _put(self, found: Iterable[tuple[str, Asked | None]], now: Instant) -> None:
        since = window_begins(now)
        for case_id, one in found:
            if one is not None and since < one.at:
                self._asked[case_id] = one
                self._repeats.put(one)
            elif self._asked.pop(case_id, None) is not None:
                self._repeats.drop(case_id)

    def _drop_until(self, at: int) -> None:
        for case_id in [case_id for case_id, one in self._asked.items() if one.at <= at]:
            del self._asked[case_id]
        self._repeats.drop_until(at)


_of: Final[WeakKeyDictionary[Store, KnownRequests]] = WeakKeyDictionary()


def known_requests(store: Store) -> KnownRequests:
    """Those of a database, one for each process."""
    return _of.setdefault(store, KnownRequests())


def _asked(office: Office, tx: Transaction, case_id: str, now: Instant) -> Asked | None:
    happened = [e.read(data) for data, _ in tx.cases.events(case_id)]
    return asked_of(case_id, office.node, happened, now, _key_of(tx, happened)) if happened else None


def _key_of(tx: Transaction, happened: list[e.Event]) -> str:
    """The id of the key that signed the request; '' where its document is gone."""
    begun = happened[0]
    sent = next((one for one in happened if isinstance(one, e.Sent)), None)
    token = b""
    if isinstance(begun, e.Received):
        came = tx.inbox.get(begun.peer, begun.message)
        token = came.document if came is not None else b""
    elif sent is not None:
        went = tx.outbox.get(sent.message)
        token = went.document if went is not None else b""
    if not token:
        return ""
    try:
        return document.kid_of(token)
    except Malformed:
        return ""
