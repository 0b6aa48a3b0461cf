"""A person's decision on a finding that the software leaves to people."""

from typing import Final

from comity.cases.case import Case
from comity.docket import todo
from comity.treaty.findings import NeedsDecision
from comity.web.actions.form import NO_REASONS, REASONS, Action
from comity.web.request_form.field import Choice, Field
from comity.web.site import Visit
from comity.web.words import N_
from comity.workflows import decide_request, read_cases
from comity.workflows.access import DECIDERS


def waiting(visit: Visit, case: Case) -> tuple[NeedsDecision, ...]:
    """The findings that this person can decide."""
    undecided = todo.undecided_of(case, read_cases.findings_of(visit.office, case))
    return tuple(one for one in undecided if DECIDERS[one.who] & visit.roles)


def _decide_fields(visit: Visit, case: Case) -> tuple[Field, ...]:
    ours = {one.rule: one for one in waiting(visit, case)}
    choices = tuple(Choice(rule, one.title, f"{one.why} {one.todo}") for rule, one in ours.items())
    against = N_("No: it must not go on like this")
    return (
        Field("rule", "radios", N_("What you decide on"), choices=choices),
        Field("decision", "radios", N_("May it go on?"), choices=(Choice("yes", N_("Yes")), Choice("no", against))),
        REASONS,
    )


def _decide(visit: Visit, case: Case) -> str:
    in_favour = visit.form.text("decision") == "yes"
    decide_request.decide(
        visit.office,
        visit.person,
        case.id,
        rule=visit.form.text("rule"),
        in_favour=in_favour,
        decision="in favour" if in_favour else "against",
        reasons=visit.form.text("reasons"),
    )
    return ""


DECIDE: Final = Action(
    N_("It is recorded with your name, your role and your reasons. A no keeps the request where it is."),
    N_("Record the decision"),
    _decide_fields,
    {"rule": N_("Choose what you decide on"), "decision": N_("Say what you decide"), "reasons": NO_REASONS},
    _decide,
    weighs="request",
)
