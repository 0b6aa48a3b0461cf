"""Events of a doubt: something a case stands on came under a key that was revoked, or while a directory had ended.

Source: docs/formats/envelope.md, sections 6 and 7. Rules: those of `events`, which lists every kind. A doubt says
nothing against a signature: what was signed while the key was good goes on to verify. It says that nobody may act on
the message further until a named person has looked at it.
"""

from enum import StrEnum
from typing import Final

from comity.cases.event import CaseEvent


class Ground(StrEnum):
    """Why there is a doubt."""

    REVOKED_KEY = "revoked-key"
    STALE_DIRECTORY = "stale-directory"


class Doubted(CaseEvent, frozen=True, tag="doubted"):
    """A doubt stands. `messages`: the ids of those it is about; `node`: whose key or directory; `kid` and `since`: the
    key, and since when its State does not believe it, or '' and the end of the directory."""

    ground: Ground
    node: str
    messages: tuple[str, ...]
    since: int
    kid: str = ""


class DoubtSettled(CaseEvent, frozen=True, tag="doubt_settled"):
    """A person looked: what came is relied on all the same (`keep`), or it is not, and only what takes it back goes
    on."""

    keep: bool
    reasons: str
    role: str


TAKES_BACK: Final = frozenset(
    {"order_lifted", "copies_released", "withdrawn", "evidence_returned", "evidence_destroyed"}
)
"""Steps that end what a message we do not rely on had begun, by their tags."""
