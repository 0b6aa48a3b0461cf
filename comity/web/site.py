"""One node's pages as a whole, one visit to one of them, and how a page is made.

A visit goes: the session by its cookie; a form read and its token checked; the page's work, off the event loop; a typed
error as a page that says what to do next. Only here is the unforeseen caught: its kind is logged, no content.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from gettext import NullTranslations
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from babel import Locale
from jinja2 import ChainableUndefined, ChoiceLoader, Environment, PackageLoader, PrefixLoader
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from comity.base.encoding import b64u
from comity.base.errors import ComityError, Malformed, NotFound, NotPermitted, Unavailable
from comity.base.ids import ActorId
from comity.base.instants import Instant
from comity.exchange.message import Role
from comity.exchange.problems import ExchangeProblem
from comity.web import dates, words
from comity.web.case_index import CaseIndex
from comity.web.forms import TOKEN, Form, Room, read_form
from comity.web.opened import OpenedEvidence
from comity.web.sessions import Session, Sessions, check_token
from comity.workflows.access import PersonRole
from comity.workflows.office import Office

READERS: Final = frozenset(set(PersonRole) - {PersonRole.OPERATOR})
"""Who may read cases. An operator keeps the node and its directory, and has no need to know."""
_GOVUK: Final = "govuk_frontend_jinja"
LOCALE: Final = Locale.parse("en_GB")
_logger = logging.getLogger("comity.web")


@dataclass(slots=True)
class Site:
    """The pages of one node. `folder`: where uploads and opened evidence lie for as long as they are needed;
    `personas`: signing in by a click, for exercises on loopback only."""

    office: Office
    url: str
    folder: Path
    personas: bool
    sessions: Sessions = field(init=False)
    index: CaseIndex = field(init=False)
    opened: OpenedEvidence = field(default_factory=OpenedEvidence)

    def __post_init__(self) -> None:
        self.sessions = Sessions(self.office.clock, self.office.randomness)
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

    @property
    def office(self) -> Office:
        return self.site.office

    @property
    def person(self) -> str:
        return self.session.person if self.session else ""

    @property
    def roles(self) -> frozenset[str]:
        return self.office.people.get(ActorId(self.person), frozenset()) if self.person else frozenset()

    @property
    def nonce(self) -> str:
        return str(self.request.scope["comity_nonce"])

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
            "roles": sorted(self.roles),
            "nonce": self.nonce,
            "token": token,
            "token_name": TOKEN,
            "today": office.clock.now().day,
            "now": office.clock.now(),
            "path": self.request.url.path,
            "live": False,
        }
        text = environment().get_template(template).render({**shared, **context})
        return Response(text, status, media_type="text/html; charset=utf-8")


_DRAFTERS: Final = frozenset({PersonRole.DUTY_OFFICER, PersonRole.CASE_LAWYER, PersonRole.INVESTIGATOR})

Work = Callable[[Visit], Response]
Handler = Callable[[Request], Awaitable[Response]]


def to(address: str) -> Response:
    """Go on at another page, by GET."""
    return RedirectResponse(address, 303)


def handler(site: Site, work: Work, *, needs: str = "person", uploads: int = 0, quiet: bool = False) -> Handler:
    """A page's handler.

    needs: who may come: 'anyone'; 'persona', as anyone, but a form needs its token; 'person', signed in; or 'reader',
    in a role that reads cases. uploads: how many bytes of files are taken. quiet: a script comes, not a person, so the
    session does not live longer by it.
    """

    async def handle(request: Request) -> Response:
        session = site.sessions.find(request.cookies.get(site.cookie, ""), touch=not quiet)
        visit = Visit(site, request, session, Form())
        try:
            _admit(visit, needs)
            if request.method == "POST":
                room = Room(site.new_folder("upload"), uploads)
                visit.form = await read_form(request, lambda form: _check_form(visit, form, needs), room)
            return await run_in_threadpool(work, visit)
        except _SignInFirst:
            return to("/sign-in")
        except ComityError as error:
            return await run_in_threadpool(problem_page, visit, error)
        except Exception as error:  # noqa: BLE001 - the last line of defence; nothing carries on after it
            _logger.error("unforeseen %s at %s", type(error).__name__, request.url.path)
            return await run_in_threadpool(problem_page, visit, _Internal("something went wrong on our side"))
        finally:
            visit.form.drop_files()

    return handle


class _SignInFirst(Exception):
    """Nobody is signed in, and the page needs somebody."""


class _Internal(ComityError):
    code = "internal"


def _admit(visit: Visit, needs: str) -> None:
    if needs in {"anyone", "persona"}:
        return
    if not visit.roles:
        raise _SignInFirst
    if needs == "reader" and not visit.roles & READERS:
        raise NotPermitted("your role does not read cases", hint="an operator keeps the node and its directory")


def _check_form(visit: Visit, form: Form, needs: str) -> None:
    """The form comes from a page of this session. One that needs nobody and changes nothing has no token."""
    origin = visit.request.headers.get("origin", "")
    if origin and urlsplit(origin).netloc.lower() != visit.request.headers.get("host", "").lower():
        raise NotPermitted("the form comes from another site", hint="open the page here and send it from there")
    if visit.session is None:
        if needs == "anyone":
            return
        raise _SignInFirst
    if needs != "anyone" or form.text(TOKEN):
        check_token(visit.session, form.text(TOKEN))


_STATUS: Final[Mapping[type[ComityError], int]] = {
    NotFound: 404,
    NotPermitted: 403,
    Malformed: 400,
    Unavailable: 503,
    ExchangeProblem: 409,
    _Internal: 500,
}


def problem_page(visit: Visit, error: ComityError) -> Response:
    """A typed error as a page: what was wrong, and what to do next."""
    status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 409)
    return visit.page("problem.html", status, error=error)


# How pages are written


@cache
def environment() -> Environment:
    """Templates in English, with every string marked for gettext; another language is another set of translations."""
    found = Environment(
        loader=ChoiceLoader([PackageLoader("comity.web"), PrefixLoader({_GOVUK: PackageLoader(_GOVUK)})]),
        autoescape=True,
        undefined=ChainableUndefined,  # the macros ask for what they were not given
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    translations = NullTranslations()
    found.install_gettext_callables(  # type: ignore[attr-defined]
        translations.gettext, translations.ngettext, newstyle=True
    )
    found.globals.update(
        lang="en",
        dir="ltr",
        words=words,
        static=static,
        pressure=dates.pressure,
        days_left=dates.days_left,
        v=isolated,
    )
    found.filters.update(
        day=lambda value: isolated(dates.show_day(value, LOCALE)),
        moment=lambda value: isolated(dates.show_moment(_instant(value), LOCALE)),
        word=lambda code, table: translations.gettext(table.get(str(code), str(code))),
        quoted=lambda text: Markup('<span dir="auto">{}</span>').format(text),
    )
    return found


def _instant(value: Instant | int) -> Instant:
    """From POSIX seconds too, as events and acts have them."""
    return Instant.from_seconds(value) if isinstance(value, int) else value


def isolated(value: object) -> Markup:
    """A value from outside the page's own words, kept from disturbing the order of what stands around it."""
    return Markup("<bdi>{}</bdi>").format(value)


@cache
def static(name: str) -> str:
    """The address of a file of ours, with its digest: kept for ever by browsers, and new when it changes."""
    data = (files("comity.web") / "static" / name).read_bytes()
    return f"/static/{name}?v={sha256(data).hexdigest()[:12]}"
