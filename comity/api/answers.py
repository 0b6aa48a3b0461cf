"""How routes say in openapi.json what they answer, and the values that several of them take."""

from typing import Annotated, Any, Final

from fastapi import Path

from comity.api.calling import Caller
from comity.api.case_shapes import CASE, UUID
from comity.api.problems import MEDIA_TYPE
from comity.base.errors import NotFound
from comity.base.instants import Instant
from comity.cases.case import Case
from comity.workflows.office import Office
from comity.workflows.record import load
from comity.workflows.record_access import record_access

CaseId = Annotated[str, Path(pattern=UUID, description="the case's id", examples=[CASE])]
_SAID: Final = {
    400: "The request is not as described here.",
    401: "No token, or none that holds.",
    403: "The token, or the person it acts for, may not.",
    404: "There is nothing here by that name.",
    405: "Not a method of this address.",
    409: "Not now: the case stands elsewhere, or a rule or a person stands against it.",
    413: "More bytes than the limit.",
    415: "The body's content type is not the one described here.",
    421: "Not the node's address.",
    422: "As described, and yet it cannot be so.",
    500: "An error of ours; its kind has been logged.",
    503: "The node cannot do its part now; nothing was half-done.",
}
_EXAMPLE: Final[dict[str, Any]] = {
    "type": "https://comity.example/problems/out-of-order",
    "title": "not possible in the present state",
    "status": 409,
    "detail": "draft: granted is not possible",
    "hint": "possible are approved, withdrawn",
    "code": "out-of-order",
    "mode": "exercise",
    "stamp": "EXERCISE",
    "errors": [],
    "findings": [],
}
_CONTENT: Final = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemShape"}, "example": _EXAMPLE}}
EVERYWHERE: Final = (400, 401, 403, 405, 413, 415, 421, 422, 500, 503)


def problems(*more: int) -> dict[int | str, dict[str, Any]]:
    """The problems of a route: those that every one can give, and `more`."""
    codes = sorted({*EVERYWHERE, *more})
    return {code: {"description": _SAID[code], "content": _CONTENT} for code in codes}


def as_bytes(media_type: str, what: str, sample: str) -> dict[int | str, dict[str, Any]]:
    """An answer that is no JSON."""
    schema = {"type": "string"}
    return {200: {"description": what, "content": {media_type: {"schema": schema, "example": sample}}}}


def looked(caller: Caller, case_id: str, *, what: str = "read", part: str = "") -> Case:
    """The case, with the look written down for oversight, and in the log: once a day for each token, case and kind of
    look, since a case system asks again and again. what: read, or exported where signed or sealed bytes are taken.
    Raises NotFound."""
    who = f"token:{caller.token.id}"
    with caller.office.store.transaction() as tx:
        if not tx.cases.events(case_id):
            raise _no_case()
        if not tx.accesses.has_looked(who, what, case_id, since=_midnight(caller.office)):
            record_access(caller.office, tx, who, what, case_id, f"/api/v1/cases/{case_id}{part}")
        return load(tx, case_id)


def looked_at_all(caller: Caller) -> None:
    """The same for the list of all cases: once a day for each token."""
    who = f"token:{caller.token.id}"
    with caller.office.store.transaction() as tx:
        if not tx.accesses.has_looked(who, "read", "", since=_midnight(caller.office)):
            record_access(caller.office, tx, who, "read", "", "/api/v1/cases")


def _midnight(office: Office) -> int:
    """When the day began, in UTC."""
    return Instant.parse(f"{office.clock.now().day}T00:00:00Z").seconds


def case_of(office: Office, case_id: str) -> Case:
    """The case of exactly this id. Raises NotFound."""
    with office.store.transaction() as tx:
        if not tx.cases.events(case_id):
            raise _no_case()
        return load(tx, case_id)


def _no_case() -> NotFound:
    return NotFound("there is no such case here", hint="see the list of cases")
