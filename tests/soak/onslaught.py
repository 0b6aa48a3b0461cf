"""What a peer, a thief or a bad line could throw at a node in numbers: none of it has an effect twice, or out of order.

    python -m tests.soak.onslaught [NAME SIZE...]          all of them, at their long sizes, if nothing is said

The real workflows and the real HTTP application in one process, over a line in memory. Each function plays one of them
at the size it is given and says what was seen; it raises AssertionError where a promise is broken.
"""

import random
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from time import monotonic
from typing import Final

from comity.base.ids import NodeId
from comity.exchange.directory import Use
from comity.exchange.envelope import BATCH_MOST, Envelope, format_batch
from comity.exchange.receipt import Status, verify
from comity.exchange.receipt_code import read_fault
from comity.simulate.memory_database import copy_database
from comity.workflows import deliver_outbox, keep_directory, order_provider, receive_envelope, try_lines
from tests.simulators.fakes import FakeClock, KeysInMemory
from tests.simulators.forge import Forged, bring, headers_for, request_to
from tests.simulators.story import LAW, approve, ask, draft, order
from tests.simulators.wire import Carried, flipped
from tests.simulators.wire import ask as carry
from tests.simulators.world import (
    PROVIDER,
    START,
    XA,
    XB,
    SmallWorld,
    describe,
    new_world,
    preservation,
    share_directories,
)
from tests.soak.history import History, check, read_ledger

REFUSED: Final = {
    *("malformed", "version", "wrong-mode", "wrong-recipient", "not-allowed", "unknown-key", "invalid-field"),
    *("clock-skew", "expired", "cannot-open", "unknown-peer"),
}


def judge(world: SmallWorld, *nodes: NodeId) -> None:
    ledgers = {str(node): read_ledger(world.nodes[node].database.engine, node) for node in nodes}
    found = check(History(ledgers=ledgers))
    assert found == [], found


def effects(world: SmallWorld) -> tuple[int, int]:
    """Events of cases at XB, and messages it took."""
    rows = world.xb.dump()
    return len(rows["case_event"]), len(rows["inbox"])


def same_id_other_bytes(tries: int) -> str:
    """The same id with other bytes, again and again: each time a signed conflict, and never an effect."""
    world = new_world()
    first = Forged().make(world)
    assert bring(world, [first]) == ["stored"]
    receive_envelope.open_waiting(world.xb.office)
    before, said = effects(world), Counter[str]()
    for start in range(0, tries, BATCH_MOST):
        count = min(BATCH_MOST, tries - start)
        others = [Envelope(first.header_bytes, flipped(first.ct, (start + n) % len(first.ct))) for n in range(count)]
        said.update(bring(world, others))
        receive_envelope.open_waiting(world.xb.office)
    assert said == {"conflict": tries}, said
    assert effects(world) == before
    return f"{tries} times the same id with other bytes: {tries} signed conflicts, 0 effects"


