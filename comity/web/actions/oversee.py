"""Oversight's stop, and its end."""

from typing import Final

from comity.cases.case import Case
from comity.web.actions.form import NO_REASONS, Action, only
from comity.web.request_form.field import Field
from comity.web.site import Visit
from comity.web.words import N_
from comity.workflows import freeze_case

_REASONS: Final = Field("reasons", "area", N_("Reasons"), N_("For the file. The other State is not told."))


def _freeze(visit: Visit, case: Case) -> str:
    freeze_case.freeze(visit.office, visit.person, case.id, reasons=visit.form.text("reasons"))
    return ""


def _unfreeze(visit: Visit, case: Case) -> str:
    freeze_case.unfreeze(visit.office, visit.person, case.id, reasons=visit.form.text("reasons"))
    return ""


FREEZE: Final = Action(
    N_(
        "Nothing of it is sent, disclosed or let go until you lift it. Preservation goes on, and what comes is entered."
    ),
    N_("Freeze the case"),
    only(_REASONS),
    {"reasons": NO_REASONS},
    _freeze,
    weighs="request",
)
UNFREEZE: Final = Action(
    N_("The case goes on, and what was held is sent."),
    N_("Let the case go on"),
    only(_REASONS),
    {"reasons": NO_REASONS},
    _unfreeze,
    weighs="steps",
)
