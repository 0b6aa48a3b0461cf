"""Messages of a case that were queued and not yet taken stay here while the case is held, by oversight or by a doubt.

What is sent after them waits at the peer, which takes messages of a case in their order.
"""

from typing import Final

from comity.base.instants import Instant
from comity.cases.case import Case
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
        "onward.ask",
        "onward.answer",
        "withdraw",
    }
)
"""Messages that carry a case further, or let its data go."""
_NOT_BEFORE_DAYS: Final = 36_500


def hold(tx: Transaction, case: Case, now: Instant, reason: str) -> None:
    """Keep back what is queued. reason: a word, told where the outbox is shown."""
    for message_id in _queued(tx, case):
        tx.outbox.wait(message_id, next_attempt=now.plus_days(_NOT_BEFORE_DAYS), reason=reason)


def release(tx: Transaction, case: Case, now: Instant) -> None:
    """Send what was kept back, unless its time ended meanwhile."""
    for message_id in _queued(tx, case):
        tx.outbox.wait(message_id, next_attempt=now, reason="")


def _queued(tx: Transaction, case: Case) -> list[str]:
    found = tx.outbox.open_of_case(case.id)
    return [one.id for one in found if one.state is OutboxState.QUEUED and one.kind in HELD_KINDS]
