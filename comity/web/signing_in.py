"""Signing in and out. Personas: one click as one of the node's people, in an exercise on loopback and nowhere else."""

from typing import Final

from starlette.responses import Response

from comity.base.errors import NotPermitted
from comity.base.ids import ActorId
from comity.exchange.message import Role
from comity.web.site import READERS, Visit, to

_LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})


def get_sign_in(visit: Visit) -> Response:
    """Who can be signed in as. Before it there is a session too, so that this form has a token as well."""
    if visit.roles:
        return to("/")
    _check_personas(visit)
    name = ""
    if visit.session is None:
        name, visit.session = visit.site.sessions.begin("")
    people = sorted((str(person), sorted(roles)) for person, roles in visit.office.people.items())
    answer = visit.page("sign_in.html", people=people)
    if name:
        _set_cookie(visit, answer, name)
    return answer


def post_sign_in(visit: Visit) -> Response:
    """A new session, under a new name: one that somebody else may have planted is worth nothing."""
    _check_personas(visit)
    person = visit.form.text("person")
    if ActorId(person) not in visit.office.people or visit.session is None:
        raise NotPermitted("there is no such person at this node", hint="choose one of those shown")
    visit.site.sessions.end(visit.session)
    name, _ = visit.site.sessions.begin(person)
    answer = to("/")
    _set_cookie(visit, answer, name)
    return answer


def post_sign_out(visit: Visit) -> Response:
    """The session ends, and with it what evidence was opened in it."""
    visit.site.opened.close(visit.person)
    if visit.session is not None:
        visit.site.sessions.end(visit.session)
    answer = to("/sign-in")
    answer.delete_cookie(visit.site.cookie, path="/", secure=visit.site.is_https, httponly=True, samesite="strict")
    return answer


def get_home(visit: Visit) -> Response:
    """The page a person begins with."""
    reads = bool(visit.roles & READERS) and visit.office.role is not Role.WITNESS
    return to("/inbox" if reads else "/directory")


def _check_personas(visit: Visit) -> None:
    client = visit.request.client
    if not visit.site.personas or client is None or client.host not in _LOOPBACK:
        raise NotPermitted(
            "nobody can be signed in here yet", hint="personas are for exercises on the machine itself; see the guide"
        )


def _set_cookie(visit: Visit, answer: Response, name: str) -> None:
    site = visit.site
    answer.set_cookie(site.cookie, name, path="/", secure=site.is_https, httponly=True, samesite="strict")
