"""A list that revokes a key is in force once all that came under the key is in doubt, however much that is: nobody is
held up long, nothing that comes meanwhile is missed, and what was interrupted is gone on with."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TypeVar

import pytest

from comity.base.encoding import to_json
from comity.base.ids import CaseId, uuid7
from comity.cases import events as e
from comity.cases.case import Case
from comity.crypto import jws
from comity.exchange import document
from comity.exchange.checks import ChannelEnd
from comity.exchange.directory import Use, open_list
from comity.exchange.envelope import Envelope, Header
from comity.exchange.receipt import Status
from comity.workflows import (
    answer_envelopes,
    change_directory,
    doubts,
    enter_notice,
    keep_directory,
    receive_envelope,
)
from comity.workflows.office import directory_of
from comity.workflows.record import begin, load, record
from comity.workflows.shared_steps import do_alone
from comity.workflows.stores import Channel, Incoming, Step, Store, Transaction
from tests.simulators.emergencies import ask_at_once, called, ready_world
from tests.simulators.forge import Forged, bring, revoke
from tests.simulators.long_looks import LongLooksApart
from tests.simulators.story import ask, at
from tests.simulators.world import START, XA, XB, Node, SmallWorld, preservation

T = TypeVar("T")
MANY = 3 * doubts._AT_ONCE + 7


class Interrupted(Exception):
    """Nothing of ours handles it, as nothing handles a kill."""


class Between:
    """A store that does something once, after so many looks and steps; `largest`: the most doubts raised in a step."""

    def __init__(self, store: Store, number: int = 0, act: Callable[[], object] = lambda: None) -> None:
        self._store, self._left, self._act = store, number, act
        self.largest = 0

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        with self._store.transaction() as tx:
            before = tx.log.size()
            yield tx
            self.largest = max(self.largest, sum(b"doubted" in one.body for one in tx.log.leaves(before, 10**6)))
        self._tick()

    @contextmanager
    def snapshot(self) -> Iterator[Transaction]:
        with self._store.snapshot() as tx:
            yield tx
        self._tick()

    def share(self, step: Step[T]) -> T:
        return do_alone(self.transaction, step)

    def scrub(self) -> None:
        self._store.scrub()

    def _tick(self) -> None:
        self._left -= 1
        if self._left == 0:
            self._act()

    @property
    def is_done(self) -> bool:
        return self._left <= 0


def came(world: SmallWorld, case_id: str = "") -> str:
    """A request of XA's, entered in a case of its own at XB; or that it is withdrawn, in a case that is there."""
    office, now, drawn = world.xb.office, world.xb.clock.now(), world.xb.randomness
    message = uuid7(now, drawn.bytes(10))
    token = jws.sign_compact(b"{}", world.xa.keys.signer(Use.AUTHORITY), document.TYP)
    with office.store.transaction() as tx:
        known = tx.channels.of_case(case_id, XA) if case_id else None
        channel = known or Channel(drawn.bytes(16).hex(), uuid7(now, drawn.bytes(10)), XA, ChannelEnd(), ChannelEnd())
        if known is None:
            begun = e.Received(
                at=now.seconds,
                by=XA,
                mode=office.mode,
                procedure="preservation",
                peer=XA,
                their_case=message,
                message=message,
                doc_sha256="0" * 64,
                request=preservation(),
            )
            begin(office, tx, CaseId(channel.case_id), begun)
            tx.channels.add(channel)
        else:
            gone = e.Withdrawn(at=now.seconds, by=XA, reasons="-", message=message)
            record(office, tx, load(tx, case_id), gone)
        header = Header(
            v=1, id=message, mode=office.mode, from_=XA, to=XB, channel=channel.id, seq=1, prev="", iat=now.seconds,
            exp=now.seconds + 1, pri=0, suite=1, rkid="-",
        )  # fmt: skip
        envelope = Envelope(to_json(header), b"sealed")
        settled = Incoming(
            XA, message, envelope, now, Status.DELIVERED, document=token, case_id=channel.case_id, doc_sha256="0" * 64
        )
        tx.inbox.add(settled)
    return channel.case_id


