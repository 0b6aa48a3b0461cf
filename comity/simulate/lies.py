"""What dishonest nodes said or hid that is not so, and which check found it.

A lie is written down where it is told, by the node that tells it; a catch where a real check of another node, a witness
or the monitor speaks. The two are joined afterwards: no check looks into this book.
"""

from collections.abc import Container, Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Lie:
    """One lie. `about`: a message's id, a period and peer, a month's figures, or the log; at: POSIX seconds."""

    node: str
    kind: str
    about: str
    at: float


@dataclass(frozen=True, slots=True)
class Catch:
    """A check that spoke against a node. `check`: one of plan.CHECKS; `by`: who ran it; `word`: what it said."""

    node: str
    check: str
    by: str
    word: str
    about: str
    at: float


@dataclass
class Ledger:
    """`late`: (node, message) of lies told too late to be found within the run; they count as no lies."""

    late: set[tuple[str, str]] = field(default_factory=set)
    lies: list[Lie] = field(default_factory=list)
    catches: list[Catch] = field(default_factory=list)
    _told: set[tuple[str, str]] = field(default_factory=set)
    _caught: set[tuple[str, str, str, str]] = field(default_factory=set)

    def tell(self, lie: Lie) -> None:
        """The same one twice is one."""
        if (lie.node, lie.about) not in self._told:
            self._told.add((lie.node, lie.about))
            self.lies.append(lie)

    def catch(self, catch: Catch) -> None:
        """The same check by the same about the same is one, as often as it speaks."""
        known = (catch.node, catch.check, catch.by, catch.about)
        if known not in self._caught:
            self._caught.add(known)
            self.catches.append(catch)

    def caught(self, lie: Lie) -> Iterator[Catch]:
        """What spoke against a lie, and not before it was told. A forged log is behind every proof of it that fails."""
        return (one for one in self.catches if one.node == lie.node and one.at >= lie.at and _is_about(one, lie))

    def false_alarms(self, dishonest: Container[str]) -> Iterator[Catch]:
        """What honest nodes and the monitor said against an honest node. A pair that does not match says nothing of
        which of the two is wrong, so one with a dishonest node is none."""
        for one in self.catches:
            other = one.about.rpartition(" ")[2]
            if one.node not in dishonest and one.by not in dishonest and other not in dishonest:
                yield one


def _is_about(catch: Catch, lie: Lie) -> bool:
    if catch.about == lie.about or catch.about.startswith(f"{lie.about} "):  # of a month's figures: with whom
        return True
    return lie.about == "log" and catch.check == "proofs" and catch.word == "bad-proof"
