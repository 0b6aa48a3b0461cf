"""What is on its way, why it waits, and what a person can do about it: for the people who keep a node going."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from comity.base.instants import Instant
from comity.exchange.problems import PROBLEMS
from comity.workflows.deliver_outbox import EXPIRED
from comity.workflows.doubts import DOUBT, STALE
from comity.workflows.freeze_case import HELD
from comity.workflows.office import Office, directory
from comity.workflows.show_lines import is_stuck, made
from comity.workflows.stores import OutboxState, Outgoing

CALLS: Final = "calls"
"""The peer has no address: it calls for its messages."""
UNAVAILABLE: Final = "unavailable"
ADVICE: Final[Mapping[str, str]] = {
    UNAVAILABLE: "the peer does not answer: call its operator, or carry the messages by hand",
    CALLS: "the peer has no address and calls for its messages: ask its operator whether it does",
    STALE: "its State's directory has ended: ask that State for its newest list, and take it in",
    DOUBT: "a doubt stands in its case: a reviewer settles it",
    HELD: "oversight has frozen its case",
    EXPIRED: "its time ended before it was taken: the peer's signed refusal frees the channel; then send it anew",
    "busy": "the peer takes no more for now: it goes on by itself",
    "missing-part": "evidence it names has not arrived whole: it goes on by itself",
    "peer-suspended": "the peer takes nothing from us for now: call that authority",
    "version": "the peer speaks another version (comity exchange ask): bring the older of the two nodes up to date",
    "unknown-peer": "the peer does not know us: hand it our State's newest directory",
    "clock-skew": "the clocks differ too much: set this machine's clock",
}
"""What to do, by why it waits. What is not here is for a person who reads the problem's own words."""
_LOOK: Final = "see the problem's own words in the log of this node, and call the peer's operator"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message without its second receipt. `reason`: '' where it is simply on its way; `is_stuck`: it has waited so
    long that a person is told."""

    id: str
    peer: str
    kind: str
    case: str
    urgent: bool
    since: Instant
    expires: Instant
    attempts: int
    stored: bool
    reason: str
    is_stuck: bool

    @property
    def title(self) -> str:
        """The reason in words, '' for none."""
        return PROBLEMS[self.reason].title if self.reason in PROBLEMS else self.reason

    @property
    def advice(self) -> str:
        """What a person can do; '' where nothing has to be done."""
        if not self.reason:
            return ""
        return ADVICE.get(self.reason, _LOOK)


def waiting(office: Office) -> tuple[Waiting, ...]:
    """Every message on its way, what is stuck first, then the oldest first."""
    now = office.clock.now()
    with office.store.transaction() as tx:
        callers = {entity.id for entity in directory(tx).all() if not entity.endpoint}
        found = [one for message in tx.outbox.open_ids() if (one := tx.outbox.get(message)) is not None]
    told = (_waiting(message, callers, now) for message in found)
    return tuple(sorted(told, key=lambda one: (not one.is_stuck, not one.urgent, one.since)))


def _waiting(message: Outgoing, callers: set[str], now: Instant) -> Waiting:
    stored = message.state is OutboxState.STORED
    reason = message.code or (CALLS if message.peer in callers and not stored else "")
    return Waiting(
        id=message.id,
        peer=message.peer,
        kind=message.kind,
        case=message.case_id,
        urgent=message.priority > 0,
        since=made(message),
        expires=message.expires,
        attempts=message.attempts,
        stored=stored,
        reason=reason,
        is_stuck=is_stuck(message, now),
    )
