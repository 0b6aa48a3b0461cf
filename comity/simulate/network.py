"""The net between the nodes: requests reach the peer's doors in this process, late, twice, or not at all.

What befalls a request is drawn by its sender, its receiver and how many went before it between the two, so that it does
not depend on the order in which threads ask.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from math import exp
from random import Random
from typing import Final
from urllib.parse import urlsplit

from comity.base.errors import Unavailable
from comity.base.ids import NodeId
from comity.simulate.chance import drawn_for
from comity.simulate.doors import Doors
from comity.simulate.plan import Weather
from comity.simulate.timeline import Timeline
from comity.workflows.ports import Answer

_LATE_SECONDS: Final = (1.0, 240.0)
_NO_ANSWER: Final = "the peer did not answer"


def host_of(node: NodeId) -> str:
    """A node's invented host name."""
    return node.replace("/", ".").lower() + ".example"


@dataclass(frozen=True, slots=True)
class Outage:
    """A State off the net, from one moment to another, POSIX seconds."""

    state: str
    since: float
    until: float


@dataclass
class Network:
    """All that lies between the nodes. `befell`: how often what happened; `seconds_taken`: by node, how long its last
    request and the answer to it were on their way."""

    timeline: Timeline
    weather: Weather
    seed: int
    calm_from: float
    doors: dict[str, Doors] = field(default_factory=dict)
    outages: list[Outage] = field(default_factory=list)
    befell: Counter[str] = field(default_factory=Counter)
    bytes_carried: int = 0
    seconds_taken: dict[str, float] = field(default_factory=dict)
    _sent: Counter[tuple[str, str]] = field(default_factory=Counter)

    def is_off(self, node: str) -> bool:
        """Whether a node's State is off the net now."""
        now = self.timeline.now
        return any(one.state == node[:2] and one.since <= now < one.until for one in self.outages)

    def carry(self, sender: NodeId, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """One request from a node. Raises Unavailable where no answer comes back."""
        host = urlsplit(url).netloc
        doors = self.doors.get(host)
        if doors is None:
            raise Unavailable(_NO_ANSWER)
        self.befell["requests"] += 1
        self.bytes_carried += len(body)
        if sender[:2] != doors.node[:2] and (self.is_off(sender) or self.is_off(doors.node)):
            self.befell["off the net"] += 1
            raise Unavailable(_NO_ANSWER)
        drawn = self._draw(sender, host)
        there = self._seconds_between(sender, host, drawn)
        fate = self._fate(drawn)
        if fate:
            self.befell[fate] += 1
        if fate == "lost":
            raise Unavailable(_NO_ANSWER)
        if fate == "late":
            seconds = drawn.uniform(*_LATE_SECONDS)
            self.timeline.after(seconds, lambda: self._arrive_late(doors, method, url, headers, body))
            raise Unavailable(_NO_ANSWER)
        answer = doors.knock(method, url, headers, body, after=there)
        self.seconds_taken[sender] = 2 * there
        if fate == "doubled":
            doors.knock(method, url, headers, body, after=there)
        if fate == "answer lost":
            raise Unavailable(_NO_ANSWER)
        return answer

    @staticmethod
    def _arrive_late(doors: Doors, method: str, url: str, headers: Mapping[str, str], body: bytes) -> None:
        doors.knock(method, url, headers, body, after=0.0)

    def _draw(self, sender: str, host: str) -> Random:
        self._sent[sender, host] += 1
        return drawn_for(self.seed, sender, host, self._sent[sender, host])

    def _fate(self, drawn: Random) -> str:
        if self.timeline.now >= self.calm_from:
            return ""
        share = drawn.random()
        weather = self.weather
        for fate, part in (
            ("lost", weather.lost),
            ("answer lost", weather.answers_lost),
            ("doubled", weather.doubled),
            ("late", weather.late),
        ):
            if share < part:
                return fate
            share -= part
        return ""

    @staticmethod
    def _seconds_between(sender: str, host: str, drawn: Random) -> float:
        """One way: 5 ms within a State; else 20 to 160 ms by the pair, and a log-normal share on top."""
        if sender[:2].lower() == host[:2]:
            return 0.005
        first, second = sorted((sender[:2].lower(), host[:2]))
        near = blake2b(f"{first}-{second}".encode(), digest_size=2).digest()
        return (0.02 + 0.14 * int.from_bytes(near, "big") / 65536) * exp(drawn.gauss(0, 0.3))


@dataclass(frozen=True, slots=True)
class Line:
    """A node's courier: the port by which its workflows reach the network."""

    network: Network
    sender: NodeId

    def carry(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        return self.network.carry(self.sender, method, url, headers, body)
