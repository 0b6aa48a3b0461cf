"""Questions that a signal opened, as the workflows see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Question:
    """One question of oversight to one person. `at`, `due`, `answered_at`: POSIX seconds, the last 0 while nobody has
    answered; `reading`: what the signal was read from, as JSON."""

    id: str
    signal: str
    requester: str
    asked_by: str
    asked_of: str
    at: int
    due: int
    reading: bytes
    text: str
    answered_at: int = 0
    answer: str = ""

    @property
    def is_open(self) -> bool:
        return not self.answered_at


class SignalQuestions(Protocol):
    def add(self, one: Question) -> None: ...

    def get(self, question: str) -> Question | None: ...

    def answer(self, question: str, text: str, at: int) -> bool:
        """Write the answer; False where there is one already, which stays."""
        ...

    def open_of(self, person: str) -> Sequence[Question]:
        """Those a person has to answer, the first due first."""
        ...

    def drop_answered_before(self, at: int) -> int:
        """Delete those answered before that second; how many. One that waits for its answer stays."""
        ...

    def all(self) -> Sequence[Question]:
        """Newest first."""
        ...
