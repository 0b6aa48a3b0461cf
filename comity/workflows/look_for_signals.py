"""Oversight reads every signal over its own node's cases. Whoever looks is recorded; nothing else is changed.

Requests that came are read by the node that made them, those of this node under its own name: what a State asks of
others is looked at as closely as what it is asked.
"""

from dataclasses import dataclass

from comity.base.errors import Malformed
from comity.base.instants import Instant
from comity.cases import events as e
from comity.exchange import document
from comity.oversight.signals.asked import Asked, asked_of
from comity.oversight.signals.every import read_all, within_window
from comity.oversight.signals.signal import WINDOW_DAYS, Reading
from comity.workflows.access import PersonRole, permit_look
from comity.workflows.every_case import of_every_case
from comity.workflows.office import Office
from comity.workflows.record_access import record_access
from comity.workflows.signal_store import Question
from comity.workflows.stores import Transaction

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
    asked = within_window(_all_asked(office, now), now)
    with office.store.snapshot() as tx:
        questions = tuple(tx.signal_questions.all())
    return Seen(now.plus_days(-WINDOW_DAYS), now, len(asked), read_all(asked), questions)


def _all_asked(office: Office, now: Instant) -> list[Asked]:
    def asked(tx: Transaction, case_id: str) -> Asked | None:
        happened = [e.read(data) for data, _ in tx.cases.events(case_id)]
        return asked_of(case_id, office.node, happened, now, _key_of(tx, happened))

    return [one for one in of_every_case(office, asked) if one is not None]


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
