"""Laws of delivery: whatever the way and the machines do, in the end everything arrived exactly once and in order."""

import os
from collections import Counter
from typing import Final

import msgspec
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from comity.adapters.sql.database import Database
from comity.crypto.signatures import Ed25519Signer
from comity.exchange.directory import Use
from comity.workflows import change_directory, deliver_outbox, keep_directory, order_provider, receive_envelope
from tests.simulators.failpoints import run_to
from tests.simulators.fakes import KeysInMemory
from tests.simulators.story import approve, at, case_at, draft
from tests.simulators.wire import Fate
from tests.simulators.world import PROVIDER, XA, XB, SmallWorld, preservation

MOST_SENT: Final = 5
MOST_SKEW: Final = 140
"""Seconds from the right time, at most: two nodes stay within the 300 that they allow each other."""
EXAMPLES: Final = int(os.environ.get("COMITY_DELIVERY_EXAMPLES", "20"))
STEPS: Final = int(os.environ.get("COMITY_DELIVERY_STEPS", "18"))
_FATES: Final = st.lists(st.sampled_from([fate for fate in Fate if fate is not Fate.PASS]), min_size=1, max_size=3)
_NODES: Final = st.sampled_from([XA, XB, PROVIDER])


class TurningKeys(KeysInMemory):
    """A key ring whose keys are changed while the node runs."""

    def __init__(self, like: KeysInMemory) -> None:
        self.__dict__.update(like.__dict__)
        self._signers = dict(like._signers)

    def turn(self, use: Use, number: int) -> Ed25519Signer:
        self._signers[use] = found = Ed25519Signer(bytes([use.value.encode()[0], number]) * 16)
        return found


class Delivery(RuleBasedStateMachine):
    """XA makes cases; the provider confirms an order again and again, in one channel. The way and the nodes fail: what
    is carried is lost, doubled, spoilt, late; processes end at any line; clocks jump; XB's keys are stolen and changed.
    """

    world: SmallWorld

    @initialize()
    def begin(self) -> None:
        self.world = at("ordered")
        self.world.wire.fates.clear()
        self.world.pass_seconds(3600)  # their keys were good before any clock jumped back
        self.asked = self.confirmed = self.turned = 0
        self.skew = dict.fromkeys((XA, XB, PROVIDER), 0)
        self.keys = TurningKeys(self.world.xb.keys)
        self.world.xb.keys = self.keys
        self.world.change(XB, keys=self.keys)

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

    @rule(opens=st.booleans())
    def change(self, opens: bool) -> None:
        """From now on what comes is opened before it is answered, or stored and opened by a round."""
        self.world.opens = opens
        self.world.joined()

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

    @rule(node=_NODES, line=st.integers(1, 3000))
    def end_at(self, node: str, line: int) -> None:
        """Its process ends at any line of a round, and another begins with what was committed."""
        one = self.world.nodes[node]  # type: ignore[index]
        _, lines = run_to(line, lambda: self.world.round(one.id))
        if lines >= line:  # also where what stopped it was lost in a clean-up
            with one.database.engine.connect() as connection:
                driver = connection.connection.driver_connection
                assert driver is not None
                driver.rollback()
            self.world.restore(one.id, Database(one.database.engine))  # whoever held its locks is gone
            deliver_outbox.take_over(one.office)

    @rule(node=_NODES, off=st.integers(-MOST_SKEW, MOST_SKEW))
    def jump(self, node: str, off: int) -> None:
        """Its clock jumps, forth or back."""
        one = self.world.nodes[node]  # type: ignore[index]
        one.clock.pass_seconds(off - self.skew[one.id])
        self.skew[one.id] = off

    @precondition(lambda self: self.turned < 3)
    @rule(use=st.sampled_from([Use.TRANSPORT, Use.RECEIPT]))
    def turn_key(self, use: Use) -> None:
        """XB's key was stolen: it is revoked from now on and another takes its place, and XA and the provider hear."""
        office, roots, now = self.world.xb.office, [self.keys.root], self.world.xb.clock.now()
        old, self.turned = self.keys.signer(use), self.turned + 1
        change_directory.revoke(office, "olga", old.kid, now, roots)
        new = self.keys.turn(use, self.turned)
        listed = change_directory.rotate(office, "olga", use, new.public, now, roots)
        keep_directory.trust(self.world.xa.office, "bo", listed.data, None)
        keep_directory.trust(self.world.provider.office, "lee", listed.data, None)

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
        for name in self.skew:
            self.jump(name, 0)
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
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # to make a failure of a whole world smaller takes minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
