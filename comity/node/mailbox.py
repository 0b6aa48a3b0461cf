"""What waits here for a peer that calls: POST /v1/mailbox, and the parts of evidence that its answer names.

An empty answer may be held back for as long as the question says, at most 25 seconds, one at a time for each peer and
so many for all: a later question of the same peer ends the one before.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from comity.exchange import mailbox
from comity.exchange.directory import Entity, Use
from comity.node.requests import Nonces, caller, read_body
from comity.workflows import mailbox as mailboxes
from comity.workflows.office import Office
from comity.workflows.send_parts import MEDIA_TYPE

Handler = Callable[[Request], Awaitable[Response]]
Pause = Callable[[float], Awaitable[None]]
HELD_MOST: Final = 256
LOOK_SECONDS: Final = 0.5


def mailbox_routes(
    office: Office,
    url: str,
    nonces: Nonces,
    guarded: Callable[[Office, Handler], Handler],
    *,
    pause: Pause = asyncio.sleep,
) -> tuple[Route, ...]:
    """url: our own public address; pause: waits so many seconds."""
    held: dict[str, int] = {}

    async def post_mailbox(request: Request) -> Response:
        body = await read_body(request, mailbox.ASKED_LIMIT)

        def begin() -> tuple[Entity, mailbox.Asked, bytes]:
            peer = caller(office, url, nonces, request, body)
            asked = mailbox.parse_asked(body)
            return peer, asked, mailboxes.give(office, peer, asked)

        peer, asked, given = await run_in_threadpool(begin)
        if not given and asked.wait and len(held) < HELD_MOST:
            given = await _hold(peer, asked)
        if not given:
            return Response(status_code=204)
        return Response(given, headers={mailbox.SEAL_HEADER: _seal(peer, given)}, media_type=mailbox.ASKED_TYPE)

    def _seal(peer: Entity, given: bytes) -> str:
        signer = office.keys.signer(Use.TRANSPORT)
        return mailbox.seal_given(given, by=office.node, to=peer.id, at=office.clock.now(), signer=signer)

    async def _hold(peer: Entity, asked: mailbox.Asked) -> bytes:
        mine = held[peer.id] = held.get(peer.id, 0) + 1
        try:
            for _ in range(round(asked.wait / LOOK_SECONDS)):
                await pause(LOOK_SECONDS)
                if held.get(peer.id) != mine:
                    return b""
                if await run_in_threadpool(mailboxes.waits, office, peer.id):
                    given = await run_in_threadpool(mailboxes.give, office, peer, asked)
                    if given:
                        return given
            return b""
        finally:
            if held.get(peer.id) == mine:
                del held[peer.id]

    async def get_part(request: Request) -> Response:
        body = await read_body(request, 0)

        def run() -> bytes:
            peer = caller(office, url, nonces, request, body)
            names = request.path_params
            return mailboxes.part_of(office, peer.id, names["channel"], names["digest"])

        return Response(await run_in_threadpool(run), media_type=MEDIA_TYPE)

    return (
        Route(mailbox.PATH, guarded(office, post_mailbox), methods=["POST"]),
        Route(mailbox.PATH + "/parts/{channel}/{digest}", guarded(office, get_part), methods=["GET"]),
    )
