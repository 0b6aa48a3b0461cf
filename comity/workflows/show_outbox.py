"""What is on its way, why it waits, what was turned down, and what a person can do about it: for the people who keep a
node going."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from comity.base.instants import Instant
from comity.exchange.problems import PROBLEMS, Retry
from comity.exchange.receipt import Status
from comity.exchange.receipt_code import read_fault
from comity.workflows.deliver_outbox import EXPIRED, said_at
from comity.workflows.doubts import DOUBT, STALE
from comity.workflows.freeze_case import HELD
from comity.workflows.office import Office, directory
from comity.workflows.show_lines import is_stuck, stuck_before
from comity.workflows.stores import OpenMessage, OutboxState, Outgoing, Transaction

CALLS: Final = "calls"
"""The peer has no address: it calls for its messages."""
UNAVAILABLE: Final = "unavailable"
NOT_ENTERED: Final = "not-entered"
"""The peer has stored it, for long, and has not said what became of it."""
REJECTED_DAYS: Final = 30
"""For so long after it was queued, what was turned down is shown here; its case shows it for good. Policy."""
REJECTED_MOST: Final = 200
SHOWN_MOST: Final = 200
"""Messages on their way that a page or a table lists at once; as data there are all."""
ADVICE: Final[Mapping[str, str]] = {
    UNAVAILABLE: "the peer does not answer: call its operator, or carry the messages by hand",
    CALLS: "the peer has no address and calls for its messages: ask its operator whether it does",
    NOT_ENTERED: "the peer has it and has not entered it: ask its operator why; this node goes on asking by itself",
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
    """A message without its second receipt. `stored`: since when its peer has it, by the peer's clock, None where it
    has not said so; `reason`: '' where it is simply on its way; `is_stuck`: it has waited so long that a person is
    told."""

    id: str
    peer: str
    kind: str
    case: str
    urgent: bool
    since: Instant
    expires: Instant
    attempts: int
    stored: Instant | None
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


def waiting(office: Office, most: int | None = None) -> tuple[Waiting, ...]:
    """The messages on their way, what is stuck first, then urgent ones, then the oldest. most: None for all."""
    now = office.clock.now()
    with office.store.snapshot() as tx:
        return _told(tx, tx.outbox.open_first(*stuck_before(now), most), now)


def waiting_in(office: Office, case_id: str) -> tuple[Waiting, ...]:
    """Those of a case, the oldest first."""
    with office.store.snapshot() as tx:
        return _told(tx, tx.outbox.open_of_case(case_id), office.clock.now())


def _told(tx: Transaction, found: Sequence[OpenMessage], now: Instant) -> tuple[Waiting, ...]:
    callers = {entity.id for entity in directory(tx).all() if not entity.endpoint}
    return tuple(_waiting(message, _stored(tx, message), callers, now) for message in found)


def _stored(tx: Transaction, message: OpenMessage) -> Instant | None:
    if message.state is not OutboxState.STORED:
        return None
    return said_at(tx, message.id, Status.STORED) or message.queued


def _waiting(message: OpenMessage, stored: Instant | None, callers: set[str], now: Instant) -> Waiting:
    waits_long = is_stuck(message, now)
    reason = message.code
    if not reason and stored is not None:
        reason = NOT_ENTERED if waits_long else ""
    elif not reason:
        reason = CALLS if message.peer in callers else ""
    return Waiting(
        id=message.id,
        peer=message.peer,
        kind=message.kind,
        case=message.case_id,
        urgent=message.priority > 0,
        since=message.queued,
        expires=message.expires,
        attempts=message.attempts,
        stored=stored,
        reason=reason,
        is_stuck=waits_long,
    )


@dataclass(frozen=True, slots=True)
class TurnedDown:
    """A message that its peer has rejected for good. `at`: when, by the peer's clock; `field`: the field at fault, ''
    where the peer names none."""

    id: str
    peer: str
    kind: str
    case: str
    since: Instant
    at: Instant
    code: str
    field: str

    @property
    def title(self) -> str:
        """The code in words."""
        return PROBLEMS[self.code].title if self.code in PROBLEMS else self.code

    @property
    def advice(self) -> str:
        """What may be sent, and who acts. A code that is not known is for a person to look at."""
        if self.code not in PROBLEMS:
            return str(Retry.NO)
        return f"{PROBLEMS[self.code].who} acts; what may be sent again: {PROBLEMS[self.code].retry}"


def turned_down(office: Office) -> tuple[TurnedDown, ...]:
    """What peers have rejected of the last `REJECTED_DAYS` days, newest first."""
    since = office.clock.now().plus_days(-REJECTED_DAYS)
    with office.store.snapshot() as tx:
        return tuple(_turned_down(tx, message) for message in tx.outbox.rejected(since, REJECTED_MOST))


def _turned_down(tx: Transaction, message: Outgoing) -> TurnedDown:
    fault = read_fault(message.code)
    return TurnedDown(
        id=message.id,
        peer=message.peer,
        kind=message.kind,
        case=message.case_id,
        since=_made(message),
        at=said_at(tx, message.id, Status.REJECTED) or _made(message),
        code=fault.code,
        field=fault.field,
    )


def _made(message: Outgoing) -> Instant:
    return Instant.from_seconds(message.envelope.read_header().iat)


def row(one: Waiting) -> dict[str, object]:
    """The message as data."""
    return {
        "id": one.id,
        "peer": one.peer,
        "kind": one.kind,
        "case": one.case,
        "urgent": one.urgent,
        "since": str(one.since),
        "expires": str(one.expires),
        "attempts": one.attempts,
        "stored": one.stored is not None,
        "stored_since": str(one.stored) if one.stored else None,
        "stuck": one.is_stuck,
        "reason": one.reason,
        "advice": one.advice,
    }


def turned_down_row(one: TurnedDown) -> dict[str, object]:
    """The message that was turned down, as data."""
    return {
        "id": one.id,
        "peer": one.peer,
        "kind": one.kind,
        "case": one.case,
        "since": str(one.since),
        "rejected": str(one.at),
        "code": one.code,
        "field": one.field,
        "advice": one.advice,
    }
