"""What oversight sees of a node without asking anybody: metadata of every case, decisions, secrecy, complaints, people.

It changes nothing, and every look is recorded, oversight's own too (article 24(2); policy). Nothing of what a case is
about, or of what its evidence holds, is here.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from comity.cases import events as e
from comity.cases.case import Case
from comity.cases.complaints import Complaint
from comity.cases.deadlines import owes_notice
from comity.workflows.access import PersonRole, permit_look
from comity.workflows.every_case import of_every_case
from comity.workflows.office import Office
from comity.workflows.pass_complaints import overdue
from comity.workflows.people_record import PeopleChange, changes_in
from comity.workflows.reading_stores import Access
from comity.workflows.record import load
from comity.workflows.record_access import record_access
from comity.workflows.roles import roles_of
from comity.workflows.stores import Transaction

WHO: Final = frozenset({PersonRole.OVERSIGHT})
ACCESSES_MOST: Final = 200
TERMINAL: Final = "terminal"
"""The place of a look that was not at a page."""
_DECIDES: Final = ("reasons", "decision")
_NO_DECISIONS: Final = (e.Drafted, e.Received, e.OrderReceived)


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision as it was recorded: which case, when (POSIX seconds), by whom, its kind and its reasons."""

    case: str
    at: int
    by: str
    kind: str
    reasons: str


@dataclass(frozen=True, slots=True)
class Overview:
    """`owed`: cases whose secrecy has ended and whose person was not told; `late`: complaints past their day, by case;
    `alarm`: what is said of somebody who no longer oversees, '' where nothing is."""

    cases: tuple[Case, ...]
    decisions: tuple[Decision, ...]
    owed: tuple[Case, ...]
    late: tuple[tuple[str, Complaint], ...]
    accesses: tuple[Access, ...]
    people: tuple[PeopleChange, ...]
    alarms: tuple[tuple[str, str], ...]
    on: date


def look(office: Office, person: str, *, with_cases: bool = True) -> Overview:
    """Everything oversight sees; without what is read of the cases, where only the rest is asked for. Raises
    NotPermitted for anybody else. The look is in the record when this returns."""
    permit_look(office, person, WHO, "oversee this node")
    now = office.clock.now()
    with office.store.transaction() as tx:
        record_access(office, tx, person, "read", "", TERMINAL)
    found = list(of_every_case(office, _case_and_decisions)) if with_cases else []
    cases = [case for case, _ in found]
    with office.store.snapshot() as tx:
        return Overview(
            cases=tuple(cases),
            decisions=tuple(sorted((one for _, some in found for one in some), key=lambda one: one.at, reverse=True)),
            owed=tuple(case for case in cases if case.secrecy_ended and owes_notice(case)),
            late=tuple((case.id, one) for case in cases for one in overdue(case, now)),
            accesses=tuple(tx.accesses.latest(ACCESSES_MOST)),
            people=changes_in(tx),
            alarms=tuple((one.kind, one.what) for one in tx.alarms.all()),
            on=now.day,
        )


def _case_and_decisions(tx: Transaction, case_id: str) -> tuple[Case, list[Decision]]:
    decisions = [
        Decision(case_id, event.at, event.by, e.tag_of(event), getattr(event, "reasons", ""))
        for event in (e.read(data) for data, _ in tx.cases.events(case_id))
        if not isinstance(event, _NO_DECISIONS) and any(hasattr(event, name) for name in _DECIDES)
    ]
    return load(tx, case_id), decisions


def note_look(office: Office, person: str, case_id: str) -> None:
    """Record that somebody who oversees looked at one case at a terminal; that of others there is not recorded."""
    if PersonRole.OVERSIGHT in (roles_of(office, person) or frozenset()):
        with office.store.transaction() as tx:
            record_access(office, tx, person, "read", case_id, TERMINAL)
