"""Secrecy extended or ended, and the notice that follows."""

from typing import Final

from comity.base.errors import Mistake
from comity.cases.case import Case
from comity.web.actions.form import NO_REASONS, REASONS, Action, Wrong, day, only
from comity.web.request_form.field import Field
from comity.web.site import Visit
from comity.web.words import N_
from comity.workflows import keep_secrecy

_NO_DAY: Final = N_("Name the new last day")
_FOR_THE_FILE: Final = Field("reasons", "area", N_("Reasons"), N_("For the file."))


def _extend(visit: Visit, case: Case) -> str:
    until = day(visit, "secret_until")
    if until is None:
        raise Wrong([Mistake("secret_until", _NO_DAY)])
    keep_secrecy.extend(visit.office, visit.person, case.id, until=until, reasons=visit.form.text("reasons"))
    return ""


def _end(visit: Visit, case: Case) -> str:
    keep_secrecy.end(visit.office, visit.person, case.id, reasons=visit.form.text("reasons"))
    return ""


def _notify(visit: Visit, case: Case) -> str:
    keep_secrecy.give_notice(
        visit.office,
        visit.person,
        case.id,
        to=visit.form.text("to"),
        how=visit.form.text("how"),
        on=day(visit, "on"),
    )
    return ""


def _withhold(visit: Visit, case: Case) -> str:
    keep_secrecy.withhold_notice(visit.office, visit.person, case.id, reasons=visit.form.text("reasons"))
    return ""


def _waive(visit: Visit, case: Case) -> str:
    keep_secrecy.waive_notice(visit.office, visit.person, case.id, reasons=visit.form.text("reasons"))
    return ""


EXTEND_SECRECY: Final = Action(
    N_("A decision of its own, by somebody who had no part in the request. Whoever keeps the secret is told."),
    N_("Extend secrecy"),
    only(Field("secret_until", "day", N_("Secret until"), article="40(20), 25(3)"), REASONS),
    {"secret_until": _NO_DAY, "reasons": NO_REASONS},
    _extend,
)
END_SECRECY: Final = Action(
    N_("The person concerned can be told from now on, and a notice falls due."),
    N_("End secrecy"),
    only(REASONS),
    {"reasons": NO_REASONS},
    _end,
)
NOTIFY: Final = Action(
    N_("You record that the person concerned was told. Nothing is sent from here; the case has a draft of the letter."),
    N_("Record the notice"),
    only(
        Field("to", "line", N_("Who was told"), article="24(2)"),
        Field("how", "line", N_("How")),
        Field("on", "day", N_("On"), N_("Today, if you leave it empty.")),
    ),
    {"to": N_("Say who was told"), "how": N_("Say how")},
    _notify,
)
WITHHOLD_NOTICE: Final = Action(
    N_("It stays due until oversight agrees that none is given."),
    N_("Propose it"),
    only(_FOR_THE_FILE),
    {"reasons": NO_REASONS},
    _withhold,
)
WAIVE_NOTICE: Final = Action(
    N_("You agree that the person concerned is not told."),
    N_("Agree"),
    only(_FOR_THE_FILE),
    {"reasons": NO_REASONS},
    _waive,
    weighs="steps",
)
