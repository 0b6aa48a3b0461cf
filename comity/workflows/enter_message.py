"""What a message that was checked means for its case: one event, in the transaction of its receipt.

A message of a new channel begins a case; any other belongs to the case of its channel. Two answers go out by
themselves, because nobody has to decide anything for them: a question for what a request lacks (`enter_request`), and
the word that data are preserved, passed on to the State that asked.
"""

from typing import Final

from comity.base.ids import NodeId, state_of
from comity.cases import events
from comity.cases.case import Case, Position
from comity.exchange import document as documents
from comity.exchange.directory import Entity
from comity.exchange.envelope import Envelope
from comity.exchange.message import (
    AcceptBody,
    Body,
    ComplaintAnswerBody,
    ComplaintBody,
    DestroyBody,
    EmergencyNoticeBody,
    OrderBody,
    PreservedBody,
    ReleaseBody,
    RequestBody,
    Role,
)
from comity.exchange.problems import ExchangeProblem
from comity.workflows import pass_complaints
from comity.workflows.arrived import Arrived
from comity.workflows.dispatch import AUTOMATIC, Letter, post
from comity.workflows.enter_notice import enter_notice
from comity.workflows.enter_request import begin_request, mend_request
from comity.workflows.message_events import event_of
from comity.workflows.office import Office
from comity.workflows.preserve_meanwhile import is_ours_alone, tell_preserved
from comity.workflows.receive_evidence import arrival_of, enter_acceptance, enter_custody, enter_destruction
from comity.workflows.record import load
from comity.workflows.speakers import check_speaker
from comity.workflows.stores import Channel, Transaction

_PROCEDURE_OF_KIND: Final = {
    "request.preserve": "preservation",
    "request.produce": "stored_data",
    "order.preserve": "preservation",
    "order.produce": "stored_data",
}


def enter(
    office: Office,
    tx: Transaction,
    signed: documents.Signed,
    sender: Entity,
    envelope: Envelope,
    body: Body,
    channel: Channel | None,
) -> str:
    """The id of the case the message now belongs to, '' for a notice; its channel has come on by it. channel: as it
    stands, None before its first message. Raises OutOfOrder, ExchangeProblem, or what the rules raise."""
    message = Arrived(office, tx, signed, sender, envelope)
    if isinstance(body, EmergencyNoticeBody):
        enter_notice(office, tx, signed, sender, envelope, body)
        case_id = ""
    elif channel is None:
        return _enter_first(message, body).id
    else:
        case = load(tx, channel.case_id)
        check_speaker(case, signed.document)
        case_id = _enter_next(message, case, body).id
    tx.channels.set_received(signed.document.channel, message.end)
    return case_id


def _enter_first(message: Arrived, body: Body) -> Case:
    match body:
        case RequestBody():
            return begin_request(message, body, _PROCEDURE_OF_KIND[message.document.kind])
        case OrderBody():
            return _begin_order(message, body)
        case _:
            raise ExchangeProblem("out-of-state", f"{message.document.kind} belongs to a case that is not known here")


def _begin_order(message: Arrived, body: OrderBody) -> Case:
    office, document = message.office, message.document
    if office.role is not Role.PROVIDER or state_of(NodeId(document.from_)) != office.state:
        raise ExchangeProblem("not-allowed", "a provider takes orders from the authority of its own State only")
    return message.begin(_order_of(message, body))


def _order_of(message: Arrived, body: OrderBody) -> events.OrderReceived:
    document = message.document
    return events.OrderReceived(
        at=message.at,
        by=document.from_,
        mode=document.mode,
        procedure=_PROCEDURE_OF_KIND[document.kind],
        peer=document.from_,
        their_case=document.case,
        message=document.id,
        doc_sha256=str(message.signed.digest),
        measure=body.measure,
        data=body.data,
        identifiers=body.identifiers,
        since=body.since,
        until=body.until,
        secret_until=body.secret_until,
        recipients=body.recipients,
    )


def _enter_next(message: Arrived, case: Case, body: Body) -> Case:
    at, by, document_id = message.at, message.document.from_, message.document.id
    event: events.Event
    match body:
        case RequestBody():
            return mend_request(message, case, body)
        case OrderBody():
            event = _order_of(message, body)
            if event.procedure != case.procedure:
                raise ExchangeProblem("out-of-state", "this case is about another measure")
        case PreservedBody():
            return _enter_preserved(message, case, body)
        case ReleaseBody():
            enter_custody(message.tx, body)
            event = arrival_of(message.signed, body, at)
        case DestroyBody():
            event = enter_destruction(message.tx, message.signed, body, at)
        case ComplaintBody():
            came = pass_complaints.complaint_came(message.office, message.signed, body)
            return pass_complaints.pass_on(message.office, message.tx, message.record(case, came), body.complaint)
        case ComplaintAnswerBody():
            said = pass_complaints.answer_came(message.office, case, message.signed, body)
            return pass_complaints.pass_back(message.office, message.tx, message.record(case, said), said)
        case AcceptBody():
            enter_acceptance(message.tx, body, by)
            event = events.EvidenceAccepted(at=at, by=by, package=body.package, holder=by, message=document_id)
        case _:
            event = event_of(message.signed, body, at)
    return message.record(case, event)


def _enter_preserved(message: Arrived, case: Case, body: PreservedBody) -> Case:
    """Preservation is confirmed. The provider's word is passed on to the State that asked for it."""
    document = message.document
    event = events.Preserved(
        at=message.at,
        by=document.from_,
        since=body.since,
        until=body.until,
        custodian=body.custodian,
        message=document.id,
    )
    case = message.record(case, event)
    if case.position is not Position.REQUESTED:
        return case
    passed_on = PreservedBody(since=body.since, until=body.until)
    if is_ours_alone(message.tx, case):
        tell_preserved(message.office, message.tx, case, passed_on)
        return case
    letter = Letter(kind="preserved", body=passed_on, actor=AUTOMATIC, peer=case.peer)
    at = message.at
    return post(
        message.office,
        message.tx,
        case,
        letter,
        lambda sent, digest: events.Answered(at=at, by=AUTOMATIC.id, kind="preserved", message=sent, doc_sha256=digest),
    )
