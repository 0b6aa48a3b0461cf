"""What a case waits for and until when, at a terminal: the inbox's order and clocks, and the command of each step."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from comity.base.counted import counted
from comity.base.ids import end_of
from comity.cases.case import Case
from comity.cases.deadlines import Due, due_dates
from comity.docket import todo
from comity.docket.standing import Standing
from comity.docket.words import ELSEWHERE, STEPS, WAITING
from comity.exchange.receipt_code import read_fault
from comity.workflows import read_cases
from comity.workflows.access import deciders

_COMMANDS: Final[Mapping[str, str]] = {
    "narrow": "case grant CASE --scope FILE",
    "conditions": "case conditions CASE",
    "seal": "evidence seal PATH --case CASE",
    "release": "evidence release CASE",
    "accept": "evidence accept CASE",
    "examine": "evidence examine CASE FOLDER",
    "let_in": "evidence let-in CASE",
    "return": "evidence return CASE",
    "destroy": "evidence destroy CASE",
    "supply": "case supply CASE FILE",
    "decide": "case decide CASE --rule RULE",
    "settle_doubt": "exchange settle-doubt CASE",
    "check_call": "case confirm-emergency CASE",
    "follow_up": "case follow-up-emergency CASE",
    "review_emergency": "case review-emergency CASE",
    "onward": "case ask-onward CASE",
    "authorise_onward": "case answer-onward CASE",
}
"""The command of an action, where it is not `case`, its name and the case."""


def command(action: str, case: str) -> str:
    """The command that takes a step, without `--as` and the options that it alone has."""
    typed = _COMMANDS.get(action, f"case {action.replace('_', '-')} CASE")
    return f"comity {typed.replace('CASE', case)}"


def steps(found: Standing) -> Iterator[str]:
    """What people here can do, a line each: what the case waits for first, with who may; then what is possible."""
    if not found.waiting and (elsewhere := _elsewhere(found)):
        yield f"next    {elsewhere}"
    for step in todo.steps(found.case, found.found):
        label, typed = "next" if step.waits else "may", command(step.action, end_of(found.case.id))
        yield f"{label:8}{STEPS[step.action]} ({_who(step.action, found)}): {typed}"


def steps_as_rows(found: Standing) -> list[dict[str, object]]:
    return [
        {"action": one.action, "waits": one.waits, "command": command(one.action, found.case.id)}
        for one in todo.steps(found.case, found.found)
    ]


def _who(action: str, found: Standing) -> str:
    """Who may take a step, by their roles."""
    if action == "decide":
        return ", ".join(dict.fromkeys(deciders(one.who) for one in todo.undecided_of(found.case, found.found)))
    return ", ".join(sorted(role.replace("_", " ") for role in todo.rights_of(action)))


def columns(found: Standing, today: date) -> tuple[str, ...]:
    """A case in a list: its id, clock, procedure, our position, state, what it waits for, peer and trouble."""
    case = found.case
    told = (case.procedure, case.position, str(case.state), waits_for(found), case.peer, read_fault(case.trouble).code)
    return (end_of(case.id), clock(found, today), *told)


def as_row(found: Standing) -> dict[str, object]:
    return {
        "urgent": found.urgent,
        "waits_for": list(found.waiting),
        "due": due_as_rows(found.case),
        "wished_for_by": str(found.wished or ""),
    }


def waits_for(found: Standing) -> str:
    """What comes next in a few words; '' where nothing does."""
    return WAITING[found.waiting[0]] if found.waiting else _elsewhere(found)


def _elsewhere(found: Standing) -> str:
    return "" if found.closed else ELSEWHERE.get((str(found.case.position), str(found.case.state)), "")


def clock(found: Standing, today: date) -> str:
    """What is urgent, what falls due next with its basis, and the day that the other State wishes for."""
    if found.closed:
        return ""
    said = ["urgent"] if found.urgent and found.waiting else []
    if found.due is not None:
        said.append(f"{left(found.due.on, today)}: {due(found.due)}")
    if found.wished is not None:
        said.append(wished(found.wished))
    return "; ".join(said)


def left(on: date, today: date) -> str:
    """How far a day is."""
    days = (on - today).days
    if not days:
        return "today"
    return f"{counted(abs(days), 'day')} {'left' if days > 0 else 'late'}"


def due(one: Due) -> str:
    return f"{one.on}  {one.what} ({one.basis}, art. {one.citation})"


def wished(on: date) -> str:
    """The day is no deadline, and the words say so."""
    return f"{on}  wished for by the other State (the request, art. 40(26): it binds nobody)"


def due_as_rows(case: Case) -> list[dict[str, object]]:
    return [
        {"on": str(one.on), "what": one.what, "basis": one.basis, "article": one.citation}
        for one in due_dates(case, warn_days=read_cases.WARN_DAYS)
    ]
