"""Decisions on a case, in the name of a person who has the role for them. The workflows decide who may, and when."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field, StringConstraints

from comity.api.answers import CaseId, case_of, problems
from comity.api.calling import Acting, acts
from comity.api.case_shapes import CaseShape, NodeText, example, shape_of
from comity.api.shapes import Day, Measure, Shape
from comity.workflows import decide_request, order_provider, withdraw_request
from comity.workflows.token_store import Scope

router = APIRouter(prefix="/api/v1/cases/{case}", tags=["decisions"])
Deciding = Annotated[Acting, acts(Scope.DECISIONS_WRITE)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=10_000)]
RESPONSES: dict[int | str, dict[str, Any]] = problems(404, 409)


class Decision(Shape):
    """An answer to a finding that needs a person."""

    model_config = example(
        {
            "rule": "screens.expression",
            "in_favour": True,
            "decision": "it may go on",
            "reasons": "it is about money, not speech",
        }
    )

    rule: Line
    in_favour: bool
    decision: Line
    reasons: Text


class Grant(Shape):
    """Assistance will be given, under conditions if any. `scope`: what is granted of each measure, if not all, and then
    `left_out`: what is not, and why."""

    model_config = example({"reasons": "fraud in both States", "conditions": [], "scope": [], "left_out": ""})

    reasons: Text
    conditions: Annotated[list[Text], Field(default_factory=list, max_length=50)]
    scope: Annotated[list[Measure], Field(default_factory=list, max_length=50)]
    left_out: Annotated[str, StringConstraints(max_length=10_000)] = ""


class Refusal(Shape):
    """A refusal: its ground and the provision it stands on. `consulted_otherwise`: how the two States consulted, if not
    through this case: when, with whom."""

    model_config = example(
        {"ground": "public order", "citation": "40(21)(b)", "reasons": "why", "consulted_otherwise": "by telephone"}
    )  # fmt: skip

    ground: Line
    citation: Line
    reasons: Text
    consulted_otherwise: Annotated[str, StringConstraints(max_length=2000)] = ""


class Order(Shape):
    """A domestic order to a provider of our own State. `days`: how long to preserve; by default what the request
    asks for, from 60 to 90."""

    model_config = example(
        {"provider": "XB/hosting-company", "legal_basis": "section 4", "reasons": "a request of XA", "days": None}
    )

    provider: NodeText
    legal_basis: Line
    reasons: Text
    days: Annotated[int, Field(ge=1, le=3650)] | None = None


class Confirmation(Shape):
    """The provider keeps the data, until the order's day or a later one."""

    model_config = example({"until": "2027-03-07"})

    until: Day | None = None


class Objection(Shape):
    """The provider objects, or cannot comply."""

    model_config = example({"ground": "cannot comply", "reasons": "there is no such account"})

    ground: Line
    reasons: Text


class Withdrawal(Shape):
    """Help is no longer needed."""

    model_config = example({"reasons": "solved otherwise"})

    reasons: Text


@router.post("/decide", operation_id="decide", responses=RESPONSES)
def decide(caller: Deciding, case: CaseId, body: Decision) -> CaseShape:
    """Answer a finding that needs a person. Needs `decisions:write`."""
    case_of(caller.office, case)
    return shape_of(
        decide_request.decide(
            caller.office,
            caller.person,
            case,
            rule=body.rule,
            in_favour=body.in_favour,
            decision=body.decision,
            reasons=body.reasons,
        )
    )


@router.post("/grant", operation_id="grant", responses=RESPONSES)
def grant(caller: Deciding, case: CaseId, body: Grant) -> CaseShape:
    """Grant assistance; the requesting State is told. Needs `decisions:write`."""
    case_of(caller.office, case)
    return shape_of(
        decide_request.grant(
            caller.office,
            caller.person,
            case,
            reasons=body.reasons,
            conditions=tuple(body.conditions),
            scope=tuple(body.scope),
            left_out=body.left_out,
        )
    )


@router.post("/refuse", operation_id="refuse", responses=RESPONSES)
def refuse(caller: Deciding, case: CaseId, body: Refusal) -> CaseShape:
    """Refuse, with ground and reasons; the requesting State is told. Needs `decisions:write`."""
    case_of(caller.office, case)
    return shape_of(
        decide_request.refuse(
            caller.office,
            caller.person,
            case,
            ground=body.ground,
            citation=body.citation,
            reasons=body.reasons,
            consulted_otherwise=body.consulted_otherwise,
        )
    )


@router.post("/order", operation_id="order", responses=RESPONSES)
def order(caller: Deciding, case: CaseId, body: Order) -> CaseShape:
    """Order a provider of our own State. Needs `decisions:write`."""
    case_of(caller.office, case)
    return shape_of(
        order_provider.order(
            caller.office,
            caller.person,
            case,
            provider=body.provider,
            legal_basis=body.legal_basis,
            reasons=body.reasons,
            days=body.days,
        )
    )


@router.post("/confirm", operation_id="confirm", responses=RESPONSES)
def confirm(caller: Deciding, case: CaseId, body: Confirmation) -> CaseShape:
    """Confirm, as the provider, that the data are kept. Needs `decisions:write`."""
    case_of(caller.office, case)
    return shape_of(order_provider.confirm_preserved(caller.office, caller.person, case, until=body.until))


@router.post("/object", operation_id="object", responses=RESPONSES)
def object_to_order(caller: Deciding, case: CaseId, body: Objection) -> CaseShape:
    """Object to the order, as the provider. Needs `decisions:write`."""
    case_of(caller.office, case)
    return shape_of(
        order_provider.object_to_order(caller.office, caller.person, case, ground=body.ground, reasons=body.reasons)
    )


@router.post("/withdraw", operation_id="withdraw", responses=RESPONSES)
def withdraw(caller: Deciding, case: CaseId, body: Withdrawal) -> CaseShape:
    """Withdraw our own request; the requested State is told if it has it. Needs `decisions:write`."""
    case_of(caller.office, case)
    return shape_of(withdraw_request.withdraw(caller.office, caller.person, case, reasons=body.reasons))
