"""Complaints, and what a person asks to be corrected or erased: taken here, passed to everybody who has the data and on
from there, answered by each, and each answer passed back.

Source: articles 24(2), 36(2); the deadline is policy. A provider is told of corrections and erasures alone, which
concern what it keeps; a complaint against an authority is not its affair. Whether a complaint is right, a person says.
"""

from collections.abc import Callable
from typing import Final

from comity.base.errors import Malformed, OutOfOrder
from comity.base.ids import NodeId, node_id, uuid7
from comity.base.instants import Instant
from comity.cases import events
from comity.cases.case import Case, Position
from comity.cases.complaints import Complaint
from comity.cases.remedies import KINDS, OUTCOMES
from comity.cases.rights import complaint_of
from comity.exchange import document as documents
from comity.exchange.message import ComplaintAnswerBody, ComplaintBody
from comity.workflows.access import permit
from comity.workflows.dispatch import AUTOMATIC, Letter, post
from comity.workflows.office import Office
from comity.workflows.record import load, record
from comity.workflows.require import require_reasons, require_text
from comity.workflows.stores import Transaction

ANSWER_DAYS: Final = 30
"""How long everybody who has the data has to answer: policy of this program."""
BY_MESSAGE: Final = "by a message of the case"


def take(office: Office, person: str, case_id: str, *, kind: str, text: str, reference: str) -> Case:
    """Record a complaint, and pass it on. kind: complaint, correction or erasure; reference: who keeps its file, and
    under which number. Whoever has the data and cannot be reached by a message is left for a person to tell."""
    role = permit(office, person, "complaint")
    if kind not in KINDS:
        raise Malformed(f"no kind of complaint is called {kind!r}", where="kind", hint=f"of: {', '.join(KINDS)}")
    said = require_text(text, "text", why="say what it is about")
    file = require_text(reference, "reference", why="say who keeps its file, and under which number")
    now = office.clock.now()
    complaint = str(uuid7(now, office.randomness.bytes(10)))
    event = events.ComplaintRecorded(
        at=now.seconds,
        by=person,
        complaint=complaint,
        kind=kind,
        text=said,
        reference=file,
        origin=office.node,
        due=now.plus_days(ANSWER_DAYS).day,
    )
    with office.store.transaction() as tx:
        case = record(office, tx, load(tx, case_id), event)
        return pass_on(office, tx, case, complaint, documents.Actor(person, role))


def pass_on(office: Office, tx: Transaction, case: Case, complaint: str, actor: documents.Actor = AUTOMATIC) -> Case:
    """Send a recorded complaint to each that has the data and has a line to us, but who it came from."""
    found = complaint_of(case, complaint)
    body = ComplaintBody(
        complaint=found.id,
        kind=found.kind,
        text=found.text,
        reference=found.reference,
        origin=found.origin,
        due=found.due,
    )
    for peer in recipients(case, found):
        if tx.channels.of_case(case.id, peer) is not None:
            letter = Letter(kind="complaint", body=body, actor=actor, peer=peer)
            case = post(office, tx, case, letter, _forwarded(office, actor.id, found.id, peer))
    return case


def _forwarded(
    office: Office, by: str, complaint: str, to: str, answer_of: str = ""
) -> Callable[[str, str], events.Event]:
    at = office.clock.now().seconds

    def event(message: str, digest: str) -> events.Event:
        return events.ComplaintForwarded(
            at=at,
            by=by,
            complaint=complaint,
            to=to,
            how=BY_MESSAGE,
            answer_of=answer_of,
            message=message,
            doc_sha256=digest,
        )

    return event


def recipients(case: Case, complaint: Complaint) -> tuple[str, ...]:
    """Who has the data of this case from us, or we from them, but who the complaint came from."""
    found = [case.peer] if case.request_message else []
    if case.position is Position.REQUESTED and case.provider and complaint.kind != "complaint":
        found.append(case.provider)
    found += case.passed_on
    return tuple(one for one in dict.fromkeys(found) if one != complaint.came_from)


def untold(case: Case, complaint: Complaint) -> tuple[str, ...]:
    """Who has the data and was not told: a person tells them, and records how."""
    return tuple(one for one in recipients(case, complaint) if one not in complaint.told)


