"""How the line to each peer is, with what waits for it: for the people who keep a node going."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from comity.base.instants import Instant
from comity.workflows.office import Office, directory
from comity.workflows.peer_line import line_of
from comity.workflows.stores import Outgoing

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
    open_ones: dict[str, list[Outgoing]] = defaultdict(list)
    with office.store.transaction() as tx:
        for message_id in tx.outbox.open_ids():
            message = tx.outbox.get(message_id)
            if message is not None:
                open_ones[message.peer].append(message)
        peers = sorted({entity.id for entity in directory(tx).all()} - {office.node} | open_ones.keys())
        known = {peer: line_of(tx, peer) for peer in peers}
    return tuple(
        PeerLine(
            peer=peer,
            waiting=len(open_ones[peer]),
            oldest=min((made(one) for one in open_ones[peer]), default=None),
            stuck=sum(is_stuck(one, now) for one in open_ones[peer]),
            failures=line.failures,
            reason=line.reason,
            last_answer=line.last_answer,
            skew=line.skew,
        )
        for peer, line in known.items()
    )


def is_stuck(message: Outgoing, now: Instant) -> bool:
    """Whether an open message has waited so long that a person is to know."""
    limit = STUCK_URGENT_SECONDS if message.priority else STUCK_SECONDS
    return now.seconds - made(message).seconds > limit


def made(message: Outgoing) -> Instant:
    """When it was made, as its header says."""
    return Instant.from_seconds(message.envelope.read_header().iat)
