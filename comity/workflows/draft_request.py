"""Our own request: drafted by one person, approved by another, checked, signed, sealed and queued."""

from dataclasses import dataclass
from functools import partial

import msgspec

from comity.base.errors import Malformed, NotPermitted, OutOfOrder
from comity.base.ids import CaseId, NodeId, state_of, uuid7
from comity.base.mode import Mode
from comity.cases import events
from comity.cases.approval import PasskeyApproval
from comity.cases.case import Case, Position
from comity.cases.secrecy import check_wish
from comity.exchange import document as documents
from comity.exchange.message import RequestBody
from comity.treaty.assess import Side
from comity.treaty.request import Request
from comity.treaty.urgency import is_emergency
from comity.workflows import people_approvals
from comity.workflows.access import permit
from comity.workflows.approve_emergency import approvals, approve_first, is_first, require_ready
from comity.workflows.assess_request import assess_request, require_clear, require_no_stop
from comity.workflows.dispatch import Letter, post
from comity.workflows.office import Office, directory
from comity.workflows.record import ahead, begin, load, record
from comity.workflows.stores import Step, Transaction

PROCEDURE_OF = {
    "expedited_preservation": "preservation",
    "production_of_stored_data": "stored_data",
    "subscriber_information": "stored_data",
}
KIND_OF = {"preservation": "request.preserve", "stored_data": "request.produce"}


def draft(office: Office, person: str, request: Request, peer: str, *, follows: str = "") -> Case:
    """A new case from a request of ours to `peer`.

    follows: our own earlier case of preservation, if any; the requested State then keeps the data pending its decision.

    Raises Malformed for a request of another State, or for a measure that has no procedure here yet.
    """
    permit(office, person, "draft")
    if request.requesting != office.state:
        raise Malformed("the request is not of this node's State", where="requesting", hint=f"expected {office.state}")
    check_wish(request.confidentiality)
    if state_of(NodeId(peer)) != request.requested:
        raise Malformed(f"{peer} does not belong to the requested State", hint=f"name a node of {request.requested}")
    if follows:
        request = msgspec.structs.replace(request, follows=follows)
    now = office.clock.now()
    with office.store.transaction() as tx:
        directory(tx).entity(NodeId(peer))
        event = events.Drafted(
            at=now.seconds,
            by=person,
            mode=office.mode,
            procedure=procedure_for(request),
            peer=peer,
            request=request,
            follows=follows,
        )
        return begin(office, tx, CaseId(uuid7(now, office.randomness.bytes(10))), event)


def procedure_for(request: Request) -> str:
    """Which procedure a request takes; all its measures must take the same. Raises Malformed otherwise."""
    found = {PROCEDURE_OF.get(sought.measure, "") for sought in request.measures}
    if len(found) != 1 or "" in found:
        raise Malformed(
            "a case carries measures of one procedure, and this version carries preservation and production",
            where="measures",
            hint=f"of: {', '.join(PROCEDURE_OF)}; make a case for each procedure",
        )
    return found.pop()


def approve(office: Office, person: str, case_id: str, *, reasons: str = "", answer: bytes = b"") -> Case:
    """A second person approves a draft, or a mended request; the rules are run again; it is signed, sealed and queued,
    or nothing happens. An emergency takes two such people: the first approval is kept, and nothing is sent.

    answer: their passkey's, to what `people_approvals.ask` asked; the reasons are then those that were signed. In live
    mode there is no approval without it.

    Raises NotPermitted for the author or where the signature is lacking, NotVerified where it does not hold, OutOfOrder
    where the case changed after it, RefusedByRule or NeedsPerson where the rules stop it.
    """
    passkey: PasskeyApproval | None = None
    if answer:
        decision, passkey = people_approvals.check(office, person, case_id, answer)
        reasons = decision.reasons
    elif office.mode is Mode.LIVE:
        raise NotPermitted("an approval is signed with a passkey", hint="approve in the pages of this node")
    step = Step(partial(_approve, office, person, case_id, reasons, passkey), ahead(office, [case_id], person=person))
    return office.store.share(step)


