"""A request that came begins a case, or mends the request of one: it is assessed here too, and nothing is refused.

What is missing in it is asked for (arts 40(16), 42(6)); what was preserved for it is kept pending the decision.
"""

from comity.base.ids import NodeId, state_of
from comity.cases import events
from comity.cases.case import Case, Position
from comity.exchange.message import AskBody, RequestBody
from comity.exchange.problems import ExchangeProblem
from comity.treaty.assess import Assessment, Side
from comity.treaty.findings import Met
from comity.treaty.request import Request
from comity.treaty.urgency import lacking
from comity.workflows.arrived import Arrived
from comity.workflows.assess_request import assess_request
from comity.workflows.check_emergency import check_emergency
from comity.workflows.dispatch import AUTOMATIC, Letter, post
from comity.workflows.draft_request import procedure_for
from comity.workflows.open_emergency import open_emergency
from comity.workflows.record import load, record


def begin_request(message: Arrived, body: RequestBody, procedure: str) -> Case:
    """The case that the request begins. procedure: the one its kind of message is for.

    Raises ExchangeProblem where the request is of another, or between other States.
    """
    notes = check_emergency(message.signed, message.sender, body, message.office.clock.now())
    _check_states(message, body.request)
    assessment = assess_request(message.office, body.request, Side.REQUESTED)
    if procedure_for(body.request) != procedure:
        what = "the measure is not the one the message is for"
        raise ExchangeProblem("invalid-field", what, where="body.request.measures")
    case = message.begin(_received(message, body.request, procedure, assessment))
    case = open_emergency(message.office, message.tx, case, message.signed, message.sender, notes)
    _ask_for_what_is_missing(message, case, body.request, assessment)
    _hold_what_was_preserved(message, case)
    return case


def mend_request(message: Arrived, case: Case, body: RequestBody) -> Case:
    """The case with the request as it came again, mended. Raises ExchangeProblem where it does not wait for one."""
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
    assessment = assess_request(message.office, body.request, Side.REQUESTED)
    return _ask_for_what_is_missing(message, case, body.request, assessment)


def _received(message: Arrived, request: Request, procedure: str, assessment: Assessment) -> events.Received:
    document = message.document
    return events.Received(
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


def _check_states(message: Arrived, request: Request) -> None:
    of_sender = request.requesting == state_of(NodeId(message.document.from_))
    if not of_sender or request.requested != message.office.state:
        field = "requested" if of_sender else "requesting"
        raise ExchangeProblem("invalid-field", "the request is between two other States", where=f"body.request.{field}")


def _ask_for_what_is_missing(message: Arrived, case: Case, request: Request, assessment: Assessment) -> Case:
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


def _hold_what_was_preserved(message: Arrived, case: Case) -> None:
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
