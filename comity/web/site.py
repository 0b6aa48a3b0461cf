"""One node's pages as a whole, one visit to one of them, and how a page is made.

A visit goes: the session by its cookie; a form read and its token checked; the page's work, off the event loop; a typed
error as a page that says what to do next. Only here is the unforeseen caught: its kind is logged, no content.
"""

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from comity.adapters.uploads_files import UploadFolder
from comity.base.encoding import b64u
from comity.base.errors import ComityError, Malformed, NotFound, NotPermitted, TooLarge, Unavailable
from comity.exchange.message import Role
from comity.exchange.problems import ExchangeProblem
from comity.web.case_index import CaseIndex
from comity.web.forms import TOKEN, Form, Room, read_form
from comity.web.languages import COOKIE, KEPT_SECONDS, LANGUAGES, Language, language_of
from comity.web.log_alarms import banner_for
from comity.web.opened import HeldForAWhile
from comity.web.sealing import Sealing
from comity.web.sessions import Session, Sessions, check_token
from comity.web.told import hint_of
from comity.web.writing import write
from comity.workflows.access import PersonRole
from comity.workflows.office import Office
from comity.workflows.people_provider import IdentityProvider
from comity.workflows.roles import roles_of

EVIDENCE_LIMIT: Final = 16 * 1024**3
"""Bytes that one sealing takes."""
JOIN: Final = "/join?link="
"""Where an invitation leads. What it holds stands in the query, which is not logged."""
KEYS: Final = "keys"
"""The cookie that says whether single keys lead somewhere: 'off' where they do not."""
READERS: Final = frozenset(set(PersonRole) - {PersonRole.OPERATOR})
"""Who may read cases. An operator keeps the node and its directory, and has no need to know."""
_logger = logging.getLogger("comity.web")


@dataclass(slots=True)
class Site:
    """The pages of one node. `folder`: where uploads, opened evidence and packages for others lie for as long as
    they are needed; `personas`: signing in by a click, for exercises on loopback only; `provider`: the authority's
    own."""

    office: Office
    url: str
    folder: Path
    personas: bool
    provider: IdentityProvider | None = None
    sessions: Sessions = field(init=False)
    index: CaseIndex = field(init=False)
    uploads: UploadFolder = field(init=False)
    sealing: Sealing = field(init=False)
    for_a_while: HeldForAWhile = field(default_factory=HeldForAWhile)
    checking: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self.uploads = UploadFolder(self.folder / "uploads", EVIDENCE_LIMIT)
        self.sealing = Sealing(self.office)
        self.sessions = Sessions(self.office)
        self.index = CaseIndex(self.office)

    @property
    def is_https(self) -> bool:
        return urlsplit(self.url).scheme == "https"

    @property
    def cookie(self) -> str:
        """The session cookie's name. `__Host-` only where the browser can keep its promise, over https; a name of its
        own for each node, because a browser keeps one cookie jar for all ports of a host."""
        own = self.office.node.replace("/", "-").lower()
        return f"__Host-comity-{own}" if self.is_https else f"comity-exercise-{own}"

    @property
    def passkey_address(self) -> str:
        """The sign-in page under the one name at which browsers take passkeys; '' where the address is that already."""
        parts = urlsplit(self.url)
        if self.office.passkeys is None or parts.hostname == self.office.passkeys.site:
            return ""
        return f"{self.office.passkeys.origin}/sign-in"

    @property
    def join_address(self) -> str:
        """The address of an invitation, but for what its link holds: at the name where browsers take passkeys."""
        return f"{self.office.passkeys.origin if self.office.passkeys else self.url}{JOIN}"

    def need_provider(self) -> IdentityProvider:
        """Raises NotFound where the authority has none."""
        if self.provider is None:
            raise NotFound("there is no such page", hint="begin at the start page")
        return self.provider

    def new_folder(self, kind: str) -> Path:
        """A name in the node's folder that nobody can guess; not made yet."""
        return self.folder / f"{kind}-{b64u(self.office.randomness.bytes(16))}"


