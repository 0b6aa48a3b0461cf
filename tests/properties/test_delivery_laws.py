"""Laws of delivery: whatever the way and the machines do, in the end everything arrived exactly once and in order."""

from collections import Counter
from typing import Final

import msgspec
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from comity.workflows import deliver_outbox, order_provider, receive_envelope
from tests.simulators.story import approve, at, case_at, draft
from tests.simulators.wire import Fate
from tests.simulators.world import PROVIDER, XA, XB, SmallWorld, preservation

MOST_SENT: Final = 5
_FATES: Final = st.lists(st.sampled_from([fate for fate in Fate if fate is not Fate.PASS]), min_size=1, max_size=3)
_NODES: Final = st.sampled_from([XA, XB, PROVIDER])


class Delivery(RuleBasedStateMachine):
    """XA makes cases; the provider confirms an order again and again, in one channel. The way and the nodes fail."""

    world: SmallWorld

    @initialize()
    def begin(self) -> None:
        self.world = at("ordered")
        self.world.wire.fates.clear()
        self.asked = self.confirmed = 0

    @precondition(lambda self: self.asked < MOST_SENT)
    @rule()
    def ask(self) -> None:
        approve(self.world, draft(self.world, preservation()))
        self.asked += 1

    @precondition(lambda self: self.confirmed < MOST_SENT)
    @rule()
    def confirm(self) -> None:
        case = case_at(self.world, "provider", "preservation")
        order_provider.confirm_preserved(self.world.provider.office, "lee", case.id)
        self.confirmed += 1

    @rule(node=_NODES, path=st.sampled_from(["/v1/envelopes", "/v1/receipts"]), fates=_FATES)
    def befall(self, node: str, path: str, fates: list[Fate]) -> None:
        self.world.wire.next(path, *fates)
        deliver_outbox.deliver(self.world.nodes[node].office)  # type: ignore[index]
        deliver_outbox.deliver_receipts(self.world.nodes[node].office)  # type: ignore[index]

    @rule(node=_NODES)
    def open(self, node: str) -> None:
        receive_envelope.open_waiting(self.world.nodes[node].office)  # type: ignore[index]

    @rule(node=_NODES)
    def break_off(self, node: str) -> None:
        """A process claims its messages, ends, and another begins: the leases are left, the nonces are gone."""
        office = self.world.nodes[node].office  # type: ignore[index]
        now = office.clock.now()
        with office.store.transaction() as tx:
            tx.outbox.claim(now, lease_until=now.plus_seconds(deliver_outbox.LEASE_SECONDS), most=128)
        self.world.restart(office.node)

    @rule(backwards=st.booleans())
    def arrive_late(self, backwards: bool) -> None:
        self.world.wire.release(backwards=backwards)

    @rule(seconds=st.integers(1, 90))
    def wait(self, seconds: int) -> None:
        self.world.pass_seconds(seconds)

    @invariant()
    def nothing_happens_twice(self) -> None:
        if not hasattr(self, "world"):
            return
        rows = self.world.xb.dump()
        kept = Counter((row["sender"], row["id"]) for row in rows["inbox"])
        assert max(kept.values()) == 1
        assert len({row["case_id"] for row in rows["case_event"]}) <= self.asked + 1
        assert len(rows["log_entry"]) >= len(rows["case_event"])

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        world = self.world
        world.wire.release()
        world.heal()
        assert {message.state for node in world.nodes.values() for message in node.outbox()} == {"delivered"}
        assert len(world.xb.cases()) == self.asked + 1
        assert len({case.their_case for case in world.xb.cases()}) == self.asked + 1
        theirs = next(case for case in world.xb.cases() if case.provider)
        assert world.xb.history(theirs.id).count("preserved") == self.confirmed
        assert self.sequence(world, XB, PROVIDER) == list(range(1, self.confirmed + 1))
        ours = world.xa.case(theirs.their_case)
        assert world.xa.history(ours.id).count("preserved") == self.confirmed
        assert self.sequence(world, XA, XB) == list(range(1, self.confirmed + 1))
        for node in world.nodes.values():
            for case in node.cases():
                assert len(node.leaves(case.id)) == case.events
                assert case.trouble == ""

    @staticmethod
    def sequence(world: SmallWorld, node: str, sender: str) -> list[int]:
        """The places in the channel, in the order in which the messages took effect: as their events name them."""
        one = world.nodes[node]  # type: ignore[index]
        places = {
            row["id"]: msgspec.json.decode(row["header"])["seq"]
            for row in one.dump()["inbox"]
            if row["sender"] == sender
        }
        named = [getattr(event, "message", "") for case in one.cases() for event in one.events(case.id)]
        return [places[message] for message in named if message in places]


TestDelivery = Delivery.TestCase
TestDelivery.settings = settings(
    max_examples=20,
    stateful_step_count=18,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # to make a failure of a whole world smaller takes minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
