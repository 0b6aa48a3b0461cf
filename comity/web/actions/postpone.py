"""Execution put off for own proceedings, and taken up again."""

from typing import Final

from comity.base.errors import Mistake
from comity.cases.case import Case
from comity.web.actions.form import CONSULTED, NO_REASONS, REASONS, Action, Wrong, day, only
from comity.web.request_form.field import Field
from comity.web.site import Visit
from comity.web.words import N_
from comity.workflows import postpone_request

_NO_DAY: Final = N_("Say when you will look at it again")


def _fields(_visit: Visit, case: Case) -> tuple[Field, ...]:
    hint = N_("A day to decide anew, not a promise. It falls due at both ends.")
    look_again = Field("look_again", "day", N_("Look at it again on"), hint, "40(27)")
    return (REASONS, look_again, *(() if case.has_consulted else (CONSULTED,)))


def _postpone(visit: Visit, case: Case) -> str:
    look_again = day(visit, "look_again")
    if look_again is None:
        raise Wrong([Mistake("look_again", _NO_DAY)])
    postpone_request.postpone(
        visit.office,
        visit.person,
        case.id,
        reasons=visit.form.text("reasons"),
        look_again=look_again,
        consulted_otherwise=visit.form.text("consulted_otherwise"),
    )
    return ""


def _resume(visit: Visit, case: Case) -> str:
    postpone_request.resume(visit.office, visit.person, case.id, reasons=visit.form.text("reasons"))
    return ""


POSTPONE: Final = Action(
    N_("Only because it would interfere with an investigation or proceeding of your own. Consult before you postpone."),
    N_("Postpone"),
    _fields,
    {"reasons": NO_REASONS, "look_again": _NO_DAY},
    _postpone,
    weighs="request",
)
RESUME: Final = Action(
    N_("The request is taken up again, and granted or refused as any other. The requesting State is told."),
    N_("Take it up again"),
    only(REASONS),
    {"reasons": NO_REASONS},
    _resume,
    weighs="steps",
)
