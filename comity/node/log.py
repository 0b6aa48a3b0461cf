"""The published log, for anyone (C2SP tlog-tiles); the witness (C2SP tlog-witness), beside it or alone."""

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from comity.adapters.metrics import METRICS_TYPE, metrics_text
from comity.base.errors import Malformed
from comity.node.requests import read_body
from comity.transparency.tiles import read_path
from comity.transparency.witness import REQUEST_LIMIT, SIZE_TYPE, WitnessRefusal
from comity.workflows import cosign_checkpoint
from comity.workflows.log_state import gauges, log_state
from comity.workflows.office import Office
from comity.workflows.sequence_log import CHECKPOINT

_TEXT = "text/plain; charset=utf-8"
_OPEN_TO_ALL = {"access-control-allow-origin": "*"}
_SHORT = {"cache-control": "public, max-age=5", **_OPEN_TO_ALL}
_FOR_EVER = {"cache-control": "public, max-age=31536000, immutable", **_OPEN_TO_ALL}


def log_routes(office: Office, guarded: Callable[..., Callable[..., object]]) -> list[Route]:
    """GET /log/checkpoint, GET /log/tile/..., GET /log/metrics."""

    async def get_checkpoint(_: Request) -> Response:
        data = await run_in_threadpool(office.log_folder.read, CHECKPOINT)
        if data is None:
            return Response("no checkpoint is published yet\n", 404, media_type=_TEXT)
        return Response(data, media_type=_TEXT, headers=_SHORT)

    async def get_tile(request: Request) -> Response:
        path = "tile/" + request.path_params["path"]
        try:
            data = await run_in_threadpool(office.log_folder.read, read_path(path).path)
        except Malformed:
            data = None
        if data is None:
            return Response("no such tile\n", 404, media_type=_TEXT)
        return Response(data, media_type="application/octet-stream", headers=_FOR_EVER)

    async def get_metrics(_: Request) -> Response:
        state = await run_in_threadpool(log_state, office)
        return Response(metrics_text(gauges(state, office.clock.now())), media_type=METRICS_TYPE)

    return [
        Route("/log/metrics", guarded(office, get_metrics), methods=["GET"]),
        Route("/log/checkpoint", guarded(office, get_checkpoint), methods=["GET"]),
        Route("/log/tile/{path:path}", guarded(office, get_tile), methods=["GET"]),
    ]


def witness_routes(office: Office, guarded: Callable[..., Callable[..., object]]) -> list[Route]:
    """POST /witness/add-checkpoint, GET /witness/<hash>/checkpoint."""

    async def add_checkpoint(request: Request) -> Response:
        try:
            body = await read_body(request, REQUEST_LIMIT)
            return Response(
                await run_in_threadpool(cosign_checkpoint.cosign_checkpoint, office, body), media_type=_TEXT
            )
        except WitnessRefusal as refusal:
            media_type = SIZE_TYPE if refusal.size is not None else _TEXT
            return Response(refusal.body, refusal.status, headers={"content-type": media_type})  # as it is, no charset
        except Malformed as error:
            return Response(error.what + "\n", 400, media_type=_TEXT)

    async def get_cosigned(request: Request) -> Response:
        digest = request.path_params["digest"]
        data = await run_in_threadpool(cosign_checkpoint.last_cosigned, office, digest)
        if data is None:
            return Response("never cosigned here\n", 404, media_type=_TEXT)
        return Response(data, media_type=_TEXT, headers=_SHORT)

    return [
        Route("/witness/add-checkpoint", guarded(office, add_checkpoint), methods=["POST"]),
        Route("/witness/{digest}/checkpoint", guarded(office, get_cosigned), methods=["GET"]),
    ]
