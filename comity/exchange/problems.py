"""What can be wrong with a message, one code each (RFC 9457 problem types), and what the sender is to do.

`https://comity.example/problems/<code>` is the type. A code never changes its meaning.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from comity.base.errors import ComityError, NotVerified, OutOfOrder

TYPE_PREFIX: Final = "https://comity.example/problems/"


class Retry(StrEnum):
    """What may be sent again."""

    SAME_BYTES = "the same bytes, later"
    NEW_REQUEST = "the same envelope in a newly signed request"
    NEW_DOCUMENT = "a new document, mended"
    NO = "nothing until a person has looked"


@dataclass(frozen=True, slots=True)
class Problem:
    """HTTP status, a title for people, what may be sent again, and who must act."""

    status: int
    title: str
    retry: Retry
    who: str


PROBLEMS: Final[Mapping[str, Problem]] = {
    "malformed": Problem(400, "the bytes are not as the format says", Retry.NEW_DOCUMENT, "the sender's operator"),
    "too-large": Problem(413, "more bytes than the limit", Retry.NEW_DOCUMENT, "the sender's operator"),
    "too-slow": Problem(408, "the body did not come in time", Retry.SAME_BYTES, "the sender's operator"),
    "bad-signature": Problem(401, "a signature does not hold", Retry.NEW_REQUEST, "the sender's operator"),
    "clock-skew": Problem(401, "the two clocks differ too much", Retry.NEW_REQUEST, "both operators"),
    "replayed-request": Problem(401, "this signed request was seen before", Retry.NEW_REQUEST, "the sender's operator"),
    "unknown-peer": Problem(403, "the sender is not in our directory", Retry.NO, "both authorities"),
    "peer-suspended": Problem(403, "the sender is suspended here", Retry.NO, "the receiving authority"),
    "wrong-mode": Problem(403, "an exercise and live work never mix", Retry.NO, "the sender's operator"),
    "wrong-recipient": Problem(421, "not addressed to this node", Retry.NO, "the sender's operator"),
    "unknown-key": Problem(409, "a key that is not in the directory", Retry.NEW_DOCUMENT, "the sender's operator"),
    "revoked-key": Problem(403, "a key that was revoked", Retry.NO, "both authorities"),
    "stale-directory": Problem(409, "the sender's directory has ended", Retry.SAME_BYTES, "both authorities"),
    "expired": Problem(410, "arrived after its time", Retry.NEW_DOCUMENT, "the sender"),
    "conflict": Problem(409, "this id stands for other bytes here", Retry.NO, "both authorities"),
    "version": Problem(422, "a version or suite this node does not speak", Retry.NEW_DOCUMENT, "the sender's operator"),
    "busy": Problem(429, "too much at once", Retry.SAME_BYTES, "nobody"),
    "cannot-open": Problem(422, "the ciphertext does not open", Retry.NEW_DOCUMENT, "the sender's operator"),
    "inside-differs": Problem(422, "the document does not say what its envelope says", Retry.NO, "both authorities"),
    "out-of-order": Problem(202, "an earlier message of this channel is missing", Retry.SAME_BYTES, "nobody"),
    "broken-channel": Problem(409, "the channel's chain does not join", Retry.NO, "both authorities"),
    "not-allowed": Problem(403, "this sender may not send this", Retry.NO, "the sending authority"),
    "invalid-field": Problem(422, "a field is missing or wrong", Retry.NEW_DOCUMENT, "the sender"),
    "missing-part": Problem(422, "an attached part has not arrived", Retry.SAME_BYTES, "the sender's operator"),
    "out-of-state": Problem(409, "not possible in the case's present state", Retry.NO, "the sender"),
    "treaty-check": Problem(422, "a condition of the treaty is not met", Retry.NEW_DOCUMENT, "the sender's lawyer"),
    "broken-seal": Problem(422, "the evidence package is not as it was sealed", Retry.NEW_DOCUMENT, "the sealer"),
    "broken-custody": Problem(422, "the custody chain does not hold", Retry.NO, "both authorities"),
    "not-found": Problem(404, "there is nothing here by that name", Retry.NO, "the caller"),
    "unavailable": Problem(503, "the node cannot do its part now", Retry.SAME_BYTES, "the receiving operator"),
    "internal": Problem(500, "an error of ours; it has been recorded", Retry.SAME_BYTES, "the receiving operator"),
}


INTERNAL: Final = "internal"


class ExchangeProblem(ComityError):
    """A check on a message failed. `code` is one of PROBLEMS."""

    def __init__(self, code: str, what: str, *, hint: str = "", where: str = "") -> None:
        super().__init__(what, hint=hint or f"send {PROBLEMS[code].retry}", where=where)
        self.code = code


def problem_of(error: ComityError) -> tuple[str, Problem]:
    """The code and problem for any typed error; what has no problem of its own is `invalid-field`.

    A step the case does not allow is `out-of-state`: `out-of-order` on the wire is a message that came too early. Our
    own records that do not join are `internal`: nobody is told that they wrote something wrong because we lost it.
    """
    code = "out-of-state" if isinstance(error, OutOfOrder) else error.code
    code = INTERNAL if code == NotVerified.code else code
    code = code if code in PROBLEMS else "invalid-field"
    return code, PROBLEMS[code]