@pytest.fixture(scope="module")
def crowded() -> SmallWorld:
    """XB, with many requests of XA's under one key."""
    world = at("new").copy()
    for _ in range(MANY):
        came(world)
    return world


def revoking(world: SmallWorld, use: Use = Use.AUTHORITY) -> bytes:
    """XA's next list, which says that its key was stolen."""
    apart = world.copy()
    revoke(apart, XA, use, START.seconds)
    return newest(apart.xa, "XA")


def newest(node: Node, state: str) -> bytes:
    with node.office.store.transaction() as tx:
        data = tx.directory.get(state)
    assert data is not None
    return data


def trust(world: SmallWorld, data: bytes) -> None:
    keep_directory.trust(world.xb.office, "olga", data, None)


def is_in_force(world: SmallWorld, data: bytes) -> bool:
    return world.xb.entity(XA) == open_list(data).value.entities[0]


def check_all_in_doubt(world: SmallWorld) -> None:
    """Of every case each message, once."""
    came = [(row["case_id"], row["id"]) for row in world.xb.dump()["inbox"] if row["state"] == "delivered"]
    told = [(case.id, one) for case in world.xb.cases() for doubt in case.doubts for one in doubt.messages]
    assert sorted(told) == sorted(came)


def test_many_doubts_are_raised_some_at_a_time(crowded: SmallWorld) -> None:
    world = crowded.copy()
    data = revoking(world)
    store = Between(world.xb.office.store)
    world.change(XB, store=store)
    trust(world, data)
    assert 0 < store.largest <= doubts._AT_ONCE
    assert is_in_force(world, data)
    check_all_in_doubt(world)


def test_the_search_holds_up_nobody_who_writes(crowded: SmallWorld) -> None:
    world = crowded.copy()
    data = revoking(world)
    store = LongLooksApart(world.xb.office.store)
    world.change(XB, store=store)
    trust(world, data)
    assert "inbox.entered_since" in store.seen


def every_moment(crowded: SmallWorld, act: Callable[[SmallWorld], object]) -> Iterator[SmallWorld]:
    """The world after the list was trusted while `act` came in after the first look or step, the second, and so on."""
    data = revoking(crowded)
    for number in range(1, 100):
        world = crowded.copy()
        inner = world.xb.office.store

        def acted(world: SmallWorld = world, inner: Store = inner) -> None:
            world.change(XB, store=inner)
            act(world)

        store = Between(inner, number, acted)
        world.change(XB, store=store)
        try:
            trust(world, data)
        except Interrupted:
            if is_in_force(world, data):
                check_all_in_doubt(world)
            trust(world, data)
        world.change(XB, store=inner)
        assert is_in_force(world, data)
        yield world
        if not store.is_done:
            return
    raise AssertionError("it never ended")


def check_at_every_moment(crowded: SmallWorld, act: Callable[[SmallWorld], None]) -> None:
    """All are in doubt in the end, whichever moment it is that something happens."""
    numbers = 0
    for world in every_moment(crowded, act):
        check_all_in_doubt(world)
        numbers += 1
    assert numbers > 8


def test_what_comes_meanwhile_is_in_doubt_too(crowded: SmallWorld) -> None:
    def more_came(world: SmallWorld) -> None:
        if not is_in_force(world, revoked):
            first = world.xb.cases()[0].id
            came(world)
            came(world, first)

    revoked = revoking(crowded)
    check_at_every_moment(crowded, more_came)


def test_what_was_interrupted_is_gone_on_with(crowded: SmallWorld) -> None:
    def is_killed(_: SmallWorld) -> None:
        raise Interrupted

    check_at_every_moment(crowded, is_killed)


def test_a_person_who_relies_on_a_case_before_the_list_is_in_force_is_not_asked_again(crowded: SmallWorld) -> None:
    world = crowded.copy()
    data = revoking(world)
    inner = world.xb.office.store

    def one_is_settled() -> None:
        world.change(XB, store=inner)
        case = next(one for one in world.xb.cases() if one.doubts)
        doubts.settle(world.xb.office, "rita", case.id, keep=True, reasons="They called: it is theirs.")

    world.change(XB, store=Between(inner, 8, one_is_settled))
    trust(world, data)
    assert is_in_force(world, data)
    assert sum(not one.doubts for one in world.xb.cases()) == 1


