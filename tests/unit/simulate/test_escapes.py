"""Why a lie escaped is told from what the nodes hold, and not from who told it."""

from comity.base.digests import Digest
from comity.base.instants import Instant
from comity.simulate import escapes
from comity.simulate.lies import Lie
from comity.simulate.nodes import Node
from comity.simulate.plan import CLEAR, Plan
from comity.simulate.report import report_of
from comity.simulate.run import Run
from comity.simulate.world import World
from comity.workflows.log_stores import HeldProof, Seen

INDEX = 1_000_000


def told() -> tuple[World, Lie, Node]:
    """A back-dated order, that nobody asked a proof of; and its receiver."""
    plan = Plan(states=4, days=14, volume=8, weather=CLEAR, dishonest=("back-dates",), without=frozenset({"proofs"}))
    run = Run(plan).go()
    lie = next(one for one in run.world.ledger.lies if one.kind == "back-dates")
    assert report_of(run).uncaught == (f"{lie.node}: back-dates",)
    receiver = next(one for one in run.world.nodes.values() if one.id == f"{lie.node[:2]}/hosting-company")
    return run.world, lie, receiver


def test_a_back_dated_order_escapes_where_its_receiver_saw_no_checkpoint_of_those_days_and_nowhere_else() -> None:
    world, lie, receiver = told()
    assert escapes.reason(world, lie) == escapes.UNEXPLAINED
    now = receiver.clock.now()
    with receiver.office.store.transaction() as tx:
        tx.proofs.keep(HeldProof(lie.about, lie.node, INDEX, b"", b"", now))
    assert escapes.reason(world, lie) == escapes.UNSEEN
    assert escapes.reasons(world, [lie]) == {"back-dates": {escapes.UNSEEN: 1}}
    origin = next(one.office.origin for one in world.nodes.values() if one.id == lie.node)
    with receiver.office.store.transaction() as tx:
        between = Instant.from_seconds(int(lie.at) - 86_400)
        tx.seen.remember(origin, Seen(INDEX, Digest.of(b"a tree"), between, b""))
    assert escapes.reason(world, lie) == escapes.UNEXPLAINED


def test_what_its_receiver_hid_too_is_told_as_that() -> None:
    world, lie, receiver = told()
    world.ledger.tell(Lie(receiver.id, "drops", lie.about, lie.at + 1))
    assert escapes.reason(world, lie) == escapes.HIDDEN
