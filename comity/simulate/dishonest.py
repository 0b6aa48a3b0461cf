"""Dishonest nodes: each behaviour is a class, and does what an operator could do who holds the keys and the database.

What they say to others is signed and well formed all the same: nothing here is caught because it is clumsy. Each lie is
entered in the ledger by the one that tells it (`lies`); `is_lie` is False for what is no untruth, but misuse.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final

from sqlalchemy import delete, select

from comity.adapters.sql.tables import case_event, inbox, outbox
from comity.base.digests import Digest
from comity.base.errors import ComityError
from comity.base.ids import NodeId
from comity.base.instants import Instant
from comity.cases.case import Case, Position
from comity.exchange.directory import Use
from comity.simulate.behaviour import Behaviour, Post, wrap
from comity.simulate.falsifying import ChangesATotal, HidesRequests, MisstatesCategories, PublishesLate
from comity.simulate.forging import ForgesEmergencies
from comity.simulate.hours import DAY, HOUR
from comity.simulate.nodes import Node
from comity.simulate.officers import PROVIDER
from comity.simulate.plan import START
from comity.simulate.wrapping import Instead
from comity.transparency.checkpoint import Checkpoint
from comity.transparency.note import format_note
from comity.workflows import sequence_log
from comity.workflows.ask_witnesses import Witness, ask_for_cosignatures, ask_what_was_seen
from comity.workflows.log_keys import cosigner_keys, own_keys, sign
from comity.workflows.office import Office, directory
from comity.workflows.ports import Clock
from comity.workflows.record import load, pad
from comity.workflows.stores import Leaf

_DROPPED: Final = (0.0, 0.3)
_DENIED: Final = (0.3, 0.55)
_DENIED_HOURS: Final = 2.0
"""Before the next proof is asked for, and after whoever lost an answer has sent its message again."""
_BACK_DATED_SHARE: Final = (0.55, 1.0)
"""Which cases fall to which behaviour where one node has them all."""


@dataclass
class DropsFromItsLog(Behaviour):
    """Does what a step asks, and in some cases keeps no entry in its log that could be opened to it."""

    name = "drops"
    dropped: set[str] = field(default_factory=set)

    def begin(self, post: Post) -> None:
        def change(tx: Any) -> Any:
            return Instead(tx, log=Instead(tx.log, append=lambda leaf: tx.log.append(self._blanked(post, leaf))))

        wrap(post.node, change)

    def _blanked(self, post: Post, leaf: Leaf) -> Leaf:
        case = leaf.case_id
        if not case or not (case in self.dropped or (post.may_lie and post.chooses(case, _DROPPED))):
            return leaf
        self.dropped.add(case)
        return Leaf(leaf.index, leaf.entry)

    def confess(self, post: Post) -> None:
        """Every message of those cases, sent or taken: none of them can be proved."""
        with post.node.database.engine.connect() as connection:
            for case_id in sorted(self.dropped):
                sent = select(outbox.c.id, outbox.c.queued.label("at")).where(outbox.c.case_id == case_id)
                came = select(inbox.c.id, inbox.c.at).where(inbox.c.case_id == case_id)
                for row in connection.execute(sent.union_all(came)).all():
                    if row.at < post.latest:
                        post.tell(self.name, row.id, float(row.at))
                    else:
                        post.world.ledger.late.add((post.node.id, row.id))


@dataclass
class DeniesExchanges(Behaviour):
    """Takes requests that came, and the cases they began, out of its records, once their senders have its receipt: what
    has none yet would come again, and be refused. Its log it cannot change."""

    name = "denies"
    left: set[str] = field(default_factory=set)

    def begin(self, post: Post) -> None:
        def settled(node: Node, case: Case) -> bool:
            if node is not post.node or case.position is not Position.REQUESTED or case.provider:
                return False
            if case.id in self.left:
                return True
            if str(case.state) != "requested" or not post.may_lie or not post.chooses(case.id, _DENIED):
                return False
            self.left.add(case.id)
            post.world.timeline.after(_DENIED_HOURS * HOUR, partial(self._deny, post, case))
            return True

        post.world.on_settled.append(settled)

    def _deny(self, post: Post, case: Case) -> None:
        if case.request_message not in post.world.arrived:
            self.left.discard(case.id)
            post.world.on_entered(post.node, case)
            return
        with post.node.database.engine.begin() as connection:
            connection.execute(delete(inbox).where(inbox.c.id == case.request_message))
            connection.execute(delete(case_event).where(case_event.c.case_id == case.id))
        post.tell(self.name, case.request_message)


@dataclass
class _Behind:
    """A clock that is said to show an earlier day."""

    clock: Clock
    days: int

    def now(self) -> Instant:
        return self.clock.now().plus_days(-self.days)


@dataclass
class BackDatesSteps(Behaviour):
    """Says of some decisions that they were made days before: as if a deadline had been kept."""

    name = "back-dates"
    days: int = 5

    def begin(self, post: Post) -> None:
        world, node = post.world, post.node
        begins = START.seconds + (self.days + 1) * DAY  # before, no key of ours was good at such a moment

        def office(step: str, case_id: str) -> Office:
            lies = step in _BACK_DATED and world.timeline.now > begins and post.may_lie
            if lies and post.chooses(case_id, _BACK_DATED_SHARE):
                behind = replace(node.office, clock=_Behind(node.clock, self.days))
                return behind if _were_good(behind, case_id) else node.office
            return node.office

        def taken(office: Office) -> None:
            if office.clock is not node.clock:
                with node.database.engine.connect() as connection:
                    last = select(outbox.c.id).order_by(outbox.c.row.desc()).limit(1)
                    post.tell(self.name, connection.execute(last).scalar_one())

        world.office_of[node.id] = office
        world.after_step[node.id] = taken


_BACK_DATED: Final = frozenset({"order preservation", "order production"})


def _were_good(office: Office, case_id: str) -> bool:
    """Whether every key that an order needs was good by that clock: else the lie could not be told."""
    try:
        with office.store.transaction() as tx:
            peer, known, now = load(tx, case_id).peer, directory(tx), office.clock.now()
            known.entity(NodeId(f"{office.state}/{PROVIDER}")).key(Use.ENCRYPTION, now)
            known.entity(NodeId(peer)).key(Use.EVIDENCE, now)
    except ComityError:
        return False
    return True


@dataclass
class LiesInPairs(Behaviour):
    """Leaves messages out of what it says of a month with a peer."""

    name = "misstates-months"

    def begin(self, post: Post) -> None:
        def change(tx: Any) -> Any:
            def exchanged(peer: str, start: Instant, end: Instant) -> tuple[Sequence[Digest], Sequence[Digest]]:
                sent, came = tx.pairs.exchanged(peer, start, end)
                if sent or came:
                    post.tell(self.name, f"{start.value:%Y-%m} {peer}")
                return (sent[1:], came) if sent else (sent, came[1:])

            return Instead(tx, pairs=Instead(tx.pairs, exchanged=exchanged))

        wrap(post.node, change)


@dataclass
class ForksItsLog(Behaviour):
    """After a while takes its latest entries back, as if they had never been, and signs another tree over the rest."""

    name = "forks"
    share: float = 0.5
    taken_back: int = 8

    def begin(self, post: Post) -> None:
        world, node = post.world, post.node

        def fork() -> None:
            standing = sequence_log.published(node.office)
            if not post.may_lie:
                return
            if standing is None or standing.size <= self.taken_back:
                world.timeline.after(DAY, fork)
                return
            with node.office.store.transaction() as tx:
                tx.log.replace_from(standing.size - self.taken_back, ())
            post.logs.tampered[node.id] = _publish_alone
            post.tell(self.name, "log")
            post.logs.publish(node)

        world.timeline.at(START.seconds + world.plan.days * self.share * DAY, fork)


def _publish_alone(node: Node) -> None:
    """Sign and publish whatever the database holds, with the cosignatures that can be had, none at worst."""
    office = node.office
    with office.store.transaction() as tx:
        pad(office, tx)
        size, root, keys, known = tx.log.size(), tx.log.root(), own_keys(office, tx), directory(tx)
    checkpoint = Checkpoint(office.origin, size, root)
    note = sign(office, checkpoint, keys)
    entities = [known.entity(NodeId(one)) for one in office.witnesses]
    witnesses = [Witness(one, cosigner_keys(one, office.clock.now())) for one in entities]
    answered = ask_what_was_seen(office, witnesses, [one.key for one in keys])
    note = ask_for_cosignatures(office, note, size, lambda: sequence_log.tree_of(office), answered)
    for path, data in sequence_log.files_between(office, 0, size):
        office.log_folder.write(path, data)
    office.log_folder.write(sequence_log.CHECKPOINT, format_note(note))


@dataclass
class Overuses(Behaviour):
    """Asks far more than others of its size, nearly always as urgent: no single request is untrue."""

    name = "overuses-urgency"
    is_lie = False
    factor: float = 4.0
    urgent: float | None = 0.95
    serious: float | None = None


@dataclass
class OverusesSeriousCrime(Overuses):
    """Asks far more than others, nearly always for crimes that are none of the Convention's."""

    name = "overuses-serious-crime"
    urgent: float | None = None
    serious: float | None = 0.95


BEHAVIOURS: Final[dict[str, tuple[type[Behaviour], ...]]] = {
    "tampers": (DropsFromItsLog, DeniesExchanges, BackDatesSteps),
    "misstates": (LiesInPairs, ForksItsLog),
    "overuses": (Overuses, OverusesSeriousCrime),
    "falsifies": (ChangesATotal, HidesRequests, MisstatesCategories, PublishesLate),
    **{
        kind.name: (kind,)
        for kind in (
            DropsFromItsLog,
            DeniesExchanges,
            BackDatesSteps,
            LiesInPairs,
            ForksItsLog,
            Overuses,
            OverusesSeriousCrime,
            ForgesEmergencies,
            ChangesATotal,
            HidesRequests,
            MisstatesCategories,
            PublishesLate,
        )
    },
}
"""By name, as a plan has it: one behaviour, or several at one node."""
