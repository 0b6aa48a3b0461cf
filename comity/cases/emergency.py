"""How an emergency stands in its case, and the figures of policy: none of them is the treaty's.

A call-back is one person's word of a call to the number of the directory; a second person checks it. Until then, and
while something is held against the emergency, the tables of the procedures bar what would disclose.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

BUDGET_A_DAY: Final = 5
"""Policy: emergencies of one authority within 24 hours, above which each needs a named decision."""
UNCONFIRMED_MOST: Final = 3
"""Policy: so many that were denied, not confirmed or overdue within a year, and the next needs a named decision."""
UNCONFIRMED_DAYS: Final = 365
REVIEW_DAYS: Final = 5
"""Policy: until the formal request or confirmation, or the data are destroyed and it is reported."""

OVER_BUDGET: Final = "over_budget"
PAUSED: Final = "paused"
REUSED_TEXT: Final = "reused_text"
REPLY_ELSEWHERE: Final = "reply_elsewhere"
LOOK_ALIKE: Final = "look_alike"
HELD: Final = (OVER_BUDGET, PAUSED, REUSED_TEXT, REPLY_ELSEWHERE, LOOK_ALIKE)
"""What is held against an emergency until a named person decides."""
NO_NUMBER: Final = "no_number"
NO_CENTRAL_AUTHORITY: Final = "no_central_authority"
APPROVERS_UNLISTED: Final = "approvers_unlisted"
APPROVALS_UNSIGNED: Final = "approvals_unsigned"
NOTES: Final = (NO_NUMBER, NO_CENTRAL_AUTHORITY, APPROVERS_UNLISTED, APPROVALS_UNSIGNED)
"""What whoever calls should know."""
RESULTS: Final = ("confirmed", "denied", "unreached")


@dataclass(frozen=True, slots=True)
class Call:
    """A call-back: who called which number, when (POSIX seconds), whom they reached, and what came of it."""

    by: str
    at: int
    number: str
    result: str
    reached: str


@dataclass(frozen=True, slots=True)
class Emergency:
    """What is known of an emergency. On the requesting side only `review_due`, `followed_up` and `reviewed` matter."""

    review_due: date
    key: str = ""
    approvers: tuple[str, ...] = ()
    text_sha256: str = ""
    held: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    admitted_by: str = ""
    call: Call | None = None
    checked_by: str = ""
    denied: bool = False
    followed_up: bool = False
    reviewed: str = ""

    @property
    def awaits_decision(self) -> bool:
        """Something is held against it, and no named person has let it go on."""
        return bool(self.held) and not self.admitted_by

    @property
    def awaits_check(self) -> bool:
        """A call confirmed it, and no second person has checked the call."""
        return not self.denied and not self.checked_by and self.call is not None and self.call.result == "confirmed"

    @property
    def awaits_call(self) -> bool:
        return not (self.denied or self.checked_by or self.awaits_check)

    @property
    def is_confirmed(self) -> bool:
        """A call-back was confirmed by a second person, and no review has found otherwise."""
        return bool(self.checked_by) and not self.denied and self.reviewed != "unconfirmed"

    @property
    def is_barred(self) -> bool:
        """Whether nothing may be disclosed for it."""
        return not self.is_confirmed or self.awaits_decision

    @property
    def owes_review(self) -> bool:
        return not self.denied and not self.reviewed

    @property
    def word(self) -> str:
        """What it counts as: confirmed or unconfirmed afterwards, else open."""
        return "unconfirmed" if self.denied else self.reviewed or "open"