def _approve(
    office: Office, person: str, case_id: str, reasons: str, passkey: PasskeyApproval | None, tx: Transaction
) -> Case:
    role = permit(office, person, "approve", tx)
    case = load(tx, case_id)
    request = _request(case)
    shown = case.mended or request
    if is_emergency(shown):
        require_ready(office, tx, shown)
    if is_first(case, shown):
        require_no_stop(assess_request(office, shown, Side.REQUESTING))
        return approve_first(office, tx, case, shown, person, role, reasons=reasons, passkey=passkey)
    if case.mended is not None:
        return _send_mended(office, tx, case, case.mended, _Approver(person, role, passkey))
    now = office.clock.now()
    both = approvals(case, request, person, role, now.seconds, passkey)
    approved = events.Approved(
        at=now.seconds, by=person, request_sha256=case.request_sha256, reasons=reasons, passkey=passkey
    )
    case = record(office, tx, case, approved)
    require_clear(assess_request(office, request, Side.REQUESTING), case)
    letter = Letter(
        kind=KIND_OF[case.procedure],
        body=RequestBody(request=request, approvals=both),
        actor=documents.Actor(case.drafted_by, role, approved_by=person),
        peer=case.peer,
        priority=priority(request),
    )
    return post(
        office,
        tx,
        case,
        letter,
        lambda message, digest: events.Sent(at=now.seconds, by=person, message=message, doc_sha256=digest),
    )


def supply(office: Office, person: str, case_id: str, request: Request) -> Case:
    """Write what the requested State asked for into the request, whole. It is sent when a second person approves.

    Raises RefusedByRule where a rule stops the mended request, Malformed where it is another request altogether.
    """
    permit(office, person, "supply")
    with office.store.transaction() as tx:
        case = load(tx, case_id)
        _check_mended(case, request)
        require_no_stop(assess_request(office, request, Side.REQUESTING))
        return record(office, tx, case, events.Mended(at=office.clock.now().seconds, by=person, request=request))


@dataclass(frozen=True, slots=True)
class _Approver:
    """The second person, and their signature where there is one."""

    person: str
    role: str
    passkey: PasskeyApproval | None


def _send_mended(office: Office, tx: Transaction, case: Case, request: Request, approver: _Approver) -> Case:
    if approver.person == case.mended_by:
        raise NotPermitted("who mended the request cannot approve it", hint="a second person approves")
    require_clear(assess_request(office, request, Side.REQUESTING), case)
    at = office.clock.now().seconds
    both = approvals(case, request, approver.person, approver.role, at, approver.passkey)
    letter = Letter(
        kind=KIND_OF[case.procedure],
        body=RequestBody(request=request, supersedes=case.request_message, approvals=both),
        actor=documents.Actor(case.mended_by, approver.role, approved_by=approver.person),
        peer=case.peer,
        priority=priority(request),
    )
    return post(
        office,
        tx,
        case,
        letter,
        lambda message, digest: events.InformationGiven(
            at=at,
            by=approver.person,
            request=request,
            message=message,
            doc_sha256=digest,
            passkey=approver.passkey,
        ),
    )


def _check_mended(case: Case, request: Request) -> None:
    """Raise Malformed unless it is still a request of this case: between its States, for its procedure."""
    before = _request(case)
    if (request.requesting, request.requested) != (before.requesting, before.requested):
        raise Malformed("the request is between two other States", hint=f"{before.requesting} asks {before.requested}")
    if procedure_for(request) != case.procedure:
        raise Malformed("the measures are not those of this case", hint=f"its procedure is {case.procedure}")


def priority(request: Request) -> int:
    """2 for an emergency, which takes a key with that right; 1 for an urgent request, and for one to preserve in an
    emergency, which discloses nothing."""
    if is_emergency(request):
        return 2
    return 1 if request.urgent or request.emergency else 0


def _request(case: Case) -> Request:
    if case.request is None or case.position is not Position.REQUESTING:
        raise OutOfOrder("this case is not a request of ours", hint="see: comity case list")
    return case.request
