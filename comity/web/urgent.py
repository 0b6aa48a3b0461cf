"""Urgent preservation, on one screen: paste, check, save for approval.

What was typed is never lost: the screen comes back with it after a mistake. Before a request becomes a case the rules
are run on it, and what stops it is shown where it can be mended.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from starlette.responses import Response

from comity.base.errors import ComityError, Mistake
from comity.treaty.assess import Assessment, Side
from comity.web import paste
from comity.web.drafting import heard_of, peers, to_mend, with_pasted, with_peers
from comity.web.request_form import persons
from comity.web.request_form.building import read_urgent
from comity.web.request_form.filling import defaults
from comity.web.request_form.groups import URGENT
from comity.web.site import Visit, to
from comity.web.told import told
from comity.workflows import draft_request
from comity.workflows.access import permit
from comity.workflows.assess_request import assess_request

_OPEN: Final = "open-"
_FURTHER: Final = {group.name: frozenset(field.name for field in group.fields) for group in URGENT if group.is_more}


def get_urgent(visit: Visit) -> Response:
    permit(visit.office, visit.person, "draft")
    visit.form = visit.typed_before()
    if visit.form.fields:
        return _page(visit, {**_unasked(visit), **visit.form.fields}, [])
    return _page(visit, _begun(visit), [])


def post_urgent(visit: Visit) -> Response:
    """One of the buttons: find what was pasted, more fields, another person, check against the rules, or draft."""
    permit(visit.office, visit.person, "draft")
    fields = {**_unasked(visit), **visit.form.fields}
    match visit.form.text("do"):
        case str(asked) if asked.removeprefix(_OPEN) in _FURTHER:
            return _page(visit, fields, [])
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
        return _page(visit, fields, [told(error)], assessment=assessment, status=409)
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
        opened=_opened(visit, values, mistakes),
        field_groups=with_peers(visit, URGENT),
        values=values,
        person_rows=persons.rows(values),
        person_more=bool(values.get(persons.MORE)),
        mistakes=mistakes,
        found=found,
        heard=heard_of(assessment),
        checked=assessment is not None,
    )


def _begun(visit: Visit) -> dict[str, list[str]]:
    """What the form begins with."""
    return defaults(visit.office.state, [peer.id for peer in peers(visit)])


def _unasked(visit: Visit) -> dict[str, list[str]]:
    """What the fields begin with that may not have been on the form."""
    further = frozenset[str]().union(*_FURTHER.values())
    return {name: texts for name, texts in _begun(visit).items() if name in further}


def _opened(visit: Visit, values: Mapping[str, Sequence[str]], mistakes: Sequence[Mistake]) -> frozenset[str]:
    """The groups shown beside those that every request needs: asked for, spoken of, or with something to mend."""
    asked = {*visit.form.all("open"), visit.form.text("do").removeprefix(_OPEN)}
    begun, wrong = _begun(visit), {one.field for one in mistakes}
    said = {name for name, texts in values.items() if any(texts) and list(texts) != begun.get(name)}
    if persons.filled(values) or values.get(persons.MORE):
        said.add("persons")
    return frozenset(name for name, fields in _FURTHER.items() if name in asked or fields & said or fields & wrong)
