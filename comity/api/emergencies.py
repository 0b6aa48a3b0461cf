"""An emergency's call-back, in the name of the person who called, and its confirmation in writing afterwards.

The second check, the decision on what is held and the review are people's, at the pages or a terminal: a token acts for
one person, and would make two parts of one.
"""

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import StringConstraints

from comity.api.answers import CaseId, case_of, problems
from comity.api.calling import Acting, acts
from comity.api.case_shapes import CaseShape, NodeText, example, shape_of
from comity.api.shapes import Shape
from comity.workflows import call_back
from comity.workflows.token_store import Scope

router = APIRouter(prefix="/api/v1/cases/{case}", tags=["decisions"])
Deciding = Annotated[Acting, acts(Scope.DECISIONS_WRITE)]
Reading = Annotated[Acting, acts(Scope.CASES_READ)]
Line = Annotated[str, StringConstraints(max_length=200)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=10_000)]
RESPONSES: dict[int | str, dict[str, Any]] = problems(404, 409)


class Number(Shape):
    """Where the authority that asks is called back: the directory's number, and none that a message brought."""

    model_config = example({"peer": "XA/central-authority", "number": "+999 1 555 0100"})

    peer: NodeText
    number: str


class CallBack(Shape):
    """A call to that number: what came of it, who answered, what was asked and said."""

    model_config = example({"result": "confirmed", "reached": "the duty desk", "text": "they named both approvers"})

    result: Literal["confirmed", "denied", "unreached"]
    reached: Line = ""
    text: Text


class FollowUp(Shape):
    """What was asked for at once is confirmed in writing. `formal`: our own number of the full request."""

    model_config = example({"text": "ours; the child was found", "formal": ""})

    text: Text
    formal: Line = ""


@router.get("/call-back", operation_id="numberToCall", responses=RESPONSES)
def number_to_call(caller: Reading, case: CaseId) -> Number:
    """The number to call about an emergency. Needs `cases:read`."""
    found = case_of(caller.office, case)
    return Number(peer=found.peer, number=call_back.number_of(caller.office, found))


@router.post("/call-back", operation_id="callBack", responses=RESPONSES)
def record_call(caller: Deciding, case: CaseId, body: CallBack) -> CaseShape:
    """Record a call-back; another person checks it before anything is disclosed. Needs `decisions:write`."""
    case_of(caller.office, case)
    return shape_of(
        call_back.call_back(
            caller.office, caller.person, case, result=body.result, reached=body.reached, text=body.text
        )
    )


@router.post("/follow-up-emergency", operation_id="followUpEmergency", responses=RESPONSES)
def follow_up(caller: Deciding, case: CaseId, body: FollowUp) -> CaseShape:
    """Confirm our own emergency in writing; the requested State is told. Needs `decisions:write`."""
    case_of(caller.office, case)
    return shape_of(call_back.follow_up(caller.office, caller.person, case, text=body.text, formal=body.formal))
