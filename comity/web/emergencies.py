"""Emergencies that came, with how they stand, and notices of those in our State's name."""

from typing import Final

from starlette.responses import Response

from comity.base.errors import ComityError
from comity.cases.emergency import BUDGET_A_DAY, REVIEW_DAYS, UNCONFIRMED_MOST
from comity.web import emergency_words
from comity.web.site import Visit, to
from comity.web.twins import as_json
from comity.workflows import enter_notice
from comity.workflows.access import ACTIONS

_SEES: Final = ACTIONS["see_notice"]


def get_emergencies(visit: Visit) -> Response:
    """What came and what was told us, newest first, with the figures of policy."""
    return _page(visit)


def post_seen(visit: Visit) -> Response:
    """Somebody looked into a notice."""
    try:
        enter_notice.saw(visit.office, visit.person, visit.form.text("message"))
    except ComityError as error:
        return _page(visit, error.what, 409)
    return to("/emergencies")


def _page(visit: Visit, trouble: str = "", status: int = 200) -> Response:
    return visit.page(
        "emergencies.html",
        status,
        came=enter_notice.emergencies(visit.office),
        notices=enter_notice.notices(visit.office),
        may_see=bool(_SEES & visit.roles),
        outcomes=emergency_words.OUTCOMES,
        abouts=emergency_words.ABOUT,
        budget=BUDGET_A_DAY,
        unconfirmed=UNCONFIRMED_MOST,
        review_days=REVIEW_DAYS,
        trouble=trouble,
    )


def get_emergencies_json(visit: Visit) -> Response:
    came = [
        {
            "case": one.case_id,
            "peer": one.peer,
            "at": str(one.at),
            "outcome": one.outcome,
            "review_due": str(one.review_due),
            "waits": one.waits,
        }
        for one in enter_notice.emergencies(visit.office)
    ]
    notices = [
        {
            "message": one.message,
            "from": one.sender,
            "at": str(one.at),
            "about": one.about,
            "asked_by": one.asked_by,
            "key": one.key,
            "their_case": one.their_case,
            "asker_case": one.asker_case,
            "came": str(one.came),
            "seen_by": one.seen_by,
        }
        for one in enter_notice.notices(visit.office)
    ]
    policy = {"budget_a_day": BUDGET_A_DAY, "unconfirmed_most": UNCONFIRMED_MOST, "review_days": REVIEW_DAYS}
    return as_json({"emergencies": came, "notices": notices, "policy": policy})
