"""Secrecy that lasts longer by a later decision of somebody independent, or ends early; and the notice that follows.

Source: articles 24(2), 25(3) and 40(20). That the person concerned is told is policy: oversight alone agrees that no
notice is given.
"""

from datetime import date

from comity.base.errors import Malformed, OutOfOrder
from comity.base.ids import StateCode
from comity.cases import events, machine
from comity.cases.case import Case, Position
from comity.cases.deadlines import owes_notice
from comity.exchange import document as documents
from comity.exchange.message import SecrecyBody
from comity.treaty import acts
from comity.treaty.conduct import assess_act
from comity.treaty.declarations import declarations_of
from comity.workflows.access import permit
from comity.workflows.assess_request import require_no_stop
from comity.workflows.dispatch import Letter, post
from comity.workflows.office import Office
from comity.workflows.record import load, record
from comity.workflows.require import require_position, require_reasons, require_text
from comity.workflows.stores import Transaction

_STATES = (Position.REQUESTING, Position.REQUESTED)


def extend(office: Office, person: str, case_id: str, *, until: date, reasons: str) -> Case:
    """Keep the case secret until a later day. Whoever must keep it is told: the requested State, or the provider.

    Raises NotPermitted for somebody who had a part in the request, RefusedByRule beyond what a State's policy allows.
    """
    role = permit(office, person, "extend_secrecy")
    why = require_reasons(reasons)
    now = office.clock.now()
    if until <= now.day:
        raise Malformed("the day has passed", where="until", hint="name a day after today")
    with office.store.transaction() as tx:
        case = require_position(load(tx, case_id), *_STATES)
        if case.secrecy is not None and case.secrecy.has_passed(now.day):
            raise OutOfOrder(f"secrecy ended by itself on {case.secrecy.until}", hint="the person concerned is told")
        if case.request is not None:
            act = acts.Secrecy(start=now.day, end=until, reasons=why)
            requesting = declarations_of(StateCode(case.request.requesting))
            requested = declarations_of(StateCode(case.request.requested))
            found = assess_act(act, on=now.day, requesting=requesting, requested=requested, request=case.request)
            require_no_stop(found)
        event = events.SecrecyExtended(at=now.seconds, by=person, until=until, reasons=why, role=role)
        return _tell(office, tx, case, event, SecrecyBody(reasons=why, role=role, until=until))


def end(office: Office, person: str, case_id: str, *, reasons: str) -> Case:
    """End secrecy before its day: a notice falls due now."""
    role = permit(office, person, "end_secrecy")
    why = require_reasons(reasons)
    now = office.clock.now()
    with office.store.transaction() as tx:
        case = require_position(load(tx, case_id), *_STATES)
        event = events.SecrecyEnded(at=now.seconds, by=person, reasons=why, role=role)
        return _tell(office, tx, case, event, SecrecyBody(reasons=why, role=role))


def _tell(
    office: Office,
    tx: Transaction,
    case: Case,
    event: events.SecrecyExtended | events.SecrecyEnded,
    body: SecrecyBody,
) -> Case:
    """Record it; whoever keeps the secret for us is told. A case that has ended for them is theirs no longer."""
    keeper = case.provider if case.position is Position.REQUESTED else case.peer if case.request_message else ""
    if not keeper or machine.has_ended(case):
        return record(office, tx, case, event)
    letter = Letter(kind="secrecy", body=body, actor=documents.Actor(event.by, event.role), peer=keeper)

    def told(message: str, _digest: str) -> events.Event:
        if isinstance(event, events.SecrecyExtended):
            return events.SecrecyExtended(
                at=event.at, by=event.by, until=event.until, reasons=event.reasons, role=event.role, message=message
            )
        return events.SecrecyEnded(at=event.at, by=event.by, reasons=event.reasons, role=event.role, message=message)

    return post(office, tx, case, letter, told)


def give_notice(office: Office, person: str, case_id: str, *, to: str, how: str, on: date | None = None) -> Case:
    """Record that the person concerned was told: who, how, and on which day, today if not given.

    Raises OutOfOrder while secrecy lasts.
    """
    role = permit(office, person, "notify")
    whom = require_text(to, "to", why="say who was told")
    means = require_text(how, "how", why="say how they were told")
    now = office.clock.now()
    day = on or now.day
    if day > now.day:
        raise Malformed("a notice is recorded once it was given", where="on", hint="name today or a day before")
    with office.store.transaction() as tx:
        case = _owing(tx, case_id)
        if case.secret_until is not None and day <= case.secret_until and not case.secrecy_ended:
            raise OutOfOrder(f"the case is secret until {case.secret_until}", hint="end secrecy first, with reasons")
        event = events.NoticeGiven(at=now.seconds, by=person, to=whom, how=means, on=day, role=role)
        return record(office, tx, case, event)


def withhold_notice(office: Office, person: str, case_id: str, *, reasons: str) -> Case:
    """Propose that no notice be given. It stays due until oversight agrees."""
    role = permit(office, person, "withhold_notice")
    why = require_reasons(reasons)
    now = office.clock.now()
    with office.store.transaction() as tx:
        event = events.NoticeWithheld(at=now.seconds, by=person, reasons=why, role=role)
        return record(office, tx, _owing(tx, case_id), event)


def waive_notice(office: Office, person: str, case_id: str, *, reasons: str) -> Case:
    """As oversight: agree that no notice is given, where somebody else has proposed it."""
    role = permit(office, person, "waive_notice")
    why = require_reasons(reasons)
    now = office.clock.now()
    with office.store.transaction() as tx:
        event = events.NoticeWaived(at=now.seconds, by=person, reasons=why, role=role)
        return record(office, tx, _owing(tx, case_id), event)


def _owing(tx: Transaction, case_id: str) -> Case:
    case = require_position(load(tx, case_id), *_STATES)
    if not owes_notice(case):
        raise OutOfOrder("no notice is owed in this case", hint="see: comity case show")
    return case
