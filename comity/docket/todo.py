"""What may be done in a case, by whom, and whether it waits for somebody: read from the case's own table of moves.

Pure. It decides what is offered; whether it may be done is the workflow's to say, each time.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from comity.cases import events as e
from comity.cases.case import Case, Notice, Position
from comity.cases.deadlines import owes_notice
from comity.cases.holding import can_destroy, can_return, holds
from comity.cases.machine import allowed, awaits_lifting, has_ended, keeps_copies
from comity.docket import emergency_todo
from comity.treaty.assess import Assessment
from comity.treaty.findings import NeedsDecision
from comity.workflows.access import ACTIONS, DECIDERS, PersonRole
from comity.workflows.pass_complaints import untold


@dataclass(frozen=True, slots=True)
class Step:
    """One action. `waits`: the case does not go on without it; else it is merely possible."""

    action: str
    waits: bool


_EVENT_OF: Final[dict[str, type[e.CaseEvent]]] = {
    "approve": e.Approved,
    "supply": e.Mended,
    "withdraw": e.Withdrawn,
    "grant": e.Granted,
    "order": e.OrderIssued,
    "confirm": e.Preserved,
    "seal": e.EvidenceSealed,
    "release": e.EvidenceReleased,
    "accept": e.EvidenceAccepted,
    "examine": e.EvidenceExamined,
    "let_in": e.EvidenceReissued,
    "return": e.EvidenceReturned,
    "destroy": e.EvidenceDestroyed,
    "object": e.Objected,
    "refuse": e.Refused,
    "narrow": e.Granted,
    "ask": e.InformationAsked,
    "postpone": e.Postponed,
    "resume": e.Resumed,
    "consult": e.ConsultationOpened,
    "reply": e.ConsultationAnswered,
    "conditions": e.ConditionsAccepted,
    "question": e.ClarificationAsked,
    "clarify": e.ClarificationGiven,
    "lift": e.OrderLifted,
    "let_go": e.CopiesReleased,
    "settle_doubt": e.DoubtSettled,
    "freeze": e.Frozen,
    "unfreeze": e.Unfrozen,
    "extend_secrecy": e.SecrecyExtended,
    "end_secrecy": e.SecrecyEnded,
    "notify": e.NoticeGiven,
    "withhold_notice": e.NoticeWithheld,
    "waive_notice": e.NoticeWaived,
    "call_back": e.CalledBack,
    "check_call": e.CallBackChecked,
    "admit_emergency": e.EmergencyAdmitted,
    "follow_up": e.EmergencyFollowedUp,
    "review_emergency": e.EmergencyReviewed,
    "exculpatory": e.ExculpatoryFound,
    "complaint": e.ComplaintRecorded,
    "relay_complaint": e.ComplaintForwarded,
    "answer_complaint": e.ComplaintAnswered,
    "keep_longer": e.RetentionExtended,
    "onward": e.OnwardAsked,
    "authorise_onward": e.OnwardDecided,
}
_SECRECY: Final = ("extend_secrecy", "end_secrecy", "notify", "withhold_notice", "waive_notice")
_RIGHTS: Final = ("answer_complaint", "relay_complaint", "complaint", "keep_longer")
_AT: Final[dict[Position, tuple[str, ...]]] = {
    Position.REQUESTING: (
        *(
            "approve",
            "follow_up",
            "review_emergency",
            "supply",
            "conditions",
            "accept",
            "examine",
            "reply",
            "consult",
            "withdraw",
        ),
        *("let_in", "return", "destroy", "exculpatory", "onward"),
        *_SECRECY,
        *_RIGHTS,
        *("settle_doubt", "freeze", "unfreeze"),
    ),
    Position.REQUESTED: (
        *(
            "admit_emergency",
            "check_call",
            "call_back",
            "review_emergency",
            "clarify",
            "grant",
            "order",
            "accept",
            "release",
            "lift",
            "reply",
            "resume",
        ),
        *("narrow", "ask", "consult", "postpone", "refuse", "return", "destroy", "authorise_onward"),
        *_SECRECY,
        *_RIGHTS,
        *("settle_doubt", "freeze", "unfreeze"),
    ),
    Position.PROVIDER: (
        *("confirm", "seal", "release", "accept", "let_go", "question", "object", "destroy"),
        *_RIGHTS,
        *("settle_doubt", "freeze", "unfreeze"),
    ),
}
_STATES: Final[dict[str, frozenset[str]]] = {
    "accept": frozenset({"evidence arrived", "evidence coming back", "withdrawn with evidence arrived"}),
    "supply": frozenset({"information asked"}),
    "confirm": frozenset({"ordered"}),
    "order": frozenset({"requested", "information asked", "granted", "objected"}),
    "grant": frozenset({"requested"}),
    "refuse": frozenset({"requested", "information asked", "postponed", "objected"}),
    "conditions": frozenset({"granted"}),
}
"""Where the table allows an event in more states than the ones in which a person here is the one to bring it about."""
_WHERE: Final[dict[str, Callable[[Case], bool]]] = {
    "order": lambda case: not case.awaits_conditions,
    "conditions": lambda case: case.awaits_conditions,
    "consult": lambda case: bool(case.request_message),
    "reply": lambda case: any(not one.is_ours and not one.answer for one in case.consultations),
    "question": lambda case: not case.question,
    "clarify": lambda case: bool(case.question),
    "lift": awaits_lifting,
    "return": can_return,
    "destroy": can_destroy,
    "let_go": keeps_copies,
    "freeze": lambda case: not has_ended(case),
    "extend_secrecy": lambda case: owes_notice(case) and not case.secrecy_ended,
    "end_secrecy": lambda case: owes_notice(case) and not case.secrecy_ended,
    "notify": lambda case: owes_notice(case) and bool(case.request_message),
    "withhold_notice": lambda case: owes_notice(case) and case.notice is not Notice.PROPOSED_NOT,
    "waive_notice": lambda case: owes_notice(case) and case.notice is Notice.PROPOSED_NOT,
    **emergency_todo.WHERE,
    "exculpatory": lambda case: bool(case.request_message),
    "answer_complaint": lambda case: any(not one.is_answered for one in case.complaints),
    "relay_complaint": lambda case: any(untold(case, one) for one in case.complaints),
    "onward": lambda case: bool(case.package) and holds(case),
    "authorise_onward": lambda case: any(not one.is_ours and not one.decided for one in case.onward),
}
"""What an action needs of the case beside its place in the table."""
OPTIONAL: Final = frozenset(
    {
        *("object", "refuse", "examine", "withdraw", "narrow", "ask", "postpone", "resume", "consult", "question"),
        *("return", "destroy", "freeze", "unfreeze", "extend_secrecy", "end_secrecy", "notify", "withhold_notice"),
        *("exculpatory", "complaint", "keep_longer", "onward", "let_in"),
        "review_emergency",
    }
)
_NEEDS_CLEAR: Final = frozenset({"approve", "grant", "narrow", "order"})
"""Actions that no rule may stand against."""


_RIGHT_OF: Final = {"narrow": "grant", "relay_complaint": "complaint", "let_in": "release"}
"""The right that an action takes, where it is not its own."""


def rights_of(action: str) -> frozenset[PersonRole]:
    """The roles that can take a step."""
    return ACTIONS[_RIGHT_OF.get(action, action)]


def steps(case: Case, found: Assessment | None) -> tuple[Step, ...]:
    """The steps open in a case, those that wait first. found: what the rules say of its request, mended or not."""
    tags = allowed(case)
    open_ones = [
        action
        for action in _AT[case.position]
        if e.tag_of(_event_of(case, action)) in tags
        and case.state in _STATES.get(action, frozenset({str(case.state)}))
        and (action not in _WHERE or _WHERE[action](case))
    ]
    undecided = undecided_of(case, found)
    stops = found.stops if found is not None else ()
    blocked = bool(undecided or stops)
    found_steps = [
        Step(action, _waits(case, action)) for action in open_ones if not (blocked and action in _NEEDS_CLEAR)
    ]
    if undecided and e.tag_of(e.Decided) in tags:
        found_steps.insert(0, Step("decide", any(one.rule not in case.opposed for one in undecided)))
    return tuple(sorted(found_steps, key=lambda step: not step.waits))


def calls_again(case: Case) -> bool:
    """Whether somebody here is still to act though the case itself has ended: a notice, a complaint, a question whether
    the evidence may go on."""
    tells = case.notice_due is not None and owes_notice(case) and case.position is not Position.PROVIDER
    return tells or any(_WHERE[one](case) for one in ("answer_complaint", "relay_complaint", "authorise_onward"))


def _waits(case: Case, action: str) -> bool:
    """Whether the case does not go on without it. A notice is possible early, and waited for once secrecy has ended,
    unless somebody proposes to give none; an emergency is reviewed early, and waited for once it was confirmed in
    writing. Evidence is returned or destroyed as somebody likes, and must be where its request was withdrawn."""
    if action in ("return", "destroy"):
        return case.state == "withdrawn with evidence held"
    if action == "notify":
        return case.notice_due is not None and case.notice is Notice.OPEN
    if action == "review_emergency":
        return case.emergency is not None and case.emergency.followed_up
    return action not in OPTIONAL and not (action == "supply" and case.mended is not None)


def _event_of(case: Case, action: str) -> type[e.CaseEvent]:
    """The event that an action brings about: to approve what was mended is to give the information."""
    return e.InformationGiven if action == "approve" and case.mended is not None else _EVENT_OF[action]


def undecided_of(case: Case, found: Assessment | None) -> tuple[NeedsDecision, ...]:
    """The findings that no person has decided in favour."""
    return tuple(one for one in (found.decisions if found is not None else ()) if one.rule not in case.decided)


def may(case: Case, action: str, person: str, roles: Iterable[str], found: Assessment | None) -> bool:
    """Whether the person's roles allow an action here. Who wrote a request, or mended it, neither approves it nor
    decides on it; a finding is decided in a role that it names."""
    mine = set(roles)
    if action == "approve" and person == (case.mended_by if case.mended is not None else case.drafted_by):
        return False
    if action == "extend_secrecy" and person in case.authors:
        return False
    if action == "waive_notice" and person == case.notice_by:
        return False
    if action == "destroy" and person in case.custodians:
        return False
    if emergency_todo.did_the_other_part(case, action, person):
        return False
    if action == "decide":
        is_author = person in {case.drafted_by, case.mended_by}
        return not is_author and any(DECIDERS[one.who] & mine for one in undecided_of(case, found))
    return bool(rights_of(action) & mine)
