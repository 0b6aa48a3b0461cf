"""`advance(case, event)`: the only door from one state to the next.

All of the machine is in this file and the tables it looks up. A move that the table allows can still be refused for who
makes it: the author of a draft never approves it, and an approval is for exactly the request as it stands.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from msgspec.structs import replace

from comity.base.digests import Digest
from comity.base.encoding import to_json
from comity.base.errors import Malformed, NotPermitted, NotVerified, OutOfOrder
from comity.base.ids import CaseId
from comity.base.instants import Instant
from comity.cases import decisions, doubts, emergency_steps, holding
from comity.cases import events as e
from comity.cases import secrecy as secrecies
from comity.cases.approval import check_bound
from comity.cases.case import Case, FirstApproval, Order, Position, link
from comity.cases.procedures.preservation import PRESERVATION
from comity.cases.procedures.stored_data import STORED_DATA
from comity.cases.procedures.table import Barred, Procedure
from comity.treaty.request import Request
from comity.treaty.urgency import is_emergency

PROCEDURES: Final[Mapping[str, Procedure]] = {"preservation": PRESERVATION, "stored_data": STORED_DATA}


def procedure_of(name: str) -> Procedure:
    """Raises Malformed for a name this version does not know."""
    if name not in PROCEDURES:
        raise Malformed(f"no procedure {name!r}", hint=f"known are {', '.join(PROCEDURES)}")
    return PROCEDURES[name]


def begin(case_id: CaseId, event: e.Drafted | e.Received | e.OrderReceived, data: bytes | None = None) -> Case:
    """A case from its first event. data: the event as `events.write` gives it, where it is written already."""
    return _begin(case_id, event, link(None, case_id, data or e.write(event)))


def _begin(case_id: CaseId, event: e.Drafted | e.Received | e.OrderReceived, head: Digest) -> Case:
    said: dict[str, Any]
    match event:
        case e.Drafted():
            said = {"request": event.request, "drafted_by": event.by, "follows": event.follows}
            said["secrecy"] = _secrecy(event.request, event.at)
        case e.Received():
            said = {"request": event.request, "their_case": event.their_case, "request_message": event.message}
            said["secrecy"] = _secrecy(event.request, event.at)
        case e.OrderReceived():
            said = {"their_case": event.their_case, **_ordered(event)}
    return Case(
        id=case_id,
        mode=event.mode,
        procedure=event.procedure,
        position=_POSITIONS[type(event)],
        peer=event.peer,
        state=procedure_of(event.procedure).next_state(None, event),
        events=1,
        head=head,
        **said,
    )


def _ordered(event: e.OrderReceived) -> dict[str, Any]:
    """What an order to a provider says: the first of a case, or the one that follows an objection."""
    order = Order(
        event.measure, event.data, event.identifiers, event.since, event.until, event.secret_until, event.recipients
    )
    secrecy = secrecies.ordered(event.secret_until, Instant.from_seconds(event.at).day)
    return {"order": order, "request_message": event.message, "secrecy": secrecy}


def _secrecy(request: Request, at: int) -> secrecies.Secrecy | None:
    return secrecies.asked_for(request.confidentiality, Instant.from_seconds(at).day)


def _secret_until(request: Request) -> date | None:
    secrecy = request.confidentiality
    return secrecy.until if secrecy is not None and secrecy.wanted else None


_UNDECIDED: Final[Mapping[str, Any]] = {"decided": frozenset(), "opposed": frozenset()}
"""A decision is about the request as it was read: a changed one is decided anew."""
_POSITIONS: Final = {
    e.Drafted: Position.REQUESTING,
    e.Received: Position.REQUESTED,
    e.OrderReceived: Position.PROVIDER,
}


def advance(case: Case, event: e.Event, data: bytes | None = None) -> Case:
    """The case after `event`; `data` as for `begin`. Raises OutOfOrder or NotPermitted; the case passed in is
    untouched."""
    return _advance(case, event, link(case.head, case.id, data or e.write(event)))


def _advance(case: Case, event: e.Event, head: Digest) -> Case:
    procedure = procedure_of(case.procedure)
    held = doubts.words(case) + emergency_steps.words(case)
    state = procedure.next_state(case.state, event, frozen=case.is_frozen, also=_barred(case), held=held)
    return replace(case, **{"state": state, "events": case.events + 1, "head": head, **_changes(case, event)})


def _barred(case: Case) -> Barred:
    """What the case's doubts, its emergency and its evidence rule out, beside the state."""
    by_doubt = doubts.barred(case, procedure_of(case.procedure).frozen_bars)
    return by_doubt | emergency_steps.barred_by(case) | holding.barred_by(case)


