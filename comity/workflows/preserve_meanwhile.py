"""Preservation of what an emergency asks for, at once: it waits for no call-back, because it discloses nothing.

With the emergency a second case of ours is opened, for preservation alone, so that a duty officer can order it before
anybody has called (articles 42, 44). It is a file of our own: the peer has none of it, and is told through the case of
its request that the data are kept. It lapses by its own days.
"""

import msgspec

from comity.base.ids import CaseId, uuid7
from comity.cases import events, machine
from comity.cases.case import Case, Position
from comity.exchange.message import PreservedBody
from comity.treaty.request import Request
from comity.workflows.dispatch import AUTOMATIC, Letter, post
from comity.workflows.office import Office
from comity.workflows.record import begin, load
from comity.workflows.stores import Transaction

_MEASURE = "expedited_preservation"
_OVER = ("refused", "withdrawn")
"""States in which the requesting State takes no answer any more."""


def preserve_meanwhile(office: Office, tx: Transaction, case: Case, doc_sha256: str) -> Case | None:
    """The case of preservation beside an emergency; None where the request follows one that stands here already."""
    request = case.request
    if request is None or (request.follows and _stands(tx, case.peer, request.follows)):
        return None
    now = office.clock.now()
    event = events.Received(
        at=now.seconds,
        by=AUTOMATIC.id,
        mode=case.mode,
        procedure="preservation",
        peer=case.peer,
        their_case=case.their_case,
        message=case.request_message,
        doc_sha256=doc_sha256,
        request=_only_kept(request),
    )
    return begin(office, tx, CaseId(uuid7(now, office.randomness.bytes(10))), event)


def _stands(tx: Transaction, peer: str, follows: str) -> bool:
    """Whether a preservation that the peer calls so is open here."""
    found = (load(tx, case_id) for case_id in tx.cases.called(peer, follows))
    return any(one.procedure == "preservation" and not machine.has_ended(one) for one in found)


def _only_kept(request: Request) -> Request:
    """The same data, to be kept and not handed over: an urgent matter, whatever is decided of the emergency."""
    measures = tuple(msgspec.structs.replace(one, measure=_MEASURE, period_days=None) for one in request.measures)
    claim = {name: "" for name in request.__struct_fields__ if name.startswith("emergency")}
    return msgspec.structs.replace(
        request,
        **{**claim, "emergency_risks": ()},
        measures=measures,
        follows="",
        urgent=True,
        necessity=request.necessity or request.emergency_imminence,
        assistance_will_follow=True,
    )


def is_ours_alone(tx: Transaction, case: Case) -> bool:
    """Whether a case of preservation was opened here beside an emergency, so that the peer has no case to match."""
    beside = case.procedure == "preservation" and case.position is Position.REQUESTED
    return beside and tx.channels.of_case(case.id, case.peer) is None


def tell_preserved(office: Office, tx: Transaction, kept: Case, body: PreservedBody) -> None:
    """Say in the case of the emergency itself that the data are kept, while that case can still take it."""
    came = tx.inbox.get(kept.peer, kept.request_message)
    case = load(tx, came.case_id) if came is not None and came.case_id else None
    if case is None or events.tag_of(events.Answered) not in machine.allowed(case) or str(case.state) in _OVER:
        return
    at = office.clock.now().seconds
    letter = Letter(kind="preserved", body=body, actor=AUTOMATIC, peer=case.peer, priority=1)
    post(
        office,
        tx,
        case,
        letter,
        lambda sent, digest: events.Answered(at=at, by=AUTOMATIC.id, kind="preserved", message=sent, doc_sha256=digest),
    )
