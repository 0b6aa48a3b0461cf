"""What the requested State needs to know, asked for by a person."""

from typing import Final

from comity.cases.case import Case
from comity.web.actions.form import Action, lines, only
from comity.web.request_form.field import Field
from comity.web.site import Visit
from comity.web.words import N_
from comity.workflows import ask_information


def _ask(visit: Visit, case: Case) -> str:
    ask_information.ask(
        visit.office, visit.person, case.id, missing=lines(visit, "missing"), text=visit.form.text("text")
    )
    return ""


ASK: Final = Action(
    N_("The requesting State is asked for it. That is no refusal, and preservation is not held up by it."),
    N_("Ask for it"),
    only(
        Field("missing", "area", N_("What is needed"), N_("One thing a line."), "40(16), 42(6)"),
        Field("text", "area", N_("Why it is needed"), rows=2),
    ),
    {"missing": N_("Name what is needed"), "text": N_("Say why it is needed")},
    _ask,
    weighs="request",
)
