"""What a person does in a case: the case's own page with the form of one action below it, and the workflow it leads to.

Rules: the action is offered only where it is open and the person's role has it, and the workflow checks both again; a
mistake gives the page back with all that was typed; a change that came meanwhile is said, never written over.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from starlette.responses import Response

from comity.adapters.sources_files import FolderSink, find_sources
from comity.base.errors import ComityError, Malformed, Mistake, NotPermitted
from comity.cases.case import Case
from comity.exchange.message import Role
from comity.treaty.findings import NeedsDecision
from comity.treaty.grounds import Ground, grounds_for
from comity.treaty.measures import Family, measure
from comity.web import facts, todo
from comity.web.case_pages import load, show
from comity.web.facts import Choice, Field
from comity.web.opened import Opened
from comity.web.site import Visit, to
from comity.web.words import N_
from comity.workflows import (
    decide_request,
    draft_request,
    examine_evidence,
    hand_over,
    keep_directory,
    order_provider,
    read_cases,
    seal_evidence,
    withdraw_request,
)
from comity.workflows.access import DECIDERS

_REASONS: Final = Field("reasons", "area", N_("Reasons"), N_("A sentence that the other side can read."))


@dataclass(frozen=True, slots=True)
class Action:
    """One action's form: `lead` says what will happen; `needed`: fields that cannot be left empty."""

    lead: str
    button: str
    fields: Callable[[Visit, Case], tuple[Field, ...]]
    needed: frozenset[str]
    do: Callable[[Visit, Case], str]
    """Does it, and gives the address to go on at; '' for the case."""
    uploads: bool = False


def get_action(visit: Visit) -> Response:
    case = load(visit)
    name = _check_open(visit, case)
    if name == "supply" and case.request is not None:
        return _page(visit, case, name, facts.fields_of(case.mended or case.request, case.peer), [])
    return _page(visit, case, name, _defaults(case), [])


def post_action(visit: Visit) -> Response:
    case = load(visit)
    name = _check_open(visit, case)
    action, mistakes = ACTIONS[name], []
    try:
        for needed in action.needed:
            if not visit.form.text(needed):
                mistakes.append(Mistake(needed, _LACKING.get(needed, N_("Fill this in"))))
        if mistakes:
            raise _Wrong(mistakes)
        address = action.do(visit, case)
    except _Wrong as wrong:
        order = [one.name for one in action.fields(visit, case)]
        found = sorted(wrong.mistakes, key=lambda one: order.index(one.field) if one.field in order else len(order))
        return _page(visit, case, name, visit.form.fields, found, 422)
    except ComityError as error:
        return _page(visit, case, name, visit.form.fields, [Mistake(_field_of(error), _told(error))], 409)
    return to(address or f"/cases/{case.id}?done={name}")


class _Wrong(Exception):
    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__()


_LACKING: Final[Mapping[str, str]] = {
    "reasons": N_("Give the reasons"),
    "reason": N_("Say why"),
    "ground": N_("Choose the ground"),
    "consulted": N_("Say whether the two States consulted first"),
    "decision": N_("Say what you decide"),
    "rule": N_("Choose what you decide on"),
    "provider": N_("Choose the provider"),
    "legal_basis": N_("Name the provision of your law"),
    "how": N_("Say how the evidence was collected"),
    "purpose": N_("Say what it is opened for"),
}


def _told(error: ComityError) -> str:
    return f"{error.what}. {error.hint}" if error.hint else error.what


def _field_of(error: ComityError) -> str:
    return error.where if isinstance(error, Malformed) and error.where in {*_LACKING, "days", "until"} else ""


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
    extra: dict[str, Any] = {"waiting": _waiting(visit, case)} if name == "decide" else {}
    if name == "supply":
        extra["field_groups"] = facts.URGENT if case.procedure == "preservation" else facts.GUIDED
    return show(
        visit,
        case,
        status,
        action=name,
        action_form=action,
        fields=action.fields(visit, case),
        values=values,
        mistakes=mistakes,
        **extra,
    )


def _defaults(case: Case) -> dict[str, list[str]]:
    found = {"days": [str(facts.PRESERVE_DAYS)]}
    if case.order is not None:
        found["until"] = [case.order.until.isoformat()]
    if case.request is not None:
        found["purpose"] = [case.request.subject]
    return found


# The fields of each action


def _only(*fields: Field) -> Callable[[Visit, Case], tuple[Field, ...]]:
    return lambda _visit, _case: fields


def _waiting(visit: Visit, case: Case) -> tuple[NeedsDecision, ...]:
    """The findings that this person can decide."""
    undecided = todo.undecided_of(case, read_cases.findings_of(visit.office, case))
    return tuple(one for one in undecided if DECIDERS[one.who] & visit.roles)


def _decide_fields(visit: Visit, case: Case) -> tuple[Field, ...]:
    waiting = {one.rule: one for one in _waiting(visit, case)}
    choices = tuple(Choice(rule, one.title, f"{one.why} {one.todo}") for rule, one in waiting.items())
    against = N_("No: it must not go on like this")
    return (
        Field("rule", "radios", N_("What you decide on"), choices=choices),
        Field("decision", "radios", N_("May it go on?"), choices=(Choice("yes", N_("Yes")), Choice("no", against))),
        _REASONS,
    )


