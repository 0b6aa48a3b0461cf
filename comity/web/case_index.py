"""Every case as it stands, for lists: folded and held against the rules once, and again only where it has to be.

The log's growth names the cases that changed, and says whether one was erased; where it does not continue what was
read, another database stands in its place, and everything is read anew (`log_growth`). What the rules say may change
with the day, so each open case is held against them for each day: the next day's is prepared while this one lasts.

Reading 10,000 cases takes seconds, and a visit must not: it reads the newest few hundred itself, a thread the rest, and
until that is done a list says how many are still to come. What a list shows is never older than its visit.
"""

import logging
import threading
from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final

from comity.base.digests import Digest
from comity.base.errors import ComityError
from comity.base.ids import CaseId
from comity.base.instants import Instant
from comity.cases.case import Case
from comity.docket.standing import Order, Standing, standing_of
from comity.treaty.assess import Assessment
from comity.workflows import read_cases
from comity.workflows.office import Office
from comity.workflows.stores import TreeHead

VISIT_READS: Final = 300
"""How many cases one visit reads by itself: about a sixth of a second."""
_PEOPLE_MOST: Final = 200
_CHUNK: Final = 10
_REST_SECONDS: Final = 0.002
"""What the thread reads at a time, and how it leaves room for visits between."""
_NOTHING: Final = TreeHead(0, Digest(bytes(32)))
_logger = logging.getLogger("comity.web")


@dataclass(frozen=True, slots=True)
class _At:
    """A clock that stands: for what the rules will say on another day."""

    moment: Instant

    def now(self) -> Instant:
        return self.moment


@dataclass(frozen=True, slots=True)
class Listed:
    """All cases read so far, in the order of a list, and what waits for one person: the step, by case."""

    standings: tuple[Standing, ...]
    mine: Mapping[str, str]
    unread: int
    open: int
    mark: str


