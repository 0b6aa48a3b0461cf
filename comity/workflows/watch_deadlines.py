"""What has run out ends by itself: preservation whose last day is past and that nothing keeps open, and secrecy.

Only what the tables allow: a case held pending a decision on assistance (art. 42(8)) does not lapse by itself. Cases
are found by the day on which something of them runs out (`CaseStore.due_before`), some at a time: others write in
between.
"""

from typing import Final

from comity.base.errors import NotVerified
from comity.cases import events, machine
from comity.cases.case import Case
from comity.cases.deadlines import runs_out
from comity.workflows.office import Office
from comity.workflows.record import load, record
from comity.workflows.sound_alarm import sound_broken
from comity.workflows.stores import Transaction

AUTOMATIC = "automatic"
_AT_ONCE: Final = 64


def end_what_ran_out(office: Office) -> int:
    """Record the end of all preservation and secrecy whose last day is before today; how much ended."""
    ended, after = 0, ""
    while True:
        with office.store.transaction() as tx:
            found = tx.cases.due_before(office.clock.now().day, after, _AT_ONCE)
            ended += sum(_end_of(office, tx, case_id) for case_id in found)
        if not found:
            return ended
        after = found[-1]


def _end_of(office: Office, tx: Transaction, case_id: str) -> int:
    """One that cannot be read holds up no other."""
    try:
        case = load(tx, case_id)
    except NotVerified:
        sound_broken(tx, case_id, office.clock.now())
        return 0
    return _end(office, tx, case)


def _end(office: Office, tx: Transaction, case: Case) -> int:
    now, ended = office.clock.now(), 0
    until, secrecy = case.preserved_until, case.secrecy
    if until is not None and until < now.day and events.tag_of(events.Lapsed) in machine.allowed(case):
        case = record(office, tx, case, events.Lapsed(at=now.seconds, by=AUTOMATIC, due=until))
        ended += 1
    if secrecy is not None and not case.secrecy_ended and secrecy.has_passed(now.day):
        case = record(office, tx, case, events.SecrecyLapsed(at=now.seconds, by=AUTOMATIC, due=secrecy.until))
        ended += 1
    if not ended:  # it came from an earlier release, which entered no day
        tx.cases.enter(case.id, case.peer, case.their_case, runs_out(case))
    return ended
