"""Events for the defence and for the person whose data it is: what speaks for an accused, complaints, corrections and
erasures on their way to everybody who has the data, and what a court was given.

Source: articles 21(4), 24(2), 36(2), 40(5), 40(19); deadlines and ways are policy. Rules: those of `events`, which
lists every kind.
"""

from datetime import date
from typing import Annotated, Final

import msgspec

from comity.cases.event import CaseEvent

KINDS: Final = ("complaint", "correction", "erasure")
OUTCOMES: Final = ("done", "in_part", "refused")
Kind = Annotated[str, msgspec.Meta(pattern="^(complaint|correction|erasure)$")]
Outcome = Annotated[str, msgspec.Meta(pattern="^(done|in_part|refused)$")]


class ExculpatoryFound(CaseEvent, frozen=True, tag="exculpatory_found"):
    """A person found what speaks for an accused. The State that sent it is told; it cannot forbid that the accused is
    shown it (arts 40(5), 40(19)). `exceptional`: the accused was shown it first."""

    text: str
    role: str
    message: str
    doc_sha256: str
    exceptional: bool = False


class ComplaintRecorded(CaseEvent, frozen=True, tag="complaint_recorded"):
    """Somebody complains, or asks that data be corrected or erased. `complaint`: its reference, the same at every node;
    `reference`: who keeps its file, and under which number; `origin`: the node that took it; `due`: by when each that
    has the data answers (policy)."""

    complaint: str
    kind: Kind
    text: str
    reference: str
    origin: str
    due: date
    message: str = ""


class ComplaintForwarded(CaseEvent, frozen=True, tag="complaint_forwarded"):
    """It went on to somebody who has the data; or, with `answer_of`, an answer went back. `how`: by a message of this
    case, or in words the way a person took."""

    complaint: str
    to: str
    how: str
    answer_of: str = ""
    message: str = ""
    doc_sha256: str = ""


class ComplaintAnswered(CaseEvent, frozen=True, tag="complaint_answered"):
    """What the node `node` did about it: done, in part or refused, and why."""

    complaint: str
    node: str
    outcome: Outcome
    text: str
    role: str
    message: str = ""


class DisclosedToCourt(CaseEvent, frozen=True, tag="disclosed_to_court"):
    """The case's papers were given on a court's order. `manifest_sha256`: of what was signed; `given`, `withheld`: how
    many items it gives, and how many it names and does not give."""

    order: str
    to: str
    manifest_sha256: str
    given: int
    withheld: int
    role: str
