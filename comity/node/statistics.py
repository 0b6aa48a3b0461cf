"""The published statistics, for anyone, beside the log: `/log/stats/<file>`, the same files as in the log's folder."""

import re
from collections.abc import Callable
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from comity.oversight.release import FOLDER
from comity.workflows.office import Office

_NAME: Final = re.compile(
    r"(index|\d{4}(-(Q[1-4]|\d{2}))?(\.audit\.[a-z0-9.-]{1,80})?)\.(json|csv|tlog-proof|jws)", re.ASCII
)
_TYPES: Final = {"json": "application/json", "csv": "text/csv; charset=utf-8"}
_HEADERS: Final = {"cache-control": "public, max-age=300", "access-control-allow-origin": "*"}


def statistics_routes(office: Office, guarded: Callable[..., Callable[..., object]]) -> list[Route]:
    """GET /log/stats/..."""

    async def get_file(request: Request) -> Response:
        name = request.path_params["name"]
        data = None
        if _NAME.fullmatch(name):
            data = await run_in_threadpool(office.log_folder.read, f"{FOLDER}/{name}")
        if data is None:
            return Response("no such statistics\n", 404, media_type="text/plain; charset=utf-8")
        media_type = _TYPES.get(name.rpartition(".")[2], "text/plain; charset=utf-8")
        return Response(data, media_type=media_type, headers=_HEADERS)

    return [Route(f"/log/{FOLDER}/{{name}}", guarded(office, get_file), methods=["GET"])]
