"""Small numbers: which figures of a table are withheld, so that nobody can work them out from those that are not.

A figure is opened if it is 0, or at least LEAST and told by at least CONTRIBUTORS countries: policy. Withholding such
figures alone hides nothing, for a total less the figures that are opened gives the rest. So more are withheld
(complementary suppression) until every withheld figure could, for all that is published, be any of at least LEAST
numbers. Two rules see to that:

`taken_in`, for what one node and one other exchanged. It looks at the pair's own figures alone, so that both ends,
and every reader, come to the same: a period of the finest kind is opened if it is 0 or at least LEAST; a longer one
takes in shorter ones that were withheld only if they are two or more and their sum leaves each of them LEAST numbers.
What is not opened is in no published sum at all.

`withheld`, for the classes of a table over nested periods. What is published are sums over classes in a period, and
over periods in a class: a network, on which the figures are a flow. The least and the greatest number that a withheld
figure could be are flows too, and are computed exactly, by pushing what more, or less, the network takes.

It is assumed that a reader knows these rules, and which withheld figures are not 0.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

LEAST: Final = 5
CONTRIBUTORS: Final = 3
_ENDLESS: Final = 2**60


def is_small(count: int, least: int = LEAST) -> bool:
    return 0 < count < least


def taken_in(
    series: Mapping[str, int], groups: Sequence[tuple[str, Sequence[str]]], least: int = LEAST
) -> dict[str, str]:
    """The finest periods that the figure of a pair takes in, each with the published period that first did.

    series: the pair's count in each finest period. groups: every published period with its finest ones, shorter before
    longer; the last is the one asked for.
    """
    found: dict[str, str] = {}
    for name, group in groups:
        if len(group) == 1:
            found |= {one: name for one in group if not is_small(series[one], least)}
            continue
        rest = [one for one in group if one not in found]
        total = sum(series[one] for one in rest)
        if len(rest) > 1 and total - (len(rest) - 1) >= least:
            found |= dict.fromkeys(rest, name)
    return found


@dataclass(frozen=True, slots=True)
class Period:
    """One published period of a table: its finest parts, its figures by class, and what readers know of them.

    `total_known`: they know the sum of all classes; `opened`: the classes they know one by one.
    """

    name: str
    leaves: frozenset[str]
    opened: frozenset[str]
    total_known: bool = True


Counts = Mapping[str, Mapping[str, int]]
"""By finest period, then class."""


def may_open(count: int, contributors: int, least: int = LEAST) -> bool:
    return count == 0 or (count >= least and contributors >= CONTRIBUTORS)


def withheld(
    counts: Counts,
    classes: Sequence[str],
    earlier: Sequence[Period],
    name: str,
    leaves: frozenset[str],
    contributors: Mapping[str, int],
    *,
    forced: frozenset[str] = frozenset(),
    least: int = LEAST,
) -> frozenset[str] | None:
    """The classes to withhold in a new period of a table, so that nothing withheld in it or in `earlier` can be told.

    contributors: how many countries stand behind each class in the period; forced: classes withheld in any case. The
    total is known to readers: None where even it tells too much, so that all of the period is to be withheld with it.
    """
    figures = {one: sum(counts[leaf].get(one, 0) for leaf in leaves) for one in classes}
    implied = {one for one in classes if _is_implied(one, leaves, earlier)}
    shut = {one for one in classes if not may_open(figures[one], contributors.get(one, 0), least)} | forced
    shut -= implied
    while True:
        new = Period(name, leaves, frozenset(classes) - shut)
        weak = {kind for _, kind in told(counts, classes, [*earlier, new], least)}
        if not weak:
            return frozenset(shut)
        rest = [one for one in classes if one not in shut | implied]
        if not rest:
            return None
        nearest = [one for one in rest if one in weak] or rest
        shut.add(min(nearest, key=lambda one: (figures[one] == 0, figures[one])))


def _is_implied(kind: str, leaves: frozenset[str], earlier: Sequence[Period]) -> bool:
    """Whether shorter periods, all of them opened, add up to the figure: it cannot be withheld any more."""
    told = frozenset[str]().union(*(one.leaves for one in earlier if one.leaves <= leaves and kind in one.opened))
    return told >= leaves


def told(
    counts: Counts, classes: Sequence[str], periods: Sequence[Period], least: int = LEAST
) -> list[tuple[str, str]]:
    """The withheld figures, by period and class, that could be any of fewer than `least` numbers only.

    It is taken for known that one which is not 0 is not, save where all of a period is withheld, what is 0 with the
    rest.
    """
    network = _network(counts, classes, periods)
    return [(edge[0][1], edge[0][2]) for edge in network.hidden if network.numbers(edge, least) < least]


_Node = tuple[str, str, str]


@dataclass(slots=True)
class _Network:
    """A flow and how much more, or less, each edge takes: `room[u][v]`, both ways."""

    room: dict[_Node, dict[_Node, int]] = field(default_factory=dict)
    hidden: list[tuple[_Node, _Node]] = field(default_factory=list)

    def join(self, start: _Node, end: _Node, flow: int, *, known: bool, least: int = 0) -> None:
        self.room.setdefault(start, {})[end] = 0 if known else _ENDLESS
        self.room.setdefault(end, {})[start] = 0 if known else flow - least

    def numbers(self, edge: tuple[_Node, _Node], enough: int) -> int:
        """How many values the flow of an edge can take, counted up to `enough`."""
        start, end = edge
        down = self.room[end][start]
        up = self.room[start][end]
        self.room[start][end] = self.room[end][start] = 0  # around the edge, not through it
        pushes: list[tuple[list[_Node], int]] = []
        more = self._push(end, start, enough - 1, pushes)
        self._undo(pushes)
        less = self._push(start, end, min(enough - 1 - more, down), pushes) if more < enough - 1 else 0
        self._undo(pushes)
        self.room[start][end], self.room[end][start] = up, down
        return 1 + more + less

    def _push(self, source: _Node, sink: _Node, most: int, pushes: list[tuple[list[_Node], int]]) -> int:
        done = 0
        while done < most:
            path = self._path(source, sink)
            if path is None:
                break
            amount = min(most - done, *(self.room[u][v] for u, v in pairwise(path)))
            self._shift(path, amount)
            pushes.append((path, amount))
            done += amount
        return done

    def _undo(self, pushes: list[tuple[list[_Node], int]]) -> None:
        while pushes:
            path, amount = pushes.pop()
            self._shift(path, -amount)

    def _shift(self, path: list[_Node], amount: int) -> None:
        for u, v in pairwise(path):
            self.room[u][v] -= amount
            self.room[v][u] += amount

    def _path(self, source: _Node, sink: _Node) -> list[_Node] | None:
        came: dict[_Node, _Node] = {source: source}
        queue = deque([source])
        while queue:
            at = queue.popleft()
            for to, room in self.room[at].items():
                if room > 0 and to not in came:
                    came[to] = at
                    if to == sink:
                        return _back(came, sink)
                    queue.append(to)
        return None


def _back(came: Mapping[_Node, _Node], sink: _Node) -> list[_Node]:
    path = [sink]
    while came[path[-1]] != path[-1]:
        path.append(came[path[-1]])
    return path[::-1]


def _network(counts: Counts, classes: Sequence[str], periods: Sequence[Period]) -> _Network:
    """From all, by ever shorter periods, to each finest one; by class; and by ever longer periods back to all."""
    network = _Network()
    everything = frozenset[str]().union(*(one.leaves for one in periods))
    ordered = sorted(periods, key=lambda one: len(one.leaves))
    top: _Node = ("all", "", "")
    for index, one in enumerate(ordered):
        outer = next((more for more in ordered[index + 1 :] if one.leaves <= more.leaves), None)
        total = sum(sum(counts[leaf].values()) for leaf in one.leaves)
        start = ("total", outer.name, "") if outer else top
        network.join(start, ("total", one.name, ""), total, known=one.total_known)
        for kind in classes:
            figure = sum(counts[leaf].get(kind, 0) for leaf in one.leaves)
            end = ("class", outer.name, kind) if outer else top
            edge = (("class", one.name, kind), end)
            is_open = kind in one.opened
            network.join(*edge, figure, known=is_open, least=1 if one.opened and figure and not is_open else 0)
            if not is_open:
                network.hidden.append(edge)
    for leaf in sorted(everything):
        inner = next(one for one in ordered if leaf in one.leaves)
        network.join(("total", inner.name, ""), ("leaf", leaf, ""), sum(counts[leaf].values()), known=False)
        for kind in classes:
            flow = counts[leaf].get(kind, 0)
            network.join(("leaf", leaf, ""), ("leaf", leaf, kind), flow, known=False)
            network.join(("leaf", leaf, kind), ("class", inner.name, kind), flow, known=False)
    return network
