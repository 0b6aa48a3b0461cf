"""Run the treaty's rules on a request, from our side, today."""

from comity.base.errors import NeedsPerson, RefusedByRule
from comity.base.ids import StateCode
from comity.cases.case import Case
from comity.treaty.assess import Assessment, Side, assess
from comity.treaty.declarations import declarations_of
from comity.treaty.participation import load_register
from comity.treaty.request import Request
from comity.workflows.access import deciders
from comity.workflows.office import Office


def assess_request(office: Office, request: Request, side: Side) -> Assessment:
    """What the rules say of a request between its two States on this day, in this node's mode."""
    return assess(
        request,
        requesting=declarations_of(StateCode(request.requesting)),
        requested=declarations_of(StateCode(request.requested)),
        register=load_register(),
        on=office.clock.now().day,
        side=side,
        mode=office.mode,
    )


def require_no_stop(assessment: Assessment) -> None:
    """Raise RefusedByRule where a rule stops it."""
    if assessment.stops:
        first = assessment.stops[0]
        more = f", and {len(assessment.stops) - 1} more" if len(assessment.stops) > 1 else ""
        raise RefusedByRule(f"{first.citation}: {first.why}{more}", findings=assessment.stops, hint=first.todo)


def require_clear(assessment: Assessment, case: Case) -> None:
    """Raise RefusedByRule where a rule or a person stops it, NeedsPerson where a decision is still to be made."""
    require_no_stop(assessment)
    opposed = [finding for finding in assessment.decisions if finding.rule in case.opposed]
    if opposed:
        raise RefusedByRule(
            f"{opposed[0].citation}: a person decided against it ({opposed[0].rule})",
            findings=opposed,
            hint="refuse with reasons, have the request mended, or decide anew",
        )
    open_ones = [finding for finding in assessment.decisions if finding.rule not in case.decided]
    if open_ones:
        first_open, who = open_ones[0], deciders(open_ones[0].who)
        raise NeedsPerson(
            f"{first_open.citation}: {first_open.why} ({first_open.rule})",
            findings=open_ones,
            hint=f"a {who} decides, with reasons: comity case decide CASE --rule {first_open.rule}",
        )
