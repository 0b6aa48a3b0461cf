"""The inbox: cases in the order of their clocks, what is late first, then what is urgent; filters are addresses.

A row says what the case waits for and whether for the reader. The rows are also served alone, for the script that keeps
them fresh: without change since the mark it gives, the answer is 204 and nothing moves.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from starlette.responses import Response

from comity.base.instants import Instant
from comity.cases.case import Case
from comity.cases.deadlines import Due, due_dates
from comity.cases.machine import procedure_of
from comity.web import todo
from comity.web.site import Visit
from comity.workflows import read_cases

PAGE: Final = 50
SHOWN: Final = ("mine", "open", "closed")


@dataclass(frozen=True, slots=True)
class Row:
    """A case in the list. `due`: what falls due next; `mine`: whether the reader can take its next step."""

    case: Case
    title: str
    due: Due | None
    begun: Instant
    step: str
    mine: bool
    closed: bool
    urgent: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for."""

    show: str
    procedure: str
    words: str
    page: int

    def address(self, **other: object) -> str:
        """The inbox with something else asked for."""
        chosen = {"show": self.show, "procedure": self.procedure, "q": self.words, "page": self.page, **other}
        usual = {"show": "", "procedure": "", "q": "", "page": 1}
        kept = {name: value for name, value in chosen.items() if value != usual[name]}
        return "/inbox" + (f"?{urlencode(kept)}" if kept else "")


def get_inbox(visit: Visit) -> Response:
    return visit.page("inbox.html", live=True, **_context(visit))


def get_rows(visit: Visit) -> Response:
    """The rows alone, or 204 where nothing happened and no day began since `mark`."""
    context = _context(visit)
    if visit.query("mark") == context["mark"]:
        return Response(status_code=204)
    return visit.page("inbox_rows.html", live=True, **context)


def _context(visit: Visit) -> dict[str, Any]:
    asked, today = _asked(visit), visit.office.clock.now().day
    rows = sorted((_row(visit, case, today) for case in visit.site.index.all()), key=lambda row: _order(row, today))
    counts = {name: sum(_is_shown(row, name) for row in rows) for name in SHOWN}
    show = asked.show or ("mine" if counts["mine"] else "open")
    fitting = [row for row in rows if _is_shown(row, show) and _fits(row, asked)]
    start = (asked.page - 1) * PAGE
    return {
        "asked": asked,
        "show": show,
        "counts": counts,
        "rows": fitting[start : start + PAGE],
        "total": len(fitting),
        "pages": max(1, -(-len(fitting) // PAGE)),
        "mark": f"{visit.site.index.size}.{today.toordinal()}",
    }


def _asked(visit: Visit) -> Asked:
    show, page = visit.query("show"), visit.query("page")
    return Asked(
        show=show if show in SHOWN else "",
        procedure=visit.query("procedure"),
        words=visit.query("q").strip()[:200],
        page=max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
    )


def _row(visit: Visit, case: Case, today: date) -> Row:
    step, is_mine = next_step(visit, case, today)
    due = due_dates(case, warn_days=read_cases.WARN_DAYS)
    return Row(
        case=case,
        title=title_of(case),
        due=due[0] if due else None,
        begun=begun(case),
        step=step,
        mine=is_mine,
        closed=case.state in procedure_of(case.procedure).ends,
        urgent=bool(case.request and case.request.urgent),
    )


def next_step(visit: Visit, case: Case, today: date) -> tuple[str, bool]:
    """What comes next, and whether the reader can do it; '' where nothing waits for anybody here."""
    found = visit.site.index.findings(case, today)
    waiting = [step.action for step in todo.steps(case, found) if step.waits]
    mine = [action for action in waiting if todo.may(case, action, visit.person, visit.roles, found)]
    return (mine or waiting or [""])[0], bool(mine)


def title_of(case: Case) -> str:
    """What the case is about, in its own words."""
    if case.request is not None:
        return case.request.subject or case.request.offence.name or case.id
    return case.order.data.partition("\n")[0] if case.order else case.id


def begun(case: Case) -> Instant:
    """When the case began: its id is made from that moment (RFC 9562, version 7)."""
    return Instant.from_seconds(int(case.id.replace("-", "")[:12], 16) // 1000)


def _order(row: Row, today: date) -> tuple[bool, bool, bool, date, int]:
    """Closed last; late first; then urgent ones that wait; then by the day that comes next; then the newest."""
    late = row.due is not None and row.due.on < today
    return (
        row.closed,
        not late,
        not (row.urgent and row.step),
        row.due.on if row.due else date.max,
        -row.begun.seconds,
    )


def _is_shown(row: Row, show: str) -> bool:
    return row.closed if show == "closed" else not row.closed and (show != "mine" or row.mine)


def _fits(row: Row, asked: Asked) -> bool:
    if asked.procedure and row.case.procedure != asked.procedure:
        return False
    if not asked.words:
        return True
    request, order = row.case.request, row.case.order
    identifiers = [name for one in (request.measures if request else ()) for name in one.identifiers]
    texts = (row.title, row.case.id, row.case.peer, row.case.provider, row.case.their_case, *identifiers)
    texts += order.identifiers if order else ()
    return all(word in " ".join(texts).casefold() for word in asked.words.casefold().split())
