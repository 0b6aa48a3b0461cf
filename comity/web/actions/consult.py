"""Consultation between the two States, and the answer to the conditions of a grant."""

from typing import Final

from comity.cases.case import Case
from comity.web.actions.form import CONDITIONS, NO_REASONS, REASONS, Action, lines, only
from comity.web.request_form.field import Choice, Field
from comity.web.site import Visit
from comity.web.words import ABOUT, N_
from comity.workflows import consult_peer

_ABOUT: Final = tuple(Choice(one, word) for one, word in ABOUT.items())
_TEXT: Final = Field("text", "area", N_("What you say"), N_("The other side reads it."))
_NO_TEXT: Final = N_("Say something")


def _consult(visit: Visit, case: Case) -> str:
    consult_peer.consult(
        visit.office,
        visit.person,
        case.id,
        about=visit.form.text("about"),
        text=visit.form.text("text"),
        conditions=lines(visit, "conditions"),
    )
    return ""


def _reply_fields(_visit: Visit, case: Case) -> tuple[Field, ...]:
    waiting = [one for one in case.consultations if not one.is_ours and not one.answer]
    asked = tuple(Choice(one.message, one.text, "; ".join(one.conditions)) for one in waiting)
    return (Field("consultation", "radios", N_("What they say"), choices=asked), _TEXT)


def _reply(visit: Visit, case: Case) -> str:
    consult_peer.reply(
        visit.office,
        visit.person,
        case.id,
        text=visit.form.text("text"),
        consultation=visit.form.text("consultation"),
    )
    return ""


def _first_asked(case: Case) -> dict[str, list[str]]:
    waiting = [one.message for one in case.consultations if not one.is_ours and not one.answer]
    return {"consultation": waiting[:1]}


def _conditions_fields(_visit: Visit, case: Case) -> tuple[Field, ...]:
    choices = (
        Choice("yes", N_("Accept them all")),
        Choice("no", N_("Decline"), N_("The request stands undecided again.")),
    )
    return (Field("accept", "radios", N_("The conditions"), " · ".join(case.conditions), "40(28)", choices), REASONS)


def _conditions(visit: Visit, case: Case) -> str:
    consult_peer.answer_conditions(
        visit.office,
        visit.person,
        case.id,
        accept=visit.form.text("accept") == "yes",
        reasons=visit.form.text("reasons"),
    )
    return ""


CONSULT: Final = Action(
    N_("Before help is refused or postponed, the two States talk about whether it can be given on conditions."),
    N_("Consult"),
    only(Field("about", "radios", N_("About"), article="40(28)", choices=_ABOUT), _TEXT, CONDITIONS),
    {"about": N_("Say what it is about"), "text": _NO_TEXT},
    _consult,
    weighs="request",
)
REPLY: Final = Action(
    N_("With your answer the two States have consulted. It binds nobody yet."),
    N_("Send the answer"),
    _reply_fields,
    {"consultation": N_("Choose what you answer"), "text": _NO_TEXT},
    _reply,
    start=_first_asked,
)
CONDITIONS_ANSWER: Final = Action(
    N_("Accepted conditions bind your State. No provider is ordered before you answer."),
    N_("Send the answer"),
    _conditions_fields,
    {"accept": N_("Accept or decline"), "reasons": NO_REASONS},
    _conditions,
)
