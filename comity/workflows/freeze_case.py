"""Oversight freezes a case: nothing of it is sent, disclosed or let go until it lifts that. The peer is not told.

What stays possible stands in each procedure's table (`frozen_bars`): preservation is ordered and confirmed, what comes
is entered and receipted, and one may ask, postpone or refuse. Messages of the case that were queued and not yet taken
stay here until it is lifted; what is sent after them waits at the peer, which takes messages of a case in their order.
"""

from typing import Final

from comity.cases import events
from comity.cases.case import Case
from comity.workflows.access import permit
from comity.workflows.destroy_evidence import clear_up
from comity.workflows.office import Office
from comity.workflows.record import load, record
from comity.workflows.require import require_reasons
from comity.workflows.stores import OutboxState, Transaction

HELD_KINDS: Final = frozenset(
    {
        "request.preserve",
        "request.produce",
        "grant",
        "resumption",
        "conditions",
        "consultation",
        "consultation.reply",
        "order.produce",
        "order.reply",
        "order.lift",
        "order.let_go",
        "evidence.release",
        "evidence.return",
        "withdraw",
    }
)
"""Messages that carry a case further, or let its data go."""
HELD: Final = "frozen"
"""Why a message is not sent: it stays so even where the peer misses it."""
_NOT_BEFORE_DAYS: Final = 36_500


def freeze(office: Office, person: str, case_id: str, *, reasons: str) -> Case:
    """Freeze a case, with reasons. Raises OutOfOrder where it is frozen already."""
    role = permit(office, person, "freeze")
    why = require_reasons(reasons)
    now = office.clock.now()
    with office.store.transaction() as tx:
        case = load(tx, case_id)
        moved = record(office, tx, case, events.Frozen(at=now.seconds, by=person, reasons=why, role=role))
        for message_id in _queued(tx, case):
            tx.outbox.retry(message_id, next_attempt=now.plus_days(_NOT_BEFORE_DAYS), reason=HELD)
        return moved


def unfreeze(office: Office, person: str, case_id: str, *, reasons: str) -> Case:
    """Let a case go on, with reasons. What was held goes out, unless its time ended meanwhile."""
    role = permit(office, person, "unfreeze")
    why = require_reasons(reasons)
    now = office.clock.now()
    with office.store.transaction() as tx:
        case = load(tx, case_id)
        moved = record(office, tx, case, events.Unfrozen(at=now.seconds, by=person, reasons=why, role=role))
        for message_id in _queued(tx, case):
            tx.outbox.retry(message_id, next_attempt=now, reason="")
    clear_up(office, case_id)
    return moved


def _queued(tx: Transaction, case: Case) -> list[str]:
    found = (tx.outbox.get(message_id) for message_id in tx.outbox.open_ids())
    return [
        one.id
        for one in found
        if one is not None and one.case_id == case.id and one.state is OutboxState.QUEUED and one.kind in HELD_KINDS
    ]