def replayed(batches: int) -> str:
    """Captured batches, sent again: as they were, and signed anew by a thief of the transport key; before and after
    what they carry has ended."""
    world = new_world()
    for _ in range(6):
        approve(world, draft(world, preservation()))
        world.settle()
    captured = world.wire.to("/v1/envelopes")
    before, said = effects(world), Counter[int]()
    for is_over in (False, True):
        if is_over:
            world.pass_days(20)
            for node, operator in ((world.xa, "bo"), (world.xb, "olga")):
                keep_directory.renew(node.office, operator, [node.keys.root])
        for number in range(batches // 2):
            said[_again(world, captured[number % len(captured)], as_thief=number % 2 == 1)] += 1
        receive_envelope.open_waiting(world.xb.office)
    assert effects(world) == before, "a replayed batch had an effect"
    assert said[200] and said[401], said
    return f"{batches} captured batches again, before and after their end: 0 new effects; answers {dict(said)}"


def _again(world: SmallWorld, one: Carried, *, as_thief: bool) -> int:
    headers = headers_for(world, world.xa, XB, "/v1/envelopes", one.body) if as_thief else one.headers
    return carry(world.wire.apps[world.xb.host], one.method, one.url, headers, one.body).status


def ordered_cases(count: int) -> SmallWorld:
    """So many orders at the provider, each a channel in which it may say any number of times what it preserved."""
    world = new_world()
    for _ in range(count):
        order(world, ask(world, preservation())[1])
    world.settle()
    return world


def confirm(world: SmallWorld, times: int) -> int:
    """The provider confirms each order so many times; how many messages that are."""
    cases = world.provider.cases()
    for _ in range(times):
        for case in cases:
            order_provider.confirm_preserved(world.provider.office, "lee", case.id)
    return len(cases) * times


def shuffled(channels: int, messages: int, seed: int = 1) -> str:
    """Messages of many channels come in any order: in each they take effect in theirs."""
    world = ordered_cases(channels)
    confirm(world, messages)
    waiting = [one.envelope for one in world.provider.outbox() if one.state == "queued"]
    random.Random(seed).shuffle(waiting)
    left = waiting
    while left:
        refused: list[Envelope] = []
        for start in range(0, len(left), BATCH_MOST):
            batch = left[start : start + BATCH_MOST]
            refused += _not_taken(world, batch)
            while receive_envelope.open_waiting(world.xb.office):
                pass
        assert len(refused) < len(left), f"nothing goes on any more: {len(refused)} are refused for ever"
        left = refused
    _until_quiet(world, PROVIDER, XB, XA)
    judge(world, XA, XB, PROVIDER)
    return f"{channels} channels of {messages} messages, shuffled: all handed over, in order in each"


def _not_taken(world: SmallWorld, batch: list[Envelope]) -> list[Envelope]:
    body = format_batch("shuffled", batch)
    answer = request_to(world, world.provider, XB, "/v1/envelopes", body)
    if answer.status != 200:
        return batch
    rows = verify(answer.body, world.xb.keys.signer(Use.RECEIPT).public).rows
    taken = {row.id for row in rows if row.status is not Status.REJECTED}
    return [one for one in batch if one.read_header().id not in taken]


def partition(channels: int, messages: int) -> str:
    """An hour without a line, both sides at work; then everything goes over, in order."""
    world = ordered_cases(channels)
    queued = 0
    world.wire.down |= {world.xb.host, world.provider.host}
    for _ in range(messages):
        queued += confirm(world, 1)
        deliver_outbox.deliver(world.provider.office)
        world.pass_seconds(3600 // messages)
    world.wire.down.clear()
    seconds = _until_quiet(world, PROVIDER, XB, XA)
    judge(world, XA, XB, PROVIDER)
    return f"{queued} queued in a partition of an hour: all in order, {seconds} s of the nodes' time after it"


def _until_quiet(world: SmallWorld, *nodes: NodeId) -> int:
    for seconds in range(0, 3600, 5):
        if seconds % try_lines.TRY_SECONDS == 0:  # each node's worker does so
            for node in nodes:
                try_lines.try_closed(world.nodes[node].office)
        while sum(world.round(node) for node in nodes):
            pass
        if not any(world.nodes[node].is_waiting() for node in nodes):
            return seconds
        world.pass_seconds(5)
    raise AssertionError("an hour after the line was back, something still waits")


def one_dead(peers: int, rounds: int) -> str:
    """One peer of many never answers: the others get in each round what they get without it."""
    with_it, without = (_delivered(peers, rounds, has_dead=has_dead) for has_dead in (True, False))
    assert with_it == without == [peers - 1] * rounds, (with_it, without)
    return f"1 of {peers} peers dead: {sum(with_it)} messages to the others in {rounds} rounds, each in its own round"


def _delivered(peers: int, rounds: int, *, has_dead: bool) -> list[int]:
    """How many of the other peers' orders arrived in each round."""
    world = _with_providers(peers)
    offices = [node for node in world.nodes if node.startswith("XB/host-")]
    dead = world.nodes[offices[-1]].host
    if has_dead:
        world.wire.down.add(dead)
    found = []
    for _ in range(rounds):
        asked = [ask(world, preservation())[1] for _ in offices]
        for node, theirs in zip(offices, asked, strict=True):
            order_provider.order(
                world.xb.office, "dan", theirs.id, provider=node, legal_basis=LAW, reasons="a request of XA"
            )
        world.pass_seconds(1)
        before = len(world.wire.carried)
        deliver_outbox.deliver(world.xb.office)
        came = world.wire.carried[before:]
        found.append(sum(one.status == 200 and dead not in one.url for one in came))
    return found


def _with_providers(count: int) -> SmallWorld:
    """So many providers of XB beside the first, each a node of its own."""
    world = new_world()
    offices = [NodeId(f"XB/host-{number}") for number in range(count)]
    for node in offices:
        keys, clock, like = KeysInMemory(f"keys of {node}"), FakeClock(START), world.provider
        office = replace(like.office, node=node, name=node, keys=keys, clock=clock, courier=world.wire)
        office = replace(office, origin=f"{node.replace('/', '.').lower()}.example/log")
        world.nodes[node] = one = replace(like, office=office, keys=keys, clock=clock)
        kid = next(key.kid for key in describe(one).keys if key.use is Use.AUTHORITY)
        keep_directory.enrol(
            world.xb.office, "olga", keep_directory.card(describe(one), keys), kid, [world.xb.keys.root]
        )
    share_directories(world)
    for node in offices:
        world.restore(node, copy_database(world.provider.database))
    return world


def bits_flipped(flips: int, seed: int = 1) -> str:
    """One bit of an envelope changed on the way: refused, with a typed problem, before or after it is stored."""
    world, draw = new_world(), random.Random(seed)
    before, said = effects(world)[0], Counter[str]()
    for _ in range(flips):
        said[_fate(world, _spoilt(Forged().make(world), draw))] += 1
    assert effects(world)[0] == before, "a spoilt envelope had an effect"
    assert said.keys() <= REFUSED, said
    return f"{flips} single bits of as many envelopes: all refused: {dict(said.most_common())}"


def _spoilt(envelope: Envelope, draw: random.Random) -> Envelope:
    place = draw.randrange((len(envelope.header_bytes) + len(envelope.ct)) * 8)
    data = bytearray(envelope.header_bytes + envelope.ct)
    data[place // 8] ^= 1 << place % 8
    return Envelope(bytes(data[: len(envelope.header_bytes)]), bytes(data[len(envelope.header_bytes) :]))


def _fate(world: SmallWorld, envelope: Envelope) -> str:
    (said,) = bring(world, [envelope])
    if said != "stored":
        return said
    receive_envelope.open_waiting(world.xb.office)
    kept = world.xb.incoming(XA, envelope.read_header().id)
    assert kept is not None
    return read_fault(kept.code).code if kept.state is Status.REJECTED else str(kept.state)


SIZES: Final[Mapping[str, Mapping[Callable[..., str], tuple[int, ...]]]] = {
    "short": {
        same_id_other_bytes: (300,),
        replayed: (120,),
        shuffled: (3, 8),
        partition: (3, 12),
        one_dead: (4, 2),
        bits_flipped: (150,),
    },
    "long": {
        same_id_other_bytes: (1000,),
        replayed: (10_000,),
        shuffled: (50, 200),
        partition: (50, 100),
        one_dead: (20, 10),
        bits_flipped: (20_000,),
    },
}


def main() -> int:
    plays = {play.__name__: (play, sizes) for play, sizes in SIZES["long"].items()}
    if len(sys.argv) > 1:
        plays = {sys.argv[1]: (plays[sys.argv[1]][0], tuple(map(int, sys.argv[2:])))}
    for play, sizes in plays.values():
        began = monotonic()
        print(f"{play(*sizes)} ({monotonic() - began:.0f} s)", flush=True)  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
