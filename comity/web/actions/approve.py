"""The second person's approval, with which a request goes."""

from typing import Final

from comity.cases.case import Case
from comity.web.actions.form import Action, only
from comity.web.approval_pages import keep_reasons
from comity.web.request_form.field import Field
from comity.web.site import Visit
from comity.web.words import N_
from comity.workflows import draft_request, people_approvals


def _approve(visit: Visit, case: Case) -> str:
    """Who has a passkey signs the decision on a page of its own; a persona of an exercise has none."""
    if people_approvals.needs_passkey(visit.office, visit.person):
        return keep_reasons(visit, case.id)
    draft_request.approve(visit.office, visit.person, case.id, reasons=visit.form.text("reasons"))
    return ""


APPROVE: Final = Action(
    N_(
        "The rules are run again; then the request is signed, sealed for the requested State and queued. An emergency "
        "takes two of you beside its author: the first approval sends nothing."
    ),
    N_("Approve and send"),
    only(Field("reasons", "line", N_("Note for the file"), N_("If you wish."))),
    {},
    _approve,
    weighs="request",
)
