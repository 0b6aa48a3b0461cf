"""What the requested State asked for, given in a request written anew."""

from typing import Final

from comity.base.errors import NotPermitted
from comity.cases.case import Case
from comity.web.actions.form import Action, Wrong, only
from comity.web.request_form.building import read_mended
from comity.web.site import Visit
from comity.web.words import N_
from comity.workflows import draft_request


def _supply(visit: Visit, case: Case) -> str:
    if case.request is None:
        raise NotPermitted("this case holds no request of ours", hint="see its page")
    mended, mistakes = read_mended(visit.form.fields, case.request, case.procedure)
    if mended is None:
        raise Wrong(mistakes)
    draft_request.supply(visit.office, visit.person, case.id, mended)
    return ""


SUPPLY: Final = Action(
    N_("The request is written anew, whole. It is sent when a second person approves."),
    N_("Save for approval"),
    only(),
    {},
    _supply,
)
