"""The note at a change of shift: what is new, what moved, what is late or falls due, who is waited for, what is stuck.

The moment to look back to is in the address. A note that the leaving officer types is put on the page that is printed
and is kept nowhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from starlette.responses import Response

from comity.base.errors import Malformed
from comity.base.instants import Instant
from comity.cases import events as e
from comity.cases.case import Case
from comity.cases.deadlines import Due, due_dates, wished_day
from comity.cases.machine import has_ended
from comity.docket import todo
from comity.docket.standing import Standing, begun, title_of
from comity.exchange.receipt_code import read_fault
from comity.web.site import Visit
from comity.web.twins import as_json, as_problem
from comity.workflows import read_cases, shift
from comity.workflows.access import ACTIONS, DECIDERS

MOST: Final = 50
"""How many cases a part of the page shows."""
HOURS: Final = (8, 12, 24, 72)
_USUAL_HOURS: Final = 12
_LONGEST_DAYS: Final = 31
_WEEK: Final = timedelta(days=7)
_DAY: Final = timedelta(days=1)
_NOTE_MOST: Final = 4000


@dataclass(frozen=True, slots=True)
class Change:
    """A case to which something happened; the tags of what did, in order."""

    case: Case
    title: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Falling:
    case: Case
    title: str
    due: Due


@dataclass(frozen=True, slots=True)
class Wished:
    """A day that another State wishes for, which is no deadline."""

    case: Case
    title: str
    on: date


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for one step: the roles that can take it, and the cases."""

    step: str
    roles: tuple[str, ...]
    cases: tuple[Case, ...]


def get_handover(visit: Visit) -> Response:
    return _page(visit, _since(visit, visit.query("since")), "")


def post_handover(visit: Visit) -> Response:
    """The same page with a note of the leaving officer's on it."""
    return _page(visit, _since(visit, visit.form.text("since")), visit.form.text("note")[:_NOTE_MOST])


def _since(visit: Visit, text: str) -> Instant:
    now = visit.office.clock.now()
    if not text:
        return now.plus_seconds(-_USUAL_HOURS * 3600)
    moment = Instant.parse(text)
    if not now.plus_days(-_LONGEST_DAYS) <= moment <= now:
        raise Malformed("that is too long ago, or not yet", where="since", hint=f"at most {_LONGEST_DAYS} days ago")
    return moment


def _page(visit: Visit, since: Instant, note: str) -> Response:
    now = visit.office.clock.now()
    choices = [(hours, str(now.plus_seconds(-hours * 3600))) for hours in HOURS]
    return visit.page("handover.html", note=note, choices=choices, most=MOST, **_context(visit, since))


def _context(visit: Visit, since: Instant) -> dict[str, Any]:
    """What the page shows, and its data."""
    office, today = visit.office, visit.office.clock.now().day
    cases: dict[str, Case] = {case.id: case for case in visit.site.index.all()}
    happened = shift.happened_since(office, since)
    changes = [_change(cases[case_id], found) for case_id, found in happened.by_case.items() if case_id in cases]
    dues = sorted(
        (
            Falling(case, title_of(case), due)
            for case in cases.values()
            for due in due_dates(case, warn_days=read_cases.WARN_DAYS)
            if due.on <= today + _WEEK
        ),
        key=lambda one: (one.due.on, one.case.id),
    )
    wished = sorted(
        (
            Wished(case, title_of(case), day)
            for case in cases.values()
            if (day := wished_day(case)) is not None and day <= today + _WEEK
        ),
        key=lambda one: (one.on, one.case.id),
    )
    return {
        "since": since,
        "is_whole": happened.is_whole,
        "new": [one for one in changes if begun(one.case) >= since],
        "moved": [one for one in changes if begun(one.case) < since],
        "late": [one for one in dues if one.due.on < today],
        "tomorrow": [one for one in dues if today <= one.due.on <= today + _DAY],
        "week": [one for one in dues if today + _DAY < one.due.on],
        "wished": wished,
        "queues": _queues(visit, cases),
        "rejected": [case for case in cases.values() if case.trouble and not has_ended(case)],
        "stuck": shift.stuck(office),
        "titles": {case_id: title_of(case) for case_id, case in cases.items()},
    }


def get_handover_json(visit: Visit) -> Response:
    """The same as data."""
    try:
        since = _since(visit, visit.query("since"))
    except Malformed as error:
        return as_problem(error)
    found = _context(visit, since)
    document: dict[str, object] = {
        "since": str(since),
        "now": str(visit.office.clock.now()),
        "whole": found["is_whole"],
    }
    for name in ("new", "moved"):
        document[name] = [{"case": one.case.id, "subject": one.title, "events": one.tags} for one in found[name]]
    for name in ("late", "tomorrow", "week"):
        document[name] = [
            {"case": one.case.id, "subject": one.title, "on": one.due.on.isoformat(), "what": one.due.what}
            for one in found[name]
        ]
    document["wished"] = [
        {"case": one.case.id, "subject": one.title, "on": one.on.isoformat()} for one in found["wished"]
    ]
    document["waiting"] = [
        {"step": queue.step, "roles": queue.roles, "cases": [case.id for case in queue.cases]}
        for queue in found["queues"]
    ]
    faults = [(case, read_fault(case.trouble)) for case in found["rejected"]]
    document["rejected"] = [{"case": case.id, "code": one.code, "field": one.field} for case, one in faults]
    document["stuck"] = [
        {"message": one.id, "case": one.case_id, "to": one.peer, "kind": one.kind, "attempts": one.attempts}
        for one in found["stuck"]
    ]
    return as_json(document)


def _change(case: Case, happened: tuple[e.Event, ...]) -> Change:
    return Change(case, title_of(case), tuple(e.tag_of(event) for event in happened))


def _queues(visit: Visit, cases: Mapping[str, Case]) -> list[Queue]:
    """The open cases by the step that they wait for, and the roles that can take it."""
    waiting: dict[str, list[Standing]] = {}
    for case in cases.values():
        standing = visit.site.index.standing(case)
        if standing.waiting:
            waiting.setdefault(standing.waiting[0], []).append(standing)
    return [Queue(step, _roles(step, found), tuple(one.case for one in found)) for step, found in waiting.items()]


def _roles(step: str, standings: list[Standing]) -> tuple[str, ...]:
    """Who can take the step; for a decision, whoever the findings of any of the cases name."""
    if step != "decide":
        return tuple(sorted(ACTIONS[step]))
    found = (one for standing in standings for one in todo.undecided_of(standing.case, standing.found))
    return tuple(sorted({role for one in found for role in DECIDERS[one.who]}))
