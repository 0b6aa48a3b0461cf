"""Events of how long things are kept, and of evidence that goes on to a third State.

Source: articles 24(2), 36(2)-(3), 40(19), 42(8); how long is policy. Rules: those of `events`, which lists every kind.
"""

from datetime import date

from comity.cases.event import CaseEvent


class RetentionExtended(CaseEvent, frozen=True, tag="retention_extended"):
    """A named person keeps an item of the case longer, with reasons. `item`: as `retention` names it."""

    item: str
    until: date
    reasons: str
    role: str


class OnwardAsked(CaseEvent, frozen=True, tag="onward_asked"):
    """The State that has the evidence asks the one it came from whether it may go on to the node `to` (art. 36(3))."""

    to: str
    reasons: str
    message: str


class OnwardDecided(CaseEvent, frozen=True, tag="onward_decided"):
    """Whether it may. `asked`: the message that asked; `until`: the last day of an authorisation. The signed document
    of it is the token without which no package is made."""

    asked: str
    to: str
    authorised: bool
    reasons: str
    role: str
    message: str
    doc_sha256: str
    until: date | None = None


class EvidencePassedOn(CaseEvent, frozen=True, tag="evidence_passed_on"):
    """A package for a third State was made. `token`: the message that authorises it; `made`: the new package."""

    package: str
    to: str
    token: str
    made: str
    reasons: str
