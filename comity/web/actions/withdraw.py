"""A request withdrawn by the State that made it."""

from typing import Final

from comity.cases.case import Case
from comity.web.actions.form import NO_REASONS, REASONS, Action, only
from comity.web.site import Visit
from comity.web.words import N_
from comity.workflows import withdraw_request


def _withdraw(visit: Visit, case: Case) -> str:
    withdraw_request.withdraw(visit.office, visit.person, case.id, reasons=visit.form.text("reasons"))
    return ""


WITHDRAW: Final = Action(
    N_(
        "Help is no longer needed. The requested State is told, if it has the request (art. 40(26)). Evidence that it "
        "holds by then is returned or destroyed there; what is on its way here you accept, and return or destroy."
    ),
    N_("Withdraw the request"),
    only(REASONS),
    {"reasons": NO_REASONS},
    _withdraw,
)
