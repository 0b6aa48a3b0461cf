"""The shape of a transition table."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from comity.base.errors import OutOfOrder
from comity.cases import events as e
from comity.cases.events import CaseEvent, Event, tag_of

NOT_BEGUN = "not begun"
"""The state of a case before its first event."""

Moves = Mapping[type[CaseEvent], StrEnum]

Barred = frozenset[type[CaseEvent]]
NOTHING: Final[Barred] = frozenset()

EVERYWHERE: Final[tuple[type[CaseEvent], ...]] = (
    e.Frozen,
    e.Unfrozen,
    e.SecrecyExtended,
    e.SecrecyEnded,
    e.NoticeGiven,
    e.NoticeWithheld,
    e.NoticeWaived,
    e.SecrecyLapsed,
    e.ExculpatoryFound,
    e.ComplaintRecorded,
    e.ComplaintForwarded,
    e.ComplaintAnswered,
    e.DisclosedToCourt,
    e.RetentionExtended,
    e.OnwardAsked,
    e.OnwardDecided,
    e.EvidencePassedOn,
    e.Doubted,
    e.DoubtSettled,
    e.EmergencyOpened,
    e.EmergencyAdmitted,
    e.CalledBack,
    e.CallBackChecked,
    e.AuthorityNotified,
    e.EmergencyFollowedUp,
    e.EmergencyReviewed,
)
"""What may happen in every state of every procedure and never changes it: oversight, secrecy, notices, doubts,
call-backs."""

_EVERYWHERE: Final = frozenset(EVERYWHERE)


def staying(state: StrEnum, *kinds: type[CaseEvent]) -> Moves:
    """Moves that leave a state as it is."""
    return dict.fromkeys(kinds, state)


@dataclass(frozen=True, slots=True)
class Procedure:
    """A procedure's name, its articles, its table, and the states it can end in.

    `frozen_bars`: what we may not do while oversight has frozen the case. What comes from others is always entered.
    `crossed`: by state, what we may not do there, and the other side may have done before it knew: the two crossed.
    """

    name: str
    articles: str
    start: Moves
    moves: Mapping[StrEnum, Moves]
    ends: frozenset[StrEnum]
    frozen_bars: frozenset[type[CaseEvent]] = frozenset()
    crossed: Mapping[StrEnum, Barred] = field(default_factory=dict)

    def possible(self, state: StrEnum | None, *, frozen: bool = False, also: Barred = NOTHING) -> Moves:
        """What may happen next, and where it leads; what we may not do while the case is frozen is left out, and what
        is `also` barred."""
        if state is None:
            return self.start
        found = {**self.moves[state], **staying(state, *EVERYWHERE)}
        also |= self.crossed.get(state, NOTHING)
        return {kind: to for kind, to in found.items() if not self._is_barred(kind, frozen, also)}

    def _is_barred(self, kind: type[CaseEvent], frozen: bool, also: Barred) -> bool:
        return kind in also or (kind is e.Frozen or kind in self.frozen_bars if frozen else kind is e.Unfrozen)

    def next_state(
        self,
        state: StrEnum | None,
        event: Event,
        *,
        frozen: bool = False,
        also: Barred = NOTHING,
        held: str = "",
    ) -> StrEnum:
        """The state after `event`; `state` is None before the first. held: why more is barred, in words.

        Raises OutOfOrder, saying what is possible.
        """
        kind = type(event)
        moves = self.start if state is None else self.moves[state]
        also = NOTHING if state is None else also | self.crossed.get(state, NOTHING)
        to = state if state is not None and kind in _EVERYWHERE else moves.get(kind)
        if to is not None and (state is None or not self._is_barred(kind, frozen, also)):
            return to
        if state is not None and (frozen or kind in also) and kind in moves and "/" in event.by:
            return moves[kind]  # told by another node: it has happened, whether we like it or not
        possible = self.possible(state, frozen=frozen, also=also)
        names = ", ".join(sorted(tag_of(one) for one in possible))
        stands = f"{state or NOT_BEGUN} and frozen by oversight" if frozen else f"{state or NOT_BEGUN}{held}"
        raise OutOfOrder(
            f"{tag_of(event)} is not possible while the {self.name} is {stands}",
            hint=f"possible: {names}",
        )
