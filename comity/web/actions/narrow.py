"""A grant in part: for each measure that was asked for, what remains of it, and in words what is left out and why."""

from collections.abc import Iterator
from typing import Final

import msgspec

from comity.base.errors import Mistake
from comity.cases.case import Case
from comity.treaty.request import Sought
from comity.treaty.terms import DataCategory
from comity.web.actions.form import CONDITIONS, NO_REASONS, REASONS, Action, Wrong, day, lines
from comity.web.request_form.field import Choice, Field
from comity.web.site import Visit
from comity.web.words import CATEGORIES, MEASURES, N_
from comity.workflows import decide_request


def _asked(case: Case) -> tuple[Sought, ...]:
    return case.request.measures if case.request else ()


def _fields(_visit: Visit, case: Case) -> tuple[Field, ...]:
    names = tuple(Choice(one.measure, MEASURES.get(one.measure, one.measure)) for one in _asked(case))
    return (
        Field("measures", "some", N_("What is granted"), choices=names),
        *(field for number, one in enumerate(_asked(case)) for field in _of_one(number, one)),
        Field("left_out", "area", N_("What is left out, and why"), N_("The other side reads it."), "40(25)"),
        REASONS,
        CONDITIONS,
    )


def _of_one(number: int, asked: Sought) -> Iterator[Field]:
    """The fields of one measure; what it is about stands in the hint of the first, as it was asked for."""
    yield Field(f"data_{number}", "area", MEASURES.get(asked.measure, asked.measure), N_("The data, exactly."), rows=2)
    if asked.identifiers:
        hint = N_("One a line; none that was not asked for.")
        yield Field(f"identifiers_{number}", "area", N_("Accounts, addresses, numbers"), hint, rows=2)
    if len(asked.categories) > 1:
        chosen = tuple(Choice(one, CATEGORIES[one]) for one in asked.categories)
        yield Field(f"categories_{number}", "some", N_("Categories"), choices=chosen)
    if asked.period_from is not None:
        yield Field(f"from_{number}", "day", N_("First day"))
    if asked.period_to is not None:
        yield Field(f"to_{number}", "day", N_("Last day"))


def _start(case: Case) -> dict[str, list[str]]:
    """What stands granted, or all that was asked for."""
    granted = {one.measure: one for one in case.measures}
    found: dict[str, list[str]] = {"measures": list(granted)}
    for number, asked in enumerate(_asked(case)):
        one = granted.get(asked.measure, asked)
        found[f"data_{number}"] = [one.data]
        found[f"identifiers_{number}"] = ["\n".join(one.identifiers)]
        found[f"categories_{number}"] = list(one.categories)
        found[f"from_{number}"] = [one.period_from.isoformat() if one.period_from else ""]
        found[f"to_{number}"] = [one.period_to.isoformat() if one.period_to else ""]
    return found


def _granted(visit: Visit, number: int, asked: Sought) -> Sought:
    categories = visit.form.all(f"categories_{number}") if len(asked.categories) > 1 else asked.categories
    known = {str(one) for one in asked.categories}
    return msgspec.structs.replace(
        asked,
        data=visit.form.text(f"data_{number}"),
        identifiers=lines(visit, f"identifiers_{number}"),
        categories=tuple(DataCategory(one) for one in categories if one in known),
        period_from=day(visit, f"from_{number}") if asked.period_from else None,
        period_to=day(visit, f"to_{number}") if asked.period_to else None,
    )


def _narrow(visit: Visit, case: Case) -> str:
    chosen = visit.form.all("measures")
    scope = tuple(_granted(visit, number, one) for number, one in enumerate(_asked(case)) if one.measure in chosen)
    if not scope:
        raise Wrong([Mistake("measures", N_("Choose what is granted, or refuse"))])
    decide_request.grant(
        visit.office,
        visit.person,
        case.id,
        reasons=visit.form.text("reasons"),
        conditions=lines(visit, "conditions"),
        scope=scope,
        left_out=visit.form.text("left_out"),
    )
    return ""


NARROW: Final = Action(
    N_("Less is granted than was asked for. The requesting State sees what; an order to a provider carries no more."),
    N_("Grant in part"),
    _fields,
    {"left_out": N_("Say what is left out, and why"), "reasons": NO_REASONS},
    _narrow,
    start=_start,
    weighs="request",
)