def _changes(case: Case, event: e.Event) -> dict[str, Any]:
    """What else an event changes, beside the state."""
    match event:
        case e.FirstApproved():
            return {"first_approval": _first_approval(case, event)}
        case e.Approved():
            _check_approval(case, event)
            return {"approved_by": event.by, "approval_signed": event.passkey is not None}
        case e.Sent():
            return {"request_message": event.message, **emergency_steps.begun_by(case, event)}
        case e.Receipted():
            return {"trouble": event.code if event.status in ("rejected", "expired") else case.trouble}
        case e.InformationAsked():
            return {"asked": event.missing}
        case e.Mended():
            return {"mended": event.request, "mended_by": event.by, "first_approval": None, **_UNDECIDED}
        case e.InformationGiven():
            _check_signed(case, event, str(Digest.of(to_json(event.request))))
            if case.mended is not None and is_emergency(event.request):
                _check_second(case, event)
            given = {"request": event.request, "asked": (), "request_message": event.message}
            given |= {"first_approval": None, **emergency_steps.begun_by(case, event)}
            if _secret_until(event.request) != _secret_until(case.request or event.request):
                given["secrecy"] = _secrecy(event.request, event.at)
            kept = {} if case.mended else _UNDECIDED  # what was decided of a mended request holds once it is sent
            return {**given, "mended": None, "mended_by": "", **kept}
        case e.Decided():
            return _decision(case, event)
        case e.OrderIssued():
            if case.awaits_conditions:
                raise OutOfOrder("the requesting State has not accepted the conditions", hint="wait for its answer")
            return {"provider": event.provider, "ordered_by": event.by}
        case e.OrderReceived():
            return _ordered(event)
        case e.Preserved():
            if event.until < event.since:
                raise Malformed("preservation ends before it begins", where="until")
            return {"preserved_until": event.until}
        case _:
            found = emergency_steps.changes_of(case, event)
            found = holding.changes_of(case, event) if found is None else found
            return decisions.changes_of(case, event) if found is None else found


def _decision(case: Case, event: e.Decided) -> dict[str, Any]:
    if event.by in (case.drafted_by, case.mended_by):
        raise NotPermitted("the person who wrote a request does not decide on it", hint="somebody else decides")
    rule = {event.rule}
    if event.in_favour:
        return {"decided": case.decided | rule, "opposed": case.opposed - rule}
    return {"decided": case.decided - rule, "opposed": case.opposed | rule}


def _check_approval(case: Case, event: e.Approved) -> None:
    if event.by == case.drafted_by:
        raise NotPermitted("the person who drafted a request cannot approve it", hint="a second person approves")
    if event.request_sha256 != case.request_sha256:
        raise OutOfOrder("the request changed after it was read", hint="read it again, then approve")
    _check_signed(case, event, event.request_sha256)
    if case.request is not None and is_emergency(case.request):
        _check_second(case, event)


