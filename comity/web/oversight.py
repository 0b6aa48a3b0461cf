"""What an independent body sees of a node, whole and without asking anybody: every case and decision, what is secret,
what is frozen, what went wrong, and who holds which role. It changes nothing here; to freeze is an action of the case.

Each look at a case by oversight is recorded and shown, its own to itself too (articles 24(2), 40(20); policy).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from starlette.responses import Response

from comity.base.encoding import from_b64u
from comity.base.errors import NotPermitted
from comity.base.instants import Instant
from comity.base.parsing import read_json
from comity.cases import events as e
from comity.cases.case import Case
from comity.cases.deadlines import owes_notice
from comity.docket.standing import begun, title_of
from comity.exchange.document import PAYLOAD_LIMIT, Document
from comity.exchange.message import OrderBody
from comity.exchange.receipt_code import read_fault
from comity.web import signals
from comity.web.log_alarms import alarms_for
from comity.web.noting import note_access
from comity.web.right_words import COMPLAINTS, ITEMS
from comity.web.secrecy import secrets
from comity.web.site import Visit, to
from comity.web.twins import as_csv, as_json
from comity.web.words import N_
from comity.workflows import people, read_cases, read_documents, retain, watch_oversight
from comity.workflows.access import PersonRole
from comity.workflows.pass_complaints import overdue
from comity.workflows.people_record import OVERSIGHT_ALARM
from comity.workflows.reading_stores import Access

ACCESSES_MOST: Final = 200
PAGE: Final = 50
_EVERY: Final = 1_000_000
CASE_COLUMNS: Final = (
    "case",
    "begun",
    "procedure",
    "position",
    "peer",
    "state",
    "urgent",
    "emergency",
    "frozen_by",
    "secret_until",
    "rejected",
)
DECISION_COLUMNS: Final = ("case", "at", "by", "decision", "ground", "citation", "reasons")
PARTS: Final = {
    "cases": N_("Cases"),
    "decisions": N_("Decisions"),
    "secrecy": N_("Secrecy and notices"),
    "trouble": N_("Frozen, urgent, rejected"),
    "signals": N_("Signals of misuse"),
    "complaints": N_("Complaints"),
    "kept": N_("What is kept too long"),
    "people": N_("Who holds which role"),
    "accesses": N_("Who looked"),
}
"""The parts of the page, each an address of its own."""
LOOKS: Final = {
    "read": N_("read"),
    "exported": N_("exported the case"),
    "printed": N_("printed its letter"),
    "reported": N_("took a report of its evidence"),
}
_DECISIONS: Final = (
    e.FirstApproved,
    e.Approved,
    e.Decided,
    e.EmergencyAdmitted,
    e.CalledBack,
    e.CallBackChecked,
    e.EmergencyReviewed,
    e.Granted,
    e.Refused,
    e.Postponed,
    e.Resumed,
    e.Objected,
    e.OrderIssued,
    e.OrderLifted,
    e.ConditionsAccepted,
    e.ConditionsDeclined,
    e.SecrecyExtended,
    e.SecrecyEnded,
    e.NoticeGiven,
    e.NoticeWithheld,
    e.NoticeWaived,
    e.Frozen,
    e.Unfrozen,
    e.Withdrawn,
    e.ExculpatoryFound,
    e.ComplaintAnswered,
    e.RetentionExtended,
    e.OnwardDecided,
    e.EvidencePassedOn,
    e.DisclosedToCourt,
)
_AGAINST: Final = (e.Refused, e.Objected, e.Postponed, e.ConditionsDeclined, e.Frozen, e.NoticeWithheld, e.NoticeWaived)
DECISION_KINDS: Final = tuple(e.tag_of(kind) for kind in _DECISIONS)


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision as it was recorded. `kind` is the event's tag; `against`: it stopped or refused something."""

    case: Case
    title: str
    at: Instant
    by: str
    kind: str
    ground: str
    citation: str
    reasons: str
    against: bool


