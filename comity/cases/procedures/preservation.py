"""Expedited preservation of stored data: between States (art. 42), and the order to a provider (art. 25)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from comity.cases import events as e
from comity.cases.procedures.table import Moves, Procedure


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


_START: Final[Moves] = {
    e.Drafted: State.DRAFT,
    e.Received: State.REQUESTED,
    e.OrderReceived: State.ORDERED,
}

_MOVES: Final[Mapping[StrEnum, Moves]] = {
    State.DRAFT: {e.Decided: State.DRAFT, e.Approved: State.APPROVED, e.Withdrawn: State.WITHDRAWN},
    State.APPROVED: {e.Sent: State.REQUESTED, e.Withdrawn: State.WITHDRAWN},
    State.REQUESTED: {
        e.Receipted: State.REQUESTED,
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
        e.Mended: State.ORDERED,
        e.InformationGiven: State.ORDERED,
        e.Objected: State.OBJECTED,
        e.Preserved: State.PRESERVED,
        e.Withdrawn: State.WITHDRAWN,
    },
    State.OBJECTED: {
        e.Receipted: State.OBJECTED,
        e.OrderIssued: State.ORDERED,
        e.Refused: State.REFUSED,
        e.Withdrawn: State.WITHDRAWN,
    },
    State.PRESERVED: {
        e.Receipted: State.PRESERVED,
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
        e.Answered: State.HELD,
        e.Preserved: State.HELD,
        e.Withdrawn: State.WITHDRAWN,
    },
    State.REFUSED: {e.Receipted: State.REFUSED},
    State.WITHDRAWN: {e.Receipted: State.WITHDRAWN, e.Answered: State.WITHDRAWN},
    State.LAPSED: {e.Receipted: State.LAPSED},
}

PRESERVATION: Final = Procedure(
    name="preservation",
    articles="25, 42",
    start=_START,
    moves=_MOVES,
    ends=frozenset({State.REFUSED, State.WITHDRAWN, State.LAPSED}),
)
