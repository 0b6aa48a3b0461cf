"""The call-back: a call to the number of the directory, checked by a second person, before anything is disclosed.

1. Whoever calls reads the number here, which comes from the directory and never from the message.
2. They record whom they reached and what came of it, under their name.
3. Where it was confirmed, a second person checks the call: only then can help be granted or a provider be ordered.
4. Denied, it stays barred for good, the State's central authority is told, and a person decides what follows.
Preservation waits for none of it.
"""

from typing import Final

from comity.base.errors import Malformed, NotFound, OutOfOrder
from comity.base.ids import NodeId
from comity.cases import events
from comity.cases.case import Case, Position
from comity.cases.emergency import RESULTS, Emergency
from comity.exchange import document as documents
from comity.exchange.message import FollowUpBody
from comity.workflows.access import permit
from comity.workflows.dispatch import Letter, post
from comity.workflows.office import Office, directory
from comity.workflows.open_emergency import DENIED, settle, tell_central_authority
from comity.workflows.record import load, record
from comity.workflows.require import require_position, require_reasons, require_text
from comity.workflows.sound_alarm import sound_also
from comity.workflows.stores import Transaction

OUTCOMES: Final = ("confirmed", "unconfirmed")


def number_of(office: Office, case: Case) -> str:
    """Where the authority that asks is called: the directory's number of today. Raises NotFound where it has none."""
    with office.store.transaction() as tx:
        return _number(tx, case)


def number_to_call(office: Office, case: Case) -> str:
    """As `number_of`; '' where the directory has none, for a page that says so."""
    with office.store.transaction() as tx:
        return directory(tx).entity(NodeId(case.peer)).telephone


def _number(tx: Transaction, case: Case) -> str:
    number = directory(tx).entity(NodeId(case.peer)).telephone
    if not number:
        raise NotFound(
            f"the directory has no telephone number for {case.peer}",
            hint="ask that State to list one; never call a number that a message brought",
        )
    return number


def call_back(office: Office, person: str, case_id: str, *, result: str, reached: str, text: str) -> Case:
    """Record a call to the number of the directory. result: confirmed, denied or unreached; reached: the person and
    office that answered, not needed where nobody did.

    Raises NotFound where the directory has no number, OutOfOrder where no call is waited for.
    """
    role = permit(office, person, "call_back")
    if result not in RESULTS:
        raise Malformed(f"no call ends {result!r}", where="result", hint=f"one of: {', '.join(RESULTS)}")
    if result != "unreached":
        reached = require_text(reached, "reached", why="say who answered, by name and office")
    said = require_text(text, "text", why="say what you asked, and what you were told")
    now = office.clock.now()
    with office.store.transaction() as tx:
        case, _ = _received(load(tx, case_id))
        event = events.CalledBack(
            at=now.seconds,
            by=person,
            number=_number(tx, case),
            result=result,
            reached=reached.strip(),
            text=said,
            role=role,
        )
        case = record(office, tx, case, event)
        if result == "denied":
            case = _denied(office, tx, case)
        settle(tx, case)
        return case


def check_call(office: Office, person: str, case_id: str, *, confirmed: bool, reasons: str) -> Case:
    """A second person checks the call that confirmed an emergency. Raises NotPermitted for who made it."""
    role = permit(office, person, "check_call")
    why = require_reasons(reasons)
    now = office.clock.now()
    with office.store.transaction() as tx:
        case, _ = _received(load(tx, case_id))
        event = events.CallBackChecked(at=now.seconds, by=person, confirmed=confirmed, reasons=why, role=role)
        case = record(office, tx, case, event)
        if not confirmed:
            case = _denied(office, tx, case)
        settle(tx, case)
        return case


def _denied(office: Office, tx: Transaction, case: Case) -> Case:
    case = tell_central_authority(office, tx, case, "denied")
    settle(tx, case)
    sound_also(tx, DENIED, f"{case.peer}: a call-back did not confirm an emergency", office.clock.now())
    return case


def admit(office: Office, person: str, case_id: str, *, reasons: str) -> Case:
    """A named person lets an emergency go on in spite of what is held against it. The call-back is needed as before."""
    role = permit(office, person, "admit_emergency")
    why = require_reasons(reasons)
    now = office.clock.now()
    with office.store.transaction() as tx:
        case, found = _received(load(tx, case_id))
        if not found.awaits_decision:
            raise OutOfOrder("nothing is held against this emergency", hint="see: comity case show")
        case = record(office, tx, case, events.EmergencyAdmitted(at=now.seconds, by=person, reasons=why, role=role))
        settle(tx, case)
        return case


def follow_up(office: Office, person: str, case_id: str, *, text: str, formal: str = "") -> Case:
    """As the requesting authority: confirm in writing what was asked for at once (art. 40(14)). formal: our case with
    the full request, if there is one."""
    role = permit(office, person, "follow_up")
    said = require_text(text, "text", why="confirm the request, and say what came of the emergency")
    now = office.clock.now()
    with office.store.transaction() as tx:
        case = require_position(load(tx, case_id), Position.REQUESTING)
        if case.emergency is None:
            raise OutOfOrder("this case is no emergency that was sent", hint="see: comity case show")
        letter = Letter(
            kind="emergency.follow_up",
            body=FollowUpBody(text=said, formal=formal.strip()),
            actor=documents.Actor(person, role),
            peer=case.peer,
            priority=1,
        )
        return post(
            office,
            tx,
            case,
            letter,
            lambda message, _: events.EmergencyFollowedUp(
                at=now.seconds, by=person, text=said, formal=formal.strip(), message=message
            ),
        )


def review(office: Office, person: str, case_id: str, *, outcome: str, reasons: str) -> Case:
    """After the fact: whether the emergency was confirmed, by a formal request or in writing. Where it was not, nothing
    more is disclosed, the State's central authority is told, and the reasons say that the data are destroyed.

    On the requesting side it closes our own clock. Raises OutOfOrder for `confirmed` where nothing in writing came.
    """
    role = permit(office, person, "review_emergency")
    if outcome not in OUTCOMES:
        raise Malformed(f"no review ends {outcome!r}", where="outcome", hint=f"one of: {', '.join(OUTCOMES)}")
    why = require_reasons(reasons)
    now = office.clock.now()
    with office.store.transaction() as tx:
        case = require_position(load(tx, case_id), Position.REQUESTED, Position.REQUESTING)
        found = _emergency(case)
        if found.reviewed or found.denied:
            raise OutOfOrder("this emergency was reviewed, and the outcome stands", hint="see: comity case show")
        if outcome == "confirmed" and not found.followed_up:
            raise OutOfOrder(
                "nothing in writing confirms this emergency",
                hint="the requesting authority confirms it: comity case follow-up-emergency",
            )
        event = events.EmergencyReviewed(at=now.seconds, by=person, outcome=outcome, reasons=why, role=role)
        case = record(office, tx, case, event)
        if outcome == "unconfirmed" and case.position is Position.REQUESTED:
            case = tell_central_authority(office, tx, case, "unconfirmed")
        settle(tx, case)
        return case


def _received(case: Case) -> tuple[Case, Emergency]:
    return require_position(case, Position.REQUESTED), _emergency(case)


def _emergency(case: Case) -> Emergency:
    if case.emergency is None:
        raise OutOfOrder("this case is no emergency", hint="see: comity case show")
    return case.emergency
