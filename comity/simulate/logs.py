"""The logs' rounds: each node publishes once a day where its log grew, asks for proofs, closes months with its peers;
a monitor looks at every log that changed.

The hours are those of a cautious office; `docs/guides/simulate.md` says them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import blake2b
from typing import Any, Final

from comity.base.errors import ComityError
from comity.base.ids import NodeId
from comity.base.instants import Instant
from comity.exchange.directory import Entity
from comity.exchange.message import Role
from comity.simulate.hours import DAY, HOUR
from comity.simulate.lies import Catch
from comity.simulate.nodes import Node
from comity.simulate.officers import PROVIDER
from comity.simulate.plan import LONGEST_DAYS, START
from comity.simulate.world import World
from comity.simulate.wrapping import Instead, StoreSeenThrough
from comity.transparency.checkpoint import parse_checkpoint
from comity.transparency.cosignature import Cosigned, verify_quorum
from comity.transparency.monitor import Fault, Watched, look, unmatched
from comity.transparency.note import SignedNote
from comity.transparency.pairs import due_from
from comity.transparency.witness import parse_add_checkpoint
from comity.workflows import close_pairs, see_logs, sequence_log, swap_proofs
from comity.workflows.log_keys import cosigner_keys, log_keys
from comity.workflows.office import directory

PUBLISH_HOUR: Final = 1.0
SEE_HOUR: Final = 4.0
SWAP_HOUR: Final = 5.0
WATCH_HOUR: Final = 7.0
WATCH_DAYS: Final = 7
RETRY_HOURS: Final = 6.0
CLOSE_DAYS: Final = (0, 2, 4, 5)
"""After the day from which a month may be closed: when each node asks its peers, again where one did not answer."""
MONITOR: Final = "monitor"


@dataclass
class Logs:
    """What is done over the logs of a world. `tampered`: called in place of publishing, at a node that forges its
    log."""

    world: World
    tampered: dict[str, Callable[[Node], None]] = field(default_factory=dict)
    seen: dict[str, Watched] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    _changed: dict[str, Node] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.world.on_log_growth = self._grown
        self.world.on_refused = self._refused
        self.world.on_closed = self._answered
        self._plan_closes()
        self._plan_watching()

    def _grown(self, node: Node) -> None:
        self.world.timeline.at(self._next(PUBLISH_HOUR) + _minutes(node) * 60, lambda: self.publish(node))

    def _next(self, hour: float) -> float:
        """The next time it is that hour, UTC."""
        now = self.world.timeline.now
        day = START.seconds + (now - START.seconds) // DAY * DAY
        return day + hour * HOUR if now < day + hour * HOUR else day + DAY + hour * HOUR

    def publish(self, node: Node) -> None:
        """Publish, then ask for proofs some hours later."""
        world = self.world
        try:
            if node.id in self.tampered:
                self.tampered[node.id](node)
            else:
                sequence_log.publish(node.office)
            node.log_size = world.log_size(node)
            self._changed[node.id] = node
        except ComityError as error:
            world.network.befell[f"publish: {error.code}"] += 1
            world.timeline.after(RETRY_HOURS * HOUR, lambda: self.publish(node))
            return
        if "proofs" in world.plan.without:
            node.keeps = False
        else:
            world.timeline.at(self._next(SEE_HOUR), lambda: self._see(node))
            world.timeline.at(self._next(SWAP_HOUR), lambda: self.swap(node))

    def _see(self, node: Node) -> None:
        """The provider of its State looks at a log that grew. Other looks are left out: they would find nothing, since
        nothing but an order is ever dated back, and be most of a run's requests."""
        provider = self.world.nodes.get(NodeId(f"{node.office.state}/{PROVIDER}"))
        if provider is not None and provider is not node:
            self.world.attempt(provider, "see a log", lambda: see_logs.see_log(provider.office, node.id).size)

    def swap(self, node: Node) -> None:
        """Ask for the proofs that are wanting; again tomorrow while some are."""
        world = self.world
        with node.office.store.transaction() as tx:
            before = len(tx.proofs.missing())
        while swap_proofs.swap(node.office) >= _AT_ONCE:
            pass
        now = node.clock.now()
        with node.office.store.transaction() as tx:
            missing = tx.proofs.missing()[before:]
            wanted = tx.proofs.wanted(now.plus_days(-_LOOK_BACK_DAYS), now, 1)
        for one in missing:
            world.ledger.catch(Catch(one.peer, "proofs", node.id, one.code, one.message_id, world.timeline.now))
        node.keeps = False
        if wanted or world.log_size(node) != node.log_size:
            world.keep_log(node)

    # --- months

    def _plan_closes(self) -> None:
        """Every month that may be closed within the run."""
        world = self.world
        if "pairs" in world.plan.without:
            return
        year, month = START.value.year, START.value.month
        while (due := due_from(f"{year:04}-{month:02}").seconds) < world.timeline.end:
            for days in CLOSE_DAYS:
                world.timeline.at(due + days * DAY + 9 * HOUR, self.close_all)
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)

    def close_all(self) -> None:
        """Each node closes the last month with its peers, some minutes after another."""
        for node in list(self.world.nodes.values()):
            if node.office.role is not Role.WITNESS:
                self.world.timeline.after(_minutes(node) * 60, partial(self.close, node))

    def close(self, node: Node) -> None:
        def listening(tx: Any) -> Any:
            def sound(kind: str, what: str, at: Instant) -> None:
                tx.alarms.sound(kind, what, at)
                if kind == "pair":
                    self._mismatched(node, what.rpartition("; ")[2])  # the alarm also names what stood before

            return Instead(tx, alarms=Instead(tx.alarms, sound=sound))

        store = StoreSeenThrough(node.office.store, listening)
        close_pairs.close_due(replace(node.office, store=store))
        if self.world.log_size(node) != node.log_size:
            self.world.keep_log(node)

    def _mismatched(self, node: Node, what: str) -> None:
        """A month that did not match: the node's own alarm says with whom."""
        period, _, rest = what.partition(" with ")
        other, now = rest.removesuffix(" does not match"), self.world.timeline.now
        self.world.ledger.catch(Catch(other, "pairs", node.id, "does not match", f"{period} {node.id}", now))

    def _answered(self, node: Node, _peer: str) -> None:
        """A node closed a month because its peer did: its alarm, if one sounds, is of that month."""
        with node.office.store.transaction() as tx:
            alarms = [one.what for one in tx.alarms.all() if one.kind == "pair"]
            if alarms:
                tx.alarms.clear("pair")  # somebody looked at it
        for what in (matter for one in alarms for matter in one.split("; ")):
            self._mismatched(node, what)
        if self.world.log_size(node) != node.log_size:
            self.world.keep_log(node)

    # --- witnesses and the monitor

    def _refused(self, witness: Node, body: bytes, status: int) -> None:
        """A witness did not cosign: 409 is only that it knows another size, and is asked again from there."""
        if status == 409 or "witness" in self.world.plan.without:
            return
        checkpoint = parse_checkpoint(parse_add_checkpoint(body).note.text)
        node = next((one for one in self.world.nodes.values() if one.office.origin == checkpoint.origin), None)
        if node is not None:
            now = self.world.timeline.now
            self.world.ledger.catch(Catch(node.id, "witness", witness.id, f"refused: {status}", "log", now))

    def _plan_watching(self) -> None:
        if "monitor" not in self.world.plan.without:
            self.world.timeline.at(START.seconds + DAY + WATCH_HOUR * HOUR, self.watch)
            self.world.timeline.at(self.world.timeline.end - 1, self.watch)

    def watch(self) -> None:
        """The monitor looks at every log that changed, once a week and at the end."""
        world, found = self.world, list[Fault]()
        changed, self._changed = self._changed, {}
        for node in changed.values():
            found += self._look(node)
        found += unmatched(self.seen.values(), world.authorities()[0].clock.now() if world.authorities() else START)
        for fault in found:
            self._enter(fault)
        world.timeline.after(WATCH_DAYS * DAY, self.watch)

    def _look(self, node: Node) -> tuple[Fault, ...]:
        entity = _listed(node)
        origin, now = node.office.origin, START.plus_seconds(int(self.world.timeline.now) - START.seconds)
        witness = self.world.nodes[self.world.witness_of[node.office.state]]
        good = min(now, START.plus_days(LONGEST_DAYS - 1))  # the first keys end with the longest run, or seconds before
        keys = cosigner_keys(_listed(witness), good)

        def quorum(note: SignedNote) -> tuple[Cosigned, ...]:
            return verify_quorum(note, keys, 1)

        before = self.seen.get(origin, Watched(origin=origin))
        after, faults = look(before, node.log, log_keys(entity, good)[0], quorum, now, int(40 * DAY))
        self.seen[origin] = after
        return faults

    def _enter(self, fault: Fault) -> None:
        node = next((one for one in self.world.nodes.values() if one.office.origin == fault.origin), None)
        if node is None:
            return
        self.faults.append(fault)
        pair = _pair_of(fault.what) if fault.kind == "pair" else None
        about = "log"
        if pair is not None:
            first, second, period = pair
            about = f"{period} {second if first == node.id else first}"
        self.world.ledger.catch(Catch(node.id, "monitor", MONITOR, fault.kind, about, self.world.timeline.now))


_AT_ONCE: Final = 64
_LOOK_BACK_DAYS: Final = 60
_PAIR: Final = re.compile(r"(?P<first>\S+) and (?P<second>\S+) closed (?P<period>\S+) with different values")
_SILENT: Final = re.compile(r"(?P<first>\S+) has not closed (?P<period>\S+) with (?P<second>\S+)")


def _minutes(node: Node) -> float:
    """When in its hour a node does its rounds: a minute of its own."""
    return int.from_bytes(blake2b(node.id.encode(), digest_size=2).digest(), "big") / 65536 * 55


def _listed(node: Node) -> Entity:
    """A node as its own State's list has it."""
    with node.office.store.transaction() as tx:
        return directory(tx).entity(node.id)


def _pair_of(what: str) -> tuple[str, str, str] | None:
    """The nodes and the period of a monitor's word about a pair."""
    found = _PAIR.fullmatch(what) or _SILENT.fullmatch(what)
    return (found["first"], found["second"], found["period"]) if found else None
