"""What a dishonest node's behaviour is, where it stands, and how it tells its lies to the ledger."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, ClassVar, Final

from comity.simulate.figures import Figures
from comity.simulate.hours import DAY
from comity.simulate.lies import Lie
from comity.simulate.logs import Logs
from comity.simulate.nodes import Node
from comity.simulate.world import World
from comity.simulate.wrapping import StoreSeenThrough

CAUGHT_DAYS: Final = 4.0
"""In the last days of a run no lie is told: nobody could have found it yet."""


@dataclass(frozen=True)
class Post:
    """Where a behaviour stands: its node, in the world with its logs and published figures. `alone`: whether it is the
    only one there; else each takes its share of the cases."""

    world: World
    logs: Logs
    figures: Figures
    node: Node
    alone: bool

    def chooses(self, case: str, share: tuple[float, float]) -> bool:
        """Whether a case falls to the behaviour whose share that is."""
        return self.alone or is_chosen(case, *share)

    def tell(self, kind: str, about: str, at: float | None = None) -> None:
        """A lie, now if not `at`."""
        self.world.ledger.tell(Lie(self.node.id, kind, about, self.world.timeline.now if at is None else at))

    @property
    def may_lie(self) -> bool:
        return self.world.timeline.now < self.latest

    @property
    def latest(self) -> float:
        """What is told after it is too late to be found within the run."""
        return self.world.timeline.end - CAUGHT_DAYS * DAY


class Behaviour:
    """What a dishonest node does. `name`: as in a plan; `is_lie`: False for misuse that is no untruth."""

    name: ClassVar[str]
    is_lie: ClassVar[bool] = True

    def begin(self, _post: Post) -> None:
        """Before the run."""

    def confess(self, _post: Post) -> None:
        """After it: tell the ledger what was not told when it was done."""


def is_chosen(text: str, start: float, end: float) -> bool:
    """Whether `text` falls into a share of all."""
    share = int.from_bytes(blake2b(text.encode(), digest_size=4).digest(), "big") / 2**32
    return start <= share < end


def wrap(node: Node, change: Callable[[Any], Any]) -> None:
    node.change(store=StoreSeenThrough(node.office.store, change))
