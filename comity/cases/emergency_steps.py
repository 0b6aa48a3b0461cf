"""What an event of an emergency changes in a case, and what the case may not do while it is not confirmed.

`machine.advance` alone calls it. Raises NotPermitted for one person in two parts, OutOfOrder where a step answers
nothing.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from comity.base.errors import NotPermitted, OutOfOrder
from comity.base.instants import Instant
from comity.cases import events as e
from comity.cases.case import Case, Position
from comity.cases.emergency import REVIEW_DAYS, Call, Emergency
from comity.cases.event import CaseEvent
from comity.treaty.urgency import is_emergency

STEPS: Final[frozenset[type[CaseEvent]]] = frozenset(
    {
        e.EmergencyAdmitted,
        e.CalledBack,
        e.CallBackChecked,
        e.AuthorityNotified,
        e.EmergencyFollowedUp,
        e.EmergencyReviewed,
    }
)
"""Steps of an emergency that was opened."""
_STEPS_AND_OPENING: Final = STEPS | {e.EmergencyOpened}
DISCLOSES: Final[frozenset[type[CaseEvent]]] = frozenset(
    {e.Granted, e.OrderIssued, e.ClarificationGiven, e.EvidenceReleased}
)
"""What the requested State may not do before the call-back is confirmed; in preservation, which discloses nothing, all
of it may be done."""


def barred_by(case: Case) -> frozenset[type[CaseEvent]]:
    """The kinds of event that the case's emergency, or the lack of one, rules out."""
    opens = _may_open(case)
    if case.emergency is None:
        return STEPS if opens else _STEPS_AND_OPENING
    barred = frozenset() if opens else frozenset({e.EmergencyOpened})
    return barred | DISCLOSES if is_barred(case) else barred


def is_barred(case: Case) -> bool:
    """Whether nothing may be disclosed, because no call-back has confirmed the emergency."""
    return case.position is Position.REQUESTED and case.emergency is not None and case.emergency.is_barred


def words(case: Case) -> str:
    """How the case stands, after its state, for who is refused a step."""
    return " and its emergency is not confirmed by a call-back" if is_barred(case) else ""


def _may_open(case: Case) -> bool:
    return case.position is Position.REQUESTED and case.request is not None and is_emergency(case.request)


def owes_review(case: Case) -> bool:
    """Whether the review after the fact is still to be made: not where nothing was ever done for the request."""
    nothing_done = case.state in ("refused", "withdrawn")
    return case.emergency is not None and case.emergency.owes_review and not nothing_done


def outcome_of(event: e.Event) -> str:
    """What an event settles of an emergency, for the count: confirmed or unconfirmed; '' for one that settles nothing.

    A call-back that denied it, or a check that did not believe the call, is as final as a review.
    """
    match event:
        case e.EmergencyReviewed():
            return event.outcome
        case e.CalledBack(result="denied") | e.CallBackChecked(confirmed=False):
            return "unconfirmed"
        case _:
            return ""


def begun_by(case: Case, event: e.Sent | e.InformationGiven) -> dict[str, Any]:
    """Our own request was sent as an emergency: its confirmation in writing falls due."""
    request = event.request if isinstance(event, e.InformationGiven) else case.request
    if case.position is not Position.REQUESTING or case.emergency is not None:
        return {}
    if request is None or not is_emergency(request):
        return {}
    return {"emergency": Emergency(Instant.from_seconds(event.at).day + timedelta(days=REVIEW_DAYS))}


def changes_of(case: Case, event: e.Event) -> dict[str, Any] | None:
    """The changed fields, by name; None for an event that is not of an emergency."""
    if isinstance(event, e.EmergencyOpened):
        return {"emergency": _opened(event)}
    found = case.emergency
    if found is None or type(event) not in STEPS:
        return None
    return {"emergency": _changed(found, event)}


def _opened(event: e.EmergencyOpened) -> Emergency:
    return Emergency(
        event.review_due,
        key=event.key,
        approvers=event.approvers,
        text_sha256=event.text_sha256,
        held=event.held,
        notes=event.notes,
    )


def _changed(found: Emergency, event: e.Event) -> Emergency:
    match event:
        case e.EmergencyAdmitted():
            return replace(found, admitted_by=event.by)
        case e.CalledBack():
            return _called(found, event)
        case e.CallBackChecked():
            return _checked(found, event)
        case e.EmergencyFollowedUp():
            return replace(found, followed_up=True)
        case e.EmergencyReviewed():
            if found.call is not None and event.by == found.call.by and event.outcome == "confirmed":
                raise NotPermitted("who called does not review the emergency alone", hint="somebody else reviews it")
            return replace(found, reviewed=event.outcome)
        case _:
            return found


def _called(found: Emergency, event: e.CalledBack) -> Emergency:
    if found.denied or found.checked_by:
        raise OutOfOrder("the call-back was made, and its result stands", hint="a new request begins a new one")
    call = Call(event.by, event.at, event.number, event.result, event.reached)
    return replace(found, call=call, denied=event.result == "denied")


def _checked(found: Emergency, event: e.CallBackChecked) -> Emergency:
    if not found.awaits_check or found.call is None:
        raise OutOfOrder("no call-back waits for its second check", hint="call first: comity case call-back")
    if event.by == found.call.by:
        raise NotPermitted("who called does not check the call", hint="a second person checks it")
    return replace(found, checked_by=event.by, denied=not event.confirmed)
