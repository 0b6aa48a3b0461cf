"""What has run out lapses: preservation whose last day is past, and that nothing keeps open.

Only what the tables allow: a case held pending a decision on assistance (art. 42(8)) does not lapse by itself.
"""

from comity.cases import events, machine
from comity.workflows.office import Office
from comity.workflows.record import load, record

AUTOMATIC = "automatic"


def lapse(office: Office) -> int:
    """Record the end of every preservation whose last day is before today; how many."""
    now = office.clock.now()
    lapsed = 0
    with office.store.transaction() as tx:
        for case_id in tx.cases.ids():
            case = load(tx, case_id)
            until = case.preserved_until
            if until is not None and until < now.day and events.tag_of(events.Lapsed) in machine.allowed(case):
                record(office, tx, case, events.Lapsed(at=now.seconds, by=AUTOMATIC, due=until))
                lapsed += 1
    return lapsed


def end_secrecy(office: Office) -> int:
    """Record the end of all secrecy whose last day is before today, whatever the case stands at; how much."""
    now = office.clock.now()
    ended = 0
    with office.store.transaction() as tx:
        for case_id in tx.cases.ids():
            case = load(tx, case_id)
            secrecy = case.secrecy
            if secrecy is not None and not case.secrecy_ended and secrecy.has_passed(now.day):
                record(office, tx, case, events.SecrecyLapsed(at=now.seconds, by=AUTOMATIC, due=secrecy.until))
                ended += 1
    return ended
