"""Urgent preservation, on one screen: paste, check, save for approval.

What was typed is never lost: the screen comes back with it after a mistake. Before a request becomes a case the rules
are run on it, and what stops it is shown where it can be mended.
"""

from collections.abc import Mapping, Sequence

from starlette.responses import Response

from comity.base.errors import ComityError, Mistake
from comity.treaty.assess import Assessment, Side
from comity.web import paste
from comity.web.drafting import heard_of, peers, to_mend, told, with_pasted, with_peers
from comity.web.request_form import persons
from comity.web.request_form.building import read_urgent
from comity.web.request_form.filling import defaults
from comity.web.request_form.groups import URGENT
from comity.web.site import Visit, to
from comity.workflows import draft_request
from comity.workflows.access import permit
from comity.workflows.assess_request import assess_request


def get_urgent(visit: Visit) -> Response:
    permit(visit.office, visit.person, "draft")
    return _page(visit, defaults(visit.office.state, [peer.id for peer in peers(visit)]), [])


def post_urgent(visit: Visit) -> Response:
    """One of four buttons: find what was pasted, another person, check against the rules, or draft."""
    permit(visit.office, visit.person, "draft")
    fields = dict(visit.form.fields)
    match visit.form.text("do"):
        case "recognise":
            found = paste.recognise(visit.form.text("pasted"))
            return _page(visit, with_pasted(visit, fields, URGENT), [], found=found)
        case "more-persons":
            return _page(visit, {**fields, persons.MORE: ["yes"]}, [])
    request, peer, mistakes = read_urgent(fields, visit.office.state, visit.office.clock.now().day)
    if request is None:
        return _page(visit, fields, mistakes, status=422)
    assessment = assess_request(visit.office, request, Side.REQUESTING)
    mistakes = to_mend(assessment, URGENT)
    if mistakes or visit.form.text("do") == "check":
        return _page(visit, fields, mistakes, assessment=assessment, status=422 if mistakes else 200)
    try:
        case = draft_request.draft(visit.office, visit.person, request, peer)
    except ComityError as error:
        return _page(visit, fields, [Mistake("", told(error))], assessment=assessment, status=409)
    return to(f"/cases/{case.id}?done=draft")


def _page(
    visit: Visit,
    values: Mapping[str, Sequence[str]],
    mistakes: Sequence[Mistake],
    *,
    assessment: Assessment | None = None,
    found: Sequence[paste.Found] | None = None,
    status: int = 200,
) -> Response:
    return visit.page(
        "urgent.html",
        status,
        field_groups=with_peers(visit, URGENT),
        values=values,
        person_rows=persons.rows(values),
        person_more=bool(values.get(persons.MORE)),
        mistakes=mistakes,
        found=found,
        heard=heard_of(assessment),
        checked=assessment is not None,
    )
