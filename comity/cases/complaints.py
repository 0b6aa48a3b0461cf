"""A complaint, or what somebody asks to be corrected or erased, on its way to everybody who has the data."""

from dataclasses import dataclass
from datetime import date

from comity.cases.remedies import Kind, Outcome


@dataclass(frozen=True, slots=True)
class ComplaintAnswer:
    """What one node did about it, and why."""

    node: str
    outcome: Outcome
    text: str


@dataclass(frozen=True, slots=True)
class Complaint:
    """`came_from`: the node that passed it on to us, '' where we took it; `told`: to whom it went on; `answers`: what
    each did; `is_answered`: whether we did."""

    id: str
    kind: Kind
    text: str
    reference: str
    origin: str
    due: date
    came_from: str = ""
    told: tuple[str, ...] = ()
    answers: tuple[ComplaintAnswer, ...] = ()
    is_answered: bool = False

    @property
    def unanswered(self) -> tuple[str, ...]:
        """Those it went on to who have not said what they did."""
        answered = {one.node for one in self.answers}
        return tuple(node for node in self.told if node not in answered)
