"""The requested State's answer: assistance granted, or refused on a ground of the treaty's list."""

from typing import Final

from comity.base.errors import Mistake
from comity.cases.case import Case
from comity.treaty.grounds import Ground, grounds_for
from comity.treaty.measures import Family, measure
from comity.web.actions.form import CONDITIONS, CONSULTED, NO_REASONS, REASONS, Action, Wrong, lines, only
from comity.web.request_form.field import Choice, Field
from comity.web.site import Visit
from comity.web.words import N_
from comity.workflows import decide_request


def _family(case: Case) -> Family:
    name = case.request.measures[0].measure if case.request and case.request.measures else ""
    kind = measure(name)
    return kind.family if kind else Family.ASSISTANCE


def _grounds(case: Case) -> tuple[Ground, ...]:
    return grounds_for(_family(case))


def _refuse_fields(_visit: Visit, case: Case) -> tuple[Field, ...]:
    choices = tuple(Choice(one.name, one.about, article=str(one.citation)) for one in _grounds(case))
    return (
        Field("ground", "radios", N_("Ground"), N_("The treaty's list for this measure is closed."), "40(21)", choices),
        REASONS,
        *(() if case.has_consulted else (CONSULTED,)),
    )


def _grant(visit: Visit, case: Case) -> str:
    decide_request.grant(
        visit.office,
        visit.person,
        case.id,
        reasons=visit.form.text("reasons"),
        conditions=lines(visit, "conditions"),
    )
    return ""


def _refuse(visit: Visit, case: Case) -> str:
    ground = next((one for one in _grounds(case) if one.name == visit.form.text("ground")), None)
    if ground is None:
        raise Wrong([Mistake("ground", N_("Choose a ground of the list"))])
    decide_request.refuse(
        visit.office,
        visit.person,
        case.id,
        ground=ground.name.replace("_", " "),
        citation=ground.citation,
        reasons=visit.form.text("reasons"),
        consulted_otherwise=visit.form.text("consulted_otherwise"),
    )
    return ""


GRANT: Final = Action(
    N_("The requesting State is told that assistance will be given."),
    N_("Grant assistance"),
    only(
        REASONS,
        CONDITIONS,
    ),
    {"reasons": NO_REASONS},
    _grant,
    weighs="request",
)
REFUSE: Final = Action(
    N_("The requesting State is told the ground and the reasons (art. 40(25)). Consult before you refuse."),
    N_("Refuse"),
    _refuse_fields,
    {
        "ground": N_("Choose the ground"),
        "reasons": NO_REASONS,
    },
    _refuse,
    weighs="request",
)
