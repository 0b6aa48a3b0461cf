"""A person settles the doubts of a case."""

from typing import Final

from comity.base.errors import Mistake
from comity.cases.case import Case
from comity.web.actions.form import Action, Wrong, only
from comity.web.request_form.field import Choice, Field
from comity.web.site import Visit
from comity.web.words import N_
from comity.workflows import doubts

_KEEP, _UNDO = "rely", "undo"
_FIELDS: Final = (
    Field(
        "keep",
        "radios",
        N_("What came"),
        N_("Ask its sender first, by a number that you already had."),
        choices=(
            Choice(_KEEP, N_("It is relied on: the case goes on, and what was held is sent")),
            Choice(_UNDO, N_("It is not relied on: only what takes it back goes on")),
        ),
    ),
    Field("reasons", "area", N_("Reasons"), N_("Whom you asked, how, and what they said. For the file.")),
)


def _settle(visit: Visit, case: Case) -> str:
    said = visit.form.text("keep")
    if said not in (_KEEP, _UNDO):
        raise Wrong([Mistake("keep", N_("Say whether it is relied on"))])
    doubts.settle(visit.office, visit.person, case.id, keep=said == _KEEP, reasons=visit.form.text("reasons"))
    return ""


SETTLE_DOUBT: Final = Action(
    N_("Something in this case came under a key that was revoked, or while a directory had ended. You decide."),
    N_("Settle the doubt"),
    only(*_FIELDS),
    {"keep": N_("Say whether it is relied on"), "reasons": N_("Give the reasons")},
    _settle,
    weighs="steps",
)
