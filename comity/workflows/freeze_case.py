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
from comity.workflows.hold_messages import hold, release
from comity.workflows.office import Office
from comity.workflows.record import load, record
from comity.workflows.require import require_reasons

HELD: Final = "frozen"
"""Why a message is not sent: it stays so even where the peer misses it."""


def freeze(office: Office, person: str, case_id: str, *, reasons: str) -> Case:
    """Freeze a case, with reasons. Raises OutOfOrder where it is frozen already."""
    role = permit(office, person, "freeze")
    why = require_reasons(reasons)
    now = office.clock.now()
    with office.store.transaction() as tx:
        case = load(tx, case_id)
        moved = record(office, tx, case, events.Frozen(at=now.seconds, by=person, reasons=why, role=role))
        hold(tx, case, now, HELD)
        return moved


def unfreeze(office: Office, person: str, case_id: str, *, reasons: str) -> Case:
    """Let a case go on, with reasons. What was held goes out, unless its time ended meanwhile."""
    role = permit(office, person, "unfreeze")
    why = require_reasons(reasons)
    now = office.clock.now()
    with office.store.transaction() as tx:
        case = load(tx, case_id)
        moved = record(office, tx, case, events.Unfrozen(at=now.seconds, by=person, reasons=why, role=role))
        if not moved.is_held:
            release(tx, case, now)
    clear_up(office, case_id)
    return moved
