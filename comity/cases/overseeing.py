"""Events of oversight, of secrecy and its end, and of an order that is lifted.

Source: articles 24(2), 25(3), 40(20), 40(26), 42(8); who is told and when is policy (docs/guides/web.md). Rules: those
of `events`, which lists every kind.
"""

from datetime import date

from comity.cases.event import CaseEvent


class Frozen(CaseEvent, frozen=True, tag="frozen"):
    """Oversight stops everything that would carry the case's content or its evidence further. The peer is not told."""

    reasons: str
    role: str


class Unfrozen(CaseEvent, frozen=True, tag="unfrozen"):
    """Oversight lets the case go on."""

    reasons: str
    role: str


class SecrecyExtended(CaseEvent, frozen=True, tag="secrecy_extended"):
    """Secrecy lasts longer, by a later decision of somebody who had no part in the request (arts 24(2), 40(20))."""

    until: date
    reasons: str
    role: str
    message: str = ""


class SecrecyEnded(CaseEvent, frozen=True, tag="secrecy_ended"):
    """Secrecy ends before its day."""

    reasons: str
    role: str
    message: str = ""


class SecrecyLapsed(CaseEvent, frozen=True, tag="secrecy_lapsed"):
    """The last day of secrecy is over: it ended by itself, and a notice is due."""

    due: date


class NoticeGiven(CaseEvent, frozen=True, tag="notice_given"):
    """The person concerned was told: who, how, and on which day."""

    to: str
    how: str
    on: date
    role: str


class NoticeWithheld(CaseEvent, frozen=True, tag="notice_withheld"):
    """Somebody proposes that no notice be given. It stays due until oversight agrees."""

    reasons: str
    role: str


class NoticeWaived(CaseEvent, frozen=True, tag="notice_waived"):
    """Oversight agrees that no notice is given."""

    reasons: str
    role: str


class OrderLifted(CaseEvent, frozen=True, tag="order_lifted"):
    """The authority tells the provider that its order binds no longer, so that preserved copies are let go."""

    reasons: str
    message: str
    doc_sha256: str


class CopiesReleased(CaseEvent, frozen=True, tag="copies_released"):
    """The provider keeps nothing any more for the order that was lifted, or says what it keeps and why."""

    text: str
    message: str
