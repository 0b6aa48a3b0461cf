"""A guided request for subscriber information and stored data, one thing a page.

What was typed is never lost: it is kept with its person until the request is drafted. The last page shows all of it and
what the rules say; what stops it leads back to the page where it is mended.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from starlette.responses import Response

from comity.base.errors import ComityError, Mistake, NotFound
from comity.base.ids import end_of
from comity.cases.case import Position
from comity.docket.standing import title_of
from comity.treaty.assess import Side
from comity.treaty.request import Request
from comity.web.drafting import heard_of, peers, to_mend, typed, with_pasted, with_peers
from comity.web.request_form import persons
from comity.web.request_form.building import read_production
from comity.web.request_form.field import Choice
from comity.web.request_form.filling import defaults
from comity.web.request_form.groups import GUIDED
from comity.web.site import Visit, to
from comity.web.told import told
from comity.web.words import N_
from comity.workflows import draft_request
from comity.workflows.access import permit
from comity.workflows.assess_request import assess_request

_DRAFT: Final = "production"
STEPS: Final = tuple(group.name for group in GUIDED)


def get_guided(visit: Visit) -> Response:
    """Begin, or go on with what was begun."""
    permit(visit.office, visit.person, "draft")
    if not visit.site.sessions.draft(visit.person, _DRAFT):
        first = defaults(visit.office.state, [peer.id for peer in peers(visit)])
        visit.site.sessions.keep_draft(visit.person, _DRAFT, first)
    return to(f"/requests/production/{STEPS[0]}")


def get_step(visit: Visit) -> Response:
    permit(visit.office, visit.person, "draft")
    name = visit.path("step")
    number, visit.form = _number(name), visit.typed_before()
    if visit.form.fields:
        visit.site.sessions.keep_draft(visit.person, _DRAFT, typed(visit, GUIDED[number : number + 1]))
    return _step(visit, name, visit.site.sessions.draft(visit.person, _DRAFT), [])


def post_step(visit: Visit) -> Response:
    """Keep what was typed; go on, unless something on this page cannot be read."""
    permit(visit.office, visit.person, "draft")
    name = visit.path("step")
    number = _number(name)
    said = typed(visit, GUIDED[number : number + 1])
    if visit.form.text("pasted"):
        said = with_pasted(visit, said, GUIDED[number : number + 1])
    visit.site.sessions.keep_draft(visit.person, _DRAFT, said)
    values = visit.site.sessions.draft(visit.person, _DRAFT)
    match visit.form.text("do"):
        case "recognise":
            return _step(visit, name, values, [])
        case "more-persons":
            return _step(visit, name, {**values, persons.MORE: ["yes"]}, [])
    here = [one for one in _read(visit, values)[2] if one.field in said]
    if here:
        return _step(visit, name, values, here, 422)
    return to(f"/requests/production/{STEPS[number + 1] if number + 1 < len(STEPS) else 'check'}")


def get_check(visit: Visit) -> Response:
    permit(visit.office, visit.person, "draft")
    return _check(visit, [])


def post_check(visit: Visit) -> Response:
    """Draft the request, if nothing stops it."""
    permit(visit.office, visit.person, "draft")
    if visit.form.text("do") == "drop":
        visit.site.sessions.drop_draft(visit.person, _DRAFT)
        return to("/inbox")
    values = visit.site.sessions.draft(visit.person, _DRAFT)
    request, peer, mistakes = _read(visit, values)
    if request is None or mistakes or to_mend(assess_request(visit.office, request, Side.REQUESTING), GUIDED):
        return _check(visit, [], 422)
    try:
        follows = visit.form.text("follows")
        case = draft_request.draft(visit.office, visit.person, request, peer, follows=follows)
    except ComityError as error:
        return _check(visit, [told(error)], 409)
    visit.site.sessions.drop_draft(visit.person, _DRAFT)
    return to(f"/cases/{case.id}?done=draft")


def _read(visit: Visit, values: Mapping[str, Sequence[str]]) -> tuple[Request | None, str, list[Mistake]]:
    return read_production(values, visit.office.state, visit.office.clock.now().day)


def _number(name: str) -> int:
    if name not in STEPS:
        raise NotFound("there is no such page", hint="begin at the first: /requests/production")
    return STEPS.index(name)


def _step(
    visit: Visit, name: str, values: Mapping[str, Sequence[str]], mistakes: Sequence[Mistake], status: int = 200
) -> Response:
    number = _number(name)
    return visit.page(
        "guided_step.html",
        status,
        group=with_peers(visit, GUIDED[number : number + 1])[0],
        number=number + 1,
        total=len(STEPS),
        back=f"/requests/production/{STEPS[number - 1]}" if number else "/inbox",
        values=values,
        person_rows=persons.rows(values),
        mistakes=mistakes,
    )


def _check(visit: Visit, mistakes: Sequence[Mistake], status: int = 200) -> Response:
    """Everything on one page, with what the rules say and a way back to each part."""
    values = visit.site.sessions.draft(visit.person, _DRAFT)
    request, _, unread = _read(visit, values)
    assessment = assess_request(visit.office, request, Side.REQUESTING) if request else None
    found = [*mistakes, *unread, *(to_mend(assessment, GUIDED) if assessment else ())]
    step_of = {one.name: group.name for group in GUIDED for one in group.fields}
    step_of |= {one.name: "persons" for row in persons.rows(values) for one in row}
    return visit.page(
        "guided_check.html",
        status,
        groups=with_peers(visit, GUIDED),
        values=values,
        people=[row for row in persons.rows(values) if any(any(values.get(one.name, ())) for one in row)],
        mistakes=found,
        step_of=step_of,
        heard=heard_of(assessment),
        can_draft_now=request is not None and not found,
        earlier=_preservations(visit),
    )


def _preservations(visit: Visit) -> tuple[Choice, ...]:
    """Our own cases of preservation that this request can follow: the data are then kept until it is decided."""
    own = [one for one in visit.site.index.all() if one.procedure == "preservation"]
    kept = [one for one in own if one.position is Position.REQUESTING and one.state == "preserved"]
    return (Choice("", N_("None")), *(Choice(one.id, f"{title_of(one)} ({end_of(one.id)})") for one in kept))