@dataclass(slots=True)
class CaseIndex:
    """The cases of one node. `_head`: how much of the log has been looked at; `_gone`: cases that were erased."""

    office: Office
    visit_reads: int = VISIT_READS
    _head: TreeHead = _NOTHING
    _day: date = date.min
    _cases: dict[str, Case] = field(default_factory=dict)
    _standing: dict[str, Standing] = field(default_factory=dict)
    _order: list[Order] = field(default_factory=list)
    _listed: tuple[Standing, ...] | None = None
    _open: int = 0
    _ahead: dict[str, Standing] = field(default_factory=dict)
    _gone: set[str] = field(default_factory=set)
    _unread: list[str] = field(default_factory=list)
    _reading: set[str] = field(default_factory=set)
    _mine: dict[tuple[str, frozenset[str]], dict[str, str]] = field(default_factory=dict)
    _keeper: threading.Thread | None = None
    _rest: threading.Event = field(default_factory=threading.Event)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def begin(self) -> None:
        """Look which cases there are, read the newest, and go on reading beside where they are many."""
        with self._changed:
            self._look()
        self._read(self.visit_reads)
        with self._changed:
            self._keep()

    def all(self) -> tuple[Case, ...]:
        """Every case, oldest first; takes as long as reading them all does."""
        with self._changed:
            self._look()
        while self._read(self.visit_reads):
            pass
        with self._changed:
            self._changed.wait_for(lambda: not self._reading)
            return tuple(self._cases[key] for key in sorted(self._cases))

    def listed(self, person: str, roles: frozenset[str]) -> Listed:
        """What a list shows to one person now."""
        with self._changed:
            self._look()
        self._read(self.visit_reads)
        with self._changed:
            self._keep()
            unread = len(self._unread) + len(self._reading)
            if self._listed is None:
                self._listed = tuple(self._standing[order[-1]] for order in self._order)
            mark = f"{self._head.size}.{self._day.toordinal()}.{unread}"
            return Listed(self._listed, self._mine_of(person, roles), unread, self._open, mark)

    def standing(self, case: Case) -> Standing:
        """Where a case that was read stands today; worked out anew where the index has not got it so."""
        today = self.office.clock.now().day
        with self._changed:
            kept = self._standing.get(case.id)
            if kept is not None and kept.case.head == case.head and self._day == today:
                return kept
        return standing_of(self.office, case, today)

    def findings(self, case: Case, _today: date) -> Assessment | None:
        """What the rules have against a case that goes on: what stops it, and what a person must decide."""
        return self.standing(case).found

    # Everything below is called with the lock held, except _read, _prepare and what they call.

    def _look(self) -> None:
        """What happened since the last look: cases that changed, a new day, another database."""
        today = self.office.clock.now().day
        changed = read_cases.changed_since(self.office, self._head)
        if changed is None:
            self._forget()
            self._head, self._unread = read_cases.there_are(self.office)
        else:
            for case in changed.cases:
                self._put(standing_of(self.office, case, today))
            if changed.there is not None:
                self._drop_all_but(changed.there)
            self._head = changed.head
        if today != self._day:
            self._begin_day(today)

    def _forget(self) -> None:
        for held in (self._cases, self._standing, self._order, self._ahead, self._mine, self._gone):
            held.clear()
        self._listed, self._open = None, 0

    def _drop_all_but(self, there: frozenset[str]) -> None:
        """Nothing of an erased case stays in memory, though a thread may still be at it."""
        self._gone |= (self._cases.keys() | {*self._unread} | self._reading) - there
        self._unread = [key for key in self._unread if key in there]
        for key in self._cases.keys() - there:
            del self._cases[key]
            self._ahead.pop(key, None)
            old = self._standing.pop(key, None)
            if old is not None:
                del self._order[bisect_left(self._order, old.order)]
                self._open -= not old.closed
            for mine in self._mine.values():
                mine.pop(key, None)
        self._listed = None

    def _begin_day(self, today: date) -> None:
        """Take what was prepared for the day; what was not is to be held against the rules again."""
        prepared = self._ahead if self._day + timedelta(1) == today and self._day != date.min else {}
        before, self._day = dict(self._standing), today
        self._standing.clear()
        self._order.clear()
        self._mine.clear()
        self._ahead, self._listed, self._open = {}, None, 0
        for key, old in before.items():
            ready = prepared.get(key)
            if ready is not None and ready.case.head == old.case.head:
                self._put(ready)
            elif old.closed:
                self._put(standing_of(self.office, old.case, today))
            else:
                self._unread.append(key)
        self._unread.sort()

    def _put(self, new: Standing) -> None:
        """Let a case stand so, unless more is known of it by now."""
        key, old = new.case.id, self._standing.get(new.case.id)
        if key in self._gone:
            return
        if old is not None:
            if old.case.events > new.case.events:
                return
            del self._order[bisect_left(self._order, old.order)]
            self._open -= not old.closed
        self._cases[key] = new.case
        self._standing[key] = new
        self._open += not new.closed
        insort(self._order, new.order)
        self._listed = None
        self._ahead.pop(key, None)
        for (person, roles), mine in self._mine.items():
            _note(mine, new, person, roles)

    def _mine_of(self, person: str, roles: frozenset[str]) -> Mapping[str, str]:
        mine = self._mine.get((person, roles))
        if mine is None:
            if len(self._mine) >= _PEOPLE_MOST:
                self._mine.pop(next(iter(self._mine)))
            mine = self._mine[person, roles] = {}
            for one in self._standing.values():
                _note(mine, one, person, roles)
        return mine

    def _keep(self) -> None:
        """Have a thread read on, and prepare the next day, where there is more than visits do by the way."""
        is_at_work = self._keeper is not None and self._keeper.is_alive()
        lacking = len(self._unread) + (self._open - len(self._ahead) if self._open > self.visit_reads else 0)
        if not is_at_work and lacking > self.visit_reads:
            self._keeper = threading.Thread(target=self._read_on, name="comity-cases", daemon=True)
            self._keeper.start()

    def _read_on(self) -> None:
        try:
            while self._read(_CHUNK):
                self._rest.wait(_REST_SECONDS)
            self._prepare()
        except ComityError as error:  # a visit comes upon the same, and shows it
            _logger.error("the cases could not be read on: %s", error.code)

    def _read(self, most: int) -> int:
        """Read some cases that are still to be read, the newest first; how many."""
        with self._changed:
            keys = [self._unread.pop() for _ in range(min(most, len(self._unread)))]
            self._reading.update(keys)
            today = self._day
        done: list[Standing | None] = []  # None for one that was erased meanwhile
        try:
            read = read_cases.read_some(self.office, [key for key in keys if key not in self._cases])
            known = {case.id: case for case in read}
            for key in keys:
                case = self._cases.get(key) or known.get(CaseId(key))
                done.append(standing_of(self.office, case, today) if case is not None else None)
        finally:
            with self._changed:
                self._reading.difference_update(keys)
                left = keys
                if today == self._day:
                    for one in filter(None, done):
                        self._put(one)
                    left = keys[len(done) :]
                self._unread.extend(key for key in left if key not in self._gone)
                self._changed.notify_all()
        return len(keys)

    def _prepare(self) -> None:
        """Hold every open case against the rules of the next day."""
        with self._changed:
            day, waiting = self._day, [one for one in self._standing.values() if not one.closed]
        tomorrow = day + timedelta(1)
        office = replace(self.office, clock=_At(Instant.parse(f"{tomorrow}T00:00:00Z")))
        for one in waiting:
            ready = standing_of(office, one.case, tomorrow)
            with self._changed:
                if self._day != day:
                    return
                if one.case.id in self._standing:
                    self._ahead[one.case.id] = ready
            self._rest.wait(_REST_SECONDS)


def _note(mine: dict[str, str], one: Standing, person: str, roles: Iterable[str]) -> None:
    """Whether the person can take the case's next step: then it is theirs."""
    step = "" if one.closed else one.step_for(person, roles)
    if step:
        mine[one.case.id] = step
    else:
        mine.pop(one.case.id, None)