def told(office: Office, person: str, case_id: str, *, complaint: str, to: str, how: str) -> Case:
    """Record that somebody who has the data and has no line to us in this case was told by another way."""
    permit(office, person, "complaint")
    way = require_text(how, "how", why="say how they were told, and when")
    now = office.clock.now()
    with office.store.transaction() as tx:
        case = load(tx, case_id)
        if node_id(to) not in untold(case, complaint_of(case, complaint)):
            raise OutOfOrder(f"{to} has none of the data from here, or was told", hint="see: comity case show")
        event = events.ComplaintForwarded(at=now.seconds, by=person, complaint=complaint, to=to, how=way)
        return record(office, tx, case, event)


def answer(
    office: Office, person: str, case_id: str, *, complaint: str, outcome: str, reasons: str, node: str = ""
) -> Case:
    """Say what was done here: done, in_part or refused, and why. It goes back to who passed the complaint on.

    node: one that was told by another way than a message, whose answer is recorded for it.
    """
    role = permit(office, person, "answer_complaint")
    if outcome not in OUTCOMES:
        raise Malformed(f"no outcome is called {outcome!r}", where="outcome", hint=f"of: {', '.join(OUTCOMES)}")
    why = require_reasons(reasons)
    now = office.clock.now()
    with office.store.transaction() as tx:
        case = load(tx, case_id)
        found = complaint_of(case, complaint)
        who = NodeId(node_id(node)) if node else office.node
        if who != office.node and (who not in found.told or tx.channels.of_case(case.id, who) is not None):
            raise OutOfOrder(f"{who} answers for itself, or was not told", hint="see: comity case show")
        event = events.ComplaintAnswered(
            at=now.seconds, by=person, complaint=complaint, node=who, outcome=outcome, text=why, role=role
        )
        case = record(office, tx, case, event)
        return _pass_back(office, tx, case, event, documents.Actor(person, role))


def complaint_came(office: Office, signed: documents.Signed, body: ComplaintBody) -> events.ComplaintRecorded:
    """The event of a complaint that came: due when its sender says, and no later than our own policy allows."""
    now = office.clock.now()
    latest = now.plus_days(ANSWER_DAYS).day
    return events.ComplaintRecorded(
        at=now.seconds,
        by=signed.document.from_,
        complaint=body.complaint,
        kind=body.kind,
        text=body.text,
        reference=body.reference,
        origin=body.origin,
        due=min(body.due, latest),
        message=signed.document.id,
    )


def answer_came(
    office: Office, case: Case, signed: documents.Signed, body: ComplaintAnswerBody
) -> events.ComplaintAnswered:
    """The event of an answer that came. Raises OutOfOrder where the sender was never told of the complaint."""
    if signed.document.from_ not in complaint_of(case, body.complaint).told:
        raise OutOfOrder("this complaint was not passed to who answers it", hint="see the case")
    return events.ComplaintAnswered(
        at=office.clock.now().seconds,
        by=signed.document.from_,
        complaint=body.complaint,
        node=body.node,
        outcome=body.outcome,
        text=body.text,
        role=body.role,
        message=signed.document.id,
    )


def pass_back(office: Office, tx: Transaction, case: Case, event: events.ComplaintAnswered) -> Case:
    """Pass an answer that came on to who passed the complaint to us."""
    return _pass_back(office, tx, case, event, AUTOMATIC)


def _pass_back(
    office: Office, tx: Transaction, case: Case, event: events.ComplaintAnswered, actor: documents.Actor
) -> Case:
    came_from = complaint_of(case, event.complaint).came_from
    if not came_from:
        return case
    body = ComplaintAnswerBody(
        complaint=event.complaint, node=event.node, outcome=event.outcome, text=event.text, role=event.role
    )
    letter = Letter(kind="complaint.answer", body=body, actor=actor, peer=came_from)
    return post(office, tx, case, letter, _forwarded(office, actor.id, event.complaint, came_from, event.node))


def overdue(case: Case, now: Instant) -> tuple[Complaint, ...]:
    """The complaints whose day has passed and which somebody has not answered."""
    return tuple(one for one in case.complaints if one.due < now.day and (one.unanswered or not one.is_answered))