@dataclass(slots=True)
class Visit:
    """One request to one page."""

    site: Site
    request: Request
    session: Session | None
    form: Form
    gives_back: bool = field(default=False, init=False)
    _roles: frozenset[str] | None = field(default=None, init=False)

    @property
    def office(self) -> Office:
        return self.site.office

    @property
    def person(self) -> str:
        return self.session.person if self.session else ""

    @property
    def roles(self) -> frozenset[str]:
        """Those of this moment: asked once a visit."""
        if self._roles is None:
            self._roles = (roles_of(self.office, self.person) if self.person else None) or frozenset()
        return self._roles

    @property
    def language(self) -> Language:
        """The language of its pages."""
        request = self.request
        return language_of(request.cookies.get(COOKIE, ""), request.headers.get("accept-language", ""))

    @property
    def nonce(self) -> str:
        return str(self.request.scope["comity_nonce"])

    def typed_before(self) -> Form:
        """What this person typed here when their session had ended, given back once; empty where that was not so."""
        found = self.site.sessions.typed.take(self.person, self.request.url.path, self.office.clock.now())
        self.gives_back = bool(found)
        return Form(dict(found))

    def query(self, name: str) -> str:
        return self.request.query_params.get(name, "")

    def path(self, name: str) -> str:
        return str(self.request.path_params[name])

    def page(self, template: str, status: int = 200, **context: Any) -> Response:
        """An HTML page from a template."""
        office, session = self.office, self.session
        token = self.site.sessions.token(session) if session else ""
        shared: dict[str, Any] = {
            "node": office.node,
            "node_name": office.name,
            "stamp": office.mode.stamp,
            "is_provider": office.role is Role.PROVIDER,
            "can_draft": bool(self.roles & _DRAFTERS) and office.role is Role.AUTHORITY,
            "can_read": bool(self.roles & READERS) and office.role is not Role.WITNESS,
            "person": self.person,
            "person_name": session.name if session else "",
            "session": session,
            "is_operator": PersonRole.OPERATOR in self.roles,
            "log_alarms": banner_for(office, self.roles),
            "roles": sorted(self.roles),
            "nonce": self.nonce,
            "token": token,
            "token_name": TOKEN,
            "today": office.clock.now().day,
            "now": office.clock.now(),
            "path": self.request.url.path,
            "in_language": self._in_language,
            "live": False,
            "gives_back": self.gives_back,
            "keys_on": self.request.cookies.get(KEYS) != "off",
        }
        text = write(template, self.language, {**shared, **context})
        headers = {"content-language": self.language.code, "vary": "Cookie, Accept-Language"}
        return Response(text, status, headers, media_type="text/html; charset=utf-8")

    def _in_language(self, code: str) -> str:
        """The address of this page in another language."""
        return _address(self.request, {CHOOSE: code})


CHOOSE: Final = "lang"
"""Added to any page's address, it chooses the language of all pages from then on."""
_DRAFTERS: Final = frozenset({PersonRole.DUTY_OFFICER, PersonRole.CASE_LAWYER, PersonRole.INVESTIGATOR})

Work = Callable[[Visit], Response]
Handler = Callable[[Request], Awaitable[Response]]


def to(address: str) -> Response:
    """Go on at another page, by GET."""
    return RedirectResponse(address, 303)


def handler(
    site: Site, work: Work, *, needs: str = "person", uploads: int = 0, quiet: bool = False, keeps: bool = False
) -> Handler:
    """A page's handler.

    needs: who may come: 'anyone'; 'persona', as anyone, but a form needs its token; 'person', signed in; or 'reader',
    in a role that reads cases. uploads: how many bytes of files are taken. quiet: a script comes, not a person, so the
    session does not live longer by it. keeps: what is typed is kept where the session has ended meanwhile, for the page
    of the same address to give back (`Visit.typed_before`).
    """

    async def handle(request: Request) -> Response:
        if request.method == "GET" and request.query_params.get(CHOOSE) in LANGUAGES:
            return _choose_language(request, site.is_https)
        visit = Visit(site, request, None, Form())
        try:
            await run_in_threadpool(_arrive, visit, needs, quiet)
            if request.method == "POST":
                room = Room(site.new_folder("upload"), uploads)
                visit.form = await read_form(request, lambda form: _check_form(visit, form, needs), room)
            return await run_in_threadpool(work, visit)
        except _SignInFirst:
            if keeps and request.method == "POST":
                await _keep_typed(visit)
            return to("/sign-in")
        except ComityError as error:
            return await run_in_threadpool(problem_page, visit, error)
        except Exception as error:  # noqa: BLE001 - the last line of defence; nothing carries on after it
            _logger.error("unforeseen %s at %s", type(error).__name__, request.url.path)
            return await run_in_threadpool(problem_page, visit, _Internal("something went wrong on our side"))
        finally:
            visit.form.drop_files()

    return handle


Stream = Callable[[Visit], Awaitable[Response]]


