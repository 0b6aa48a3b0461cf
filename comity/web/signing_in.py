"""Signing in and out: with a passkey, by the authority's own provider, or in an exercise on loopback by one click.

A session that begins has a new name each time: one that somebody else may have planted is worth nothing.
"""

from typing import Final

from starlette.responses import Response

from comity.base.errors import ComityError, NotPermitted
from comity.base.ids import ActorId
from comity.exchange.message import Role
from comity.web.site import READERS, Visit, to
from comity.workflows import people, people_passkeys, people_provider

_LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})
PASSKEY: Final = "passkey"
PERSONA: Final = "persona"
PROVIDER: Final = "provider"


def get_sign_in(visit: Visit) -> Response:
    """The ways to sign in here. Before it there is a session too, so that these forms have a token as well."""
    return to("/") if visit.roles else _sign_in(visit)


def _sign_in(visit: Visit, error: ComityError | None = None, status: int = 200) -> Response:
    name, key = as_visitor(visit)
    options = people_passkeys.ask_to_sign_in(visit.office, key) if visit.office.passkeys else ""
    personas = []
    if _may_be_persona(visit):
        known = visit.office.people.items()
        personas = sorted((str(one), sorted(roles)) for one, roles in known if people.find(visit.office, one) is None)
    answer = visit.page(
        "sign_in.html",
        status,
        people=personas,
        options=options,
        site_address=visit.site.passkey_address,
        provider=visit.site.provider.name if visit.site.provider else "",
        error=error,
        nobody=not people.has_operator(visit.office),
        keeps=_keeps_typed(visit),
    )
    if name:
        set_cookie(visit, answer, name)
    return answer


def _keeps_typed(visit: Visit) -> bool:
    """Whether a form waits here for whoever was signed in in this browser."""
    sessions = visit.site.sessions
    over = sessions.over(visit.request.cookies.get(visit.site.cookie, ""))
    return over is not None and bool(sessions.typed.address(over.person, visit.office.clock.now()))


def as_visitor(visit: Visit) -> tuple[str, str]:
    """The name of a session that begins with this page, '' where there is one; and the session's key.

    Somebody signed in who has no role any more is a visitor as any other."""
    name = ""
    if visit.session is None or (visit.session.person and not visit.roles):
        name, visit.session = visit.site.sessions.visit()
    return name, visit.session.key


def post_sign_in(visit: Visit) -> Response:
    """By a click, as one of the personas of an exercise."""
    if not _may_be_persona(visit):
        raise NotPermitted("nobody signs in here by a click", hint="use your passkey: see /sign-in")
    person = visit.form.text("person")
    if ActorId(person) not in visit.office.people or people.find(visit.office, person) is not None:
        raise NotPermitted("there is no such person at this node", hint="choose one of those shown")
    return begin(visit, person, PERSONA)


def post_passkey(visit: Visit) -> Response:
    """With a passkey: the answer of the browser is in the form."""
    if visit.session is None or visit.session.person:
        return to("/")
    try:
        person = people_passkeys.sign_in(visit.office, visit.session.key, visit.form.text("answer").encode())
    except ComityError as error:
        return _sign_in(visit, error, 403)
    return begin(visit, person.id, PASSKEY)


def get_provider(visit: Visit) -> Response:
    """Off to the authority's own provider, which sends the browser back to /sign-in/back."""
    name, key = as_visitor(visit)
    answer = to(people_provider.ask(visit.office, visit.site.need_provider(), key))
    if name:
        set_cookie(visit, answer, name)
    return answer


def get_back(visit: Visit) -> Response:
    """Back from the provider, with a code and the state that it was sent with."""
    if visit.session is None or visit.session.person:
        return to("/")
    provider = visit.site.need_provider()
    person = people_provider.enter(
        visit.office, provider, visit.session.key, state=visit.query("state"), code=visit.query("code")
    )
    return begin(visit, person.id, PROVIDER)


def post_sign_out(visit: Visit) -> Response:
    """The session ends, and with it what evidence was opened or made ready in it."""
    visit.site.for_a_while.close(visit.person)
    if visit.session is not None:
        visit.site.sessions.end(visit.session)
    answer = to("/sign-in")
    answer.delete_cookie(visit.site.cookie, path="/", secure=visit.site.is_https, httponly=True, samesite="lax")
    return answer


def get_home(visit: Visit) -> Response:
    """The page a person begins with."""
    reads = bool(visit.roles & READERS) and visit.office.role is not Role.WITNESS
    return to("/inbox" if reads else "/directory")


def begin(visit: Visit, person: str, how: str) -> Response:
    """A new session for a person, in place of the visitor's. It goes on where they typed when the last one ended."""
    if visit.session is not None:
        visit.site.sessions.end(visit.session)
    name, _ = visit.site.sessions.begin(person, how)
    answer = to(visit.site.sessions.typed.address(person, visit.office.clock.now()) or "/")
    set_cookie(visit, answer, name)
    return answer


def _may_be_persona(visit: Visit) -> bool:
    """Only on the machine itself, and not through something that stands before the pages."""
    client, headers = visit.request.client, visit.request.headers
    is_direct = "forwarded" not in headers and "x-forwarded-for" not in headers
    return visit.site.personas and is_direct and client is not None and client.host in _LOOPBACK


def set_cookie(visit: Visit, answer: Response, name: str) -> None:
    """Lax: the browser must show it when a provider sends a person back; forms have their own token."""
    site = visit.site
    answer.set_cookie(site.cookie, name, path="/", secure=site.is_https, httponly=True, samesite="lax")
