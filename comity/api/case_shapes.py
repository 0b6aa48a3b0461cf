"""A case as JSON: a line of the list, the whole, its events, its findings, its documents."""

from typing import Annotated, Any, Final

from pydantic import ConfigDict, StringConstraints

from comity.api.problems import FindingShape
from comity.api.shapes import Day, Facts, Shape
from comity.base.instants import Instant
from comity.cases import machine
from comity.cases.case import Case
from comity.cases.deadlines import due_dates
from comity.cases.emergency import Emergency
from comity.exchange.receipt_code import read_fault
from comity.treaty.assess import Assessment
from comity.treaty.findings import as_json
from comity.workflows.read_cases import WARN_DAYS
from comity.workflows.read_documents import CaseDocument

UUID: Final = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
NODE: Final = r"^[A-Z]{2}/[a-z0-9]([a-z0-9-]{0,46}[a-z0-9])?$"
NodeText = Annotated[str, StringConstraints(pattern=NODE)]
CASE: Final = "0198f3b2-7c00-7000-8000-000000000001"
_MESSAGE: Final = "0198f3b2-7c00-7000-8000-000000000002"
_AT: Final = "2026-12-07T09:00:00Z"
_DIGEST: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
FACTS_EXAMPLE: Final[dict[str, Any]] = {
    "requesting": "XA",
    "requested": "XB",
    "subject": "an investment scam",
    "stage": "investigation",
    "facts": "A website took payments for shares that do not exist.",
    "language": "en",
    "offence": {"article": "13", "name": "fraud", "max_penalty_years": 6},
    "measures": [
        {
            "measure": "expedited_preservation",
            "data": "access logs of the account",
            "relation": "they show who ran the website",
            "identifiers": ["invest@example"],
            "custodian": "a hosting company",
        }
    ],
    "necessity": "logs are deleted after 30 days",
    "assistance_will_follow": True,
}
_SUMMARY: Final[dict[str, Any]] = {
    "id": CASE,
    "mode": "exercise",
    "stamp": "EXERCISE",
    "procedure": "preservation",
    "position": "requesting",
    "peer": "XB/central-authority",
    "state": "draft",
    "subject": "an investment scam",
    "urgent": True,
    "events": 1,
    "head": _DIGEST,
}


def example(value: dict[str, Any]) -> ConfigDict:
    """A shape's settings with one example of it."""
    return ConfigDict(json_schema_extra={"examples": [value]})


class DueShape(Shape):
    """A day, what falls due on it, and on what basis: treaty, the request, the order or policy."""

    on: Day
    what: str
    basis: str
    citation: str


class CaseSummary(Shape):
    """A line of the list. `head`: the digest that joins all its events; it changes with each."""

    model_config = example(_SUMMARY)

    id: str
    mode: str
    stamp: str
    procedure: str
    position: str
    peer: str
    state: str
    subject: str
    urgent: bool
    events: int
    head: str


class CaseList(Shape):
    """A page of cases, oldest first. `next`: the cursor of the next page, empty at the end; a page can be short."""

    model_config = example({"cases": [_SUMMARY], "next": ""})

    cases: list[CaseSummary]
    next: str


class EmergencyShape(Shape):
    """How an emergency stands. `barred`: nothing may be disclosed; `held`: what a named person decides on first;
    `outcome`: open, confirmed or unconfirmed."""

    model_config = example(
        {"barred": True, "held": [], "called_by": "", "checked_by": "", "outcome": "open", "review_due": "2026-12-12"}
    )

    barred: bool
    held: list[str]
    called_by: str
    checked_by: str
    outcome: str
    review_due: Day


class CaseShape(CaseSummary):
    """A case as it stands. `allowed`: the kinds of event that are possible now; `asked`: what the requested State asks
    for; `mended`: the request as it is to be supplied, until a person approves it."""

    model_config = example(
        {
            **_SUMMARY,
            "their_case": "",
            "drafted_by": "anna",
            "approved_by": "",
            "provider": "",
            "preserved_until": None,
            "follows": "",
            "asked": [],
            "decided": [],
            "opposed": [],
            "package": "",
            "holder": "",
            "trouble": "",
            "trouble_field": "",
            "allowed": ["approved", "withdrawn"],
            "due": [],
            "request": FACTS_EXAMPLE,
            "mended": None,
            "emergency": None,
        }
    )

    their_case: str
    drafted_by: str
    approved_by: str
    provider: str
    preserved_until: Day | None
    follows: str
    asked: list[str]
    decided: list[str]
    opposed: list[str]
    package: str
    holder: str
    trouble: str
    trouble_field: str
    allowed: list[str]
    due: list[DueShape]
    request: Facts | None
    mended: Facts | None
    emergency: EmergencyShape | None


