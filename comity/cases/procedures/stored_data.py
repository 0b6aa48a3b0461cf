"""Production of stored data: mutual legal assistance (arts 40, 44), and the order to a provider (art. 27)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from comity.cases import events as e
from comity.cases.procedures.table import Moves, Procedure, staying


class State(StrEnum):
    DRAFT = "draft"
    APPROVED = "approved"
    REQUESTED = "requested"
    INFORMATION_ASKED = "information asked"
    POSTPONED = "postponed"
    GRANTED = "granted"
    ORDERED = "ordered"
    OBJECTED = "objected"
    SEALED = "sealed"
    ARRIVED = "evidence arrived"
    ACCEPTED = "evidence accepted"
    RELEASED = "evidence released"
    PRODUCED = "produced"
    RETURNING = "evidence being returned"
    COMING_BACK = "evidence coming back"
    BACK = "evidence back"
    RETURNED = "evidence returned"
    DESTROYED = "evidence destroyed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    WITHDRAWN_ARRIVED = "withdrawn with evidence arrived"
    WITHDRAWN_HELD = "withdrawn with evidence held"
    LIFTED = "order lifted"
    COPIES_RELEASED = "copies released"


_START: Final[Moves] = {
    e.Drafted: State.DRAFT,
    e.Received: State.REQUESTED,
    e.OrderReceived: State.ORDERED,
}

_TALK: Final = (e.ConsultationOpened, e.ConsultationAnswered)
_KEPT: Final = (e.Preserved, e.Answered)
"""In an emergency: what it asks for is kept meanwhile, and the requesting State is told."""
_AFTER: Final = (e.Receipted, e.Answered, e.ConsultationAnswered, e.OrderLifted, e.CopiesReleased)
"""What still comes once a case has ended: receipts, late answers, and at the authority the lifting of its order."""

_MOVES: Final[Mapping[StrEnum, Moves]] = {
    # An emergency takes two approvals; the first leaves it a draft, or what was mended unsent.
    State.DRAFT: {
        **staying(State.DRAFT, e.FirstApproved, e.Decided),
        e.Approved: State.APPROVED,
        e.Withdrawn: State.WITHDRAWN,
    },
    State.APPROVED: {e.Sent: State.REQUESTED, e.Withdrawn: State.WITHDRAWN},
    State.REQUESTED: {
        e.Receipted: State.REQUESTED,
        **staying(State.REQUESTED, *_TALK, *_KEPT),
        e.Postponed: State.POSTPONED,
        e.Decided: State.REQUESTED,
        e.InformationAsked: State.INFORMATION_ASKED,
        e.Granted: State.GRANTED,
        e.Refused: State.REFUSED,
        e.Withdrawn: State.WITHDRAWN,
    },
    State.INFORMATION_ASKED: {
        e.Receipted: State.INFORMATION_ASKED,
        **staying(State.INFORMATION_ASKED, *_TALK, *_KEPT),
        e.Postponed: State.POSTPONED,
        e.Decided: State.INFORMATION_ASKED,
        e.InformationAsked: State.INFORMATION_ASKED,
        **staying(State.INFORMATION_ASKED, e.Mended, e.FirstApproved),
        e.InformationGiven: State.REQUESTED,
        e.Refused: State.REFUSED,
        e.Withdrawn: State.WITHDRAWN,
    },
    # Only own proceedings put execution off, and not for ever: it is taken up again, refused or withdrawn.
    State.POSTPONED: {
        e.Receipted: State.POSTPONED,
        **staying(
            State.POSTPONED, *_TALK, *_KEPT, e.Decided, e.Postponed, e.Mended, e.FirstApproved, e.InformationGiven
        ),
        e.Resumed: State.REQUESTED,
        e.Refused: State.REFUSED,
        e.Withdrawn: State.WITHDRAWN,
    },
    # The provider's objection is not seen on the other side of the border: there a grant is followed by another, in
    # part, or by a refusal. Conditions that are declined leave the request undecided.
    State.GRANTED: {
        e.Receipted: State.GRANTED,
        **staying(State.GRANTED, *_TALK, *_KEPT, e.Granted, e.ConditionsAccepted),
        e.ConditionsDeclined: State.REQUESTED,
        e.Postponed: State.POSTPONED,
        e.Refused: State.REFUSED,
        e.OrderIssued: State.ORDERED,
        e.EvidenceArrived: State.ARRIVED,
        e.Withdrawn: State.WITHDRAWN,
    },
    State.ORDERED: {
        e.Receipted: State.ORDERED,
        **staying(State.ORDERED, *_TALK, e.ClarificationAsked, e.ClarificationGiven),
        e.OrderLifted: State.LIFTED,
        e.Objected: State.OBJECTED,
        e.EvidenceSealed: State.SEALED,
        e.EvidenceArrived: State.ARRIVED,
        e.Withdrawn: State.WITHDRAWN,
    },
    State.OBJECTED: {
        e.Receipted: State.OBJECTED,
        **staying(State.OBJECTED, *_TALK),
        e.Granted: State.GRANTED,
        e.Postponed: State.POSTPONED,
        e.OrderLifted: State.LIFTED,
        e.OrderIssued: State.ORDERED,
        e.OrderReceived: State.ORDERED,
        e.Refused: State.REFUSED,
        e.Withdrawn: State.WITHDRAWN,
    },
    # A lifting may cross with what the provider does meanwhile: sealed, or on its way, nobody takes it over any more.
    State.SEALED: {e.Receipted: State.SEALED, e.EvidenceReleased: State.RELEASED, e.OrderLifted: State.LIFTED},
    State.ARRIVED: {
        **staying(State.ARRIVED, e.Receipted, *_TALK),
        e.EvidenceAccepted: State.ACCEPTED,
        e.Withdrawn: State.WITHDRAWN_ARRIVED,
    },
    State.ACCEPTED: {
        **staying(State.ACCEPTED, e.Receipted, *_TALK, e.EvidenceExamined, e.EvidenceReissued),
        e.EvidenceReleased: State.RELEASED,
        e.EvidenceReturned: State.RETURNING,
        e.EvidenceDestroyed: State.DESTROYED,
        e.Withdrawn: State.WITHDRAWN_HELD,
    },
    # Signed away already when the withdrawal comes: the other State takes it over, and gives it back or destroys it.
    State.RELEASED: {
        **staying(State.RELEASED, e.Receipted, *_TALK, e.Withdrawn),
        e.EvidenceAccepted: State.PRODUCED,
        e.OrderLifted: State.LIFTED,
    },
    # Handed on, and signed for. Its new holder may give it back, or say that it destroyed it; our copy may go too.
    State.PRODUCED: {
        **staying(State.PRODUCED, e.Receipted, *_TALK, e.EvidenceDestroyed),
        e.EvidenceReturned: State.COMING_BACK,
    },
    State.RETURNING: {**staying(State.RETURNING, e.Receipted, *_TALK), e.EvidenceAccepted: State.RETURNED},
    State.COMING_BACK: {**staying(State.COMING_BACK, e.Receipted, *_TALK), e.EvidenceAccepted: State.BACK},
    State.BACK: {
        **staying(State.BACK, e.Receipted, *_TALK),
        e.EvidenceReturned: State.RETURNING,
        e.EvidenceDestroyed: State.DESTROYED,
    },
    State.RETURNED: staying(State.RETURNED, e.Receipted, *_TALK, e.EvidenceDestroyed),
    State.DESTROYED: staying(State.DESTROYED, e.Receipted, *_TALK),
    # A refusal and a withdrawal may cross on the way: each side keeps its own end, and enters the other's beside it.
    State.REFUSED: staying(State.REFUSED, *_AFTER, e.Withdrawn),
    # On either side evidence may have been on its way when the request was withdrawn.
    State.WITHDRAWN: {**staying(State.WITHDRAWN, *_AFTER, e.Refused), e.EvidenceArrived: State.WITHDRAWN_ARRIVED},
    # It is taken over, so that custody has no gap, and neither opened nor handed on: a person returns or destroys it.
    State.WITHDRAWN_ARRIVED: {
        **staying(State.WITHDRAWN_ARRIVED, e.Receipted, e.ConsultationAnswered),
        e.EvidenceAccepted: State.WITHDRAWN_HELD,
    },
    State.WITHDRAWN_HELD: {
        **staying(State.WITHDRAWN_HELD, e.Receipted, e.ConsultationAnswered),
        e.EvidenceReturned: State.RETURNING,
        e.EvidenceDestroyed: State.DESTROYED,
    },
    # The provider's own: its authority lifted the order, and it confirms that it keeps nothing any more for it.
    # What it had sealed before is destroyed: nobody takes it over any more.
    State.LIFTED: {
        **staying(State.LIFTED, e.Receipted, e.EvidenceDestroyed),
        e.CopiesReleased: State.COPIES_RELEASED,
    },
    State.COPIES_RELEASED: staying(State.COPIES_RELEASED, e.Receipted, e.EvidenceDestroyed),
}

STORED_DATA: Final = Procedure(
    name="production of stored data",
    articles="27, 40, 44",
    start=_START,
    moves=_MOVES,
    ends=frozenset(
        {State.PRODUCED, State.RETURNED, State.DESTROYED, State.REFUSED, State.WITHDRAWN, State.COPIES_RELEASED}
    ),
    # A frozen case sends nothing of its content, orders and grants nothing, hands on and opens no evidence, and lets no
    # data go. What came is accepted and receipted all the same; to ask, to postpone or to refuse discloses nothing.
    frozen_bars=frozenset(
        {
            e.Sent,
            e.InformationGiven,
            e.Granted,
            e.Resumed,
            e.ConditionsAccepted,
            e.ConsultationOpened,
            e.ConsultationAnswered,
            e.OrderIssued,
            e.ClarificationGiven,
            e.EvidenceReleased,
            e.EvidenceExamined,
            e.EvidenceReissued,
            e.EvidenceReturned,
            e.EvidenceDestroyed,
            e.EvidencePassedOn,
            e.OnwardAsked,
            e.OnwardDecided,
            e.Withdrawn,
            e.OrderLifted,
            e.CopiesReleased,
        }
    ),
    crossed={State.REFUSED: frozenset({e.Withdrawn}), State.WITHDRAWN: frozenset({e.Refused})},
)
