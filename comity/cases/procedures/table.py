"""The shape of a transition table."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from comity.base.errors import OutOfOrder
from comity.cases.events import CaseEvent, Event, tag_of

NOT_BEGUN = "not begun"
"""The state of a case before its first event."""

Moves = Mapping[type[CaseEvent], StrEnum]


@dataclass(frozen=True, slots=True)
class Procedure:
    """A procedure's name, its articles, its table, and the states it can end in."""

    name: str
    articles: str
    start: Moves
    moves: Mapping[StrEnum, Moves]
    ends: frozenset[StrEnum]

    def next_state(self, state: StrEnum | None, event: Event) -> StrEnum:
        """The state after `event`; `state` is None before the first. Raises OutOfOrder, saying what is possible."""
        possible = self.start if state is None else self.moves[state]
        if type(event) not in possible:
            names = ", ".join(sorted(tag_of(kind) for kind in possible)) or "nothing: it has ended"
            raise OutOfOrder(
                f"{tag_of(event)} is not possible while the {self.name} is {state or NOT_BEGUN}",
                hint=f"possible: {names}",
            )
        return possible[type(event)]
