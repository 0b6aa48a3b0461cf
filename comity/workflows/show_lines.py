"""How the line to each peer is, with what waits for it: for the people who keep a node going."""

from dataclasses import dataclass
from typing import Final

from comity.base.instants import Instant
from comity.workflows.office import Office, directory
from comity.workflows.peer_line import line_of
from comity.workflows.stores import OpenMessage

STUCK_URGENT_SECONDS: Final = 900
STUCK_SECONDS: Final = 4 * 3600
"""After so long without a receipt a person is told; nothing is ever dropped. Policy, not law."""


@dataclass(frozen=True, slots=True)
class PeerLine:
    """A peer: how many open messages wait for it, since when the oldest was made, how many wait too long, and how it
    has answered. `skew`: its clock less ours, in seconds."""

    peer: str
    waiting: int
    oldest: Instant | None
    stuck: int
    failures: int
    reason: str
    last_answer: Instant | None
    skew: int


def lines(office: Office) -> tuple[PeerLine, ...]:
    """Every node in a directory trusted here but this one, by its id."""
    now = office.clock.now()
    with office.store.snapshot() as tx:
        waiting = {one.peer: one for one in tx.outbox.open_by_peer(*stuck_before(now))}
        peers = sorted({entity.id for entity in directory(tx).all()} - {office.node} | waiting.keys())
        known = {peer: (waiting.get(peer), line_of(tx, peer)) for peer in peers}
    return tuple(
        PeerLine(
            peer=peer,
            waiting=found.waiting if found else 0,
            oldest=found.oldest if found else None,
            stuck=found.stuck if found else 0,
            failures=line.failures,
            reason=line.reason,
            last_answer=line.last_answer,
            skew=line.skew,
        )
        for peer, (found, line) in known.items()
    )


def line_row(one: PeerLine) -> dict[str, object]:
    """The line as data."""
    return {
        "peer": one.peer,
        "waiting": one.waiting,
        "oldest": str(one.oldest) if one.oldest else None,
        "stuck": one.stuck,
        "failures": one.failures,
        "reason": one.reason,
        "last_answer": str(one.last_answer) if one.last_answer else None,
        "clock_ahead_seconds": one.skew,
    }


def stuck_before(now: Instant) -> tuple[Instant, Instant]:
    """What was queued before then has waited so long that a person is to know: urgent messages, and all others."""
    return now.plus_seconds(-STUCK_URGENT_SECONDS), now.plus_seconds(-STUCK_SECONDS)


def is_stuck(message: OpenMessage, now: Instant) -> bool:
    """Whether an open message has waited so long that a person is to know."""
    urgent, routine = stuck_before(now)
    return message.queued < (urgent if message.priority else routine)
