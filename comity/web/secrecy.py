"""All that is secret, with its reason and its end; and the notices that fall due once it has ended.

Nothing is secret without an end. That a notice is due then is policy, drawn from article 24(2); the days are those of
the request, of the order, or of a later decision.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from starlette.responses import Response

from comity.cases import events as e
from comity.cases.case import Case
from comity.cases.deadlines import owes_notice
from comity.docket.standing import begun, title_of
from comity.web.site import Visit
from comity.web.twins import as_csv, as_json
from comity.web.words import N_
from comity.workflows import read_cases

MOST: Final = 100
"""How many of a part are on the page, those that end first; all are in the data."""
COLUMNS: Final = ("case", "subject", "basis", "article", "reasons", "since", "until", "days_left", "notice", "extended")


NOTICES: Final = {
    "given": N_("notice was given"),
    "proposed not to be given": N_("somebody proposes that none be given; oversight has not agreed"),
    "waived": N_("oversight agreed that none is given"),
}


@dataclass(frozen=True, slots=True)
class Secret:
    """One case's secrecy. `basis`: the request or the order; `extended`: how often a later decision moved its end."""

    case: Case
    title: str
    basis: str
    article: str
    reasons: str
    since: date
    until: date
    extended: int

    def days_left(self, today: date) -> int:
        """Negative once it has ended."""
        return (self.until - today).days

    def has_ended(self, today: date) -> bool:
        return self.until < today


def get_secrecy(visit: Visit) -> Response:
    today, found = visit.office.clock.now().day, secrets(visit)
    return visit.page(
        "secrecy.html",
        notices=NOTICES,
        most=MOST,
        standing=[one for one in found if not one.has_ended(today)],
        due=[one for one in found if one.has_ended(today) and owes_notice(one.case)],
        done=[one for one in found if one.has_ended(today) and not owes_notice(one.case)],
    )


def get_secrecy_json(visit: Visit) -> Response:
    return as_json({"on": visit.office.clock.now().day.isoformat(), "secrecy": [*_rows(visit)]})


def get_secrecy_csv(visit: Visit) -> Response:
    return as_csv("secrecy.csv", COLUMNS, _rows(visit))


def secrets(visit: Visit) -> list[Secret]:
    """Every case that is or was secret, the one that ends first on top."""
    found = [one for case in visit.site.index.all() if (one := _secret(visit, case)) is not None]
    return sorted(found, key=lambda one: (one.until, one.case.id))


def _secret(visit: Visit, case: Case) -> Secret | None:
    if case.secret_until is None:
        return None
    asked = case.request.confidentiality if case.request else None
    by_request = asked is not None and asked.wanted
    first = asked.until if asked is not None and by_request else case.order.secret_until if case.order else None
    happened = read_cases.events_of(visit.office, case) if case.secret_until != first else ()
    decisions = [one for one in happened if isinstance(one, e.SecrecyExtended | e.SecrecyEnded)]
    reasons = decisions[-1].reasons if decisions else asked.reasons if asked is not None else ""
    return Secret(
        case=case,
        title=title_of(case),
        basis="the request" if by_request else "the order",
        article="40(20)" if by_request else "25(3)",
        reasons=reasons,
        since=begun(case).day,
        until=case.secret_until,
        extended=sum(isinstance(one, e.SecrecyExtended) for one in decisions),
    )


def _rows(visit: Visit) -> Iterator[dict[str, object]]:
    today = visit.office.clock.now().day
    for one in secrets(visit):
        yield {
            "case": one.case.id,
            "subject": one.title,
            "basis": one.basis,
            "article": one.article,
            "reasons": one.reasons,
            "since": one.since.isoformat(),
            "until": one.until.isoformat(),
            "days_left": one.days_left(today),
            "notice": one.case.notice.value or ("due" if owes_notice(one.case) else "none"),
            "extended": one.extended,
        }