def test_a_receipt_that_comes_meanwhile_is_in_doubt_too() -> None:
    world = at("asked").copy()
    world.pass_seconds(60)
    apart = world.copy()
    revoke(apart, XB, Use.RECEIPT, START.seconds)
    data = newest(apart.xb, "XB")
    inner = world.xa.office.store

    def another_is_asked() -> None:
        world.change(XA, store=inner)
        ask(world, preservation())

    world.change(XA, store=Between(inner, 4, another_is_asked))
    keep_directory.trust(world.xa.office, "bo", data, None)
    assert len(world.xa.cases()) == 2
    assert all(case.doubts for case in world.xa.cases())


def test_a_notice_that_comes_meanwhile_is_told_again() -> None:
    world = ready_world()
    _, theirs = ask_at_once(world)
    apart = world.copy()
    revoke(apart, XB, Use.AUTHORITY, START.seconds)
    data = newest(apart.xb, "XB")
    inner = world.xa.office.store

    def it_is_denied() -> None:
        world.change(XA, store=inner)
        called(world, theirs, "denied")
        world.settle()
        (notice,) = enter_notice.notices(world.xa.office)
        enter_notice.saw(world.xa.office, "bo", notice.message)

    world.change(XA, store=Between(inner, 4, it_is_denied))
    keep_directory.trust(world.xa.office, "bo", data, None)
    said = [one["what"] for one in world.xa.dump()["log_alarm"] if one["kind"] == enter_notice.ALARM]
    assert said == [f"{XB}: notices came under a key that was revoked since"]


def test_our_own_list_is_changed_so_too() -> None:
    """The keeper of a State's list exchanges with its own provider, whose key is stolen."""
    world = at("preserved").copy()
    provider = world.provider
    kid = provider.keys.signer(Use.AUTHORITY).kid
    store = LongLooksApart(world.xb.office.store)
    world.change(XB, store=store)
    root = [world.xb.keys.root]
    change_directory.revoke(world.xb.office, "olga", kid, START, root, node=provider.id)
    assert "inbox.entered_since" in store.seen
    found: list[Case] = [case for case in world.xb.cases() if case.doubts]
    assert [case.doubts[0].kid for case in found] == [kid]


def test_what_was_verified_before_the_list_came_is_not_entered_after_it() -> None:
    """Whichever step of the worker it comes between: the message is refused, or in doubt."""
    for number in range(1, 100):
        world, envelope = _just_come()
        bring(world, [envelope])
        acts = Between(world.xb.office.store, number, partial(revoke, world, XA, Use.AUTHORITY, START.seconds))
        receive_envelope.open_waiting(replace(world.xb.office, store=acts))
        if not acts.is_done:
            assert number > 3
            return
        assert _is_refused_or_in_doubt(world, envelope)
    raise AssertionError("it never ended")


def test_nor_is_what_is_answered_at_once() -> None:
    world, envelope = _just_come()
    with world.xb.office.store.transaction() as tx:
        sender = directory_of(tx, XA).entity(XA)
    revoke(world, XA, Use.AUTHORITY, START.seconds)
    assert answer_envelopes.answer(world.xb.office, sender, [envelope]).is_left
    assert _is_refused_or_in_doubt(world, envelope)


def _just_come() -> tuple[SmallWorld, Envelope]:
    world = at("new")
    world.pass_seconds(60)
    return world, Forged().make(world)


def _is_refused_or_in_doubt(world: SmallWorld, envelope: Envelope) -> bool:
    """Once the worker has come to it."""
    receive_envelope.open_waiting(world.xb.office)
    kept = world.xb.incoming(XA, envelope.read_header().id)
    assert kept is not None
    if kept.state is Status.REJECTED:
        return kept.code == "revoked-key"
    return bool(world.xb.case(CaseId(kept.case_id)).doubts)
