"""The inbox: cases in the order of their clocks, what is late first, then what is urgent; filters are addresses.

A row says what the case waits for and whether for the reader. The rows are also served alone, for the script that keeps
them fresh: without change since the mark it gives, the answer is 204 and nothing moves.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from starlette.responses import Response

from comity.cases.case import Case
from comity.docket.standing import Standing
from comity.web.case_index import Listed
from comity.web.site import Visit
from comity.workflows import ask_about_signal

PAGE: Final = 50
SHOWN: Final = ("mine", "open", "closed")


@dataclass(frozen=True, slots=True)
class Row:
    """A case in the list. `step`: what comes next; `mine`: whether it is the reader's to do."""

    standing: Standing
    step: str
    mine: bool

    @property
    def case(self) -> Case:
        return self.standing.case


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
    return visit.page("inbox.html", live=True, **_context(visit, visit.site.index.listed(visit.person, visit.roles)))


def get_rows(visit: Visit) -> Response:
    """The rows alone, or 204 where nothing happened and no day began since `mark`."""
    listed = visit.site.index.listed(visit.person, visit.roles)
    if visit.query("mark") == listed.mark:
        return Response(status_code=204)
    return visit.page("inbox_rows.html", live=True, **_context(visit, listed))


def _context(visit: Visit, listed: Listed) -> dict[str, Any]:
    asked = _asked(visit)
    all_of_them = len(listed.standings)
    counts = {"mine": len(listed.mine), "open": listed.open, "closed": all_of_them - listed.open}
    show = asked.show or ("mine" if counts["mine"] else "open")
    shown = _shown(show, listed)
    fitting = [one for one in shown if _fits(one, asked)] if asked.words or asked.procedure else shown
    pages = max(1, -(-len(fitting) // PAGE))
    asked = replace(asked, page=min(asked.page, pages))  # the list may have grown shorter since the page was asked for
    start = (asked.page - 1) * PAGE
    return {
        "asked": asked,
        "show": show,
        "counts": counts,
        "rows": [_row(one, listed) for one in fitting[start : start + PAGE]],
        "total": len(fitting),
        "unread": listed.unread,
        "pages": pages,
        "mark": listed.mark,
        "to_answer": len(ask_about_signal.open_questions(visit.office, visit.person)),
    }


def _asked(visit: Visit) -> Asked:
    show, page = visit.query("show"), visit.query("page")
    return Asked(
        show=show if show in SHOWN else "",
        procedure=visit.query("procedure"),
        words=visit.query("q").strip()[:200],
        page=max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
    )


def _row(one: Standing, listed: Listed) -> Row:
    mine = listed.mine.get(one.case.id, "")
    return Row(one, mine or next(iter(one.waiting), ""), bool(mine))


def next_step(visit: Visit, case: Case, _today: date) -> tuple[str, bool]:
    """What comes next, and whether the reader can do it; '' where nothing waits for anybody here."""
    standing = visit.site.index.standing(case)
    mine = standing.step_for(visit.person, visit.roles)
    return mine or next(iter(standing.waiting), ""), bool(mine)


def _shown(show: str, listed: Listed) -> Sequence[Standing]:
    """Open cases stand before closed ones."""
    match show:
        case "mine":
            return [one for one in listed.standings[: listed.open] if one.case.id in listed.mine]
        case "closed":
            return listed.standings[listed.open :]
        case _:
            return listed.standings[: listed.open]


def _fits(one: Standing, asked: Asked) -> bool:
    if asked.procedure and one.case.procedure != asked.procedure:
        return False
    return all(word in one.words for word in asked.words.casefold().split())