def _order_fields(visit: Visit, case: Case) -> tuple[Field, ...]:
    own = [
        entity
        for signed in keep_directory.show(visit.office)
        if signed.value.state == visit.office.state
        for entity in signed.value.entities
        if entity.role is Role.PROVIDER
    ]
    chosen = (Choice("", N_("Choose")), *(Choice(one.id, f"{one.name} ({one.id})") for one in own))
    fields = (
        Field("provider", "one", N_("Provider"), N_("Of this State only (art. 5(2))."), choices=chosen),
        Field("legal_basis", "line", N_("Provision of your law")),
        Field("reasons", "area", N_("Reasons"), rows=2),
    )
    days = Field("days", "number", N_("Days to preserve"), N_("From 60 to 90; it can be renewed."), "42(8), 25(2)")
    return (*fields, days) if case.procedure == "preservation" else fields


def _family(case: Case) -> Family:
    name = case.request.measures[0].measure if case.request and case.request.measures else ""
    kind = measure(name)
    return kind.family if kind else Family.ASSISTANCE


def _grounds(case: Case) -> tuple[Ground, ...]:
    return grounds_for(_family(case))


def _refuse_fields(_visit: Visit, case: Case) -> tuple[Field, ...]:
    choices = tuple(Choice(one.name, one.about, f"art. {one.citation}") for one in _grounds(case))
    return (
        Field("ground", "radios", N_("Ground"), N_("The treaty's list for this measure is closed."), "40(21)", choices),
        _REASONS,
        Field("consulted", "yes_no", N_("Did the two States consult first?"), article="40(28)"),
    )


# What each action does


def _approve(visit: Visit, case: Case) -> str:
    draft_request.approve(visit.office, visit.person, case.id, reasons=visit.form.text("reasons"))
    return ""


def _decide(visit: Visit, case: Case) -> str:
    in_favour = visit.form.text("decision") == "yes"
    decide_request.decide(
        visit.office,
        visit.person,
        case.id,
        rule=visit.form.text("rule"),
        in_favour=in_favour,
        decision="in favour" if in_favour else "against",
        reasons=visit.form.text("reasons"),
    )
    return ""


def _supply(visit: Visit, case: Case) -> str:
    if case.request is None:
        raise NotPermitted("this case holds no request of ours", hint="see its page")
    mended, mistakes = facts.read_mended(visit.form.fields, case.request, case.procedure)
    if mended is None:
        raise _Wrong(mistakes)
    draft_request.supply(visit.office, visit.person, case.id, mended)
    return ""


def _grant(visit: Visit, case: Case) -> str:
    conditions = tuple(line.strip() for line in visit.form.text("conditions").splitlines() if line.strip())
    decide_request.grant(visit.office, visit.person, case.id, reasons=visit.form.text("reasons"), conditions=conditions)
    return ""


def _refuse(visit: Visit, case: Case) -> str:
    ground = next((one for one in _grounds(case) if one.name == visit.form.text("ground")), None)
    if ground is None:
        raise _Wrong([Mistake("ground", N_("Choose a ground of the list"))])
    decide_request.refuse(
        visit.office,
        visit.person,
        case.id,
        ground=ground.name.replace("_", " "),
        citation=ground.citation,
        reasons=visit.form.text("reasons"),
        consulted=visit.form.text("consulted") == "yes",
    )
    return ""


def _order(visit: Visit, case: Case) -> str:
    order_provider.order(
        visit.office,
        visit.person,
        case.id,
        provider=visit.form.text("provider"),
        legal_basis=visit.form.text("legal_basis"),
        reasons=visit.form.text("reasons"),
        days=_number(visit, "days"),
    )
    return ""


def _number(visit: Visit, name: str) -> int | None:
    text = visit.form.text(name)
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise _Wrong([Mistake(name, N_("Write a whole number"))])
    return int(text)


def _confirm(visit: Visit, case: Case) -> str:
    read = facts.read_day(visit.form.text("until"))
    if visit.form.text("until") and read is None:
        raise _Wrong([Mistake("until", N_("Write the day as year, month and day: 2026-11-22"))])
    order_provider.confirm_preserved(visit.office, visit.person, case.id, until=read)
    return ""


def _object(visit: Visit, case: Case) -> str:
    order_provider.object_to_order(
        visit.office, visit.person, case.id, ground=visit.form.text("ground"), reasons=visit.form.text("reasons")
    )
    return ""


def _seal(visit: Visit, case: Case) -> str:
    if visit.form.folder is None:
        raise _Wrong([Mistake("files", N_("Choose the files to seal"))])
    sources = find_sources(visit.form.folder)
    seal_evidence.seal_evidence(visit.office, visit.person, case.id, sources, how=visit.form.text("how"))
    return ""


