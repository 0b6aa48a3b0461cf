"""Production of stored data: mutual legal assistance (arts 40, 44), and the order to a provider (art. 27)."""

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
    GRANTED = "granted"
    ORDERED = "ordered"
    OBJECTED = "objected"
    SEALED = "sealed"
    ARRIVED = "evidence arrived"
    ACCEPTED = "evidence accepted"
    RELEASED = "evidence released"
    PRODUCED = "produced"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


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
        e.Granted: State.GRANTED,
        e.Refused: State.REFUSED,
        e.Withdrawn: State.WITHDRAWN,
    },
    State.INFORMATION_ASKED: {
        e.Receipted: State.INFORMATION_ASKED,
        e.Decided: State.INFORMATION_ASKED,
        e.InformationAsked: State.INFORMATION_ASKED,
        e.Mended: State.INFORMATION_ASKED,
        e.InformationGiven: State.REQUESTED,
        e.Refused: State.REFUSED,
        e.Withdrawn: State.WITHDRAWN,
    },
    State.GRANTED: {
        e.Receipted: State.GRANTED,
        e.OrderIssued: State.ORDERED,
        e.EvidenceArrived: State.ARRIVED,
        e.Withdrawn: State.WITHDRAWN,
    },
    State.ORDERED: {
        e.Receipted: State.ORDERED,
        e.Objected: State.OBJECTED,
        e.EvidenceSealed: State.SEALED,
        e.EvidenceArrived: State.ARRIVED,
        e.Withdrawn: State.WITHDRAWN,
    },
    State.OBJECTED: {
        e.Receipted: State.OBJECTED,
        e.OrderIssued: State.ORDERED,
        e.Refused: State.REFUSED,
        e.Withdrawn: State.WITHDRAWN,
    },
    State.SEALED: {e.Receipted: State.SEALED, e.EvidenceReleased: State.RELEASED},
    State.ARRIVED: {e.Receipted: State.ARRIVED, e.EvidenceAccepted: State.ACCEPTED},
    State.ACCEPTED: {
        e.Receipted: State.ACCEPTED,
        e.EvidenceExamined: State.ACCEPTED,
        e.EvidenceReleased: State.RELEASED,
    },
    State.RELEASED: {e.Receipted: State.RELEASED, e.EvidenceAccepted: State.PRODUCED},
    State.PRODUCED: {e.Receipted: State.PRODUCED},
    State.REFUSED: {e.Receipted: State.REFUSED},
    State.WITHDRAWN: {e.Receipted: State.WITHDRAWN, e.Answered: State.WITHDRAWN},
}

STORED_DATA: Final = Procedure(
    name="production of stored data",
    articles="27, 40, 44",
    start=_START,
    moves=_MOVES,
    ends=frozenset({State.PRODUCED, State.REFUSED, State.WITHDRAWN}),
)
