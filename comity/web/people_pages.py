"""The people of the node, for its operators: who there is, inviting, suspending, roles, and what changed."""

from starlette.responses import Response

from comity.base.errors import ComityError, Malformed
from comity.web import account_words
from comity.web.site import Visit, to
from comity.web.told import told
from comity.workflows import people, people_record, people_sessions
from comity.workflows.access import PersonRole

_SHOWN_CHANGES = 50


def get_people(visit: Visit) -> Response:
    return _page(visit)


def _page(
    visit: Visit, error: ComityError | None = None, invited: people.Invited | None = None, status: int = 200
) -> Response:
    known, waiting = people.everybody(visit.office, visit.person)
    typed = visit.form if error is not None else None
    return visit.page(
        "people.html",
        status,
        said=account_words,
        known=known,
        invited=waiting,
        all_roles=tuple(PersonRole),
        record=tuple(reversed(people_record.changes(visit.office)[-_SHOWN_CHANGES:])),
        mistakes=[told(error, ("person", "name", "roles"))] if error is not None else [],
        invitation=invited.invitation if invited else None,
        address=f"{visit.site.join_address}{invited.link}" if invited else "",
        typed={
            "person": typed.text("person") if typed else "",
            "name": typed.text("name") if typed else "",
            "roles": typed.all("roles") if typed else (),
        },
    )


def post_invite(visit: Visit) -> Response:
    """The link is in this answer and nowhere else: a page that is opened again does not have it."""
    form = visit.form
    try:
        invited = people.invite(visit.office, visit.person, form.text("person"), form.text("name"), form.all("roles"))
    except ComityError as error:
        return _page(visit, error, status=422)
    return _page(visit, invited=invited)


def post_change(visit: Visit) -> Response:
    office, by, person = visit.office, visit.person, visit.form.text("person")
    try:
        match visit.form.text("do"):
            case "suspend":
                people.suspend(office, by, person)
                visit.site.for_a_while.close(person)
            case "resume":
                people.resume(office, by, person)
            case "sessions":
                people_sessions.end_all(office, by, person)
            case "roles":
                people.set_roles(office, by, person, visit.form.all("roles"))
            case _:
                raise Malformed("there is no such thing to do", hint="use the buttons of the page")
    except ComityError as error:
        return _page(visit, error, status=422)
    return to("/people")
