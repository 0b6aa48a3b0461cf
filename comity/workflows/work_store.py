"""How the processes of one node share its work, as the database must offer it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from comity.base.instants import Instant


@dataclass(frozen=True, slots=True)
class Process:
    """A process of the node. `id`: chance; `kind`: serve or work; `seen`: when it last said that it lives; `mark`: what
    it wrote then, to see that it is read again."""

    id: str
    kind: str
    began: Instant
    seen: Instant
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits: messages without their second receipt, and since when the oldest; those of them that may be sent now
    and that nobody has in hand; messages that came and are not opened, and since when; receipts to bring."""

    unsettled: int
    oldest_unsettled: Instant | None
    due: int
    unopened: int
    oldest_unopened: Instant | None
    receipts: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """Whether something may be done now that nobody has in hand: send messages, open messages, bring receipts."""

    outbox: bool
    inbox: bool
    receipts: bool


class WorkStore(Protocol):
    """Turns at what is done from time to time, and the processes that take them."""

    def take_turn(self, name: str, now: Instant, lease_until: Instant) -> bool:
        """Whether it is due and now ours: until `end_turn`, or the lease's end. A name that is new is due."""
        ...

    def keep_turn(self, name: str, lease_until: Instant) -> None:
        """Whoever has it is still at it."""
        ...

    def end_turn(self, name: str, next_at: Instant) -> None: ...

    def free_turns(self) -> None:
        """All are due: whoever had one is known to be gone."""
        ...

    def put_process(self, process: Process) -> None: ...

    def processes(self) -> Sequence[Process]:
        """In the order in which they began."""
        ...

    def remove_processes(self, before: Instant) -> None:
        """Those last seen before then."""
        ...

    def remove_process(self, process_id: str) -> None: ...

    def waiting(self, now: Instant) -> Waiting:
        """What a round would find, in one look."""
        ...

    def backlog(self, now: Instant) -> Backlog: ...
