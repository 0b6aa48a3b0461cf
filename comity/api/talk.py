"""What the two States, or an authority and its provider, say to each other about a case that stands open.

Not here: what takes a second person, as to waive a notice, and what only the oversight body does.
"""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field, StringConstraints

from comity.api.answers import CaseId, case_of
from comity.api.case_shapes import UUID, CaseShape, example, shape_of
from comity.api.decisions import RESPONSES, Deciding, Line, Text
from comity.api.shapes import Day, Shape
from comity.workflows import ask_information, clarify_order, consult_peer, lift_order, postpone_request

router = APIRouter(prefix="/api/v1/cases/{case}", tags=["talk"])


class Missing(Shape):
    """What is needed before it can go on: one text for each thing, and why."""

    model_config = example({"missing": ["for which offence"], "text": "the request does not say it"})

    missing: Annotated[list[Line], Field(min_length=1, max_length=50)]
    text: Text


class Postponement(Shape):
    """Execution is put off. `look_again`: a day to look at it anew, and no promise; `consulted_otherwise`: how the two
    States consulted, if not through this case."""

    model_config = example({"reasons": "own proceedings go on", "look_again": "2027-03-01", "consulted_otherwise": ""})

    reasons: Text
    look_again: Day
    consulted_otherwise: Annotated[str, StringConstraints(max_length=2000)] = ""


class Reasons(Shape):
    """Why."""

    model_config = example({"reasons": "the proceedings ended"})

    reasons: Text


class Said(Shape):
    """A text that the other side reads."""

    model_config = example({"text": "the account is that of a company"})

    text: Text


class Consultation(Shape):
    """What is to be talked about. `about`: refusal, postponement, conditions or costs; `conditions`: those proposed, if
    any."""

    model_config = example({"about": "refusal", "text": "may it be narrowed?", "conditions": []})

    about: Line
    text: Text
    conditions: Annotated[list[Text], Field(default_factory=list, max_length=50)]


class Reply(Shape):
    """An answer. `consultation`: the message that opened it; the oldest open one if empty."""

    model_config = example({"text": "yes, to the first account", "consultation": ""})

    text: Text
    consultation: Annotated[str, StringConstraints(pattern=r"^$|" + UUID)] = ""


class ConditionsAnswer(Shape):
    """Whether we take the conditions of a grant, and are bound by them."""

    model_config = example({"accept": True, "reasons": "they can be kept"})

    accept: bool
    reasons: Text


@router.post("/ask", operation_id="ask_information", responses=RESPONSES)
def ask(caller: Deciding, case: CaseId, body: Missing) -> CaseShape:
    """Ask the requesting State for named things; no refusal. Needs `decisions:write`."""
    case_of(caller.office, case)
    return shape_of(
        ask_information.ask(caller.office, caller.person, case, missing=tuple(body.missing), text=body.text)
    )


@router.post("/postpone", operation_id="postpone", responses=RESPONSES)
def postpone(caller: Deciding, case: CaseId, body: Postponement) -> CaseShape:
    """Put execution off, after the two States consulted. Needs `decisions:write`."""
    case_of(caller.office, case)
    return shape_of(
        postpone_request.postpone(
            caller.office,
            caller.person,
            case,
            reasons=body.reasons,
            look_again=body.look_again,
            consulted_otherwise=body.consulted_otherwise,
        )
    )


@router.post("/resume", operation_id="resume_request", responses=RESPONSES)
def resume(caller: Deciding, case: CaseId, body: Reasons) -> CaseShape:
    """Take up again what was put off. Needs `decisions:write`."""
    case_of(caller.office, case)
    return shape_of(postpone_request.resume(caller.office, caller.person, case, reasons=body.reasons))


@router.post("/consult", operation_id="consult", responses=RESPONSES)
def consult(caller: Deciding, case: CaseId, body: Consultation) -> CaseShape:
    """Open a consultation with the other State. Needs `decisions:write`."""
    case_of(caller.office, case)
    return shape_of(
        consult_peer.consult(
            caller.office, caller.person, case, about=body.about, text=body.text, conditions=tuple(body.conditions)
        )
    )


@router.post("/reply", operation_id="reply", responses=RESPONSES)
def reply(caller: Deciding, case: CaseId, body: Reply) -> CaseShape:
    """Answer a consultation that the other State opened. Needs `decisions:write`."""
    case_of(caller.office, case)
    return shape_of(
        consult_peer.reply(caller.office, caller.person, case, text=body.text, consultation=body.consultation)
    )


@router.post("/conditions", operation_id="answer_conditions", responses=RESPONSES)
def conditions(caller: Deciding, case: CaseId, body: ConditionsAnswer) -> CaseShape:
    """Accept the conditions of a grant, or decline them. Needs `decisions:write`."""
    case_of(caller.office, case)
    return shape_of(
        consult_peer.answer_conditions(caller.office, caller.person, case, accept=body.accept, reasons=body.reasons)
    )


@router.post("/question", operation_id="question_order", responses=RESPONSES)
def question(caller: Deciding, case: CaseId, body: Said) -> CaseShape:
    """Ask the authority about its order, as the provider. Needs `decisions:write`."""
    case_of(caller.office, case)
    return shape_of(clarify_order.question(caller.office, caller.person, case, text=body.text))


@router.post("/clarify", operation_id="clarify_order", responses=RESPONSES)
def clarify(caller: Deciding, case: CaseId, body: Said) -> CaseShape:
    """Answer the provider's question about an order. Needs `decisions:write`."""
    case_of(caller.office, case)
    return shape_of(clarify_order.clarify(caller.office, caller.person, case, text=body.text))


@router.post("/lift", operation_id="lift_order", responses=RESPONSES)
def lift(caller: Deciding, case: CaseId, body: Reasons) -> CaseShape:
    """Tell the provider that its order is lifted. Needs `decisions:write`."""
    case_of(caller.office, case)
    return shape_of(lift_order.lift(caller.office, caller.person, case, reasons=body.reasons))


@router.post("/let-go", operation_id="let_go", responses=RESPONSES)
def let_go(caller: Deciding, case: CaseId, body: Said) -> CaseShape:
    """Confirm, as the provider, that nothing is kept any more for an order. Needs `decisions:write`."""
    case_of(caller.office, case)
    return shape_of(lift_order.let_go(caller.office, caller.person, case, text=body.text))
