"""What an event for the defence, the person concerned or a third State changes in a case, beside the state.

`decisions` alone calls it, for `machine.advance`. Raises OutOfOrder where an event answers what nobody asked, or names
what is not here.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from comity.base.errors import OutOfOrder
from comity.base.instants import Instant
from comity.cases import events as e
from comity.cases.case import Case, Onward
from comity.cases.complaints import Complaint, ComplaintAnswer


def changes_of(case: Case, event: e.Event) -> dict[str, Any]:
    """The changed fields, by name; none where nothing but the record grows."""
    match event:
        case e.ExculpatoryFound():
            return {"exculpatory": True}
        case e.ComplaintRecorded():
            return _recorded(case, event)
        case e.ComplaintForwarded():
            return _forwarded(case, event)
        case e.ComplaintAnswered():
            return _answered(case, event)
        case e.RetentionExtended():
            kept, today = dict(case.kept_until), Instant.from_seconds(event.at).day
            if event.until <= max(today, kept.get(event.item, today)):
                raise OutOfOrder("what is kept longer is kept to a later day", hint="name a later one")
            return {"kept_until": tuple(sorted({**kept, event.item: event.until}.items()))}
        case e.OnwardAsked() | e.OnwardDecided() | e.EvidencePassedOn():
            return {"onward": _onward(case, event)}
        case _:
            return {}


def complaint_of(case: Case, complaint: str) -> Complaint:
    """Raises OutOfOrder where the case has none of that reference."""
    found = next((one for one in case.complaints if one.id == complaint), None)
    if found is None:
        raise OutOfOrder("no complaint of this case has this reference", hint="see the case")
    return found


def _recorded(case: Case, event: e.ComplaintRecorded) -> dict[str, Any]:
    if any(one.id == event.complaint for one in case.complaints):
        raise OutOfOrder("this complaint is recorded already", hint="see the case")
    came_from = event.by if "/" in event.by else ""
    new = Complaint(event.complaint, event.kind, event.text, event.reference, event.origin, event.due, came_from)
    return {"complaints": (*case.complaints, new)}


def _forwarded(case: Case, event: e.ComplaintForwarded) -> dict[str, Any]:
    found = complaint_of(case, event.complaint)
    if event.answer_of:
        return {}
    return _with(case, found, lambda one: replace(one, told=tuple(dict.fromkeys((*one.told, event.to)))))


def _answered(case: Case, event: e.ComplaintAnswered) -> dict[str, Any]:
    found = complaint_of(case, event.complaint)
    answer = ComplaintAnswer(event.node, event.outcome, event.text)
    others = tuple(one for one in found.answers if one.node != event.node)
    is_ours = found.is_answered or ("/" not in event.by and event.node not in found.told)
    return _with(case, found, lambda one: replace(one, answers=(*others, answer), is_answered=is_ours))


def _with(case: Case, found: Complaint, change: Callable[[Complaint], Complaint]) -> dict[str, Any]:
    return {"complaints": tuple(change(one) if one is found else one for one in case.complaints)}


def _onward(case: Case, event: e.OnwardAsked | e.OnwardDecided | e.EvidencePassedOn) -> tuple[Onward, ...]:
    if isinstance(event, e.OnwardAsked):
        return (*case.onward, Onward(event.message, event.to, event.reasons, event.by))
    if isinstance(event, e.OnwardDecided):
        found = next((one for one in case.onward if one.asked == event.asked and one.to == event.to), None)
        if found is None or found.decided:
            raise OutOfOrder("nobody waits for an answer to this", hint="see the case")
        if found.is_ours == ("/" not in event.by):
            raise OutOfOrder("the State that the evidence came from authorises it", hint="wait for its answer")
        token = (event.message, event.doc_sha256) if event.authorised else ("", "")
        changed = replace(found, decided=True, token=token[0], token_sha256=token[1], until=event.until)
    else:
        found = next((one for one in case.onward if one.token == event.token and one.to == event.to), None)
        if found is None or not event.token:
            raise OutOfOrder("the State that the evidence came from has not authorised this", hint="ask it first")
        if found.until is not None and Instant.from_seconds(event.at).day > found.until:
            raise OutOfOrder(f"the authorisation ended on {found.until}", hint="ask for another")
        changed = replace(found, made=event.made)
    return tuple(changed if one is found else one for one in case.onward)
