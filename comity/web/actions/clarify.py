"""What the provider asks of its order, and the authority's answer."""

from typing import Final

from comity.cases.case import Case
from comity.web.actions.form import Action, only
from comity.web.request_form.field import Field
from comity.web.site import Visit
from comity.web.words import N_
from comity.workflows import clarify_order


def _question(visit: Visit, case: Case) -> str:
    clarify_order.question(visit.office, visit.person, case.id, text=visit.form.text("text"))
    return ""


def _answer_fields(_visit: Visit, case: Case) -> tuple[Field, ...]:
    return (Field("text", "area", N_("Your answer"), case.question),)


def _clarify(visit: Visit, case: Case) -> str:
    clarify_order.clarify(visit.office, visit.person, case.id, text=visit.form.text("text"))
    return ""


QUESTION: Final = Action(
    N_("The authority that ordered you answers. The order stands, and what is preserved stays preserved meanwhile."),
    N_("Ask"),
    only(Field("text", "area", N_("Your question"))),
    {"text": N_("Write your question")},
    _question,
    weighs="request",
)
CLARIFY: Final = Action(
    N_("The provider reads it. What the order does not say is not added so: that takes a new order."),
    N_("Answer"),
    _answer_fields,
    {"text": N_("Write your answer")},
    _clarify,
)
