"""The case's own page with the form of one action below it: shown, taken, and given back with what was wrong.

Rules: the action is offered only where it is open and the person's role has it, and the workflow checks both again; a
mistake gives the page back with all that was typed; a change that came meanwhile is said, never written over.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from starlette.responses import Response

from comity.base.errors import ComityError, Mistake, NotPermitted
from comity.cases.case import Case
from comity.docket import todo
from comity.web.actions.decide import waiting
from comity.web.actions.form import Action, Wrong
from comity.web.actions.registry import ACTIONS
from comity.web.actions.supply import SUPPLY
from comity.web.case_pages import load, show
from comity.web.request_form import persons
from comity.web.request_form.field import Field, Group
from comity.web.request_form.filling import PRESERVE_DAYS, fields_of
from comity.web.request_form.groups import GUIDED, URGENT
from comity.web.request_form.reading import LINE_MOST, TEXT_MOST, TOO_LONG
from comity.web.site import Visit, status_of, to
from comity.web.told import told
from comity.workflows import read_cases
from comity.workflows.call_back import number_to_call

_NEWEST: Final = 2
"""Of what happened, so many steps stand below a form."""
_MOST: Final[Mapping[str, int]] = {"line": LINE_MOST, "area": TEXT_MOST}
"""Characters of a text that an action takes, by the kind of its field."""


def get_action(visit: Visit) -> Response:
    case = load(visit)
    name = visit.path("action")
    visit.form = visit.typed_before()
    try:
        _check_open(visit, case, name)
    except NotPermitted as error:
        return _closed(visit, case, error)
    if visit.form.fields:
        return _page(visit, case, name, visit.form.fields, [])
    if name == "supply" and case.request is not None:
        return _page(visit, case, name, fields_of(case.mended or case.request, case.peer), [])
    return _page(visit, case, name, {**_defaults(case), **ACTIONS[name].start(case)}, [])


def post_action(visit: Visit) -> Response:
    case = load(visit)
    name = visit.path("action")
    try:
        _check_open(visit, case, name)
    except NotPermitted as error:
        return _closed(visit, case, error)
    action = ACTIONS[name]
    if name == "supply" and visit.form.text("do") == "more-persons":
        return _page(visit, case, name, {**visit.form.fields, persons.MORE: ["yes"]}, [])
    try:
        left_empty = [Mistake(field, text) for field, text in action.needed.items() if not visit.form.text(field)]
        wrong = [*left_empty, *_too_long(visit, case, action)]
        if wrong:
            raise Wrong(wrong)
        address = action.do(visit, case)
    except Wrong as wrong:
        order = _names(visit, case, action)
        found = sorted(wrong.mistakes, key=lambda one: order.index(one.field) if one.field in order else len(order))
        return _page(visit, case, name, visit.form.fields, found, 422)
    except ComityError as error:
        return _page(visit, case, name, visit.form.fields, [told(error, _names(visit, case, action))], 409)
    return to(address or f"/cases/{case.id}?done={name}")


def _fields(visit: Visit, case: Case, action: Action) -> list[Field]:
    """The fields of the form, those of a request written anew too."""
    groups = _groups(case) if action is SUPPLY else ()
    return [*(one for group in groups for one in group.fields), *action.fields(visit, case)]


def _groups(case: Case) -> tuple[Group, ...]:
    return URGENT if case.procedure == "preservation" else GUIDED


def _names(visit: Visit, case: Case, action: Action) -> list[str]:
    return [one.name for one in _fields(visit, case, action)]


def _too_long(visit: Visit, case: Case, action: Action) -> list[Mistake]:
    """A request written anew is read by its own rules."""
    texts = [one for one in action.fields(visit, case) if one.kind in _MOST]
    return [Mistake(one.name, TOO_LONG) for one in texts if len(visit.form.text(one.name)) > _MOST[one.kind]]


def _closed(visit: Visit, case: Case, error: NotPermitted) -> Response:
    """The case as it stands now, with why the form is not open in it, and what was typed in it: somebody else may have
    been quicker, and nobody types it twice."""
    action = ACTIONS.get(visit.path("action"))
    fields = _fields(visit, case, action) if action is not None else []
    typed = [(one.label, visit.form.text(one.name)) for one in fields if one.kind in _MOST]
    return show(visit, case, status_of(error), mistakes=[told(error)], typed=[one for one in typed if one[1]])


def _check_open(visit: Visit, case: Case, name: str) -> None:
    """Raise NotPermitted unless the action is open in the case and this person may do it."""
    found = read_cases.findings_of(visit.office, case)
    steps = {step.action for step in todo.steps(case, found)}
    if name not in steps or name not in ACTIONS:
        raise NotPermitted("this is not open in the case as it stands", hint="see what is open on its page")
    if not todo.may(case, name, visit.person, visit.roles, found):
        hint = "the author of a request never approves it" if visit.person == case.drafted_by else "ask who may"
        raise NotPermitted("this is not yours to do", hint=hint)


def _page(
    visit: Visit,
    case: Case,
    name: str,
    values: Mapping[str, Sequence[str]],
    mistakes: Sequence[Mistake],
    status: int = 200,
) -> Response:
    action = ACTIONS[name]
    extra: dict[str, Any] = {"waiting": waiting(visit, case)} if name == "decide" else {}
    if name in ("call_back", "check_call"):
        extra["number"] = number_to_call(visit.office, case)
    if name == "supply":
        extra["field_groups"] = _groups(case)
        extra["person_rows"] = persons.rows(values)
    if action.uploads:
        extra["uploads"] = visit.site.uploads.all(case.id, visit.person, visit.office.clock.now())
    return show(
        visit,
        case,
        status,
        with_request=action.weighs == "request",
        newest=_NEWEST,
        action=name,
        action_form=action,
        fields=action.fields(visit, case),
        values=values,
        mistakes=mistakes,
        **extra,
    )


def _defaults(case: Case) -> dict[str, list[str]]:
    found = {"days": [str(PRESERVE_DAYS)]}
    if case.order is not None:
        found["until"] = [case.order.until.isoformat()]
    if case.request is not None:
        found["purpose"] = [case.request.subject]
    return found
