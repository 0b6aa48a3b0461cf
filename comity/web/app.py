"""The pages' application: every address in one list, inside the guard."""

from importlib.resources import files
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope

from comity.base.errors import NotFound
from comity.base.mode import Mode
from comity.transparency.bundle import BUNDLE_LIMIT
from comity.web import (
    case_actions,
    case_pages,
    drafting,
    evidence_pages,
    inbox,
    node_pages,
    opened,
    public_pages,
    signing_in,
)
from comity.web.guard import Guard
from comity.web.site import Site, Visit, Work, handler
from comity.workflows.office import Office

_GZIP_FROM_BYTES: Final = 500
_EVIDENCE_LIMIT: Final = 16 * 1024**3
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


def make_pages(office: Office, url: str, folder: Path) -> ASGIApp:
    """The pages of a node.

    url: its own address, under which alone it is asked for pages. folder: for uploads and opened evidence; what a
    server that ended left there is removed. Personas can sign in only in an exercise that listens on loopback.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    opened.clear(folder)
    is_local = urlsplit(url).hostname in _LOOPBACK
    site = Site(office, url, folder, personas=office.mode is Mode.EXERCISE and is_local)
    app = Starlette(routes=_routes(site))
    return Guard(GZipMiddleware(app, minimum_size=_GZIP_FROM_BYTES), url, office.randomness)


def _routes(site: Site) -> list[Route | Mount]:
    def get(path: str, work: Work, needs: str = "reader", *, quiet: bool = False) -> Route:
        return Route(path, handler(site, work, needs=needs, quiet=quiet), methods=["GET"])

    def post(path: str, work: Work, needs: str = "reader", *, uploads: int = 0) -> Route:
        return Route(path, handler(site, work, needs=needs, uploads=uploads), methods=["POST"])

    return [
        get("/", signing_in.get_home, "person"),
        get("/sign-in", signing_in.get_sign_in, "anyone"),
        post("/sign-in", signing_in.post_sign_in, "persona"),
        post("/sign-out", signing_in.post_sign_out, "person"),
        get("/inbox", inbox.get_inbox),
        get("/inbox/rows", inbox.get_rows, quiet=True),
        get("/requests/urgent", drafting.get_urgent),
        post("/requests/urgent", drafting.post_urgent),
        get("/requests/production", drafting.get_guided),
        get("/requests/production/check", drafting.get_check),
        post("/requests/production/check", drafting.post_check),
        get("/requests/production/{step}", drafting.get_step),
        post("/requests/production/{step}", drafting.post_step),
        get("/cases/{case}", case_pages.get_case),
        get("/cases/{case}/proofs/{index:int}.tlog-proof", case_pages.get_proof),
        get("/cases/{case}/{action}", case_actions.get_action),
        post("/cases/{case}/{action}", case_actions.post_action, uploads=_EVIDENCE_LIMIT),
        get("/opened/{name}", evidence_pages.get_opened),
        get("/opened/{name}/{number:int}", evidence_pages.get_file),
        get("/directory", node_pages.get_directory, "person"),
        get("/public/register", public_pages.get_register, "anyone"),
        get("/public/register.json", public_pages.get_register_json, "anyone"),
        get("/public/register.csv", public_pages.get_register_csv, "anyone"),
        get("/public/log", public_pages.get_log, "anyone"),
        get("/public/log.json", public_pages.get_log_json, "anyone"),
        get("/public/check", public_pages.get_check, "anyone"),
        post("/public/check", public_pages.post_check, "anyone", uploads=BUNDLE_LIMIT),
        Mount("/static", _Static(directory=str(files("comity.web") / "static"))),
        Route("/{path:path}", handler(site, _nothing_there, needs="anyone"), methods=["GET"]),
    ]


def _nothing_there(_visit: Visit) -> Response:
    raise NotFound("there is no such page", hint="begin at the start page")


class _Static(StaticFiles):
    """Our own files. One asked for with its digest never changes."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        if Request(scope).query_params.get("v"):
            answer.headers["cache-control"] = "public, max-age=31536000, immutable"
        return answer
