"""What falls due, computed from the case. Each says its basis: treaty, declaration, agreement or policy.

The Convention gives no hours or days for an answer: none is shown as treaty here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from comity.cases import events
from comity.cases.case import Case, Notice, Position
from comity.cases.emergency_steps import owes_review
from comity.cases.machine import allowed, procedure_of


class Basis(StrEnum):
    TREATY = "treaty"
    REQUEST = "the request"
    ORDER = "the order"
    DECISION = "the decision"
    POLICY = "policy"


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """A day, what falls due on it, and on what basis."""

    on: date
    what: str
    basis: Basis
    citation: str


def runs_out(case: Case) -> date | None:
    """The last day of what ends by itself: preservation that may lapse, secrecy. None where nothing does."""
    days = [case.secrecy.until] if case.secrecy is not None and not case.secrecy_ended else []
    if case.preserved_until is not None and events.tag_of(events.Lapsed) in allowed(case):
        days.append(case.preserved_until)
    return min(days, default=None)


_DONE_AS_ASKED: Final = frozenset({"preserved", "held pending decision", "evidence released"})
"""States in which the requesting State was given what it asked for, although the case goes on."""
_REVIEW: Final = "the emergency is confirmed in writing and reviewed, or the data are destroyed"


def due_dates(case: Case, *, warn_days: int) -> tuple[Due, ...]:
    """All that is due in a case, soonest first. warn_days: how long before the end to think of extending (policy).

    A notice that is owed stays due when the case has ended, until it was given or oversight agreed that none is.
    """
    found: list[Due] = []
    if case.state not in procedure_of(case.procedure).ends:
        found += _while_it_goes_on(case, warn_days)
    if case.notice_due is not None and owes_notice(case):
        found.append(Due(case.notice_due, "a notice is given to the person concerned", Basis.POLICY, "24(2)"))
    elif case.secret_until is not None and owes_notice(case):
        found.append(Due(case.secret_until, "confidentiality ends: a notice falls due", Basis.REQUEST, "40(20)"))
    for complaint in case.complaints:
        if not complaint.is_answered:
            found.append(Due(complaint.due, "a complaint is answered", Basis.POLICY, "24(2)"))
        elif complaint.unanswered:
            found.append(Due(complaint.due, "who has the data answers a complaint", Basis.POLICY, "24(2)"))
    if case.emergency is not None and owes_review(case):
        found.append(Due(case.emergency.review_due, _REVIEW, Basis.POLICY, "40(14)"))
    return tuple(sorted(found))


def wished_day(case: Case) -> date | None:
    """The day that the other State wishes for, at the State asked, until what it asked for is done. It is no deadline
    and binds nobody, so `due_dates` has it not: with its reasons it is taken into account (art. 40(26))."""
    asked = case.mended or case.request
    if case.position is not Position.REQUESTED or asked is None or case.state in _DONE_AS_ASKED:
        return None
    return asked.deadline if case.state not in procedure_of(case.procedure).ends else None


def _while_it_goes_on(case: Case, warn_days: int) -> Iterator[Due]:
    if case.preserved_until is not None and case.procedure == "preservation":
        yield Due(case.preserved_until, "preservation ends", Basis.ORDER, "25(2)")
        if case.position is Position.REQUESTING:
            early = case.preserved_until - timedelta(days=warn_days)
            yield Due(early, "ask for an extension, or send the request for assistance", Basis.POLICY, "42(9)")
    if case.look_again is not None:
        yield Due(case.look_again, "the postponement is looked at again", Basis.DECISION, "40(27)")
    if case.position is Position.PROVIDER and case.secret_until is not None and not case.secrecy_ended:
        yield Due(case.secret_until, "confidentiality of the order ends", Basis.ORDER, "25(3)")


def owes_notice(case: Case) -> bool:
    """Whether the person concerned is to be told once secrecy has ended: policy, by way of art. 24(2).

    Nobody is told of a request that was never sent, or was refused: nothing was done about them.
    """
    if case.position is Position.PROVIDER or case.secret_until is None:
        return False
    if case.notice in (Notice.GIVEN, Notice.WAIVED):
        return False
    ended = case.state in procedure_of(case.procedure).ends
    return not ended or (bool(case.request_message) and case.state != "refused")
