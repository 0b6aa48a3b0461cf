"""Typed errors as RFC 9457 problem documents."""

from starlette.responses import Response

from comity.base.encoding import to_json
from comity.base.errors import ComityError
from comity.base.mode import Mode
from comity.crypto.request_signature import ClockSkew
from comity.exchange.problems import TYPE_PREFIX, problem_of

MEDIA_TYPE = "application/problem+json"
LATER_SECONDS = 5
"""When to come again where too much is going on; the sender's own waits are longer."""


def problem_response(error: ComityError, mode: Mode) -> Response:
    """The answer for a typed error: its code, what was wrong, what may be sent again, who must act."""
    code, problem = problem_of(error)
    document: dict[str, object] = {
        "type": TYPE_PREFIX + code,
        "title": problem.title,
        "status": problem.status,
        "detail": error.what,
        "code": code,
        "retry": problem.retry,
        "who": problem.who,
        "mode": mode,
        "stamp": mode.stamp,
    }
    if isinstance(error, ClockSkew) and error.ours is not None:
        document["at"] = error.ours.seconds
    headers = {"retry-after": str(LATER_SECONDS)} if problem.status in (429, 503) else None
    return Response(to_json(document), problem.status, headers, media_type=MEDIA_TYPE)
