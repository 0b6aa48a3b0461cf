"""The case's own page with the form of one action below it: shown, taken, and given back with what was wrong.

Rules: the action is offered only where it is open and the person's role has it, and the workflow checks both again; a
mistake gives the page back with all that was typed; a change that came meanwhile is said, never written over.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from starlette.responses import Response

from comity.base.errors import ComityError, Malformed, Mistake, NotPermitted
from comity.cases.case import Case
from comity.web import todo
from comity.web.actions.decide import waiting
from comity.web.actions.form import Action, Wrong
from comity.web.actions.registry import ACTIONS
from comity.web.case_pages import load, show
from comity.web.request_form import persons
from comity.web.request_form.filling import PRESERVE_DAYS, fields_of
from comity.web.request_form.groups import GUIDED, URGENT
from comity.web.site import Visit, to
from comity.workflows import read_cases
from comity.workflows.call_back import number_to_call

_NEWEST: Final = 2
"""Of what happened, so many steps stand below a form."""


def get_action(visit: Visit) -> Response:
    case = load(visit)
    name = _check_open(visit, case)
    if name == "supply" and case.request is not None:
        return _page(visit, case, name, fields_of(case.mended or case.request, case.peer), [])
    return _page(visit, case, name, {**_defaults(case), **ACTIONS[name].start(case)}, [])


def post_action(visit: Visit) -> Response:
    case = load(visit)
    name = _check_open(visit, case)
    action = ACTIONS[name]
    if name == "supply" and visit.form.text("do") == "more-persons":
        return _page(visit, case, name, {**visit.form.fields, persons.MORE: ["yes"]}, [])
    try:
        left_empty = [Mistake(field, text) for field, text in action.needed.items() if not visit.form.text(field)]
        if left_empty:
            raise Wrong(left_empty)
        address = action.do(visit, case)
    except Wrong as wrong:
        order = _names(visit, case, action)
        found = sorted(wrong.mistakes, key=lambda one: order.index(one.field) if one.field in order else len(order))
        return _page(visit, case, name, visit.form.fields, found, 422)
    except ComityError as error:
        names = _names(visit, case, action)
        return _page(visit, case, name, visit.form.fields, [Mistake(_field_of(error, names), _told(error))], 409)
    return to(address or f"/cases/{case.id}?done={name}")


def _told(error: ComityError) -> str:
    return f"{error.what}. {error.hint}" if error.hint else error.what


def _names(visit: Visit, case: Case, action: Action) -> list[str]:
    return [one.name for one in action.fields(visit, case)]


def _field_of(error: ComityError, names: Sequence[str]) -> str:
    """The field the error is about, if the form has it; '' where it is about the whole."""
    return error.where if isinstance(error, Malformed) and error.where in names else ""


def _check_open(visit: Visit, case: Case) -> str:
    """The action, if it is open in the case and this person may do it. Raises NotPermitted."""
    name = visit.path("action")
    found = read_cases.findings_of(visit.office, case)
    steps = {step.action for step in todo.steps(case, found)}
    if name not in steps or name not in ACTIONS:
        raise NotPermitted("this is not open in the case as it stands", hint="see what is open on its page")
    if not todo.may(case, name, visit.person, visit.roles, found):
        hint = "the author of a request never approves it" if visit.person == case.drafted_by else "ask who may"
        raise NotPermitted("this is not yours to do", hint=hint)
    return name


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
        extra["field_groups"] = URGENT if case.procedure == "preservation" else GUIDED
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
