"""What a message that was checked means for its case: one event, in the transaction of its receipt.

A message of a new channel begins a case; any other belongs to the case of its channel. Two answers go out by
themselves, because nobody has to decide anything for them: a request for what is missing (arts 40(16), 42(6)), and the
word that data are preserved, passed on to the State that asked.
"""

from dataclasses import dataclass
from typing import Final

from comity.base.ids import CaseId, NodeId, state_of, uuid7
from comity.cases import events
from comity.cases.case import Case, Position
from comity.exchange import document as documents
from comity.exchange.checks import ChannelEnd
from comity.exchange.directory import Entity
from comity.exchange.envelope import Envelope
from comity.exchange.message import (
    AcceptBody,
    AskBody,
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
from comity.treaty.assess import Assessment, Side
from comity.treaty.findings import Met
from comity.treaty.request import Request
from comity.treaty.urgency import lacking
from comity.workflows import pass_complaints
from comity.workflows.assess_request import assess_request
from comity.workflows.check_emergency import check_emergency
from comity.workflows.dispatch import Letter, post
from comity.workflows.draft_request import procedure_for
from comity.workflows.enter_notice import enter_notice
from comity.workflows.message_events import event_of
from comity.workflows.office import Office
from comity.workflows.open_emergency import open_emergency
from comity.workflows.preserve_meanwhile import is_ours_alone, tell_preserved
from comity.workflows.receive_evidence import arrival_of, enter_acceptance, enter_custody, enter_destruction
from comity.workflows.record import begin, load, record
from comity.workflows.speakers import check_speaker
from comity.workflows.stores import Channel, Transaction

_PROCEDURE_OF_KIND: Final = {
    "request.preserve": "preservation",
    "request.produce": "stored_data",
    "order.preserve": "preservation",
    "order.produce": "stored_data",
}
AUTOMATIC: Final = documents.Actor("automatic", "node")
"""Who acts where nobody had to decide: shown as such."""


@dataclass(frozen=True, slots=True)
class _Message:
    """A message and everything that came with it."""

    office: Office
    tx: Transaction
    signed: documents.Signed
    sender: Entity
    envelope: Envelope

    @property
    def document(self) -> documents.Document:
        return self.signed.document

    @property
    def at(self) -> int:
        return self.office.clock.now().seconds

    @property
    def end(self) -> ChannelEnd:
        """How far its channel has come with it."""
        return ChannelEnd(self.document.seq, str(self.envelope.digest))

    def record(self, case: Case, event: events.Event) -> Case:
        return record(self.office, self.tx, case, event, doc_sha256=str(self.signed.digest), envelope=self.envelope)


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
    message = _Message(office, tx, signed, sender, envelope)
    if isinstance(body, EmergencyNoticeBody):
        enter_notice(office, tx, signed, sender, envelope, body)
        case_id = ""
    elif channel is None:
        return _enter_first(message, body)
    else:
        case = load(tx, channel.case_id)
        check_speaker(case, signed.document)
        case_id = _enter_next(message, case, body).id
    tx.channels.set_received(signed.document.channel, message.end)
    return case_id


def _enter_first(message: _Message, body: Body) -> str:
    notes: tuple[str, ...] = ()
    assessment: Assessment | None = None
    match body:
        case RequestBody():
            notes = check_emergency(message.signed, message.sender, body, message.office.clock.now())
            _check_states(message, body.request)
            assessment = assess_request(message.office, body.request, Side.REQUESTED)
            case = _begin_request(message, body, assessment)
        case OrderBody():
            case = _begin_order(message, body)
        case _:
            raise ExchangeProblem("out-of-state", f"{message.document.kind} belongs to a case that is not known here")
    document = message.document
    message.tx.channels.add(Channel(document.channel, case.id, document.from_, ChannelEnd(), message.end))
    if isinstance(body, RequestBody) and assessment is not None:
        case = open_emergency(message.office, message.tx, case, message.signed, message.sender, notes)
        _ask_for_what_is_missing(message, case, body.request, assessment)
        _hold_what_was_preserved(message, case)
    return case.id


def _begin_request(message: _Message, body: RequestBody, assessment: Assessment) -> Case:
    document, request = message.document, body.request
    procedure = procedure_for(request)
    if _PROCEDURE_OF_KIND[document.kind] != procedure:
        raise ExchangeProblem("invalid-field", "the measure is not the one the message is for", where="body.request")
    event = events.Received(
        at=message.at,
        by=document.from_,
        mode=document.mode,
        procedure=procedure,
        peer=document.from_,
        their_case=document.case,
        message=document.id,
        doc_sha256=str(message.signed.digest),
        request=request,
        findings=tuple(finding.rule for finding in assessment.findings if not isinstance(finding, Met)),
    )
    return _begin(message, event)


def _check_states(message: _Message, request: Request) -> None:
    if (request.requesting, request.requested) != (state_of(NodeId(message.document.from_)), message.office.state):
        raise ExchangeProblem("invalid-field", "the request is between two other States", where="body.request")


def _begin_order(message: _Message, body: OrderBody) -> Case:
    office, document = message.office, message.document
    if office.role is not Role.PROVIDER or state_of(NodeId(document.from_)) != office.state:
        raise ExchangeProblem("not-allowed", "a provider takes orders from the authority of its own State only")
    return _begin(message, _order_of(message, body))


def _order_of(message: _Message, body: OrderBody) -> events.OrderReceived:
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


def _begin(message: _Message, event: events.Received | events.OrderReceived) -> Case:
    office = message.office
    case_id = CaseId(uuid7(office.clock.now(), office.randomness.bytes(10)))
    return begin(office, message.tx, case_id, event, doc_sha256=str(message.signed.digest), envelope=message.envelope)


def _enter_next(message: _Message, case: Case, body: Body) -> Case:
    at, by, document_id = message.at, message.document.from_, message.document.id
    event: events.Event
    match body:
        case RequestBody():
            return _enter_supplement(message, case, body)
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


def _enter_supplement(message: _Message, case: Case, body: RequestBody) -> Case:
    """The request again, mended."""
    document = message.document
    if case.position is not Position.REQUESTED or procedure_for(body.request) != case.procedure:
        raise ExchangeProblem("out-of-state", "this case does not wait for a request")
    _check_states(message, body.request)
    notes = check_emergency(message.signed, message.sender, body, message.office.clock.now())
    event = events.InformationGiven(
        at=message.at,
        by=document.from_,
        request=body.request,
        message=document.id,
        doc_sha256=str(message.signed.digest),
    )
    before = case.request
    case = message.record(case, event)
    case = open_emergency(message.office, message.tx, case, message.signed, message.sender, notes, before=before)
    return _ask_for_what_is_missing(
        message, case, body.request, assess_request(message.office, body.request, Side.REQUESTED)
    )


def _enter_preserved(message: _Message, case: Case, body: PreservedBody) -> Case:
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


def _ask_for_what_is_missing(message: _Message, case: Case, request: Request, assessment: Assessment) -> Case:
    missing = tuple(f"{finding.citation}: {finding.todo}" for finding in assessment.asks)
    missing += tuple(one.what for one in lacking(request))
    if not missing:
        return case
    letter = Letter(kind="ask", body=AskBody(missing=missing), actor=AUTOMATIC, peer=case.peer)
    at = message.at
    return post(
        message.office,
        message.tx,
        case,
        letter,
        lambda sent, _: events.InformationAsked(at=at, by=AUTOMATIC.id, missing=missing, message=sent),
    )


def _hold_what_was_preserved(message: _Message, case: Case) -> None:
    """A request for assistance that follows a preservation keeps it pending the decision (art. 42(8))."""
    follows = case.request.follows if case.request else ""
    if not follows:
        return
    for case_id in message.tx.cases.called(case.peer, follows):
        earlier = load(message.tx, case_id)
        if earlier.state == "preserved":
            record(
                message.office,
                message.tx,
                earlier,
                events.AssistanceArrived(at=message.at, by=case.peer, case=case.id),
            )
