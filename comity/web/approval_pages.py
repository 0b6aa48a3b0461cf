"""The second person's signature: the decision as it will be signed, and what their passkey answers."""

from starlette.responses import Response

from comity.docket.standing import title_of
from comity.web.case_facts import facts
from comity.web.case_pages import load
from comity.web.site import Visit, to
from comity.workflows import draft_request, people_approvals


def keep_reasons(visit: Visit, case: str) -> str:
    """Keep what was typed until it is signed; the address of the page that shows what will be."""
    visit.site.sessions.keep_draft(visit.person, f"approve/{case}", {"reasons": [visit.form.text("reasons")]})
    return f"/cases/{case}/sign"


def get_sign(visit: Visit) -> Response:
    case = load(visit)
    kept = visit.site.sessions.draft(visit.person, f"approve/{case.id}")
    reasons = kept.get("reasons", [""])[-1]
    asked = people_approvals.ask(visit.office, visit.person, case.id, reasons=reasons)
    return visit.page(
        "sign.html",
        case=asked.case,
        title=title_of(asked.case),
        decision=asked.decision,
        options=asked.options,
        groups=tuple(facts(asked.case)),
    )


def post_sign(visit: Visit) -> Response:
    case = load(visit)
    draft_request.approve(visit.office, visit.person, case.id, answer=visit.form.text("answer").encode() or b"{}")
    visit.site.sessions.drop_draft(visit.person, f"approve/{case.id}")
    return to(f"/cases/{case.id}?done=approve")