def _release(visit: Visit, case: Case) -> str:
    hand_over.release(visit.office, visit.person, case.id, reason=visit.form.text("reason"))
    return ""


def _accept(visit: Visit, case: Case) -> str:
    hand_over.accept(visit.office, visit.person, case.id, reason=visit.form.text("reason"))
    return ""


def _examine(visit: Visit, case: Case) -> str:
    now, folder = visit.office.clock.now(), visit.site.new_folder("opened")
    visit.site.opened.drop_old(now)
    _, manifest = examine_evidence.examine(
        visit.office, visit.person, case.id, FolderSink(folder), purpose=visit.form.text("purpose")
    )
    visit.site.opened.add(Opened(folder, visit.person, case.id, now, manifest))
    return f"/opened/{folder.name}"


def _withdraw(visit: Visit, case: Case) -> str:
    withdraw_request.withdraw(visit.office, visit.person, case.id, reasons=visit.form.text("reasons"))
    return ""


_OBJECTIONS: Final = (
    Choice("too broad", N_("It is too broad"), N_("More than the matter needs, or not said exactly.")),
    Choice("not ours", N_("We do not hold these data")),
    Choice("conflict of laws", N_("It conflicts with another law that binds us")),
    Choice("not authentic", N_("We doubt that it is authentic")),
    Choice("rights at risk", N_("It puts a person's rights at risk")),
    Choice("cannot comply", N_("It cannot be done")),
)
ACTIONS: Final[Mapping[str, Action]] = {
    "approve": Action(
        N_("The rules are run again; then the request is signed, sealed for the requested State and queued."),
        N_("Approve and send"),
        _only(Field("reasons", "line", N_("Note for the file"), N_("If you wish."))),
        frozenset(),
        _approve,
    ),
    "decide": Action(
        N_("It is recorded with your name, your role and your reasons. A no keeps the request where it is."),
        N_("Record the decision"),
        _decide_fields,
        frozenset({"rule", "decision", "reasons"}),
        _decide,
    ),
    "supply": Action(
        N_("The request is written anew, whole. It is sent when a second person approves."),
        N_("Save for approval"),
        _only(),
        frozenset(),
        _supply,
    ),
    "grant": Action(
        N_("The requesting State is told that assistance will be given."),
        N_("Grant assistance"),
        _only(
            _REASONS,
            Field("conditions", "area", N_("Conditions"), N_("If any; one a line."), "40(28)", rows=2),
        ),
        frozenset({"reasons"}),
        _grant,
    ),
    "refuse": Action(
        N_("The requesting State is told the ground and the reasons (art. 40(25)). Consult before you refuse."),
        N_("Refuse"),
        _refuse_fields,
        frozenset({"ground", "reasons", "consulted"}),
        _refuse,
    ),
    "order": Action(
        N_("The provider gets a signed order with what the request says of the data, and no more."),
        N_("Order the provider"),
        _order_fields,
        frozenset({"provider", "legal_basis", "reasons"}),
        _order,
    ),
    "confirm": Action(
        N_("You say that the data are kept unaltered. Nothing is disclosed."),
        N_("Confirm preservation"),
        _only(Field("until", "day", N_("Kept until"), N_("The day of the order, or a later one."), "25(2)")),
        frozenset(),
        _confirm,
    ),
    "object": Action(
        N_("The authority that ordered you decides what follows. What is preserved stays preserved meanwhile."),
        N_("Send the objection"),
        _only(Field("ground", "radios", N_("Why"), choices=_OBJECTIONS), _REASONS),
        frozenset({"ground", "reasons"}),
        _object,
    ),
    "seal": Action(
        N_("The files are hashed, encrypted for those the order names, and signed. Custody begins with you."),
        N_("Seal the files"),
        _only(
            Field("how", "area", N_("How they were collected"), N_("A sentence that a court can read."), rows=2),
            Field("files", "files", N_("Files"), N_("They are deleted here in clear as soon as they are sealed.")),
        ),
        frozenset({"how"}),
        _seal,
        uploads=True,
    ),
    "withdraw": Action(
        N_("Help is no longer needed. The requested State is told, if it has the request (art. 40(26))."),
        N_("Withdraw the request"),
        _only(_REASONS),
        frozenset({"reasons"}),
        _withdraw,
    ),
    "release": Action(
        N_("You sign the package away to the next custodian. It is theirs once they have signed for it."),
        N_("Release the evidence"),
        _only(Field("reason", "line", N_("Why it is handed over"))),
        frozenset({"reason"}),
        _release,
    ),
    "accept": Action(
        N_("Every digest is checked first. If one is wrong, nothing is signed."),
        N_("Check and accept"),
        _only(Field("reason", "line", N_("Why it is taken"))),
        frozenset({"reason"}),
        _accept,
    ),
    "examine": Action(
        N_("The opening is an act of custody, recorded with your name. Use is limited to the matter of the request."),
        N_("Open the evidence"),
        _only(Field("purpose", "line", N_("What it is opened for"), article="40(19)")),
        frozenset({"purpose"}),
        _examine,
    ),
}
