"""Search over the cases: words in what a case says of itself, and filters; the address is the search.

Results come in the order of their clocks, and each says where the words were found.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from starlette.responses import Response

from comity.base.errors import Malformed, Mistake
from comity.base.ids import NodeId, state_of
from comity.cases.case import Case
from comity.cases.deadlines import Due, due_dates
from comity.docket.standing import begun, title_of
from comity.treaty.state_names import every_name
from comity.web.request_form.reading import read_day
from comity.web.site import Visit
from comity.web.twins import as_csv, as_json, as_problem
from comity.web.words import A_DAY, N_
from comity.workflows import read_cases

PAGE: Final = 50
_LONGEST: Final = 200
PLACES: Final[Mapping[str, str]] = {
    "subject": N_("subject"),
    "id": N_("our case"),
    "their_case": N_("their case"),
    "peer": N_("the other side"),
    "provider": N_("provider"),
    "identifier": N_("accounts, addresses, numbers"),
    "article": N_("articles and measures"),
    "person": N_("persons of the file"),
}
"""Where words are looked for."""
COLUMNS: Final = ("id", "subject", "procedure", "position", "peer", "state", "begun", "due", "due_on", "found_in")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is searched for, as the address says it. Days are of the case's beginning, both included, and stand as they
    were written."""

    q: str = ""
    state: str = ""
    peer: str = ""
    procedure: str = ""
    position: str = ""
    person: str = ""
    first: str = ""
    last: str = ""
    page: int = 1

    @property
    def is_empty(self) -> bool:
        return self == Wanted(page=self.page)

    @property
    def unread(self) -> tuple[str, ...]:
        """The fields whose day cannot be read: nothing is searched for before they are mended."""
        return tuple(name for name in ("first", "last") if (said := getattr(self, name)) and read_day(said) is None)

    def address(self, ending: str = "", **other: object) -> str:
        """The search with something else asked for; `ending`: .json or .csv for the same as data."""
        chosen = {**asdict(self), **other}
        if ending:
            chosen.pop("page")
        usual = asdict(Wanted())
        kept = {name: value for name, value in chosen.items() if value != usual[name]}
        return f"/search{ending}" + (f"?{urlencode(kept)}" if kept else "")


@dataclass(frozen=True, slots=True)
class Hit:
    """A case that fits. `places`: where the words were found; `due`: what comes next."""

    case: Case
    title: str
    places: tuple[str, ...]
    due: Due | None


def get_search(visit: Visit) -> Response:
    wanted, cases = _wanted(visit), visit.site.index.all()
    hits = () if wanted.is_empty or wanted.unread else _hits(cases, wanted)
    start = (wanted.page - 1) * PAGE
    context: dict[str, Any] = {
        "wanted": wanted,
        "hits": hits[start : start + PAGE],
        "total": len(hits),
        "pages": max(1, -(-len(hits) // PAGE)),
        "places": PLACES,
        "mistakes": tuple(Mistake(name, A_DAY) for name in wanted.unread),
        "states": sorted({str(case.state) for case in cases}),
        "peers": sorted({case.peer for case in cases}),
        "people": sorted({person for case in cases for person in _people(case)}),
        "begun": begun,
    }
    return visit.page("search.html", **context)


def get_search_json(visit: Visit) -> Response:
    try:
        return as_json({"cases": [*_rows(visit, _readable(visit))]})
    except Malformed as error:
        return as_problem(error)


def get_search_csv(visit: Visit) -> Response:
    try:
        return as_csv("cases.csv", COLUMNS, _rows(visit, _readable(visit)))
    except Malformed as error:
        return as_problem(error)


def _readable(visit: Visit) -> Wanted:
    """Raises Malformed for a day that cannot be read: whoever takes the data away would not see what it lacks."""
    wanted = _wanted(visit)
    for name in wanted.unread:
        raise Malformed("not a day", where=name, hint="a day, as 2027-03-01")
    return wanted


def _rows(visit: Visit, wanted: Wanted) -> Iterator[dict[str, object]]:
    for hit in _hits(visit.site.index.all(), wanted):
        case = hit.case
        yield {
            "id": case.id,
            "subject": hit.title,
            "procedure": case.procedure,
            "position": case.position.value,
            "peer": case.peer,
            "state": str(case.state),
            "begun": str(begun(case)),
            "due": hit.due.what if hit.due else "",
            "due_on": hit.due.on.isoformat() if hit.due else "",
            "found_in": list(hit.places),
        }


def _wanted(visit: Visit) -> Wanted:
    page = visit.query("page")
    texts = {
        name: visit.query(name).strip()[:_LONGEST]
        for name in ("q", "state", "peer", "procedure", "position", "person", "first", "last")
    }
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1
    return Wanted(**texts, page=max(1, number))


def _hits(cases: tuple[Case, ...], wanted: Wanted) -> tuple[Hit, ...]:
    """What fits, in the order of the clocks: late first, then the day that comes next, then the newest."""
    found = []
    for case in cases:
        places = _found_in(case, wanted.q) if _fits(case, wanted) else None
        if places is not None:
            dues = due_dates(case, warn_days=read_cases.WARN_DAYS)
            found.append(Hit(case, title_of(case), places, dues[0] if dues else None))
    return tuple(
        sorted(found, key=lambda hit: (hit.due.on if hit.due else date.max, -begun(hit.case).seconds, hit.case.id))
    )


def _fits(case: Case, wanted: Wanted) -> bool:
    first, last, day = read_day(wanted.first), read_day(wanted.last), begun(case).day
    return (
        wanted.state in ("", str(case.state))
        and wanted.peer in ("", case.peer)
        and wanted.procedure in ("", case.procedure)
        and wanted.position in ("", case.position.value)
        and (not wanted.person or wanted.person in _people(case))
        and (first is None or day >= first)
        and (last is None or day <= last)
    )


def _found_in(case: Case, words: str) -> tuple[str, ...] | None:
    """The places in which the words stand, in the order of PLACES; None where one of them stands nowhere."""
    texts = {place: text.casefold() for place, text in _texts(case).items()}
    places: set[str] = set()
    for word in words.casefold().split():
        here = {place for place, text in texts.items() if word in text}
        if not here:
            return None
        places |= here
    return tuple(place for place in PLACES if place in places)


def _texts(case: Case) -> dict[str, str]:
    request, order = case.mended or case.request, case.order
    measures = request.measures if request else ()
    identifiers = [name for one in measures for name in one.identifiers] + list(order.identifiers if order else ())
    articles = [one.measure for one in measures] + ([order.measure] if order else [])
    if request is not None:
        articles += [request.offence.name, request.offence.article, request.offence.law]
    return {
        "subject": title_of(case),
        "id": case.id,
        "their_case": case.their_case,
        "peer": f"{case.peer} {every_name(state_of(NodeId(case.peer)))}",
        "provider": " ".join([case.provider, *(one.custodian for one in measures)]),
        "identifier": "\n".join(identifiers),
        "article": " ".join(articles),
        "person": "\n".join([*sorted(_people(case)), *(one.name for one in (request.persons if request else ()))]),
    }


def _people(case: Case) -> set[str]:
    """Who of this node has a part in the file."""
    return {case.drafted_by, case.approved_by, case.mended_by, case.ordered_by} - {""}
