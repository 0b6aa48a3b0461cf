"""Expedited preservation of stored data: between States (art. 42), and the order to a provider (art. 25)."""

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
    ORDERED = "ordered"
    OBJECTED = "objected"
    PRESERVED = "preserved"
    HELD = "held pending decision"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    LIFTED = "order lifted"
    COPIES_RELEASED = "copies released"


_START: Final[Moves] = {
    e.Drafted: State.DRAFT,
    e.Received: State.REQUESTED,
    e.OrderReceived: State.ORDERED,
}

_TALK: Final = (e.ConsultationOpened, e.ConsultationAnswered)
_AFTER: Final = (e.Receipted, e.Answered, e.ConsultationAnswered, e.OrderLifted, e.CopiesReleased)
"""What still comes once a case has ended: receipts, late answers, and at the authority the lifting of its order."""

_MOVES: Final[Mapping[StrEnum, Moves]] = {
    State.DRAFT: {e.Decided: State.DRAFT, e.Approved: State.APPROVED, e.Withdrawn: State.WITHDRAWN},
    State.APPROVED: {e.Sent: State.REQUESTED, e.Withdrawn: State.WITHDRAWN},
    State.REQUESTED: {
        e.Receipted: State.REQUESTED,
        **staying(State.REQUESTED, *_TALK),
        e.Decided: State.REQUESTED,
        e.InformationAsked: State.INFORMATION_ASKED,
        e.OrderIssued: State.ORDERED,
        e.Preserved: State.PRESERVED,
        e.Refused: State.REFUSED,
        e.Withdrawn: State.WITHDRAWN,
    },
    # A missing field is asked for, and is no ground to wait with preservation (art. 42(6)).
    State.INFORMATION_ASKED: {
        e.Receipted: State.INFORMATION_ASKED,
        **staying(State.INFORMATION_ASKED, *_TALK),
        e.Decided: State.INFORMATION_ASKED,
        e.InformationAsked: State.INFORMATION_ASKED,
        e.Mended: State.INFORMATION_ASKED,
        e.InformationGiven: State.REQUESTED,
        e.OrderIssued: State.ORDERED,
        e.Preserved: State.PRESERVED,
        e.Refused: State.REFUSED,
        e.Withdrawn: State.WITHDRAWN,
    },
    State.ORDERED: {
        e.Receipted: State.ORDERED,
        **staying(State.ORDERED, *_TALK, e.ClarificationAsked, e.ClarificationGiven),
        e.OrderLifted: State.LIFTED,
        e.Mended: State.ORDERED,
        e.InformationGiven: State.ORDERED,
        e.Objected: State.OBJECTED,
        e.Preserved: State.PRESERVED,
        e.Withdrawn: State.WITHDRAWN,
    },
    State.OBJECTED: {
        e.Receipted: State.OBJECTED,
        **staying(State.OBJECTED, *_TALK),
        e.OrderLifted: State.LIFTED,
        e.OrderIssued: State.ORDERED,
        e.OrderReceived: State.ORDERED,
        e.Refused: State.REFUSED,
        e.Withdrawn: State.WITHDRAWN,
    },
    State.PRESERVED: {
        e.Receipted: State.PRESERVED,
        **staying(State.PRESERVED, *_TALK),
        e.OrderLifted: State.LIFTED,
        e.Answered: State.PRESERVED,
        e.Mended: State.PRESERVED,
        e.InformationGiven: State.PRESERVED,
        e.Preserved: State.PRESERVED,
        e.AssistanceArrived: State.HELD,
        e.Withdrawn: State.WITHDRAWN,
        e.Lapsed: State.LAPSED,
    },
    # Kept pending the decision on assistance (art. 42(8)): it does not lapse by itself.
    State.HELD: {
        e.Receipted: State.HELD,
        **staying(State.HELD, *_TALK),
        e.Answered: State.HELD,
        e.Preserved: State.HELD,
        e.Withdrawn: State.WITHDRAWN,
    },
    # Two ends may cross on the way: each side keeps its own, and enters the other's beside it.
    State.REFUSED: staying(State.REFUSED, *_AFTER, e.Withdrawn),
    State.WITHDRAWN: staying(State.WITHDRAWN, *_AFTER, e.Refused),
    State.LAPSED: staying(State.LAPSED, *_AFTER, e.Withdrawn),
    # The provider's own: its authority lifted the order, and it confirms that it keeps nothing any more for it.
    State.LIFTED: {e.Receipted: State.LIFTED, e.CopiesReleased: State.COPIES_RELEASED},
    State.COPIES_RELEASED: {e.Receipted: State.COPIES_RELEASED},
}

PRESERVATION: Final = Procedure(
    name="preservation",
    articles="25, 42",
    start=_START,
    moves=_MOVES,
    ends=frozenset({State.REFUSED, State.WITHDRAWN, State.LAPSED, State.COPIES_RELEASED}),
    # A frozen case sends no request and lets no data go. To order preservation and to confirm it goes on: it discloses
    # nothing, and what is lost meanwhile cannot be had back (art. 42).
    frozen_bars=frozenset(
        {
            e.Sent,
            e.InformationGiven,
            e.ConsultationOpened,
            e.ConsultationAnswered,
            e.Withdrawn,
            e.OrderLifted,
            e.CopiesReleased,
        }
    ),
    crossed={
        State.REFUSED: frozenset({e.Withdrawn}),
        State.WITHDRAWN: frozenset({e.Refused}),
        State.LAPSED: frozenset({e.Withdrawn}),
    },
)
