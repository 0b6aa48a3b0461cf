"""`Case`: what is true now, folded from its events."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import msgspec

from comity.base.digests import Digest
from comity.base.encoding import to_json
from comity.base.ids import CaseId
from comity.base.mode import Mode
from comity.cases.approval import PasskeyApproval
from comity.cases.complaints import Complaint
from comity.cases.emergency import Emergency
from comity.cases.secrecy import Secrecy
from comity.treaty.request import Request, Sought
from comity.treaty.use_terms import UseLimits


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
class Consultation:
    """What one side asked the other, and its answer, '' until it comes. `by`: who opened it, a node id for the peer."""

    message: str
    about: str
    text: str
    by: str
    conditions: tuple[str, ...] = ()
    answer: str = ""

    @property
    def is_ours(self) -> bool:
        return "/" not in self.by


@dataclass(frozen=True, slots=True)
class Doubt:
    """What a case stands on that is in doubt (`doubting.Doubted`), until a person settles it."""

    ground: str
    node: str
    kid: str
    since: int
    messages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Onward:
    """A question whether the evidence may go on to a third State, and its answer. `asked`: the message that asked;
    `by`: who asked, a node id for the peer; `token`: the message that authorises it, '' where none does; `made`: the
    package that was made by it."""

    asked: str
    to: str
    reasons: str
    by: str
    decided: bool = False
    token: str = ""
    token_sha256: str = ""
    until: date | None = None
    made: str = ""

    @property
    def is_ours(self) -> bool:
        return "/" not in self.by


@dataclass(frozen=True, slots=True)
class FirstApproval:
    """The first of the two approvals of an emergency, which goes into the signed request with the second."""

    by: str
    role: str
    at: int
    request_sha256: str
    passkey: PasskeyApproval | None = None


class Notice(StrEnum):
    """Whether the person concerned was told once secrecy ended."""

    OPEN = ""
    GIVEN = "given"
    PROPOSED_NOT = "proposed not to be given"
    WAIVED = "waived"


class Case(msgspec.Struct, frozen=True, gc=False):
    """One request's file. `events`: how many were folded; `head`: the digest of the last event's link; `decided` and
    `opposed`: the rules on which a person let the request go on, and on which one did not;
    `mended`: what a person proposes to supply, until it is sent. `scope`: what was granted, where it is not all;
    `grant`: the message that granted it. `look_again`: when a postponement is looked at anew. `question`: what the
    provider asks of its order, and its message. `notice_due`: when the person concerned is told at the latest;
    `exculpatory`: what speaks for an accused was found, and the sender told; `kept_until`: what was kept longer by a
    decision, and until when; `limits`: on the use of the evidence that came. `frozen_by`: who of oversight froze the
    case. `copy_gone`: our copy of the package was given back or destroyed, so that it is removed;
    `custodians`: who of us sealed, accepted, opened or handed on the evidence. `doubts`: those no person has settled;
    `undone`: a person does not rely on what was in doubt.

    A Struct, because each event makes a new one: a frozen dataclass of so many fields takes thirty times as long."""

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
    approval_signed: bool = False
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
    trouble: str = ""
    scope: tuple[Sought, ...] = ()
    conditions: tuple[str, ...] = ()
    conditions_accepted: bool = False
    grant: str = ""
    consultations: tuple[Consultation, ...] = ()
    look_again: date | None = None
    question: str = ""
    question_message: str = ""
    ordered_by: str = ""
    lifted: bool = False
    copies_released: bool = False
    frozen_by: str = ""
    secrecy: Secrecy | None = None
    secrecy_ended: bool = False
    notice: Notice = Notice.OPEN
    notice_by: str = ""
    notice_due: date | None = None
    complaints: tuple[Complaint, ...] = ()
    exculpatory: bool = False
    kept_until: tuple[tuple[str, date], ...] = ()
    onward: tuple[Onward, ...] = ()
    limits: UseLimits | None = None
    copy_gone: bool = False
    doubts: tuple[Doubt, ...] = ()
    undone: bool = False
    first_approval: FirstApproval | None = None
    emergency: Emergency | None = None
    custodians: frozenset[str] = frozenset()

    @property
    def secret_until(self) -> date | None:
        """The last day on which it is secret, also once that is over."""
        return self.secrecy.until if self.secrecy else None

    @property
    def passed_on(self) -> tuple[str, ...]:
        """The nodes of third States for which a package was made."""
        return tuple(dict.fromkeys(one.to for one in self.onward if one.made))

    @property
    def request_sha256(self) -> str:
        """What an approval is given to: the digest of the request's JSON."""
        return str(Digest.of(to_json(self.request)))

    @property
    def measures(self) -> tuple[Sought, ...]:
        """What may be carried out: the scope of the grant, or all that was asked for where it has none."""
        return self.scope or (self.request.measures if self.request else ())

    @property
    def is_frozen(self) -> bool:
        return bool(self.frozen_by)

    @property
    def is_held(self) -> bool:
        """Nothing of it goes further: oversight froze it, or a doubt stands."""
        return self.is_frozen or bool(self.doubts)

    @property
    def awaits_conditions(self) -> bool:
        """The grant has conditions which the requesting State has not accepted."""
        return bool(self.conditions) and not self.conditions_accepted

    @property
    def has_consulted(self) -> bool:
        """The two States consulted on help under conditions (art. 40(28)): one asked, and the other answered."""
        return any(one.answer and one.about != "costs" for one in self.consultations)

    @property
    def authors(self) -> frozenset[str]:
        """The people who had a part in the request or in the order: none of them reviews its secrecy."""
        first = self.first_approval.by if self.first_approval else ""
        return frozenset({self.drafted_by, self.mended_by, first, self.approved_by, self.ordered_by}) - {""}


def link(previous: Digest | None, case: CaseId, event: bytes) -> Digest:
    """The digest that joins an event to all before it.

    SHA-256("comity/1/event", 0x00, previous digest or 32 zeros, case id, 0x00, event bytes).
    """
    before = previous.value if previous else bytes(32)
    return Digest.of(b"comity/1/event\0", before, case.encode("ascii"), b"\0", event)
