"""The pages' application: every address in one list, inside the guard."""

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from threading import Timer
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
from comity.web import (
    account_pages,
    approval_pages,
    case_pages,
    case_papers,
    checking,
    emergencies,
    evidence_pages,
    evidence_view,
    exchange_pages,
    guided,
    handover,
    inbox,
    keys,
    node_pages,
    notice_letter,
    opened,
    oversight,
    people_pages,
    public_pages,
    register,
    search,
    secrecy,
    signals,
    signing_in,
    statistics_pages,
    statistics_site,
    uploading,
    urgent,
    writing,
)
from comity.web.actions import page as actions
from comity.web.guard import Guard
from comity.web.site import EVIDENCE_LIMIT, Site, Visit, Work, handler, stream_handler
from comity.workflows.office import Office
from comity.workflows.people_provider import IdentityProvider

_GZIP_FROM_BYTES: Final = 500
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Pages:
    """What pages in earnest have beside their address. `proxies`: who alone may connect, if any are named;
    `warm_after`: in so many seconds every language is made ready, beside the work; None where that is not worth it."""

    proxies: frozenset[str] = frozenset()
    provider: IdentityProvider | None = None
    warm_after: float | None = None


def make_pages(office: Office, url: str, folder: Path, pages: Pages = Pages()) -> ASGIApp:
    """The pages of a node.

    url: its own address, under which alone it is asked for pages. folder: for uploads, opened evidence and packages for
    others; what a server that ended left there is removed. pages: who stands before them, and the authority's own
    provider. Personas can sign in only in an exercise that listens on loopback.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    opened.clear(folder)
    is_local = urlsplit(url).hostname in _LOOPBACK
    personas = office.mode is Mode.EXERCISE and is_local
    site = Site(office, url, folder, personas=personas, provider=pages.provider)
    site.index.begin()
    if pages.warm_after is not None:
        timer = Timer(pages.warm_after, writing.warm)
        timer.daemon = True
        timer.start()
    app = Starlette(routes=_routes(site))
    return Guard(GZipMiddleware(app, minimum_size=_GZIP_FROM_BYTES), url, office.randomness, pages.proxies)


def _routes(site: Site) -> list[Route | Mount]:
    def get(path: str, work: Work, needs: str = "reader", *, quiet: bool = False) -> Route:
        return Route(path, handler(site, work, needs=needs, quiet=quiet), methods=["GET"])

    def post(path: str, work: Work, needs: str = "reader", *, uploads: int = 0, keeps: bool = False) -> Route:
        return Route(path, handler(site, work, needs=needs, uploads=uploads, keeps=keeps), methods=["POST"])

    return [
        get("/", signing_in.get_home, "person"),
        get("/sign-in", signing_in.get_sign_in, "anyone"),
        post("/sign-in", signing_in.post_sign_in, "persona"),
        post("/sign-in/passkey", signing_in.post_passkey, "persona"),
        get("/sign-in/provider", signing_in.get_provider, "anyone"),
        get("/sign-in/back", signing_in.get_back, "anyone"),
        get("/join", account_pages.get_join, "anyone"),
        post("/join", account_pages.post_join, "persona"),
        get("/account", account_pages.get_account, "person"),
        get("/account/passkeys/add", account_pages.get_add, "person"),
        post("/account/passkeys/add", account_pages.post_add, "person"),
        post("/account/passkeys/remove", account_pages.post_remove, "person"),
        post("/account/sessions/end", account_pages.post_end, "person"),
        post("/account/stay", account_pages.post_stay, "person"),
        get("/people", people_pages.get_people, "person"),
        post("/people/invite", people_pages.post_invite, "person"),
        post("/people/change", people_pages.post_change, "person"),
        post("/sign-out", signing_in.post_sign_out, "person"),
        get("/inbox", inbox.get_inbox),
        get("/inbox/rows", inbox.get_rows, quiet=True),
        get("/requests/urgent", urgent.get_urgent),
        post("/requests/urgent", urgent.post_urgent, keeps=True),
        get("/requests/production", guided.get_guided),
        get("/requests/production/check", guided.get_check),
        post("/requests/production/check", guided.post_check),
        get("/requests/production/{step}", guided.get_step),
        post("/requests/production/{step}", guided.post_step, keeps=True),
        get("/cases/{case}", case_pages.get_case),
        get("/cases/{case}/proofs/{index:int}.tlog-proof", case_pages.get_proof),
        get("/cases/{case}/law", case_pages.get_law),
        get("/cases/{case}/story", case_pages.get_story),
        get("/cases/{case}/asking", case_pages.get_asking),
        get("/cases/{case}/export", case_papers.get_export),
        get("/cases/{case}/notice", notice_letter.get_notice),
        get("/cases/{case}/notice.txt", notice_letter.get_notice_text),
        get("/cases/{case}/letter", case_papers.get_letter),
        get("/cases/{case}/letter.svg", case_papers.get_letter_picture),
        get("/cases/{case}/sign", approval_pages.get_sign),
        post("/cases/{case}/sign", approval_pages.post_sign),
        Route("/cases/{case}/uploads", stream_handler(site, uploading.options), methods=["OPTIONS"]),
        Route("/cases/{case}/uploads", stream_handler(site, uploading.post), methods=["POST"]),
        Route(
            "/cases/{case}/uploads/{upload}", stream_handler(site, uploading.one), methods=["HEAD", "PATCH", "DELETE"]
        ),
        post("/cases/{case}/uploads/{upload}/drop", evidence_pages.post_drop),
        get("/cases/{case}/sealing", evidence_pages.get_sealing),
        get("/cases/{case}/sealing/part", evidence_pages.get_sealing_part, quiet=True),
        get("/cases/{case}/evidence", evidence_view.get_evidence),
        post("/cases/{case}/evidence", evidence_view.post_verify),
        get("/cases/{case}/evidence/transfer", evidence_view.get_transfer, quiet=True),
        get("/cases/{case}/evidence/report.html", evidence_view.get_report_html),
        get("/cases/{case}/evidence/report.jsonld", evidence_view.get_report_json),
        get("/cases/{case}/{action}", actions.get_action),
        post("/cases/{case}/{action}", actions.post_action, uploads=EVIDENCE_LIMIT, keeps=True),
        get("/opened/{name}", evidence_pages.get_opened),
        get("/opened/{name}/{number:int}", evidence_pages.get_file),
        get("/made/{name}", evidence_pages.get_made),
        get("/made/{name}/package.tar", evidence_pages.get_made_file),
        get("/search", search.get_search),
        get("/search.json", search.get_search_json),
        get("/search.csv", search.get_search_csv),
        get("/handover", handover.get_handover),
        get("/handover.json", handover.get_handover_json),
        post("/handover", handover.post_handover),
        get("/secrecy", secrecy.get_secrecy),
        get("/secrecy.json", secrecy.get_secrecy_json),
        get("/secrecy.csv", secrecy.get_secrecy_csv),
        get("/emergencies", emergencies.get_emergencies),
        post("/emergencies/seen", emergencies.post_seen),
        get("/emergencies.json", emergencies.get_emergencies_json),
        get("/oversight", oversight.get_oversight),
        post("/oversight/acknowledge", oversight.post_acknowledge),
        post("/oversight/ask", signals.post_ask),
        get("/questions", signals.get_questions),
        post("/questions", signals.post_answer),
        get("/oversight.json", oversight.get_oversight_json),
        get("/oversight/cases.csv", oversight.get_cases_csv),
        get("/oversight/decisions.csv", oversight.get_decisions_csv),
        get("/keys", keys.get_keys, "person"),
        post("/keys", keys.post_keys, "person"),
        get("/exchange", exchange_pages.get_exchange, "person"),
        get("/exchange.json", exchange_pages.get_exchange_json, "person"),
        post("/exchange/pack", exchange_pages.post_pack, "person"),
        post("/exchange/carry", exchange_pages.post_carry, "person", uploads=exchange_pages.FILE_LIMIT),
        post("/exchange/suspend", exchange_pages.post_suspend, "person"),
        get("/directory/changes", exchange_pages.get_changes, "person"),
        get("/directory/changes.json", exchange_pages.get_changes_json, "person"),
        get("/directory", node_pages.get_directory, "person"),
        get("/directory.json", node_pages.get_directory_json, "person"),
        get("/public/register", register.get_register, "anyone"),
        get("/public/register.json", register.get_register_json, "anyone"),
        get("/public/register.csv", register.get_register_csv, "anyone"),
        get("/public/basis", register.get_basis, "anyone"),
        get("/public/basis.json", register.get_basis_json, "anyone"),
        get("/public/basis.csv", register.get_basis_csv, "anyone"),
        get("/public/log", public_pages.get_log, "anyone"),
        get("/public/log.json", public_pages.get_log_json, "anyone"),
        get("/public/log.csv", public_pages.get_log_csv, "anyone"),
        get("/public/statistics", statistics_pages.get_statistics, "anyone"),
        get("/public/statistics.json", public_pages.get_statistics_json, "anyone"),
        get("/public/statistics.csv", public_pages.get_statistics_csv, "anyone"),
        get("/public/statistics/{period}.json", statistics_pages.get_release_json, "anyone"),
        get("/public/statistics/{period}.csv", statistics_pages.get_release_csv, "anyone"),
        get(statistics_site.PLACE, statistics_site.to_site, "anyone"),
        get(f"{statistics_site.PLACE}/{{path:path}}", statistics_site.Served().get, "anyone"),
        get("/public/check", checking.get_check, "anyone"),
        get("/public/check.json", checking.get_check_json, "anyone"),
        post("/public/check", checking.post_check, "anyone", uploads=checking.FILE_LIMIT),
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