def _first_approval(case: Case, event: e.FirstApproved) -> FirstApproval:
    shown = case.mended or case.request
    if event.by == (case.mended_by if case.mended else case.drafted_by):
        raise NotPermitted("the person who wrote a request cannot approve it", hint="two others approve an emergency")
    if event.request_sha256 != str(Digest.of(to_json(shown))):
        raise OutOfOrder("the request changed after it was read", hint="read it again, then approve")
    _check_signed(case, event, event.request_sha256)
    return FirstApproval(event.by, event.role, event.at, event.request_sha256, event.passkey)


def _check_second(case: Case, event: e.Approved | e.InformationGiven) -> None:
    """An emergency takes two people beside its author, and two passkeys where they signed."""
    first = case.first_approval
    if first is None:
        raise OutOfOrder("an emergency takes two approvals, and this would be the first", hint="approve, then another")
    keys = {(one.credential, one.public_key) for one in (first.passkey, event.passkey) if one is not None}
    if event.by == first.by or (first.passkey and event.passkey and len(keys) < 2):
        raise NotPermitted("one person gives one of the two approvals", hint="a third person approves")


def _check_signed(case: Case, event: e.FirstApproved | e.Approved | e.InformationGiven, request_sha256: str) -> None:
    """What a passkey signed is this very step. That the signature holds is checked where it is made, and by readers."""
    if event.passkey is not None:
        check_bound(event.passkey, case=case.id, head=case.head, request_sha256=request_sha256, person=event.by)


def allowed(case: Case) -> tuple[str, ...]:
    """The tags of what may happen next, in the order of the table."""
    possible = procedure_of(case.procedure).possible(case.state, frozen=case.is_frozen, also=_barred(case))
    return tuple(e.tag_of(kind) for kind in possible)


def has_ended(case: Case) -> bool:
    """Whether nothing is left to do: the table says so, and no order to a provider still stands behind it."""
    if case.state not in procedure_of(case.procedure).ends:
        return False
    return not (awaits_lifting(case) or keeps_copies(case) or emergency_steps.owes_review(case))


def awaits_lifting(case: Case) -> bool:
    """Whether the authority's own order still stands in a case that was withdrawn, refused or has lapsed."""
    moves = procedure_of(case.procedure).moves[case.state]
    ended = case.state in procedure_of(case.procedure).ends and e.OrderLifted in moves
    stands = bool(case.provider) and not case.lifted and not case.copies_released
    return ended and case.position is Position.REQUESTED and stands


def keeps_copies(case: Case) -> bool:
    """Whether a provider's copies are still to be let go: its order was lifted, or the period it was kept for is over
    (art. 42(8)), and it has not said that they are gone."""
    if case.copies_released:
        return False
    return case.lifted or (case.position is Position.PROVIDER and case.state == "lapsed")


def fold(case_id: CaseId, stored: Sequence[tuple[bytes, Digest]], known: Case | None = None) -> Case:
    """The case from its stored events, each with its link digest, which is checked again. Raises NotVerified.

    The links are over the bytes as they were stored, never over an event written anew: a later version of comity writes
    an old event with the fields that were added since.

    known: the case as it stood after an event, if it is known. Where its head joins the events up to that one they are
    those that it was folded from, and only the later ones are read.
    """
    if known is not None and (len(stored) < known.events or stored[known.events - 1][1] != known.head):
        known = None
    case: Case | None = None
    head: Digest | None = None
    for number, (data, expected) in enumerate(stored, 1):
        head = link(head, case_id, data)
        if head != expected:
            raise NotVerified(
                "the case's events do not join: the database was changed", hint="restore it; tell oversight"
            )
        if known is not None and number <= known.events:
            case = known
            continue
        event = e.read(data)
        if case is not None:
            case = _advance(case, event, head)
        elif isinstance(event, e.Drafted | e.Received | e.OrderReceived):
            case = _begin(case_id, event, head)
        else:
            raise NotVerified("the case does not begin with a first event", hint="restore the database")
    if case is None:
        raise NotVerified("the case has no events", hint="restore the database")
    return case
