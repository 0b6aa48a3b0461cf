"""Published statistics: some authorities publish their figures of each month, and others look at them.

Anyone checks the files with nothing else; a counterpart that publishes too compares its own cells; an auditor, who has
every State's list, opens every entry and counts again. What is found goes into the ledger: no check knows who lies.
The figures are of months, the shortest period that nodes may agree on.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from comity.base.errors import ComityError
from comity.base.ids import NodeId, StateCode
from comity.exchange.directory import Directory
from comity.oversight.audit import audit
from comity.oversight.checks import Fault, check_cells, check_pair
from comity.oversight.periods import Span, ends, settled_from
from comity.oversight.published import as_named, look
from comity.oversight.release import Release
from comity.simulate.hours import DAY, HOUR
from comity.simulate.lies import Catch
from comity.simulate.nodes import OPERATORS, Node, own_list
from comity.simulate.plan import START
from comity.simulate.world import Hindered, World
from comity.transparency.published import entries_of
from comity.workflows import audit_statistics, close_pairs, publish_statistics, sequence_log
from comity.workflows.statistics_books import AGREED, DIFFERS

FIGURES: Final = "figures"
AUDIT: Final = "audit"
"""The two checks: a run can leave out either (plan.CHECKS)."""
LIE: Final = "figures"
"""How a lie about a month's figures, and what was found in them, is named: this and the month."""
ANYONE: Final = "anyone"
AUDITOR: Final = "auditor"
PUBLISH_HOUR: Final = 11.0
LOOK_HOURS: Final = 9.0
"""On the day on which a month is settled its figures are published at noon, and looked at the same evening."""
_NODE: Final = re.compile(r"[A-Z]{2}/[a-z-]+")
_TRIES: Final = 14


@dataclass
class Figures:
    """`publishers`: the nodes that publish; `falsified`: what a dishonest one does in place of publishing a month's;
    `faults`: all that anyone, a counterpart or the auditor ever found."""

    world: World
    publishers: list[NodeId] = field(default_factory=list)
    falsified: dict[NodeId, Callable[[Release], bool]] = field(default_factory=dict)
    faults: list[tuple[str, Fault]] = field(default_factory=list)
    _looked: dict[tuple[NodeId, str], Release] = field(default_factory=dict)

    def add(self, node: Node) -> None:
        """A node publishes its figures from now on. To be said before the run."""
        if node.id in self.publishers:
            return
        if not self.publishers:
            self._plan_months()
        self.publishers.append(node.id)

    def _plan_months(self) -> None:
        at = self.world.timeline.at
        for month in self.months():
            settled = settled_from(month).seconds
            at(settled + PUBLISH_HOUR * HOUR, partial(self._publish_all, month))

    def months(self) -> list[str]:
        """Every month that is settled within the run, in order."""
        found, month = [], f"{START.value:%Y-%m}"
        while settled_from(month).seconds < self.world.timeline.end:
            found.append(month)
            month = f"{ends(month).value:%Y-%m}"
        return found

    def _publish_all(self, month: str) -> None:
        for number, node in enumerate(self.publishers):
            self.world.timeline.after(number * 600.0, partial(self.publish, self.world.nodes[node], month))

    def publish(self, node: Node, month: str, tries: int = _TRIES) -> None:
        """Again tomorrow while a peer has not answered for the month; after two weeks without its answer."""
        again = partial(self.publish, node, month, tries - 1)
        try:
            release, falsify = self.settled(node, month), self.falsified.get(node.id)
            if release is None and tries > 1:
                self.world.timeline.after(DAY, again)
                return
            if falsify is None or release is None or not falsify(release):
                publish_statistics.publish(node.office, OPERATORS[0], month, Span.MONTH)
            self.world.timeline.after(LOOK_HOURS * HOUR, partial(self.look_at, month, node))
        except ComityError as error:
            if tries > 1:
                self.world.timeline.after(DAY, again)
            else:
                self.world.hindered.append(Hindered(node.id, "", "publish statistics", error.code))
        if self.world.log_size(node) != node.log_size:
            self.world.keep_log(node)

    @staticmethod
    def settled(node: Node, month: str) -> Release | None:
        """The figures, once every peer has answered for the month; None as long as one has not."""
        found = publish_statistics.draft(node.office, month, Span.MONTH)
        if all(one.state in (AGREED, DIFFERS) for one in found.release.pairs):
            return found.release
        close_pairs.close_period(node.office, month)
        found = publish_statistics.draft(node.office, month, Span.MONTH)
        return found.release if all(one.state in (AGREED, DIFFERS) for one in found.release.pairs) else None

    # --- those who look

    def look_at(self, month: str, node: Node) -> None:
        """What each of them finds in a node's figures of a month, once they are out; again tomorrow while they are
        not."""
        without = self.world.plan.without
        if (node.id, month) in self._looked:
            return
        try:
            publish_statistics.complete(node.office)
            looked = look(node.log, month, as_named)
        except ComityError:
            self.world.timeline.after(DAY, partial(self.look_at, month, node))
            return
        if FIGURES not in without:
            self._enter(ANYONE, month, looked.faults)
            self._compare(month, looked.release)
        if AUDIT not in without:
            self._audit(node, month, looked.release)
        self._looked[node.id, month] = looked.release

    def _compare(self, month: str, release: Release) -> None:
        """With those of each other that are out by now."""
        for (other, of), theirs in self._looked.items():
            if of == month and any(one.peer == other for one in release.cells):
                self._enter(ANYONE, month, check_pair(release, theirs))
                self._enter(other, month, check_cells(release, other, theirs.cells))
                self._enter(release.node, month, check_cells(theirs, release.node, release.cells))

    def _audit(self, node: Node, month: str, release: Release) -> None:
        lines = audit_statistics.hand_over(node.office, OPERATORS[0], month)
        try:
            _, given = audit_statistics.read_openings(lines, self._every_list())
            standing = sequence_log.published(node.office)
            size = standing.size if standing is not None else 0
            counted = audit(release, {}, given, entries_of(node.log, release.start, size))
        except ComityError as error:
            self._enter(AUDITOR, month, [Fault(node.id, error.code, error.what)])
            return
        self._enter(AUDITOR, month, counted.faults)

    def _every_list(self) -> Directory:
        """What an auditor has: the list of every State, from its keeper."""
        return Directory({StateCode(one.office.state): own_list(one).value for one in self.world.authorities()})

    def _enter(self, by: str, month: str, faults: Iterable[Fault]) -> None:
        check = AUDIT if by == AUDITOR else FIGURES
        for fault in faults:
            self.faults.append((by, fault))
            other = next((one for one in _NODE.findall(fault.what) if one != fault.node), "")
            about = f"{LIE} {month} {other}".rstrip()
            self.world.ledger.catch(Catch(fault.node, check, by, fault.kind, about, self.world.timeline.now))
