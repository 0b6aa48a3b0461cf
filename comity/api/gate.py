"""The gate before the interface: address, token and size are checked before a byte of a body is kept or parsed.

JSON is held to I-JSON (RFC 7493): a key twice, a fraction or deep nesting is refused with its reason.
"""

import json
import re
from typing import Any, Final
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from comity.api.calling import TOKEN
from comity.api.problems import MEDIA_TYPE, problem_response, shown, unforeseen
from comity.base.encoding import to_json
from comity.base.errors import ComityError, Malformed, TooLarge
from comity.base.parsing import read_json
from comity.exchange.problems import ExchangeProblem
from comity.workflows import tokens
from comity.workflows.office import Office

OPENAPI: Final = "/api/openapi.json"
JSON_LIMIT: Final = 256 * 1024
UPLOAD_LIMIT: Final = 1024**3
_UPLOAD: Final = re.compile(r"/api/v1/cases/[^/]+/evidence")
_BEARER: Final = re.compile(r"Bearer +(\S+) *", re.IGNORECASE)
_HEADERS: Final = {"cache-control": "no-store", "x-content-type-options": "nosniff"}


class _WrongType(Malformed):
    code = "unsupported-type"


class Gate:
    """An ASGI application before another. `url`: the node's own address, under which alone it answers."""

    def __init__(self, app: ASGIApp, office: Office, url: str) -> None:
        self._app, self._office = app, office
        self._host = urlsplit(url).netloc.lower()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        started = False

        async def sending(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
            await send(message)

        try:
            try:
                admitted = await self._admit(scope, receive)
            except ComityError as error:
                await self._refusal(error)(scope, receive, sending)
                return
            await self._app(scope, admitted, sending)
        except Exception as error:  # noqa: BLE001 - the last line of defence; nothing carries on after it
            if not started:  # else it was answered, and logged, where it came up
                await unforeseen(error, shown(scope["path"]), self._office.mode)(scope, receive, sending)

    def _refusal(self, error: ComityError) -> Response:
        answer = problem_response(error, self._office.mode)
        if isinstance(error, _WrongType):
            return _with_status(answer, 415)
        if isinstance(error, ExchangeProblem):
            return _with_status(answer, 421)
        if isinstance(error, Malformed) and not isinstance(error, TooLarge):
            return _with_status(answer, 400)
        return answer

    async def _admit(self, scope: Scope, receive: Receive) -> Receive:
        """What gives the application its body. Raises the typed error of what is refused at once."""
        headers = Headers(scope=scope)
        if headers.get("host", "").lower() != self._host:
            raise ExchangeProblem("wrong-recipient", "this is not the node's address", hint="see its comity.toml")
        if scope["path"] != OPENAPI:
            found = _BEARER.fullmatch(headers.get("authorization", ""))
            scope[TOKEN] = await run_in_threadpool(tokens.authenticate, self._office, found[1] if found else "")
        is_upload = scope["method"] == "POST" and _UPLOAD.fullmatch(scope["path"]) is not None
        limit = UPLOAD_LIMIT if is_upload else JSON_LIMIT
        length = headers.get("content-length", "0")
        if length.isdecimal() and int(length[:20]) > limit:
            raise TooLarge(f"the body is larger than the limit of {limit} bytes", hint="nothing was taken from it")
        if is_upload:
            return _counted(receive, limit)
        body = await _whole(receive, limit)
        if body:
            _check_json(body, headers.get("content-type", ""))
        return _replayed(body, receive)


def _check_json(body: bytes, content_type: str) -> None:
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise _WrongType("the body is not JSON by its content type", hint="send application/json")
    read_json(body, object, limit=JSON_LIMIT, what="the body")


async def _whole(receive: Receive, limit: int) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return bytes(body)
        body += message.get("body", b"")
        if len(body) > limit:
            raise TooLarge(f"the body is larger than the limit of {limit} bytes", hint="nothing was taken from it")
        if not message.get("more_body", False):
            return bytes(body)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """The body once, then whatever else comes of the connection."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replaying() -> Message:
        return waiting.pop() if waiting else await receive()

    return replaying


def _counted(receive: Receive, limit: int) -> Receive:
    """The body as it comes, until it is more than the limit."""
    taken = 0

    async def counting() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            raise HTTPException(413, f"the body is larger than the limit of {limit} bytes")
        return message

    return counting


def _with_status(answer: Response, status: int) -> Response:
    """The same problem under another status."""
    problem: dict[str, Any] = json.loads(bytes(answer.body))
    return Response(to_json({**problem, "status": status}), status, media_type=MEDIA_TYPE)
