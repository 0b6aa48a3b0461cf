"""One's own account: joining by an invitation, passkeys, and where one is signed in."""

from starlette.responses import JSONResponse, Response

from comity.base.encoding import b64u
from comity.base.errors import ComityError, NotFound
from comity.web import account_words, signing_in
from comity.web.site import Visit, to
from comity.workflows import people, people_passkeys, people_sessions


def get_join(visit: Visit) -> Response:
    """What the link is for. Looking does not use it up: mail scanners look at links."""
    return _join(visit, visit.query("link"))


def _join(visit: Visit, link: str, error: ComityError | None = None, status: int = 200) -> Response:
    name, key = signing_in.as_visitor(visit)
    asked = people_passkeys.ask_to_join(visit.office, link, key)
    answer = visit.page("join.html", status, invitation=asked.invitation, options=asked.options, link=link, error=error)
    if name:
        signing_in.set_cookie(visit, answer, name)
    return answer


def post_join(visit: Visit) -> Response:
    """The answer of the browser: a new passkey, whose owner is signed in with it."""
    form, session = visit.form, visit.session
    if session is None:
        return to("/sign-in")
    try:
        person = people_passkeys.join(
            visit.office,
            form.text("link"),
            session.key,
            form.text("answer").encode(),
            passkey_name=form.text("passkey_name"),
        )
    except NotFound:
        raise
    except ComityError as error:
        return _join(visit, form.text("link"), error, 403)
    answer = signing_in.begin(visit, person.id, signing_in.PASSKEY)
    answer.headers["location"] = "/account?done=joined"
    return answer


def get_account(visit: Visit) -> Response:
    own = people_passkeys.list_own(visit.office, visit.person)
    joined = people.find(visit.office, visit.person)
    return visit.page(
        "account.html",
        said=account_words,
        passkeys=own,
        ids=[b64u(one.id) for one in own],
        joined=joined is not None,
        by_provider=joined is not None and bool(joined.subject),
        can_add=joined is not None and visit.office.passkeys is not None,
        sessions=people_sessions.of_person(visit.office, visit.person),
        done=visit.query("done"),
    )


def get_add(visit: Visit) -> Response:
    return _add(visit)


def _add(visit: Visit, error: ComityError | None = None, status: int = 200) -> Response:
    options = people_passkeys.ask_to_add(visit.office, visit.person)
    return visit.page("account_add.html", status, options=options, error=error)


def post_add(visit: Visit) -> Response:
    answer, name = visit.form.text("answer").encode(), visit.form.text("passkey_name")
    try:
        people_passkeys.add(visit.office, visit.person, answer, passkey_name=name)
    except ComityError as error:
        return _add(visit, error, 403)
    return to("/account?done=added")


def post_remove(visit: Visit) -> Response:
    people_passkeys.remove(visit.office, visit.person, visit.form.text("passkey"))
    return to("/account?done=removed")


def post_end(visit: Visit) -> Response:
    """End one session, or all; where the present one is among them, it is signing out."""
    key = visit.form.text("session")
    if visit.session is None or key in {"all", visit.session.key}:
        if key == "all":
            people_sessions.end_all(visit.office, visit.person, visit.person)
        return signing_in.post_sign_out(visit)
    people_sessions.end_one(visit.office, visit.person, key)
    return to("/account?done=ended")


def post_stay(visit: Visit) -> Response:
    """The present session goes on: for how many seconds."""
    ends = visit.session.ends.seconds if visit.session else 0
    return JSONResponse({"seconds": max(0, ends - visit.office.clock.now().seconds)})
