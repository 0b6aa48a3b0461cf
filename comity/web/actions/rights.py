"""For the defence and the person concerned: what speaks for an accused, complaints and their answers; what is kept
longer; and whether evidence may go to a third State."""

from datetime import date
from typing import Final

from comity.base.errors import Mistake
from comity.cases.case import Case
from comity.cases.deadlines import Basis
from comity.web import dates
from comity.web.actions.form import NO_REASONS, REASONS, Action, Wrong, day, only
from comity.web.request_form.field import Choice, Field
from comity.web.right_words import COMPLAINTS, ITEMS, OUTCOMES
from comity.web.site import Visit
from comity.web.words import N_
from comity.workflows import pass_complaints, pass_on, retain, tell_exculpatory
from comity.workflows.office import directory

_FOR_THE_FILE: Final = Field("reasons", "area", N_("Reasons"), N_("For the file."))
_NO_DAY: Final = N_("Name the day")
_KEPT: Final = N_("Kept until {day} (policy)")
_UNTIL: Final = Field("until", "day", N_("Until"))


def _exculpatory(visit: Visit, case: Case) -> str:
    exceptional = bool(visit.form.all("exceptional"))
    tell_exculpatory.tell(visit.office, visit.person, case.id, text=visit.form.text("text"), exceptional=exceptional)
    return ""


def _take(visit: Visit, case: Case) -> str:
    pass_complaints.take(
        visit.office,
        visit.person,
        case.id,
        kind=visit.form.text("kind"),
        text=visit.form.text("text"),
        reference=visit.form.text("reference"),
    )
    return ""


def _answer_fields(_visit: Visit, case: Case) -> tuple[Field, ...]:
    waiting = tuple(Choice(one.id, one.text, one.reference) for one in case.complaints if not one.is_answered)
    return (
        Field("complaint", "radios", N_("Which complaint"), choices=waiting),
        Field("outcome", "radios", N_("What was done"), choices=tuple(Choice(*one) for one in OUTCOMES.items())),
        REASONS,
    )


def _answer(visit: Visit, case: Case) -> str:
    pass_complaints.answer(
        visit.office,
        visit.person,
        case.id,
        complaint=visit.form.text("complaint"),
        outcome=visit.form.text("outcome"),
        reasons=visit.form.text("reasons"),
    )
    return ""


def _relay_fields(_visit: Visit, case: Case) -> tuple[Field, ...]:
    open_ones = tuple(
        Choice(f"{one.id} {node}", one.text, node)
        for one in case.complaints
        for node in pass_complaints.untold(case, one)
    )
    return (
        Field("told", "radios", N_("Who was told of what"), choices=open_ones),
        Field("how", "line", N_("How they were told, and when")),
    )


def _relay(visit: Visit, case: Case) -> str:
    complaint, _, to = visit.form.text("told").partition(" ")
    pass_complaints.told(visit.office, visit.person, case.id, complaint=complaint, to=to, how=visit.form.text("how"))
    return ""


def _keep_fields(visit: Visit, case: Case) -> tuple[Field, ...]:
    kept = [one for one in retain.items_of_case(visit.office, case) if one.basis is Basis.POLICY]
    choices = tuple(Choice(one.what, ITEMS[one.what], _kept_until(visit, one.until)) for one in kept)
    return (Field("item", "radios", N_("What is kept"), choices=choices), _UNTIL, _FOR_THE_FILE)


def _kept_until(visit: Visit, until: date) -> str:
    return _KEPT.format(day=dates.show_day(until, visit.language.locale))


def _keep(visit: Visit, case: Case) -> str:
    until = day(visit, "until")
    if until is None:
        raise Wrong([Mistake("until", _NO_DAY)])
    reasons = visit.form.text("reasons")
    retain.keep_longer(visit.office, visit.person, case.id, item=visit.form.text("item"), until=until, reasons=reasons)
    return ""


