"""When the steps of an emergency are open in a case, and who gave the other half of a step that takes two people."""

from collections.abc import Callable, Mapping
from typing import Final

from comity.cases.case import Case, Position
from comity.cases.emergency import Emergency
from comity.cases.emergency_steps import owes_review


def _open(is_so: Callable[[Emergency], bool]) -> Callable[[Case], bool]:
    """The emergency stands so, in a case that was neither refused nor withdrawn."""
    return lambda case: (
        case.emergency is not None and case.state not in ("refused", "withdrawn") and is_so(case.emergency)
    )


def _can_review(case: Case) -> bool:
    if case.emergency is None or not owes_review(case):
        return False
    return case.emergency.is_confirmed if case.position is Position.REQUESTED else case.emergency.followed_up


WHERE: Final[Mapping[str, Callable[[Case], bool]]] = {
    "call_back": _open(lambda one: one.awaits_call),
    "check_call": _open(lambda one: one.awaits_check),
    "admit_emergency": _open(lambda one: one.awaits_decision and not one.denied),
    "follow_up": _open(lambda one: not one.followed_up and not one.reviewed),
    "review_emergency": _can_review,
}


def did_the_other_part(case: Case, action: str, person: str) -> bool:
    """Whether the person gave the first approval, or made the call that is to be checked."""
    if action == "approve":
        return case.first_approval is not None and case.first_approval.by == person
    call = case.emergency.call if case.emergency else None
    return action == "check_call" and call is not None and call.by == person
