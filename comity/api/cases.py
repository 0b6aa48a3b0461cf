"""Cases: the list, one whole, its events, findings and documents; drafting and mending a request of ours."""

from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Path, Query, Response

from comity.api.answers import CaseId, as_bytes, case_of, looked, looked_at_all, problems
from comity.api.calling import Acting, Caller, acts, needs
from comity.api.case_shapes import (
    CASE,
    NODE,
    UUID,
    CaseList,
    CaseShape,
    CaseSummary,
    DocumentList,
    Draft,
    EventList,
    EventShape,
    FindingList,
    Supplied,
    document_shape,
    findings_shape,
    shape_of,
    summary_of,
)
from comity.api.shapes import Most, QueryShape
from comity.base.errors import Malformed, NotFound, NotPermitted
from comity.base.instants import Instant
from comity.cases import events
from comity.exchange.receipt_code import read_fault
from comity.workflows import draft_request, read_cases, read_documents
from comity.workflows.record import load
from comity.workflows.token_store import Scope

router = APIRouter(prefix="/api/v1/cases", tags=["cases"])
_SCANNED_MOST = 250
"""Cases read for one page: with a filter, a page can be short and yet have a next one."""

Reading = Annotated[Caller, needs(Scope.CASES_READ)]
Drafting = Annotated[Acting, acts(Scope.CASES_DRAFT)]
MessageId = Annotated[str, Path(pattern=UUID, description="the document's id", examples=[CASE])]


class ListQuery(QueryShape):
    """Which cases. Filters are joined by and."""

    after: Annotated[str, Query(pattern=r"^$|" + UUID, description="`next` of the page before")] = ""
    limit: Most = 50
    position: Literal["", "requesting", "requested", "provider"] = ""
    procedure: Annotated[str, Query(pattern=r"^[a-z_]{0,40}$")] = ""
    state: Annotated[str, Query(pattern=r"^[a-z ]{0,40}$")] = ""
    peer: Annotated[str, Query(pattern=r"^$|" + NODE)] = ""


@router.get("", operation_id="list_cases", responses=problems())
def list_cases(caller: Reading, query: Annotated[ListQuery, Query()]) -> CaseList:
    """Cases, oldest first, in pages. Needs `cases:read`."""
    looked_at_all(caller)
    wanted = {"position": query.position, "procedure": query.procedure, "state": query.state, "peer": query.peer}
    found: list[CaseSummary] = []
    with caller.office.store.snapshot() as tx:
        ids = list(tx.cases.ids())
        if query.after and query.after not in ids:
            raise Malformed("there is no such cursor", where="query.after", hint="use `next` as a page gave it")
        rest = ids[ids.index(query.after) + 1 :] if query.after else ids
        last = ""
        for case_id in rest[:_SCANNED_MOST]:
            line = summary_of(load(tx, case_id))
            if all(not value or line[name] == value for name, value in wanted.items()):
                found.append(CaseSummary(**line))
            last = case_id
            if len(found) == query.limit:
                break
    return CaseList(cases=found, next=last if rest and last != rest[-1] else "")


@router.get("/{case}", operation_id="get_case", responses=problems(404))
def get_case(caller: Reading, case: CaseId) -> CaseShape:
    """A case as it stands. Needs `cases:read`."""
    return shape_of(looked(caller, case))


@router.get("/{case}/events", operation_id="list_case_events", responses=problems(404))
def list_events(caller: Reading, case: CaseId) -> EventList:
    """Everything that happened to a case, whole. Needs `cases:read`."""
    found = read_cases.events_of(caller.office, looked(caller, case, part="/events"))
    return EventList(events=[_event(number, one) for number, one in enumerate(found, 1)])


def _event(number: int, event: events.Event) -> EventShape:
    detail: dict[str, Any] = msgspec.to_builtins(event)
    for name in ("event", "at", "by"):
        detail.pop(name)
    if isinstance(event, events.Receipted):
        fault = read_fault(event.code)
        detail.update(code=fault.code, field=fault.field)
    at = str(Instant.from_seconds(event.at))
    return EventShape(number=number, kind=events.tag_of(event), at=at, by=event.by, detail=detail)


@router.get("/{case}/findings", operation_id="list_findings", responses=problems(404))
def list_findings(caller: Reading, case: CaseId) -> FindingList:
    """What the rules say today of the case's request, as mended if it was. Needs `cases:read`."""
    found = read_cases.findings_of(caller.office, looked(caller, case, part="/findings"))
    if found is None:
        raise NotFound("the case holds no request", hint="a provider's case holds an order")
    return findings_shape(found)


@router.get("/{case}/documents", operation_id="list_documents", responses=problems(404))
def list_documents(caller: Reading, case: CaseId) -> DocumentList:
    """The signed documents of a case, as sent and as received. Needs `cases:read`."""
    found = read_documents.documents_of(caller.office, looked(caller, case, part="/documents"))
    return DocumentList(documents=[document_shape(one) for one in found])


@router.get(
    "/{case}/documents/{message}",
    operation_id="get_document",
    response_class=Response,
    responses={**as_bytes("application/jose", "The document, signed.", "eyJ0eXAi...J9.eyJ2Ijox...fQ.c2ln...dQ"),
               **problems(404)},
)  # fmt: skip
def get_document(caller: Reading, case: CaseId, message: MessageId) -> Response:
    """A document as it was signed: a JWS (RFC 7515). Needs `cases:read`."""
    found = read_documents.document_of(
        caller.office, looked(caller, case, what="exported", part=f"/documents/{message}"), message
    )
    return Response(found.token, media_type="application/jose")


@router.post("", operation_id="draft_request", status_code=201, responses=problems(404, 409))
def draft(caller: Drafting, body: Draft, response: Response) -> CaseShape:
    """A new case from a request of ours. Nothing is sent until a second person approves. Needs `cases:draft`."""
    if body.follows:
        case_of(caller.office, body.follows)
    case = draft_request.draft(caller.office, caller.person, body.request, body.peer, follows=body.follows)
    response.headers["location"] = f"/api/v1/cases/{case.id}"
    return shape_of(case)


@router.put("/{case}/request", operation_id="supply_request", responses=problems(404, 409))
def supply(caller: Drafting, case: CaseId, body: Supplied) -> CaseShape:
    """Write what the requested State asked for into the request. A second person approves. Needs `cases:draft`."""
    case_of(caller.office, case)
    return shape_of(draft_request.supply(caller.office, caller.person, case, body.request))


@router.post(
    "/{case}/approval",
    operation_id="approve_request",
    status_code=403,
    response_class=Response,
    responses={**problems(404), 403: problems()[403]},
)
def approve(caller: Drafting, case: CaseId) -> None:
    """Always refused: an approval is a second person's own act, with a passkey. It is here to say so."""
    case_of(caller.office, case)
    raise NotPermitted("a person approves with a passkey, never a token", hint="sign in to the node's pages to approve")
