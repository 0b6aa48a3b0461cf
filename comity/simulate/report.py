"""What a run came to, as one value: printed, as JSON, or drawn."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from math import ceil

import msgspec

from comity.exchange.receipt_code import read_fault
from comity.simulate import escapes
from comity.simulate.hours import DAY
from comity.simulate.lies import Lie
from comity.simulate.plan import START
from comity.simulate.reckoning import Message, Stuck, reckon
from comity.simulate.run import Run


class Spread(msgspec.Struct, frozen=True):
    """Of `count` figures: the middle one, those that nine in ten and 99 in 100 do not exceed, the largest."""

    count: int
    p50: float
    p90: float
    p99: float
    most: float


class Behaviour(msgspec.Struct, frozen=True):
    """A dishonest node. told: its lies by kind; caught: those that a check spoke against; by: how often each check
    did; days: from the lie until it was first caught, at worst. is_lie: False for what is no untruth, but misuse."""

    node: str
    name: str
    is_lie: bool
    told: dict[str, int]
    caught: dict[str, int]
    by: dict[str, int]
    witnesses: int
    days: float


class Alarm(msgspec.Struct, frozen=True):
    """What an honest node, or the monitor, said against an honest node. `about`: a message, a month and peer, or the
    log; `day`: of the run."""

    node: str
    check: str
    by: str
    word: str
    about: str
    day: float


class Rejected(msgspec.Struct, frozen=True):
    """A message that its receiver did not take."""

    id: str
    sender: str
    peer: str
    kind: str
    code: str


class Effort(msgspec.Struct, frozen=True):
    """What the run took on this machine."""

    seconds: float
    cpu_seconds: float
    most_memory_bytes: int
    requests_a_second: float


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One run. `sent`: messages queued; `delivered`: with a second receipt that says so; `under_way`: without one yet.
    `emergencies`: genuine and forged, and how many of each were answered with evidence; `caught`: lies that a check
    spoke against; `lies_by_kind`: told and caught; `escaped`: of those that were not, how many for which reason, by
    kind (escapes); `uncaught`: kinds of lies at a node of which none was caught, where one should have been."""

    states: int
    days: float
    seed: int
    is_whole: bool
    nodes: int
    matters: int
    cases: dict[str, int]
    sent: int
    delivered: int
    rejected: dict[str, int]
    under_way: int
    lost: int
    doubled: int
    denied: int
    emergencies: dict[str, int]
    stuck: int
    stuck_why: dict[str, int]
    stuck_cases: tuple[Stuck, ...]
    hindered: dict[str, int]
    delivery_seconds: dict[str, Spread]
    answer_hours: dict[str, Spread]
    deliveries_a_day: tuple[int, ...]
    net: dict[str, int]
    outages: int
    stolen_keys: int
    lies: int
    caught: int
    lies_by_kind: dict[str, dict[str, int]]
    escaped: dict[str, dict[str, int]]
    uncaught: tuple[str, ...]
    dishonest: tuple[Behaviour, ...]
    false_alarms: dict[str, int]
    alarms: tuple[Alarm, ...]
    rejected_messages: tuple[Rejected, ...]
    effort: Effort

    @property
    def is_good(self) -> bool:
        """Nothing lost, nothing doubled, every kind of lie found out, and no honest node accused."""
        return not (self.lost or self.doubled or self.uncaught or self.false_alarms)


def spread(figures: Sequence[float]) -> Spread:
    """Of no figures, all are 0."""
    found = sorted(figures) or [0.0]

    def at(share: float) -> float:
        return round(found[max(0, ceil(share * len(found)) - 1)], 3)

    return Spread(len(figures), at(0.5), at(0.9), at(0.99), round(found[-1], 3))


