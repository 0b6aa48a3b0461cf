"""`asked_of`: what the signals look at of one request, out of its events as either end recorded them. No name, no text.

Texts are kept as shingles: hashes of five words in a row, letters and figures only, so that a changed number or full
stop hides nothing. Source: Broder, On the resemblance and containment of documents (1997).
"""

import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final
from zlib import crc32

from comity.base.ids import NodeId
from comity.base.instants import Instant
from comity.cases import events as e
from comity.cases.emergency_steps import outcome_of
from comity.oversight.rows import message_moment, offence_class
from comity.treaty import periods
from comity.treaty.request import Request
from comity.treaty.urgency import is_emergency

SHINGLE_WORDS: Final = 5
_WORDS: Final = re.compile(r"[^\W\d_]+")
_DAY: Final = 86_400
_ANSWERS: Final = (e.InformationGiven, e.ConsultationAnswered)
_DECIDED: Final = (e.Granted, e.Refused)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, by its `requester`, a node.

    `at`: when it was made, POSIX seconds; `key`: the id of the key that signed it, '' where that is not known; `first`:
    it follows no earlier request of the same matter. `offence`: its class (`classes`); `by_penalty`: it names its
    highest penalty; `at_limit`: that is the least that makes a serious crime; `raised`: it became law after the act.
    `text`: shingles of its reasons, `packed`. `emergency`: '', open, confirmed or unconfirmed. `decided`, `ground`:
    whether it was granted or refused, and the paragraph of a refusal. `questioned`: somebody of the other side put a
    question; `dropped`: it was withdrawn while that stood unanswered. `secret`: it brought secrecy; `renewals`: how
    often that was extended.
    """

    case: str
    requester: str
    at: int
    key: str
    first: bool
    offence: str
    by_penalty: bool
    at_limit: bool
    raised: bool
    text: bytes
    emergency: str
    decided: bool
    ground: str
    questioned: bool
    dropped: bool
    secret: bool
    renewals: int

    @property
    def day(self) -> int:
        """Days since 1970, UTC."""
        return self.at // _DAY


def asked_of(case: str, node: NodeId, happened: Sequence[e.Event], now: Instant, key: str = "") -> Asked | None:
    """What is to be seen of a case at `now`; None for one that has no request, or one that was never sent, and for the
    file of our own that is opened beside an emergency."""
    begun = happened[0] if happened else None
    if not isinstance(begun, e.Drafted | e.Received) or (isinstance(begun, e.Received) and begun.by != begun.peer):
        return None
    is_ours = isinstance(begun, e.Drafted)
    message = next((one.message for one in happened if isinstance(one, e.Sent | e.Received)), "")
    if not message:
        return None
    request = _last_text(happened, begun.request)
    offence, secrecy = request.offence, begun.request.confidentiality
    since, act = offence.penalty_in_force_since, offence.act_committed_on
    refused = next((one for one in happened if isinstance(one, e.Refused)), None)
    put = [_puts(one, is_ours) for one in happened]
    return Asked(
        case=case,
        requester=node if is_ours else begun.peer,
        at=message_moment(message, Instant.from_seconds(begun.at)).seconds,
        key=key,
        first=not request.follows,
        offence=offence_class(request),
        by_penalty=offence.max_penalty_years is not None,
        at_limit=offence.max_penalty_years == periods.count("serious_crime", Instant.from_seconds(begun.at).day),
        raised=since is not None and act is not None and since > act,
        text=packed(shingles(reasons_of(request))),
        emergency=_emergency(happened, request, now),
        decided=any(isinstance(one, _DECIDED) for one in happened),
        ground=refused.citation if refused else "",
        questioned=any(put),
        dropped=_dropped(happened, put),
        secret=secrecy is not None and secrecy.wanted,
        renewals=sum(1 for one in happened if isinstance(one, e.SecrecyExtended)),
    )


def reasons_of(request: Request) -> str:
    """All that it says to justify itself: what another case would say otherwise."""
    return " ".join((request.facts, request.purpose, request.necessity, request.proportionality, request.emergency))


def shingles(text: str) -> frozenset[int]:
    """32 bits for each five words in a row; of a shorter text, one for all of it. Enough to compare, not to prove."""
    words = _WORDS.findall(text.casefold())
    if not words:
        return frozenset()
    data = " ".join(words).encode()
    begins = [0, *accumulate(len(word.encode()) + 1 for word in words)]
    ends = [begin - 1 for begin in begins[min(SHINGLE_WORDS, len(words)) :]]
    return frozenset(map(crc32, map(data.__getitem__, map(slice, begins, ends))))


def packed(found: frozenset[int]) -> bytes:
    """Shingles as they are kept: in their order, 4 bytes each, little-endian. A set takes twenty times as much."""
    return struct.pack(f"<{len(found)}I", *sorted(found))


def unpacked(text: bytes) -> frozenset[int]:
    return frozenset(struct.unpack(f"<{len(text) // 4}I", text))


def likeness(one: frozenset[int], other: frozenset[int]) -> float:
    """Jaccard's index: 1 for the same words in the same order, 0 for nothing in common."""
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0


def _last_text(happened: Sequence[e.Event], first: Request) -> Request:
    """As it was last mended."""
    return next((one.request for one in reversed(happened) if isinstance(one, e.InformationGiven)), first)


def _emergency(happened: Sequence[e.Event], request: Request, now: Instant) -> str:
    """A review that is overdue counts as one that found nothing: nobody confirmed it in time (policy)."""
    if not is_emergency(request):
        return ""
    settled = [word for word in map(outcome_of, happened) if word]
    if settled:
        return settled[-1]
    opened = next((one for one in happened if isinstance(one, e.EmergencyOpened)), None)
    return "unconfirmed" if opened is not None and opened.review_due < now.day else "open"


def _puts(event: e.Event, is_ours: bool) -> bool:
    """Whether the requested State asks something by it; a consultation can also be opened by who requests."""
    return isinstance(event, e.InformationAsked) or (
        isinstance(event, e.ConsultationOpened) and ("/" in event.by) == is_ours
    )


def _dropped(happened: Sequence[e.Event], put: Sequence[bool]) -> bool:
    """Whether it was withdrawn while a question stood unanswered; one answer settles all that stand."""
    stands = False
    for one, asks in zip(happened, put, strict=True):
        if isinstance(one, e.Withdrawn):
            return stands
        stands = (stands or asks) and not isinstance(one, _ANSWERS)
    return False
