"""Typed errors as problem documents (RFC 9457), with the place of every mistake.

400 is for what is not as the interface describes it, 422 for what is but cannot be, 409 for what cannot be now: the
case stands elsewhere, or a rule or a person stands against it.
"""

import logging
import re
from collections.abc import Mapping
from typing import Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import Field
from starlette.exceptions import HTTPException

from comity.api.shapes import Shape
from comity.base.encoding import to_json
from comity.base.errors import (
    ComityError,
    Conflict,
    Malformed,
    NeedsPerson,
    NotFound,
    NotPermitted,
    NotVerified,
    OutOfOrder,
    RefusedByRule,
    TooLarge,
    Unavailable,
)
from comity.base.mode import Mode
from comity.exchange.problems import TYPE_PREFIX, ExchangeProblem
from comity.treaty.findings import Met, NeedsDecision, NotMet, as_json
from comity.workflows.tokens import NotAuthenticated

MEDIA_TYPE: Final = "application/problem+json"
_logger = logging.getLogger("comity.api")
_MOST_MISTAKES: Final = 50
_STATUS: Final[Mapping[type[ComityError], tuple[int, str]]] = {
    NotAuthenticated: (401, "no token that holds here"),
    NotPermitted: (403, "not permitted"),
    TooLarge: (413, "more bytes than the limit"),
    Malformed: (422, "it cannot be so"),
    NotFound: (404, "there is nothing here by that name"),
    RefusedByRule: (409, "a rule or a person stands against it"),
    NeedsPerson: (409, "a person must decide first"),
    OutOfOrder: (409, "not possible in the present state"),
    Conflict: (409, "it changed meanwhile"),
    NotVerified: (409, "a verification failed"),
    ExchangeProblem: (409, "the directory does not allow it"),
    Unavailable: (503, "the node cannot do its part now"),
}


class Mistake(Shape):
    """One thing wrong. `field`: where, as `body.request.measures` or `query.limit`; empty for the whole."""

    field: str
    what: str


class FindingShape(Shape):
    """One finding of a rule: `verdict` is stop, decide, ask, note or met; `who` decides, `todo` says what to do."""

    rule: str
    measure: str
    verdict: str
    citation: str
    confidence: str
    basis: str
    title: str
    why: str
    todo: str
    who: str


class ProblemShape(Shape):
    """What went wrong, whose rule says so and what to do next. `code` never changes its meaning."""

    type: str
    title: str
    status: int
    detail: str
    hint: str
    code: str
    mode: str
    stamp: str
    errors: list[Mistake] = Field(description="every mistake, with its place")
    findings: list[FindingShape] = Field(description="the rules that stand against it")


def install(app: FastAPI, mode: Mode) -> None:
    """Give every error of the application the one form."""

    def typed(_: Request, error: Exception) -> Response:
        assert isinstance(error, ComityError)
        return problem_response(error, mode)

    def misshapen(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        mistakes = [_mistake(one) for one in error.errors()][:_MOST_MISTAKES]
        first = mistakes[0] if mistakes else Mistake(field="", what="not as described")
        return _response(400, "malformed", "not as the interface describes it", f"{first.field}: {first.what}", mode,
                         hint="see openapi.json", errors=mistakes)  # fmt: skip

    def other(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        code = {404: "not-found", 405: "method-not-allowed"}.get(error.status_code, "malformed")
        headers = dict(error.headers or {})
        if error.status_code == 405:
            headers["allow"] = _methods(app, request.url.path) or headers.get("Allow", "GET")
        return _response(error.status_code, code, "not as the interface describes it", str(error.detail), mode,
                         hint="see openapi.json", headers=headers)  # fmt: skip

    def last(request: Request, error: Exception) -> Response:
        return unforeseen(error, shown(request.url.path), mode)

    app.add_exception_handler(Exception, last)
    app.add_exception_handler(ComityError, typed)
    app.add_exception_handler(RequestValidationError, misshapen)
    app.add_exception_handler(HTTPException, other)


def _methods(app: FastAPI, path: str) -> str:
    """The methods of an address, as openapi.json has them: the framework names only those of the first route."""
    for template, operations in app.openapi()["paths"].items():
        if re.fullmatch(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template)), path):
            return ", ".join(sorted(name.upper() for name in operations))
    return ""


def problem_response(error: ComityError, mode: Mode) -> Response:
    """The answer for a typed error."""
    kind = next((one for one in _STATUS if isinstance(error, one)), None)
    status, title = _STATUS[kind] if kind else (500, "an error of ours")
    errors = [Mistake(field=error.where, what=error.what)] if error.where else []
    if isinstance(error, Malformed) and error.mistakes:
        errors = [Mistake(field=one.field, what=one.what) for one in error.mistakes[:_MOST_MISTAKES]]
    findings = []
    if isinstance(error, RefusedByRule | NeedsPerson):
        known = [one for one in error.findings if isinstance(one, Met | NotMet | NeedsDecision)]
        findings = [FindingShape(**as_json(one)) for one in known]
    headers = {"www-authenticate": 'Bearer realm="comity"'} if status == 401 else {}
    if status == 503:
        headers["retry-after"] = "5"
    return _response(
        status, error.code, title, error.what, mode, hint=error.hint, errors=errors, findings=findings, headers=headers
    )


def unforeseen(error: Exception, path: str, mode: Mode) -> Response:
    """The last line of defence: the kind of the error is logged, no content."""
    _logger.error("unforeseen %s at %s", type(error).__name__, path)
    return _response(500, "internal", "an error of ours", "something went wrong on our side", mode,
                     hint="tell the node's operator")  # fmt: skip


def shown(path: str) -> str:
    """A path for the log: at most so much of it, and no control characters."""
    return "".join(one if one.isprintable() else "?" for one in path[:200])


def _response(
    status: int,
    code: str,
    title: str,
    detail: str,
    mode: Mode,
    *,
    hint: str,
    errors: list[Mistake] | None = None,
    findings: list[FindingShape] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    shape = ProblemShape(
        type=TYPE_PREFIX + code,
        title=title,
        status=status,
        detail=detail,
        hint=hint,
        code=code,
        mode=mode.value,
        stamp=mode.stamp,
        errors=errors or [],
        findings=findings or [],
    )
    return Response(to_json(shape.model_dump()), status, headers=dict(headers or {}), media_type=MEDIA_TYPE)


def _mistake(error: Mapping[str, object]) -> Mistake:
    """One mistake of pydantic's, without what was sent. The place inside a request comes from msgspec."""
    place = error.get("loc", ())
    parts = [str(one) for one in place] if isinstance(place, tuple | list) else []
    inner = error.get("ctx")
    if isinstance(inner, Mapping) and isinstance(inner.get("place"), str) and inner["place"]:
        parts.append(str(inner["place"]))
    return Mistake(field=".".join(parts), what=str(error.get("msg", "")))
