"""`Case`: what is true now, folded from its events."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from comity.base.digests import Digest
from comity.base.encoding import to_json
from comity.base.ids import CaseId
from comity.base.mode import Mode
from comity.treaty.request import Request


class Position(StrEnum):
    """Where this node stands in the case."""

    REQUESTING = "requesting"
    REQUESTED = "requested"
    PROVIDER = "provider"


@dataclass(frozen=True, slots=True)
class Order:
    """A domestic order as the provider received it."""

    measure: str
    data: str
    identifiers: tuple[str, ...]
    since: date
    until: date
    secret_until: date | None
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One request's file. `events`: how many were folded; `head`: the digest of the last event's link; `decided` and
    `opposed`: the rules on which a person let the request go on, and on which one did not;
    `mended`: what a person proposes to supply, until it is sent."""

    id: CaseId
    mode: Mode
    procedure: str
    position: Position
    peer: str
    state: StrEnum
    events: int
    head: Digest
    request: Request | None = None
    order: Order | None = None
    their_case: str = ""
    drafted_by: str = ""
    approved_by: str = ""
    provider: str = ""
    preserved_until: date | None = None
    follows: str = ""
    asked: tuple[str, ...] = ()
    mended: Request | None = None
    mended_by: str = ""
    decided: frozenset[str] = frozenset()
    opposed: frozenset[str] = frozenset()
    package: str = ""
    holder: str = ""
    request_message: str = ""
    trouble: str = field(default="")

    @property
    def request_sha256(self) -> str:
        """What an approval is given to: the digest of the request's JSON."""
        return str(Digest.of(to_json(self.request)))


def link(previous: Digest | None, case: CaseId, event: bytes) -> Digest:
    """The digest that joins an event to all before it.

    SHA-256("comity/1/event", 0x00, previous digest or 32 zeros, case id, 0x00, event bytes).
    """
    before = previous.value if previous else bytes(32)
    return Digest.of(b"comity/1/event\0", before, case.encode("ascii"), b"\0", event)