def report_of(run: Run) -> Report:
    """Read everything at both ends; of a run that was stopped, as far as it came."""
    run.confess()
    world, found = run.world, reckon(run.world)
    seconds, cpu = run.seconds
    states = Counter(message.state for message in found.messages)
    whys = Counter(one.why for one in found.stuck)
    lies = world.ledger.lies
    caught = [lie for lie in lies if next(world.ledger.caught(lie), None) is not None]
    told = {id(lie) for lie in caught}
    escaped = [lie for lie in lies if id(lie) not in told]
    alarms = tuple(_alarms(run))
    behaviours = tuple(
        _behaviour(run, name, node) for name, node in sorted((name, node) for node, name in run.dishonest.items())
    )
    return Report(
        states=run.plan.states,
        days=round((world.timeline.now - START.seconds) / DAY, 2),
        seed=run.plan.seed,
        is_whole=run.is_whole,
        nodes=len(world.nodes),
        matters=world.begun,
        cases=dict(sorted(found.cases.items())),
        sent=len(found.messages),
        delivered=states["delivered"],
        rejected=dict(Counter(read_fault(one.code).code for one in found.messages if one.state == "rejected")),
        under_way=states["queued"] + states["stored"],
        lost=len(found.lost),
        doubled=len(found.doubled),
        denied=len(found.denied),
        emergencies=dict(sorted(found.emergencies.items())),
        stuck=len(found.stuck),
        stuck_why=dict(whys.most_common()),
        stuck_cases=tuple(found.stuck),
        hindered=dict(Counter(f"{one.step}: {one.code}" for one in world.hindered).most_common()),
        delivery_seconds=_by_kind(found.messages),
        answer_hours={name: spread(hours) for name, hours in sorted(found.answers.items())},
        deliveries_a_day=_a_day(found.messages, run.plan.days),
        net=dict(sorted(world.network.befell.items())),
        outages=len(world.network.outages),
        stolen_keys=len(run.keepers.stolen),
        lies=len(lies),
        caught=len(caught),
        lies_by_kind={
            kind: {"told": count, "caught": sum(one.kind == kind for one in caught)}
            for kind, count in sorted(Counter(one.kind for one in lies).items())
        },
        escaped=escapes.reasons(world, escaped),
        uncaught=tuple(_uncaught(run, escaped, behaviours)),
        dishonest=behaviours,
        false_alarms=dict(Counter(f"{one.check}: {one.word}" for one in alarms)),
        alarms=alarms,
        rejected_messages=tuple(
            Rejected(one.id, one.sender, one.peer, one.kind, one.code)
            for one in found.messages
            if one.state == "rejected"
        ),
        effort=Effort(
            round(seconds, 2),
            round(cpu, 2),
            run.most_memory,
            round(world.network.befell["requests"] / max(seconds, 0.001), 1),
        ),
    )


def _alarms(run: Run) -> Iterator[Alarm]:
    for one in run.world.ledger.false_alarms(set(run.dishonest)):
        yield Alarm(one.node, one.check, one.by, one.word, one.about, round((one.at - START.seconds) / DAY, 2))


def _uncaught(run: Run, escaped: Sequence[Lie], behaviours: Sequence[Behaviour]) -> Iterator[str]:
    """Kinds of which none was found, but where nobody could have found any."""
    for one in behaviours:
        for kind in one.told:
            mine = (lie for lie in escaped if (lie.node, lie.kind) == (one.node, kind))
            if not one.caught.get(kind) and any(escapes.reason(run.world, lie) == escapes.UNEXPLAINED for lie in mine):
                yield f"{one.node}: {kind}"


def _by_kind(messages: Sequence[Message]) -> dict[str, Spread]:
    kinds: dict[str, list[float]] = defaultdict(list)
    for message in messages:
        if message.seconds is not None:
            kinds[message.kind].append(message.seconds)
            kinds["all"].append(message.seconds)
    return {kind: spread(kinds[kind]) for kind in sorted(kinds)}


def _a_day(messages: Sequence[Message], days: int) -> tuple[int, ...]:
    found = [0] * days
    for message in messages:
        if message.seconds is not None:
            day = int((message.queued + message.seconds - START.seconds) / DAY)
            found[min(max(day, 0), days - 1)] += 1
    return tuple(found)


def _behaviour(run: Run, name: str, node: str) -> Behaviour:
    ledger, told, caught, by = run.world.ledger, Counter[str](), Counter[str](), Counter[str]()
    days, witnesses = 0.0, set[str]()
    for lie in ledger.lies:
        if lie.node != node:
            continue
        told[lie.kind] += 1
        catches = list(ledger.caught(lie))
        if catches:
            caught[lie.kind] += 1
            days = max(days, (min(one.at for one in catches) - lie.at) / DAY)
            witnesses |= {one.by for one in catches}
        by.update({f"{one.check}: {one.word}" for one in catches})
    is_lie = any(one.is_lie for one in run.behaviours[node])
    return Behaviour(node, name, is_lie, dict(told), dict(caught), dict(by), len(witnesses), round(days, 2))
