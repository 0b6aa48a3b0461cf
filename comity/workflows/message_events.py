"""The event that a message stands for, where it needs nothing but the message itself.

What needs more (a request, an order, evidence, a confirmation that is passed on) is entered by `enter_message`.
"""

from comity.cases import events
from comity.exchange import document as documents
from comity.exchange.message import (
    AskBody,
    Body,
    ConditionsBody,
    ConsultationBody,
    ExculpatoryBody,
    FollowUpBody,
    GrantBody,
    LetGoBody,
    LiftBody,
    ObjectionBody,
    OnwardAnswerBody,
    OnwardAskBody,
    PostponementBody,
    QuestionBody,
    RefusalBody,
    ReplyBody,
    ResumptionBody,
    SecrecyBody,
    WithdrawBody,
)
from comity.exchange.problems import ExchangeProblem


def event_of(signed: documents.Signed, body: Body, at: int) -> events.Event:
    """at: POSIX seconds of its arrival. Raises ExchangeProblem for a kind that continues no case."""
    by, message = signed.document.from_, signed.document.id
    match body:
        case AskBody():
            return events.InformationAsked(at=at, by=by, missing=body.missing, text=body.text, message=message)
        case GrantBody():
            return events.Granted(
                at=at,
                by=by,
                reasons=body.reasons,
                conditions=body.conditions,
                citation=body.citation,
                scope=body.scope,
                left_out=body.left_out,
                message=message,
            )
        case RefusalBody():
            return events.Refused(
                at=at,
                by=by,
                ground=body.ground,
                citation=body.citation,
                reasons=body.reasons,
                consulted=body.consulted,
                consulted_how=body.consulted_how,
                message=message,
            )
        case PostponementBody():
            return events.Postponed(
                at=at,
                by=by,
                ground=body.ground,
                citation=body.citation,
                reasons=body.reasons,
                look_again=body.look_again,
                consulted=body.consulted,
                consulted_how=body.consulted_how,
                message=message,
            )
        case ResumptionBody():
            return events.Resumed(at=at, by=by, reasons=body.reasons, message=message)
        case WithdrawBody():
            return events.Withdrawn(at=at, by=by, reasons=body.reasons, message=message)
        case ObjectionBody():
            return events.Objected(at=at, by=by, ground=body.ground, reasons=body.reasons, message=message)
        case _:
            return _talk(signed, body, at)


def _talk(signed: documents.Signed, body: Body, at: int) -> events.Event:
    by, message = signed.document.from_, signed.document.id
    match body:
        case ConsultationBody():
            return events.ConsultationOpened(
                at=at, by=by, about=body.about, text=body.text, conditions=body.conditions, message=message
            )
        case ReplyBody() if signed.document.kind == "consultation.reply":
            return events.ConsultationAnswered(at=at, by=by, consultation=body.message, text=body.text, message=message)
        case ReplyBody():
            return events.ClarificationGiven(at=at, by=by, question=body.message, text=body.text, message=message)
        case ConditionsBody():
            kind = events.ConditionsAccepted if body.accepted else events.ConditionsDeclined
            return kind(at=at, by=by, grant=body.grant, reasons=body.reasons, message=message)
        case QuestionBody():
            return events.ClarificationAsked(at=at, by=by, text=body.text, message=message)
        case LiftBody():
            digest = str(signed.digest)
            return events.OrderLifted(at=at, by=by, reasons=body.reasons, message=message, doc_sha256=digest)
        case FollowUpBody():
            return events.EmergencyFollowedUp(at=at, by=by, text=body.text, formal=body.formal, message=message)
        case LetGoBody():
            return events.CopiesReleased(at=at, by=by, text=body.text, message=message)
        case SecrecyBody(until=None):
            return events.SecrecyEnded(at=at, by=by, reasons=body.reasons, role=body.role, message=message)
        case SecrecyBody(until=until) if until is not None:
            return events.SecrecyExtended(
                at=at, by=by, until=until, reasons=body.reasons, role=body.role, message=message
            )
        case _:
            return _of_rights(signed, body, at)


def _of_rights(signed: documents.Signed, body: Body, at: int) -> events.Event:
    by, message, digest = signed.document.from_, signed.document.id, str(signed.digest)
    match body:
        case ExculpatoryBody():
            return events.ExculpatoryFound(
                at=at,
                by=by,
                text=body.text,
                role=signed.document.actor.role,
                message=message,
                doc_sha256=digest,
                exceptional=body.exceptional,
            )
        case OnwardAskBody():
            return events.OnwardAsked(at=at, by=by, to=body.to, reasons=body.reasons, message=message)
        case OnwardAnswerBody():
            return events.OnwardDecided(
                at=at,
                by=by,
                asked=body.asked,
                to=body.to,
                authorised=body.authorised,
                reasons=body.reasons,
                role=signed.document.actor.role,
                message=message,
                doc_sha256=digest,
                until=body.until,
            )
        case _:
            raise ExchangeProblem("out-of-state", f"{signed.document.kind} does not continue a case")
