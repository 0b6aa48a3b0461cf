"""Why a lie was found by nobody, from what the nodes hold at the end of a run: for a reader of the figures.

Two kinds of lies can escape every check that there is. An order that is dated back is betrayed by a checkpoint of its
sender's log, of the days between, that its receiver has seen without it: where it saw none, by nothing. And what is
told to a node that hides what it got is seen by nobody else. Whatever escaped otherwise is a fault of a check, or was
told too near the end.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from sqlalchemy import func, select

from comity.adapters.sql.tables import outbox
from comity.adapters.sql.tables_log import log_proof, log_seen
from comity.base.ids import NodeId
from comity.exchange.checks import SKEW_SECONDS
from comity.simulate.lies import Lie
from comity.simulate.world import World

UNSEEN: Final = "its receiver had seen no checkpoint of that log in the days between"
HIDDEN: Final = "its receiver hid it too"
UNEXPLAINED: Final = "unexplained"


def reasons(world: World, escaped: Sequence[Lie]) -> dict[str, dict[str, int]]:
    """By kind of lie, why those that were found by nobody were not, and how many for each reason."""
    found: dict[str, Counter[str]] = {}
    for lie in escaped:
        found.setdefault(lie.kind, Counter())[reason(world, lie)] += 1
    return {kind: dict(found[kind]) for kind in sorted(found)}


def reason(world: World, lie: Lie) -> str:
    """One of the words above."""
    receiver = _receiver(world, lie)
    if any(one.about == lie.about and one.node == receiver for one in world.ledger.lies if one.node != lie.node):
        return HIDDEN
    if lie.kind == "back-dates" and receiver and not _saw_between(world, lie, NodeId(receiver)):
        return UNSEEN
    return UNEXPLAINED


def _receiver(world: World, lie: Lie) -> str:
    """To whom the message went that the lie is, or is about; '' where it is about none of the liar's."""
    with world.nodes[NodeId(lie.node)].database.engine.connect() as connection:
        return connection.execute(select(outbox.c.peer).where(outbox.c.id == lie.about)).scalar() or ""


def _saw_between(world: World, lie: Lie, receiver: NodeId) -> bool:
    """Whether the receiver holds a checkpoint of the liar's log without the entry, dated after what the entry says."""
    liar = world.nodes[NodeId(lie.node)]
    with liar.database.engine.connect() as connection:
        claimed = connection.execute(select(outbox.c.queued).where(outbox.c.id == lie.about)).scalar_one()
    with world.nodes[receiver].database.engine.connect() as connection:
        place = select(log_proof.c.idx).where(log_proof.c.message_id == lie.about, log_proof.c.peer == lie.node)
        index = connection.execute(place).scalar()
        if index is None:
            return True  # it asked, and was given no good proof
        seen = select(func.count()).where(log_seen.c.origin == liar.office.origin, log_seen.c.size <= index)
        later = seen.where(log_seen.c.at > claimed + SKEW_SECONDS, log_seen.c.at < int(lie.at))
        return bool(connection.execute(later).scalar_one())
