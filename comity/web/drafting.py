"""New requests: urgent preservation on one screen, and a guided request for production, one thing a page.

What was typed is never lost: the urgent screen comes back with it after a mistake, the guided request is kept with its
person until it is drafted. Before a request becomes a case the rules are run on it, and what stops it is shown where it
can be mended.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from starlette.responses import Response

from comity.base.errors import ComityError, Mistake, NotFound
from comity.base.ids import NodeId, state_of
from comity.cases.case import Position
from comity.exchange.directory import Entity
from comity.exchange.message import Role
from comity.treaty.assess import Assessment, Side
from comity.treaty.request import Request
from comity.web import facts, paste
from comity.web.case_pages import Heard, heard
from comity.web.facts import Choice, Field, Group
from comity.web.inbox import title_of
from comity.web.site import Visit, to
from comity.web.words import N_
from comity.workflows import draft_request, keep_directory
from comity.workflows.access import permit
from comity.workflows.assess_request import assess_request

_GUIDED: Final = "production"
_STEPS: Final = tuple(group.name for group in facts.GUIDED)


def get_urgent(visit: Visit) -> Response:
    permit(visit.office, visit.person, "draft")
    peers = _peers(visit)
    return _urgent(visit, facts.defaults(visit.office.state, [peer.id for peer in peers]), [])


def post_urgent(visit: Visit) -> Response:
    """One of three buttons: recognise what was pasted, check against the rules, or draft."""
    permit(visit.office, visit.person, "draft")
    fields = dict(visit.form.fields)
    if visit.form.text("do") == "recognise":
        found = paste.recognise(visit.form.text("pasted"))
        return _urgent(visit, _with_found(fields, found), [], found=found)
    request, peer, mistakes = facts.read_urgent(fields, visit.office.state, visit.office.clock.now().day)
    if request is None:
        return _urgent(visit, fields, mistakes, status=422)
    assessment = assess_request(visit.office, request, Side.REQUESTING)
    mistakes = _to_mend(assessment, facts.URGENT)
    if mistakes or visit.form.text("do") == "check":
        return _urgent(visit, fields, mistakes, assessment=assessment, status=422 if mistakes else 200)
    try:
        case = draft_request.draft(visit.office, visit.person, request, peer)
    except ComityError as error:
        return _urgent(visit, fields, [Mistake("", _told(error))], assessment=assessment, status=409)
    return to(f"/cases/{case.id}?done=draft")


def _told(error: ComityError) -> str:
    return f"{error.what}. {error.hint}" if error.hint else error.what


def _with_found(fields: dict[str, list[str]], found: Sequence[paste.Found]) -> dict[str, list[str]]:
    """The fields with what was recognised added to them; nothing that stood there is changed."""
    listed = [line.strip() for line in fields.get("identifiers", [""])[-1].splitlines() if line.strip()]
    added = dict.fromkeys([*listed, *paste.identifiers(found)])
    result = {**fields, "identifiers": ["\n".join(added)]}
    days = paste.days(found)
    for name, day in zip(("period_from", "period_to"), days or (), strict=False):
        if not fields.get(name, [""])[-1]:
            result[name] = [day.isoformat()]
    return result


def _urgent(
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
        field_groups=with_peers(visit, facts.URGENT),
        values=values,
        mistakes=mistakes,
        found=found,
        heard=_heard(assessment),
        checked=assessment is not None,
    )


def _heard(assessment: Assessment | None) -> tuple[Heard, ...]:
    return heard(assessment.findings) if assessment else ()


def _to_mend(assessment: Assessment, groups: Sequence[Group]) -> list[Mistake]:
    """What stops the request, each at the field where it is mended, in the order of the form."""
    order = [one.name for group in groups for one in group.fields]
    found = []
    for stop in (*assessment.stops, *assessment.asks):
        name = facts.FIELD_OF.get(stop.rule, "")
        text = f"{stop.why} {stop.todo} ({stop.citation})"
        found.append(Mistake(name if name in order else "", text))
    return sorted(dict.fromkeys(found), key=lambda one: order.index(one.field) if one.field else len(order))


def _peers(visit: Visit) -> list[Entity]:
    """Authorities of other States, as the directories trusted here have them."""
    return [
        entity
        for signed in keep_directory.show(visit.office)
        for entity in signed.value.entities
        if entity.role is Role.AUTHORITY and state_of(NodeId(entity.id)) != visit.office.state
    ]


def with_peers(visit: Visit, groups: Sequence[Group]) -> tuple[Group, ...]:
    """The groups with the authorities that can be asked in the field `to`."""
    choices = (Choice("", N_("Choose")), *(Choice(one.id, f"{one.name} ({one.id})") for one in _peers(visit)))

    def filled(one: Field) -> Field:
        return Field(one.name, one.kind, one.label, one.hint, one.article, choices) if one.name == "to" else one

    return tuple(Group(one.name, one.title, tuple(map(filled, one.fields)), one.lead) for one in groups)


# The guided request


def get_guided(visit: Visit) -> Response:
    """Begin, or go on with what was begun."""
    permit(visit.office, visit.person, "draft")
    if not visit.site.sessions.draft(visit.person, _GUIDED):
        peers = [peer.id for peer in _peers(visit)]
        visit.site.sessions.keep_draft(visit.person, _GUIDED, facts.defaults(visit.office.state, peers))
    return to(f"/requests/production/{_STEPS[0]}")


def get_step(visit: Visit) -> Response:
    permit(visit.office, visit.person, "draft")
    values = visit.site.sessions.draft(visit.person, _GUIDED)
    return _step(visit, visit.path("step"), values, [])


def post_step(visit: Visit) -> Response:
    """Keep what was typed; go on, unless something on this page cannot be read."""
    permit(visit.office, visit.person, "draft")
    name = visit.path("step")
    number = _number(name)
    typed = {one.name: list(visit.form.all(one.name)) for one in facts.GUIDED[number].fields}
    if visit.form.text("pasted"):
        typed = _with_found(typed, paste.recognise(visit.form.text("pasted")))
    visit.site.sessions.keep_draft(visit.person, _GUIDED, typed)
    values = visit.site.sessions.draft(visit.person, _GUIDED)
    if visit.form.text("do") == "recognise":
        return _step(visit, name, values, [])
    here = [one for one in _read(visit, values)[2] if one.field in typed]
    if here:
        return _step(visit, name, values, here, 422)
    following = _STEPS[number + 1] if number + 1 < len(_STEPS) else "check"
    return to(f"/requests/production/{following}")


def get_check(visit: Visit) -> Response:
    permit(visit.office, visit.person, "draft")
    return _check(visit, [])


def post_check(visit: Visit) -> Response:
    """Draft the request, if nothing stops it."""
    permit(visit.office, visit.person, "draft")
    if visit.form.text("do") == "drop":
        visit.site.sessions.drop_draft(visit.person, _GUIDED)
        return to("/inbox")
    values = visit.site.sessions.draft(visit.person, _GUIDED)
    request, peer, mistakes = _read(visit, values)
    if request is None or mistakes or _to_mend(assess_request(visit.office, request, Side.REQUESTING), facts.GUIDED):
        return _check(visit, [], 422)
    try:
        follows = visit.form.text("follows")
        case = draft_request.draft(visit.office, visit.person, request, peer, follows=follows)
    except ComityError as error:
        return _check(visit, [Mistake("", _told(error))], 409)
    visit.site.sessions.drop_draft(visit.person, _GUIDED)
    return to(f"/cases/{case.id}?done=draft")


def _read(visit: Visit, values: Mapping[str, Sequence[str]]) -> tuple[Request | None, str, list[Mistake]]:
    return facts.read_production(values, visit.office.state, visit.office.clock.now().day)


def _number(name: str) -> int:
    if name not in _STEPS:
        raise NotFound("there is no such page", hint="begin at the first: /requests/production")
    return _STEPS.index(name)


def _step(
    visit: Visit, name: str, values: Mapping[str, Sequence[str]], mistakes: Sequence[Mistake], status: int = 200
) -> Response:
    number = _number(name)
    group = with_peers(visit, facts.GUIDED[number : number + 1])[0]
    back = f"/requests/production/{_STEPS[number - 1]}" if number else "/inbox"
    return visit.page(
        "guided_step.html",
        status,
        group=group,
        number=number + 1,
        total=len(_STEPS),
        back=back,
        values=values,
        mistakes=mistakes,
    )


def _check(visit: Visit, mistakes: Sequence[Mistake], status: int = 200) -> Response:
    """Everything on one page, with what the rules say and a way back to each part."""
    values = visit.site.sessions.draft(visit.person, _GUIDED)
    request, _, unread = _read(visit, values)
    assessment = assess_request(visit.office, request, Side.REQUESTING) if request else None
    found = [*mistakes, *unread, *(_to_mend(assessment, facts.GUIDED) if assessment else ())]
    step_of = {one.name: group.name for group in facts.GUIDED for one in group.fields}
    extra: dict[str, Any] = {"earlier": _preservations(visit)}
    return visit.page(
        "guided_check.html",
        status,
        groups=with_peers(visit, facts.GUIDED),
        values=values,
        mistakes=found,
        step_of=step_of,
        heard=_heard(assessment),
        can_draft_now=request is not None and not found,
        **extra,
    )


def _preservations(visit: Visit) -> tuple[Choice, ...]:
    """Our own cases of preservation that this request can follow: the data are then kept until it is decided."""
    own = [one for one in visit.site.index.all() if one.procedure == "preservation"]
    kept = [one for one in own if one.position is Position.REQUESTING and one.state == "preserved"]
    return (Choice("", N_("None")), *(Choice(one.id, f"{title_of(one)} ({one.id[-8:]})") for one in kept))