def get_oversight(visit: Visit) -> Response:
    _permit(visit)
    part = visit.query("part") if visit.query("part") in PARTS else "cases"
    cases, today = visit.site.index.all(), visit.office.clock.now().day
    note_access(visit, "", "read")
    context: dict[str, Any] = {
        "part": part,
        "parts": PARTS,
        "looks": LOOKS,
        "total": len(cases),
        "begun": begun,
        "title_of": title_of,
    }
    number = visit.query("page")
    page = max(1, int(number)) if number.isascii() and number.isdigit() and len(number) < 6 else 1
    context |= {"page": page, "pages": 1}
    if part == "cases":
        newest = sorted(cases, key=lambda case: case.id, reverse=True)
        context |= {"cases": newest[(page - 1) * PAGE : page * PAGE], "pages": max(1, -(-len(newest) // PAGE))}
    elif part == "decisions":
        with visit.office.store.snapshot() as tx:
            total = tx.log_search.count_kinds(DECISION_KINDS)
        found = decisions(visit, most=PAGE, skip=(page - 1) * PAGE)
        context |= {"decisions": found, "total": total, "pages": max(1, -(-total // PAGE))}
    elif part == "secrecy":
        secret = secrets(visit)
        context["secrets"] = [one for one in secret if not one.has_ended(today)]
        context["notices"] = [one for one in secret if one.has_ended(today) and owes_notice(one.case)]
    elif part == "trouble":
        context["frozen"] = [case for case in cases if case.is_frozen]
        context["urgent"] = [case for case in cases if case.request and (case.request.urgent or case.request.emergency)]
        context["rejected"] = [case for case in cases if case.trouble]
        with visit.office.store.snapshot() as tx:
            peers = tx.contacts.by_peer()
        context["contacts"] = [(peer, one) for peer, one in sorted(peers.items()) if one.rejected or one.refused]
    elif part == "signals":
        context |= signals.overseen(visit)
    elif part == "complaints":
        now = visit.office.clock.now()
        context["complaint_words"] = COMPLAINTS
        context["complaints"] = [(case, one) for case in cases for one in case.complaints]
        context["late"] = {one.id for case in cases for one in overdue(case, now)}
    elif part == "kept":
        context["kept"] = retain.due(retain.items(visit.office), today)
        context["items"] = ITEMS
    elif part == "people":
        context["has_alarm"] = any(one.kind == OVERSIGHT_ALARM for one in alarms_for(visit.office, visit.roles))
        context["people"] = _people(visit)
    else:
        context["accesses"] = accesses(visit)
        context["titles"] = {case.id: title_of(case) for case in cases}
    return visit.page("oversight.html", **context)


def post_acknowledge(visit: Visit) -> Response:
    """End the alarm that somebody no longer oversees."""
    _permit(visit)
    watch_oversight.acknowledge(visit.office, visit.person, reasons=visit.form.text("reasons"))
    return to("/oversight?part=people")


def get_oversight_json(visit: Visit) -> Response:
    """All parts but who looked, as data."""
    _permit(visit)
    note_access(visit, "", "read")
    cases = visit.site.index.all()
    document = {
        "node": visit.office.node,
        "at": str(visit.office.clock.now()),
        "cases": [*_case_rows(cases)],
        "decisions": [*_decision_rows(decisions(visit))],
        "people": [{"person": person, "roles": roles} for person, roles in _people(visit)],
    }
    return as_json(document)


def get_cases_csv(visit: Visit) -> Response:
    _permit(visit)
    note_access(visit, "", "read")
    return as_csv("oversight-cases.csv", CASE_COLUMNS, _case_rows(visit.site.index.all()))


def get_decisions_csv(visit: Visit) -> Response:
    _permit(visit)
    note_access(visit, "", "read")
    rows = _decision_rows(decisions(visit))
    return as_csv("oversight-decisions.csv", DECISION_COLUMNS, rows)


def _permit(visit: Visit) -> None:
    if PersonRole.OVERSIGHT not in visit.roles:
        raise NotPermitted("this page is for oversight alone", hint="see the inbox")


def accesses(visit: Visit) -> list[Access]:
    """The latest looks, newest first."""
    with visit.office.store.transaction() as tx:
        return list(tx.accesses.latest(ACCESSES_MOST))


def decisions(visit: Visit, *, most: int = _EVERY, skip: int = 0) -> list[Decision]:
    """The decisions with their grounds and reasons, newest first, as the log has them."""
    cases = {str(case.id): case for case in visit.site.index.all()}
    with visit.office.store.snapshot() as tx:
        places = tx.log_search.of_kinds(DECISION_KINDS, most=most, skip=skip)
    happened = {case_id: read_cases.events_of(visit.office, cases[case_id]) for case_id, _ in places}
    return [_decision(visit, cases[case_id], happened[case_id][number - 1]) for case_id, number in places]


def _decision(visit: Visit, case: Case, event: e.Event) -> Decision:
    is_against = isinstance(event, _AGAINST) or (isinstance(event, e.Decided) and not event.in_favour)
    return Decision(
        case=case,
        title=title_of(case),
        at=Instant.from_seconds(event.at),
        by=event.by,
        kind=e.tag_of(event),
        ground=getattr(event, "ground", "") or getattr(event, "rule", "") or getattr(event, "legal_basis", ""),
        citation=getattr(event, "citation", ""),
        reasons=_ordered_for(visit, case, event) if isinstance(event, e.OrderIssued) else getattr(event, "reasons", ""),
        against=is_against,
    )


def _ordered_for(visit: Visit, case: Case, event: e.OrderIssued) -> str:
    """The reasons of an order, which stand in the document alone."""
    _, payload, _ = read_documents.document_of(visit.office, case, event.message).token.split(b".")
    order = read_json(from_b64u(payload.decode("ascii")), Document, limit=PAYLOAD_LIMIT, what="a stored order")
    return order.read_body(OrderBody).reasons


def _people(visit: Visit) -> list[tuple[str, list[str]]]:
    """Everybody with a role here and the roles that count today."""
    named = {str(person): sorted(roles) for person, roles in visit.office.people.items()}
    known, _ = people.list_all(visit.office)
    for one in known:
        named[one.person.id] = sorted(one.person.roles) if one.person.active else []
    return sorted(named.items())


def _case_rows(cases: tuple[Case, ...]) -> Iterator[dict[str, object]]:
    """Metadata, and nothing of what a case is about."""
    for case in cases:
        rejected = read_fault(case.trouble)
        yield {
            "case": case.id,
            "begun": str(begun(case)),
            "procedure": case.procedure,
            "position": case.position.value,
            "peer": case.peer,
            "state": str(case.state),
            "urgent": bool(case.request and case.request.urgent),
            "emergency": bool(case.request and case.request.emergency),
            "frozen_by": case.frozen_by,
            "secret_until": case.secret_until.isoformat() if case.secret_until else "",
            "rejected": rejected.code,
            "rejected_field": rejected.field,
        }


def _decision_rows(found: list[Decision]) -> Iterator[dict[str, object]]:
    for one in found:
        yield {
            "case": one.case.id,
            "at": str(one.at),
            "by": one.by,
            "decision": one.kind,
            "ground": one.ground,
            "citation": one.citation,
            "reasons": one.reasons,
        }
