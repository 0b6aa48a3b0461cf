"""Emergencies: what is asked for because somebody's life is at risk, and what people on both sides do with it.

Whoever is asked calls the number of the directory before anything is disclosed; a second person checks the call; what
is held against an emergency a reviewer decides on; five days later it is reviewed. At the number sit the asking State's
own people, who know what they asked for: so a forged one is denied, but where an accomplice answers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Final

import msgspec

from comity.cases.case import Case, Position
from comity.exchange.directory import Entity
from comity.simulate.lies import Catch
from comity.simulate.matters import Matter, production
from comity.treaty.request import Request
from comity.treaty.terms import Risk
from comity.workflows import call_back, draft_request
from comity.workflows.emergency_means import with_means
from comity.workflows.office import Office

CALL_BACK: Final = "call-back"
REVIEW: Final = "review"
"""The two checks: a run can leave out either (plan.CHECKS)."""
_WHO: Final = ("a girl of nine", "a nurse", "two brothers", "an old man", "a journalist", "a student", "a family")
_WHAT: Final = (
    "was taken from the street",
    "is held in a cellar",
    "is threatened with a fire",
    "was lured to a meeting",
)
_WHEN: Final = ("tonight", "before noon", "within six hours", "when the battery is empty", "at the end of the shift")


def listed(entity: Entity, number: int) -> Entity:
    """An authority as its State lists it: it may claim an emergency, and is called back at an invented number."""
    return with_means(telephone=f"+999 {number // 1000:03} {number % 1000:03}", central=True, may_claim=True)(entity)


def request(matter: Matter, today: date, drawn: Random) -> Request:
    """A request for stored data that says what an emergency must."""
    who, what, when = (drawn.choice(some) for some in (_WHO, _WHAT, _WHEN))
    return msgspec.structs.replace(
        production(matter, today),
        urgent=True,
        emergency=f"{who} {what}; whoever did it writes from the account (matter {matter.number}).",
        emergency_risks=(Risk.LIFE,),
        emergency_person=who,
        emergency_imminence=f"The last message of matter {matter.number} says: {when}.",
        emergency_averts="The address of the last log-in says where they are.",
        emergency_minimum="Only the log-ins of today, of this one account.",
    )


def next_step(case: Case, today: date, *, is_known: bool) -> str:
    """What an emergency calls for before all else; '' for nothing. is_known: whether the people of the asking State
    themselves asked, on its own side."""
    found = case.emergency
    if case.position is Position.REQUESTING:
        return _asking(case, is_known=is_known)
    if found is None:
        return ""
    if found.denied and str(case.state) == "requested":
        return "" if any(not one.answer for one in case.consultations) else _refusal(case)
    if found.awaits_check:
        return "check call"
    if found.awaits_call and not found.reviewed:
        return "call back"
    if found.awaits_decision and not found.denied:
        return "admit"
    if found.owes_review and (found.followed_up or today > found.review_due):
        return "review"
    return ""


def _refusal(case: Case) -> str:
    return "refuse" if case.has_consulted else "answer objection"


def _asking(case: Case, *, is_known: bool) -> str:
    found = case.emergency
    if str(case.state) == "draft":
        return "second approve" if case.first_approval is not None else ""
    if found is None or not is_known or str(case.state) in ("refused", "withdrawn"):
        return ""
    if not found.followed_up:
        return "follow up"
    return "" if found.reviewed else "review"


def mark(case: Case) -> str:
    """What changes where a step is to be done again: the last call, and who approved."""
    call = case.emergency.call if case.emergency is not None else None
    return f"{call.at if call else ''}{case.first_approval is not None}"


@dataclass(frozen=True, slots=True)
class Call:
    """What a call to the number of the directory would bring. is_theirs: whether who answers says that they asked."""

    is_theirs: bool
    random: Random


def take(step: str, office: Office, case: Case, call: Call) -> Case:
    """Do a step of an emergency. Raises what the workflow raises."""
    return STEPS[step](office, case, call)


def _second_approve(office: Office, case: Case, _: Call) -> Case:
    return draft_request.approve(office, "reviewer-1", case.id)


def _call_back(office: Office, case: Case, call: Call) -> Case:
    """One call in ten reaches nobody, and is made again."""
    result = "confirmed" if call.is_theirs else "denied"
    if call.random.random() < _UNREACHED:
        result = "unreached"
    reached = "" if result == "unreached" else f"the duty desk of State {case.peer[:2]} (invented)"
    text = "Asked whether they know of case and person at risk, and for both approvers by name."
    return call_back.call_back(office, "officer-2", case.id, result=result, reached=reached, text=text)


_UNREACHED: Final = 0.1


def _check_call(office: Office, case: Case, _: Call) -> Case:
    reasons = "The number is that of the directory, and who answered named the case."
    return call_back.check_call(office, "lawyer-1", case.id, confirmed=True, reasons=reasons)


def _admit(office: Office, case: Case, _: Call) -> Case:
    return call_back.admit(office, "reviewer-1", case.id, reasons="The call was confirmed; read with what is held.")


def _follow_up(office: Office, case: Case, _: Call) -> Case:
    return call_back.follow_up(office, "officer-1", case.id, text="Ours, as we said; they were found unharmed.")


def _review(office: Office, case: Case, _: Call) -> Case:
    found = case.emergency
    outcome = "confirmed" if found is not None and found.followed_up else "unconfirmed"
    reasons = "Confirmed in writing." if outcome == "confirmed" else "Nothing in writing came; the data are destroyed."
    return call_back.review(office, "reviewer-1", case.id, outcome=outcome, reasons=reasons)


STEPS: Final[Mapping[str, Callable[[Office, Case, Call], Case]]] = {
    "second approve": _second_approve,
    "call back": _call_back,
    "check call": _check_call,
    "admit": _admit,
    "follow up": _follow_up,
    "review": _review,
}


def catch_of(node: str, step: str, case: Case, at: float) -> Catch | None:
    """What a step says against the node that asked; None for nothing."""
    found = case.emergency
    if case.position is not Position.REQUESTED or found is None:
        return None
    if step == "call back" and found.denied:
        return Catch(case.peer, CALL_BACK, node, "denied", case.request_message, at)
    if step == "review" and found.reviewed == "unconfirmed":
        return Catch(case.peer, REVIEW, node, "unconfirmed", case.request_message, at)
    return None
