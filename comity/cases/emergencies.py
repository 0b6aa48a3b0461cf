"""Events of a request that is marked as an emergency: two approvals, the call-back, its second check, the review after.

Source: articles 2(o), 40(14), 41(3)(e). The treaty says no number and no hours: what is counted here is policy
(docs/decisions/0018). Rules: those of `events`, which lists every kind.
"""

from datetime import date
from typing import Annotated

import msgspec

from comity.cases.event import CaseEvent
from comity.crypto.passkey_record import PasskeyApproval

Outcome = Annotated[str, msgspec.Meta(pattern="^(confirmed|unconfirmed)$")]


class FirstApproved(CaseEvent, frozen=True, tag="first_approved"):
    """The first of the two approvals that an emergency takes, by neither its author nor the second approver."""

    request_sha256: str
    role: str
    reasons: str = ""
    passkey: PasskeyApproval | None = None


class EmergencyOpened(CaseEvent, frozen=True, tag="emergency_opened"):
    """A request that came is marked as an emergency: nothing is disclosed until a call-back is confirmed.

    key: the id of the key that signed it; approvers: the two people of the document; text_sha256: the digest of what it
    says of the emergency; review_due: the day of the review after the fact; held: what a named person must decide
    first; notes: what they should know.
    """

    key: str
    approvers: tuple[str, ...]
    text_sha256: str
    review_due: date
    held: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class EmergencyAdmitted(CaseEvent, frozen=True, tag="emergency_admitted"):
    """A named person lets an emergency go on in spite of what was held against it."""

    reasons: str
    role: str


class CalledBack(CaseEvent, frozen=True, tag="called_back"):
    """Somebody called the number of the directory. result: confirmed, denied or unreached; reached: whom."""

    number: str
    result: Annotated[str, msgspec.Meta(pattern="^(confirmed|denied|unreached)$")]
    reached: str
    text: str
    role: str


class CallBackChecked(CaseEvent, frozen=True, tag="call_back_checked"):
    """A second person checks the call that confirmed the emergency, and lets data be disclosed, or does not."""

    confirmed: bool
    reasons: str
    role: str


class AuthorityNotified(CaseEvent, frozen=True, tag="authority_notified"):
    """The central authority of the requesting State was told, without content. about: received, denied, unconfirmed."""

    about: str
    to: str
    message: str
    doc_sha256: str


class EmergencyFollowedUp(CaseEvent, frozen=True, tag="emergency_followed_up"):
    """The requesting authority confirms in writing what it asked for at once. formal: its number of the request."""

    text: str
    message: str
    formal: str = ""


class EmergencyReviewed(CaseEvent, frozen=True, tag="emergency_reviewed"):
    """The review after the fact: confirmed; or unconfirmed, so that data are destroyed and it is reported."""

    outcome: Outcome
    reasons: str
    role: str
