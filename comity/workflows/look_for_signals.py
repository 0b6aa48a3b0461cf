"""Oversight reads every signal over its own node's cases. Whoever looks is recorded; nothing else is changed.

Requests that came are read by the node that made them, those of this node under its own name: what a State asks of
others is looked at as closely as what it is asked.
"""

from dataclasses import dataclass

from comity.base.instants import Instant
from comity.oversight.signals.signal import WINDOW_DAYS, Reading
from comity.workflows.access import PersonRole, permit_look
from comity.workflows.known_requests import known_requests
from comity.workflows.office import Office
from comity.workflows.record_access import record_access
from comity.workflows.signal_store import Question

ACTION = "look for signals"
PLACE = "signals"
"""What the record of who looked says for a look at a terminal."""


@dataclass(frozen=True, slots=True)
class Seen:
    """`since`, `until`: the window; `requests`: how many were read; `readings`: every signal for every requester;
    `questions`: that were ever asked, newest first."""

    since: Instant
    until: Instant
    requests: int
    readings: tuple[Reading, ...]
    questions: tuple[Question, ...]

    @property
    def standing_out(self) -> tuple[Reading, ...]:
        return tuple(one for one in self.readings if one.fires)


def look(office: Office, person: str, page: str = PLACE) -> Seen:
    """What the signals say today. Raises NotPermitted for anybody but oversight."""
    permit_look(office, person, frozenset({PersonRole.OVERSIGHT}), ACTION)
    with office.store.transaction() as tx:
        record_access(office, tx, person, "read", "", page)
    return read(office)


def read(office: Office) -> Seen:
    """The same, for somebody who may and whose look is in the record."""
    now = office.clock.now()
    requests, readings = known_requests(office.store).read(office, now)
    with office.store.snapshot() as tx:
        questions = tuple(tx.signal_questions.all())
    return Seen(now.plus_days(-WINDOW_DAYS), now, requests, readings, questions)
