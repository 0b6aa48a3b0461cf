"""The call-back of an emergency, its second check, and what follows it."""

from typing import Final

from comity.base.errors import Mistake
from comity.cases.case import Case
from comity.web.actions.form import NO_REASONS, Action, Wrong, only
from comity.web.emergency_words import RESULTS
from comity.web.request_form.field import Choice, Field
from comity.web.site import Visit
from comity.web.words import N_
from comity.workflows import call_back

_FOR_THE_FILE: Final = Field("reasons", "area", N_("Reasons"), N_("For the file."))
_NO_RESULT: Final = N_("Say what came of the call")
_NO_REACHED: Final = N_("Say who answered, by name and office")


def _call(visit: Visit, case: Case) -> str:
    result, reached = visit.form.text("result"), visit.form.text("reached")
    if result not in RESULTS:
        raise Wrong([Mistake("result", _NO_RESULT)])
    if result != "unreached" and not reached:
        raise Wrong([Mistake("reached", _NO_REACHED)])
    call_back.call_back(
        visit.office, visit.person, case.id, result=result, reached=reached, text=visit.form.text("text")
    )
    return ""


def _check(visit: Visit, case: Case) -> str:
    answer = visit.form.text("call_holds")
    if answer not in ("yes", "no"):
        raise Wrong([Mistake("call_holds", N_("Answer yes or no"))])
    call_back.check_call(
        visit.office, visit.person, case.id, confirmed=answer == "yes", reasons=visit.form.text("reasons")
    )
    return ""


def _admit(visit: Visit, case: Case) -> str:
    call_back.admit(visit.office, visit.person, case.id, reasons=visit.form.text("reasons"))
    return ""


def _follow_up(visit: Visit, case: Case) -> str:
    call_back.follow_up(
        visit.office, visit.person, case.id, text=visit.form.text("text"), formal=visit.form.text("formal")
    )
    return ""


def _review(visit: Visit, case: Case) -> str:
    outcome = visit.form.text("outcome")
    if outcome not in call_back.OUTCOMES:
        raise Wrong([Mistake("outcome", N_("Say whether it was confirmed"))])
    call_back.review(visit.office, visit.person, case.id, outcome=outcome, reasons=visit.form.text("reasons"))
    return ""


CALL_BACK: Final = Action(
    N_("Call the number below, which is the directory's. Never call one that the request brought."),
    N_("Record the call"),
    only(
        Field("result", "radios", N_("What came of it"), choices=tuple(Choice(*one) for one in RESULTS.items())),
        Field("reached", "line", N_("Who answered"), N_("Name and office. Leave it empty if nobody was reached.")),
        Field("text", "area", N_("What you asked, and what you were told")),
    ),
    {"text": N_("Say what you asked, and what you were told")},
    _call,
    weighs="request",
)
CHECK_CALL: Final = Action(
    N_("You did not make the call. With a yes, help can be granted and a provider be ordered; with a no, it cannot."),
    N_("Put it on record"),
    only(
        Field("call_holds", "yes_no", N_("Does the call show that the emergency is theirs?"), article="2(o), 40(14)"),
        _FOR_THE_FILE,
    ),
    {"reasons": NO_REASONS},
    _check,
    weighs="request",
)
ADMIT_EMERGENCY: Final = Action(
    N_("You let it go on in spite of what is held against it. The call-back and its check are needed as before."),
    N_("Let the emergency go on"),
    only(_FOR_THE_FILE),
    {"reasons": NO_REASONS},
    _admit,
    weighs="request",
)
FOLLOW_UP: Final = Action(
    N_("What was asked for at once is confirmed in writing. The requested State is told."),
    N_("Confirm it"),
    only(
        Field("text", "area", N_("That it was yours, and what came of it"), article="40(14)"),
        Field("formal", "line", N_("Your case with the full request"), N_("If there is one.")),
    ),
    {"text": N_("Say that it was yours, and what came of it")},
    _follow_up,
)
REVIEW_EMERGENCY: Final = Action(
    N_("Not confirmed means: nothing more is disclosed, what was given is destroyed, and its State is told."),
    N_("Put it on record"),
    only(
        Field(
            "outcome",
            "radios",
            N_("Was it confirmed in writing?"),
            article="40(14)",
            choices=(Choice("confirmed", N_("Confirmed afterwards")), Choice("unconfirmed", N_("Not confirmed"))),
        ),
        _FOR_THE_FILE,
    ),
    {"reasons": NO_REASONS},
    _review,
    weighs="request",
)
