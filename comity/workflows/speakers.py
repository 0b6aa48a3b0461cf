"""Who says what in a case: each kind of message comes from one place only, so that a requesting State cannot say that
the provider preserved the data."""

from typing import Final

from comity.cases.case import Case, Position
from comity.exchange.document import Document
from comity.exchange.problems import ExchangeProblem

_FROM_PEER: Final = frozenset(
    {
        (Position.REQUESTING, "ask"),
        (Position.REQUESTING, "preserved"),
        (Position.REQUESTING, "grant"),
        (Position.REQUESTING, "refusal"),
        (Position.REQUESTING, "evidence.release"),
        (Position.REQUESTING, "evidence.accept"),
        (Position.REQUESTING, "evidence.destroy"),
        (Position.REQUESTING, "consultation"),
        (Position.REQUESTING, "consultation.reply"),
        (Position.REQUESTING, "postponement"),
        (Position.REQUESTING, "resumption"),
        (Position.REQUESTING, "complaint"),
        (Position.REQUESTING, "complaint.answer"),
        (Position.REQUESTING, "onward.answer"),
        (Position.REQUESTED, "request.preserve"),
        (Position.REQUESTED, "request.produce"),
        (Position.REQUESTED, "evidence.accept"),
        (Position.REQUESTED, "evidence.return"),
        (Position.REQUESTED, "evidence.destroy"),
        (Position.REQUESTED, "emergency.follow_up"),
        (Position.REQUESTED, "withdraw"),
        (Position.REQUESTED, "consultation"),
        (Position.REQUESTED, "consultation.reply"),
        (Position.REQUESTED, "conditions"),
        (Position.REQUESTED, "secrecy"),
        (Position.REQUESTED, "exculpatory"),
        (Position.REQUESTED, "complaint"),
        (Position.REQUESTED, "complaint.answer"),
        (Position.REQUESTED, "onward.ask"),
        (Position.PROVIDER, "evidence.accept"),
        (Position.PROVIDER, "evidence.return"),
        (Position.PROVIDER, "evidence.destroy"),
        (Position.PROVIDER, "order.preserve"),
        (Position.PROVIDER, "order.produce"),
        (Position.PROVIDER, "order.reply"),
        (Position.PROVIDER, "order.lift"),
        (Position.PROVIDER, "secrecy"),
        (Position.PROVIDER, "complaint"),
        (Position.PROVIDER, "complaint.answer"),
    }
)
_FROM_PROVIDER: Final = frozenset(
    {
        (Position.REQUESTED, "preserved"),
        (Position.REQUESTED, "objection"),
        (Position.REQUESTED, "evidence.release"),
        (Position.REQUESTED, "evidence.accept"),
        (Position.REQUESTED, "evidence.destroy"),
        (Position.REQUESTED, "order.question"),
        (Position.REQUESTED, "order.let_go"),
        (Position.REQUESTED, "complaint"),
        (Position.REQUESTED, "complaint.answer"),
    }
)
"""What may continue a case, from where we stand in it, and who says it: the peer, or the provider that was ordered."""


def check_speaker(case: Case, document: Document) -> None:
    """Raise ExchangeProblem out-of-state where this kind is not its sender's to say."""
    said = (case.position, document.kind)
    speakers = {case.peer} if said in _FROM_PEER else set()
    if said in _FROM_PROVIDER and case.provider:
        speakers.add(case.provider)
    if document.from_ not in speakers:
        raise ExchangeProblem("out-of-state", f"{document.kind} is not {document.from_}'s to say in this case")
