"""Parts of evidence over HTTP. A part is let in by its name, its size and who brings it, before its bytes are read.

Its name is its digest and stands in the path, which is signed: so the bytes are checked against it, and the signature
is checked before they come.
"""

from collections.abc import Awaitable, Callable
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from comity.base.errors import Malformed, TooLarge
from comity.evidence.parts import PART
from comity.exchange.directory import Entity
from comity.node.requests import Nonces, caller, read_body
from comity.workflows import take_parts
from comity.workflows.office import Office

Handler = Callable[[Request], Awaitable[Response]]
_PATH: Final = "/v1/parts/{channel}/{digest}"


def part_routes(
    office: Office, url: str, nonces: Nonces, guarded: Callable[[Office, Handler], Handler]
) -> tuple[Route, ...]:
    """HEAD says whether we have a part, PUT brings it. url: our own public address."""

    def head(peer: Entity, channel: str, digest: str) -> Response:
        return Response(status_code=200 if take_parts.has(office, peer.id, channel, digest) else 404)

    async def head_part(request: Request) -> Response:
        body = await read_body(request, 0)

        def run() -> Response:
            return head(caller(office, url, nonces, request, body), *_names(request))

        return await run_in_threadpool(run)

    async def put_part(request: Request) -> Response:
        channel, digest = _names(request)
        size = _declared(request)

        def let_in() -> None:
            take_parts.let_in(office, caller(office, url, nonces, request, None).id, channel, digest, size)

        await run_in_threadpool(let_in)
        try:
            data = await read_body(request, size)
        except BaseException:
            await run_in_threadpool(take_parts.not_come, office, channel, digest)
            raise
        await run_in_threadpool(take_parts.take, office, channel, digest, data)
        return Response(status_code=204)

    return (
        Route(_PATH, guarded(office, head_part), methods=["HEAD"]),
        Route(_PATH, guarded(office, put_part), methods=["PUT"]),
    )


def _names(request: Request) -> tuple[str, str]:
    return request.path_params["channel"], request.path_params["digest"]


def _declared(request: Request) -> int:
    """How many bytes the body has, by its header. Raises TooLarge, or Malformed where it does not say."""
    written = request.headers.get("content-length", "")
    if not written.isascii() or not written.isdigit() or len(written) > len(str(PART)):
        if written.isdigit():
            raise TooLarge(f"a part is at most {PART} bytes", hint="nothing was taken from it")
        raise Malformed("a part is sent with its length", hint="the header Content-Length")
    if int(written) > PART:
        raise TooLarge(f"a part is at most {PART} bytes", hint="nothing was taken from it")
    return int(written)
