"""An order lifted by the authority, and the copies let go by the provider."""

from typing import Final

from comity.cases.case import Case
from comity.web.actions.form import NO_REASONS, REASONS, Action, only
from comity.web.request_form.field import Field
from comity.web.site import Visit
from comity.web.words import N_
from comity.workflows import lift_order


def _lift(visit: Visit, case: Case) -> str:
    lift_order.lift(visit.office, visit.person, case.id, reasons=visit.form.text("reasons"))
    return ""


def _let_go(visit: Visit, case: Case) -> str:
    lift_order.let_go(visit.office, visit.person, case.id, text=visit.form.text("text"))
    return ""


LIFT: Final = Action(
    N_("The provider is told, and lets the copies go. See first whether a case at home needs them."),
    N_("Lift the order"),
    only(REASONS),
    {"reasons": NO_REASONS},
    _lift,
)
LET_GO: Final = Action(
    N_("You say that nothing is kept any more for this order; or what is, and under which law."),
    N_("Confirm"),
    only(Field("text", "area", N_("What was deleted, and when"))),
    {"text": N_("Say what was deleted, and when")},
    _let_go,
)
