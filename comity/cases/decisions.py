"""What a decision changes in a case, beside the state: grants in part, consultation, lifting, freeze, secrecy, notices.

`machine.advance` alone calls it, after the table. Raises OutOfOrder where an event answers what nobody asked, Malformed
where it says more than it may, NotPermitted for who may not make it.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from comity.base.errors import Malformed, NotPermitted, OutOfOrder
from comity.base.instants import Instant
from comity.cases import doubts, rights
from comity.cases import events as e
from comity.cases.case import Case, Consultation, Notice, Position
from comity.cases.scope import check_within
from comity.cases.secrecy import Secrecy, SecrecyReason

_UNGRANTED: Final[Mapping[str, Any]] = {"scope": (), "conditions": (), "conditions_accepted": False, "grant": ""}


def changes_of(case: Case, event: e.Event) -> dict[str, Any]:
    """The changed fields, by name; none where only the state moves."""
    match event:
        case e.Granted():
            return _granted(case, event)
        case e.ConditionsAccepted():
            _check_grant(case, event.grant)
            return {"conditions_accepted": True}
        case e.ConditionsDeclined():
            _check_grant(case, event.grant)
            return {**_UNGRANTED}
        case e.ConsultationOpened():
            opened = Consultation(event.message, event.about, event.text, event.by, event.conditions)
            return {"consultations": (*case.consultations, opened)}
        case e.ConsultationAnswered():
            return _answered(case, event)
        case e.Postponed():
            return {**_UNGRANTED, "look_again": event.look_again}
        case e.Resumed():
            return {"look_again": None}
        case e.ClarificationAsked():
            return {"question": event.text, "question_message": event.message}
        case e.ClarificationGiven():
            if event.question != case.question_message:
                raise OutOfOrder("this answers no question of the order", hint="see the case")
            return {"question": "", "question_message": ""}
        case e.OrderLifted():
            return {"lifted": True, "copies_released": False}
        case e.CopiesReleased():
            if not case.lifted and case.state != "lapsed":
                raise OutOfOrder("the order was not lifted", hint="the authority lifts it first")
            return {"copies_released": True}
        case e.Doubted() | e.DoubtSettled():
            return doubts.changes_of(case, event)
        case _:
            return _of_oversight(case, event)


def _of_oversight(case: Case, event: e.Event) -> dict[str, Any]:
    match event:
        case e.Frozen():
            return {"frozen_by": event.by}
        case e.Unfrozen():
            return {"frozen_by": ""}
        case e.SecrecyExtended():
            return _extended(case, event)
        case e.SecrecyEnded():
            if case.secret_until is None:
                raise OutOfOrder("nothing of this case is secret", hint="see the case")
            return _ended(case, min(case.secret_until, Instant.from_seconds(event.at).day))
        case e.SecrecyLapsed():
            if case.secrecy is None or case.secrecy_ended or event.due != case.secret_until:
                raise OutOfOrder("no secrecy of this case ends on that day", hint="see the case")
            if Instant.from_seconds(event.at).day <= event.due:
                raise OutOfOrder(f"the case is secret until {event.due}", hint="it ends by itself after that day")
            return _ended(case, event.due)
        case e.NoticeGiven():
            return {"notice": Notice.GIVEN, "notice_by": event.by}
        case e.NoticeWithheld():
            return {"notice": Notice.PROPOSED_NOT, "notice_by": event.by}
        case e.NoticeWaived():
            if case.notice is not Notice.PROPOSED_NOT or event.by == case.notice_by:
                raise OutOfOrder("nobody else has proposed that no notice be given", hint="it is proposed first")
            return {"notice": Notice.WAIVED}
        case _:
            return rights.changes_of(case, event)


def _granted(case: Case, event: e.Granted) -> dict[str, Any]:
    if event.scope:
        if case.request is None:
            raise OutOfOrder("this case holds no request", hint="see the case")
        check_within(case.request, event.scope)
        if not event.left_out.strip():
            raise Malformed("a grant in part says what is left out, and why", where="left_out", hint="art. 40(25)")
    return {
        "scope": event.scope,
        "conditions": event.conditions,
        "conditions_accepted": False,
        "grant": event.message,
        "look_again": None,
    }


def _check_grant(case: Case, grant: str) -> None:
    if not case.conditions or grant != case.grant:
        raise OutOfOrder("this answers another grant than the one that stands", hint="read the conditions again")


def _answered(case: Case, event: e.ConsultationAnswered) -> dict[str, Any]:
    found = next((one for one in case.consultations if one.message == event.consultation), None)
    if found is None or found.answer:
        raise OutOfOrder("no open consultation has this number", hint="see the case")
    if found.is_ours == ("/" not in event.by):
        raise NotPermitted("a consultation is answered by the other side", hint="wait for its answer")
    answered = replace(found, answer=event.text)
    return {"consultations": tuple(answered if one is found else one for one in case.consultations)}


def _extended(case: Case, event: e.SecrecyExtended) -> dict[str, Any]:
    """By a later decision of somebody else; what the other side tells us can only lengthen what we keep."""
    if "/" in event.by:
        until, today = max(event.until, case.secret_until or event.until), Instant.from_seconds(event.at).day
        kept = case.secrecy or Secrecy(SecrecyReason.IN_WORDS, min(today, until), until)
        return {"secrecy": replace(kept, until=until), "secrecy_ended": False, "notice_due": None}
    if event.by in case.authors:
        raise NotPermitted("who had a part in the request does not extend its secrecy", hint="somebody else does")
    if case.secrecy is None or case.secrecy_ended or event.until <= case.secrecy.until:
        raise OutOfOrder("secrecy that lasts is extended to a later day, and no other", hint="see the case")
    return {"secrecy": replace(case.secrecy, until=event.until)}


def _ended(case: Case, last: date) -> dict[str, Any]:
    """It ended, on its day or before; from then on the person concerned can be told."""
    if case.secrecy is None:
        return {}
    shortened = replace(case.secrecy, since=min(case.secrecy.since, last), until=last)
    due = None if case.position is Position.PROVIDER else shortened.notice_due
    return {"secrecy": shortened, "secrecy_ended": True, "notice_due": due}
