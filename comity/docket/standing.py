"""Where one case stands on one day, as lists need it: what falls due, what it waits for, and whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from comity.base.ids import NodeId, end_of, made_at, state_of
from comity.base.instants import Instant
from comity.cases.case import Case
from comity.cases.deadlines import Due, due_dates, wished_day
from comity.cases.machine import has_ended
from comity.docket import todo
from comity.treaty.assess import Assessment
from comity.treaty.state_names import every_name
from comity.workflows import read_cases
from comity.workflows.office import Office

Order = tuple[bool, bool, bool, date, int, str]


@dataclass(frozen=True, slots=True)
class Standing:
    """One case. found: what the rules say of it, without the conditions that hold; waiting: the steps it waits for, in
    their order; due: what falls due next; wished: the day that the other State wishes for, which moves no case; order:
    its place in a list; words: what it is found by, in lower case."""

    case: Case
    found: Assessment | None
    waiting: tuple[str, ...]
    title: str
    due: Due | None
    wished: date | None
    begun: Instant
    closed: bool
    urgent: bool
    order: Order
    words: str

    def step_for(self, person: str, roles: Iterable[str]) -> str:
        """The first step that this person can take; '' where none is."""
        mine = (action for action in self.waiting if todo.may(self.case, action, person, roles, self.found))
        return next(mine, "")


def standing_of(office: Office, case: Case, today: date) -> Standing:
    """The case on a day that is the office's own: the rules are asked about it, unless it is closed."""
    rules = None if is_closed(case) else read_cases.findings_of(office, case)
    found = Assessment((*rules.stops, *rules.decisions)) if rules is not None else None
    waiting = tuple(step.action for step in todo.steps(case, found) if step.waits)
    dues = due_dates(case, warn_days=read_cases.WARN_DAYS)
    due = dues[0] if dues else None
    closed, urgent, since = is_closed(case), bool(case.request and case.request.urgent), begun(case)
    is_late = due is not None and due.on < today
    order = (
        closed,
        not is_late,
        not (urgent and waiting),
        due.on if due else date.max,
        -since.seconds,
        case.id,
    )
    return Standing(
        case, found, waiting, title_of(case), due, wished_day(case), since, closed, urgent, order, _words(case)
    )


def is_closed(case: Case) -> bool:
    """Whether nobody is to act in it any more."""
    return has_ended(case) and not todo.calls_again(case)


def title_of(case: Case) -> str:
    """What the case is about, in its own words. Orders may say the same of one account: each has the end of the
    ordering authority's case and its day too."""
    if case.request is not None:
        return case.request.subject or case.request.offence.name or case.id
    if case.order is None:
        return case.id
    data, theirs = case.order.data.partition("\n")[0], case.their_case or case.id
    return f"{data} ({end_of(theirs)}, {case.order.since})"


def begun(case: Case) -> Instant:
    """When the case began: its id is made from that moment."""
    return made_at(case.id)


def _words(case: Case) -> str:
    request, order = case.request, case.order
    identifiers = [name for one in (request.measures if request else ()) for name in one.identifiers]
    texts = (
        title_of(case),
        case.id,
        case.peer,
        every_name(state_of(NodeId(case.peer))),
        case.provider,
        case.their_case,
        *identifiers,
    )
    texts += order.identifiers if order else ()
    return " ".join(texts).casefold()