class EventShape(Shape):
    """One event. `by`: a person's pseudonym, or a node where a message did it; `detail`: the kind's own fields,
    of a message that was rejected the `code` and the `field` at fault apart."""

    number: int
    kind: str
    at: str
    by: str
    detail: dict[str, Any]


class EventList(Shape):
    """Everything that happened to a case, oldest first."""

    model_config = example(
        {
            "events": [
                {"number": 2, "kind": "approved", "at": _AT, "by": "bo", "detail": {"request_sha256": _DIGEST}},
            ]
        }
    )

    events: list[EventShape]


class FindingList(Shape):
    """What the rules say today. `outcome`: met, needs_decision or not_met."""

    model_config = example(
        {
            "outcome": "needs_decision",
            "findings": [
                {
                    "rule": "screens.expression",
                    "measure": "",
                    "verdict": "decide",
                    "citation": "6(2)",
                    "confidence": "sure",
                    "basis": "treaty",
                    "title": "Expression",
                    "why": "The matter turns on what somebody said.",
                    "todo": "Look at what was said.",
                    "who": "reviewer",
                }
            ],
        }
    )

    outcome: str
    findings: list[FindingShape]


class DocumentShape(Shape):
    """A signed document of the case. `direction`: sent or received; `state`: how far it has come."""

    id: str
    direction: str
    peer: str
    kind: str
    at: str
    state: str
    code: str
    size: int


class DocumentList(Shape):
    """The documents of a case, in the order in which it names them."""

    model_config = example(
        {
            "documents": [
                {
                    "id": _MESSAGE,
                    "direction": "sent",
                    "peer": "XB/central-authority",
                    "kind": "request.preserve",
                    "at": _AT,
                    "state": "delivered",
                    "code": "",
                    "size": 2750,
                }
            ]
        }
    )

    documents: list[DocumentShape]


class Draft(Shape):
    """A request of ours, for the node `peer` of the requested State. `follows`: our own case of preservation."""

    model_config = example({"peer": "XB/central-authority", "request": FACTS_EXAMPLE})

    peer: NodeText
    request: Facts
    follows: Annotated[str, StringConstraints(pattern=r"^$|" + UUID)] = ""


class Supplied(Shape):
    """The request as mended, whole."""

    model_config = example({"request": FACTS_EXAMPLE})

    request: Facts


def summary_of(case: Case) -> dict[str, Any]:
    return {
        "id": case.id,
        "mode": case.mode.value,
        "stamp": case.mode.stamp,
        "procedure": case.procedure,
        "position": case.position.value,
        "peer": case.peer,
        "state": str(case.state),
        "subject": case.request.subject if case.request else "",
        "urgent": bool(case.request and (case.request.urgent or case.request.emergency)),
        "events": case.events,
        "head": str(case.head),
    }


def shape_of(case: Case) -> CaseShape:
    """A case for the interface."""
    due = due_dates(case, warn_days=WARN_DAYS)
    fault = read_fault(case.trouble)
    return CaseShape(
        **summary_of(case),
        their_case=case.their_case,
        drafted_by=case.drafted_by,
        approved_by=case.approved_by,
        provider=case.provider,
        preserved_until=case.preserved_until,
        follows=case.follows,
        asked=list(case.asked),
        decided=sorted(case.decided),
        opposed=sorted(case.opposed),
        package=case.package,
        holder=case.holder,
        trouble=fault.code,
        trouble_field=fault.field,
        allowed=list(machine.allowed(case)),
        due=[DueShape(on=one.on, what=one.what, basis=one.basis.value, citation=one.citation) for one in due],
        request=case.request,
        mended=case.mended,
        emergency=_emergency(case.emergency),
    )


def _emergency(found: Emergency | None) -> EmergencyShape | None:
    if found is None:
        return None
    return EmergencyShape(
        barred=found.is_barred,
        held=list(found.held),
        called_by=found.call.by if found.call else "",
        checked_by=found.checked_by,
        outcome=found.word,
        review_due=found.review_due,
    )


def findings_shape(found: Assessment) -> FindingList:
    findings = [FindingShape(**as_json(one)) for one in found.findings]
    return FindingList(outcome=found.outcome.value, findings=findings)


def document_shape(one: CaseDocument) -> DocumentShape:
    return DocumentShape(
        id=one.id,
        direction=one.direction,
        peer=one.peer,
        kind=one.kind,
        at=str(Instant.from_seconds(one.at)),
        state=one.state,
        code=one.code,
        size=len(one.token),
    )