def stream_handler(site: Site, work: Stream) -> Handler:
    """The handler of what a script sends in its own format, as pieces of a file: its work reads the body itself.

    The form token comes in the header `form-token`, which no other site's page can set. Errors are one line of text.
    """

    async def handle(request: Request) -> Response:
        visit = Visit(site, request, None, Form())
        try:
            await run_in_threadpool(_arrive, visit, "reader", False)
            if request.method not in {"HEAD", "OPTIONS"}:
                form = Form({TOKEN: [request.headers.get(TOKEN, "")]})
                _check_form(visit, form, "reader")
            return await work(visit)
        except _SignInFirst:
            return PlainTextResponse("sign in first\n", 401)
        except ClientDisconnect:
            return PlainTextResponse("the line broke\n", 400)
        except ComityError as error:
            return PlainTextResponse(f"{error}\n", status_of(error))
        except Exception as error:  # noqa: BLE001 - as for a page
            _logger.error("unforeseen %s at %s", type(error).__name__, request.url.path)
            return PlainTextResponse("something went wrong on our side\n", 500)

    return handle


def _choose_language(request: Request, is_https: bool) -> Response:
    """Remember the language that was chosen, and go on at the same page under its plain address."""
    answer = to(_address(request, {}))
    answer.set_cookie(
        COOKIE, request.query_params[CHOOSE], KEPT_SECONDS, secure=is_https, httponly=True, samesite="lax"
    )
    return answer


def _address(request: Request, added: Mapping[str, str]) -> str:
    """The path and query of a request, on this host whatever the path begins with; any language in it is left out."""
    asked = [(name, value) for name, value in request.query_params.multi_items() if name != CHOOSE]
    query = urlencode([*asked, *added.items()])
    return f"/{quote(request.url.path.lstrip('/'))}{'?' if query else ''}{query}"


class _SignInFirst(Exception):
    """Nobody is signed in, and the page needs somebody."""


class _Internal(ComityError):
    code = "internal"


def _arrive(visit: Visit, needs: str, quiet: bool) -> None:
    """Find who comes, and raise unless they may."""
    cookie = visit.request.cookies.get(visit.site.cookie, "")
    visit.session = visit.site.sessions.find(cookie, touch=not quiet)
    _admit(visit, needs)


def _admit(visit: Visit, needs: str) -> None:
    if needs in {"anyone", "persona"}:
        return
    if not visit.roles:
        raise _SignInFirst
    if needs == "reader" and not visit.roles & READERS:
        raise NotPermitted("your role does not read cases", hint="an operator keeps the node and its directory")


def _check_form(visit: Visit, form: Form, needs: str) -> None:
    """The form comes from a page of this session. One that needs nobody and changes nothing has no token."""
    _check_origin(visit.request)
    if visit.session is None:
        if needs == "anyone":
            return
        raise _SignInFirst
    if needs != "anyone" or form.text(TOKEN):
        check_token(visit.session, form.text(TOKEN))


def _check_origin(request: Request) -> None:
    origin = request.headers.get("origin", "")
    if origin and urlsplit(origin).netloc.lower() != request.headers.get("host", "").lower():
        raise NotPermitted("the form comes from another site", hint="open the page here and send it from there")


async def _keep_typed(visit: Visit) -> None:
    """Keep what was typed in a session that is over, for its person alone; nothing where the form is not of it."""
    request, sessions = visit.request, visit.site.sessions
    over = sessions.over(request.cookies.get(visit.site.cookie, ""))
    if over is None:
        return

    def check(form: Form) -> None:
        _check_origin(request)
        check_token(over, form.text(TOKEN))

    try:
        form = await read_form(request, check, Room(visit.site.new_folder("upload"), 0))
    except (ComityError, ClientDisconnect):
        return
    fields = {name: said for name, said in form.fields.items() if name != TOKEN}
    sessions.typed.keep(over.person, request.url.path, fields, visit.office.clock.now())


_STATUS: Final[Mapping[type[ComityError], int]] = {
    NotFound: 404,
    NotPermitted: 403,
    TooLarge: 413,
    Malformed: 400,
    Unavailable: 503,
    ExchangeProblem: 409,
    _Internal: 500,
}


_IN_A_CASE: Final = re.compile(r"/cases/[0-9a-f-]{36}(?=/)")


def problem_page(visit: Visit, error: ComityError) -> Response:
    """A typed error as a page: what was wrong, and what to do next."""
    around = _IN_A_CASE.match(visit.request.url.path) if not isinstance(error, NotFound) else None
    context = {"what": error.what, "hint": hint_of(error), "code": error.code, "case_page": around[0] if around else ""}
    return visit.page("problem.html", status_of(error), **context)


def status_of(error: ComityError) -> int:
    return next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 409)