def _onward_fields(visit: Visit, case: Case) -> tuple[Field, ...]:
    with visit.office.store.transaction() as tx:
        listed = [one for one in directory(tx).all() if one.id[:2] not in (visit.office.state, case.peer[:2])]
    choices = tuple(Choice(one.id, one.name, one.id) for one in listed)
    return (Field("to", "radios", N_("Who is to have it"), article="36(3)", choices=choices), REASONS)


def _onward(visit: Visit, case: Case) -> str:
    pass_on.ask(visit.office, visit.person, case.id, to=visit.form.text("to"), reasons=visit.form.text("reasons"))
    return ""


def _authorise_fields(_visit: Visit, case: Case) -> tuple[Field, ...]:
    asked = next((one for one in case.onward if not one.is_ours and not one.decided), None)
    choices = (Choice("yes", N_("It may")), Choice("no", N_("It may not")))
    hint = f"{asked.to}: {asked.reasons}" if asked else ""
    return (
        Field("authorise", "radios", N_("May it go on?"), hint, "36(3)", choices),
        Field("until", "day", N_("Until"), N_("The last day of the authorisation; empty for no end.")),
        REASONS,
    )


def _authorise(visit: Visit, case: Case) -> str:
    pass_on.answer(
        visit.office,
        visit.person,
        case.id,
        authorise=visit.form.text("authorise") == "yes",
        reasons=visit.form.text("reasons"),
        until=day(visit, "until"),
    )
    return ""


EXCULPATORY: Final = Action(
    N_("The State that sent the material is told. It cannot forbid that the accused is shown it, and nothing waits."),
    N_("Tell the sender"),
    only(
        Field(
            "text", "area", N_("What it is, and what it speaks for"), N_("The other side reads it."), "40(5), 40(19)"
        ),
        Field(
            "exceptional",
            "some",
            N_("Already shown"),
            choices=(Choice("yes", N_("The accused was shown it already: there was no time")),),
        ),
    ),
    {"text": N_("Say which material, and what it speaks for")},
    _exculpatory,
)
COMPLAINT: Final = Action(
    N_("It goes to everybody who has the data, and on from there. Each answers; the days for it are policy."),
    N_("Record it and pass it on"),
    only(
        Field(
            "kind",
            "radios",
            N_("What it asks"),
            article="24(2)",
            choices=tuple(Choice(*one) for one in COMPLAINTS.items()),
        ),
        Field("text", "area", N_("What it is about"), N_("Every recipient of the data reads it.")),
        Field("reference", "line", N_("Who keeps its file, and its number")),
    ),
    {
        "kind": N_("Choose what it asks"),
        "text": N_("Say what it is about"),
        "reference": N_("Say who keeps its file, and its number"),
    },
    _take,
)
ANSWER_COMPLAINT: Final = Action(
    N_("Say what was done here. Whoever passed it on to you is told."),
    N_("Send the answer"),
    _answer_fields,
    {
        "complaint": N_("Choose what you answer"),
        "outcome": N_("Choose what was done"),
        "reasons": NO_REASONS,
    },
    _answer,
)
RELAY_COMPLAINT: Final = Action(
    N_("You record that you told somebody who has the data and has no line to this node. Nothing is sent from here."),
    N_("Record it"),
    _relay_fields,
    {"told": N_("Choose who was told"), "how": N_("Say how they were told, and when")},
    _relay,
)
KEEP_LONGER: Final = Action(
    N_("It is kept until a later day, in your name and for your reasons."),
    N_("Keep it longer"),
    _keep_fields,
    {"item": N_("Choose what is kept"), "until": _NO_DAY, "reasons": NO_REASONS},
    _keep,
)
ONWARD: Final = Action(
    N_("The State that it came from is asked first. Without its authorisation nothing leaves."),
    N_("Ask"),
    _onward_fields,
    {"to": N_("Choose who is to have it"), "reasons": NO_REASONS},
    _onward,
)
AUTHORISE_ONWARD: Final = Action(
    N_("Your answer, signed, is the authorisation in writing, for this receiver alone."),
    N_("Send the answer"),
    _authorise_fields,
    {"authorise": N_("Say whether it may"), "reasons": NO_REASONS},
    _authorise,
    weighs="request",
)
