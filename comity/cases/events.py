"""Everything that can happen to a case, one frozen class each, with a fixed tag.

A tag and the meaning of its fields never change; new fields go last, with a default. `at`: POSIX seconds; `by`: the
person's pseudonym, or the node id where a message did it. `message`: the id of the document that was sent or came,
`doc_sha256`: the digest of its JWS.
"""

# ruff: noqa: PLC0414 - a name imported as itself is passed on: every kind of event can be had here

from datetime import date

from comity.base.encoding import to_json
from comity.base.mode import Mode
from comity.base.parsing import read_json
from comity.cases.approval import PasskeyApproval
from comity.cases.consulting import ClarificationAsked as ClarificationAsked
from comity.cases.consulting import ClarificationGiven as ClarificationGiven
from comity.cases.consulting import ConditionsAccepted as ConditionsAccepted
from comity.cases.consulting import ConditionsDeclined as ConditionsDeclined
from comity.cases.consulting import ConsultationAnswered as ConsultationAnswered
from comity.cases.consulting import ConsultationOpened as ConsultationOpened
from comity.cases.consulting import Postponed as Postponed
from comity.cases.consulting import Resumed as Resumed
from comity.cases.disposing import EvidenceDestroyed as EvidenceDestroyed
from comity.cases.disposing import EvidenceReturned as EvidenceReturned
from comity.cases.doubting import Doubted as Doubted
from comity.cases.doubting import DoubtSettled as DoubtSettled
from comity.cases.emergencies import AuthorityNotified as AuthorityNotified
from comity.cases.emergencies import CallBackChecked as CallBackChecked
from comity.cases.emergencies import CalledBack as CalledBack
from comity.cases.emergencies import EmergencyAdmitted as EmergencyAdmitted
from comity.cases.emergencies import EmergencyFollowedUp as EmergencyFollowedUp
from comity.cases.emergencies import EmergencyOpened as EmergencyOpened
from comity.cases.emergencies import EmergencyReviewed as EmergencyReviewed
from comity.cases.emergencies import FirstApproved as FirstApproved
from comity.cases.event import CaseEvent as CaseEvent
from comity.cases.keeping import EvidencePassedOn as EvidencePassedOn
from comity.cases.keeping import OnwardAsked as OnwardAsked
from comity.cases.keeping import OnwardDecided as OnwardDecided
from comity.cases.keeping import RetentionExtended as RetentionExtended
from comity.cases.overseeing import CopiesReleased as CopiesReleased
from comity.cases.overseeing import Frozen as Frozen
from comity.cases.overseeing import NoticeGiven as NoticeGiven
from comity.cases.overseeing import NoticeWaived as NoticeWaived
from comity.cases.overseeing import NoticeWithheld as NoticeWithheld
from comity.cases.overseeing import OrderLifted as OrderLifted
from comity.cases.overseeing import SecrecyEnded as SecrecyEnded
from comity.cases.overseeing import SecrecyExtended as SecrecyExtended
from comity.cases.overseeing import SecrecyLapsed as SecrecyLapsed
from comity.cases.overseeing import Unfrozen as Unfrozen
from comity.cases.remedies import ComplaintAnswered as ComplaintAnswered
from comity.cases.remedies import ComplaintForwarded as ComplaintForwarded
from comity.cases.remedies import ComplaintRecorded as ComplaintRecorded
from comity.cases.remedies import DisclosedToCourt as DisclosedToCourt
from comity.cases.remedies import ExculpatoryFound as ExculpatoryFound
from comity.treaty.request import Request, Sought
from comity.treaty.use_terms import UseLimits

EVENT_LIMIT = 512 * 1024


class Drafted(CaseEvent, frozen=True, tag="drafted"):
    """A request of ours is drafted, for the node `peer` of the requested State."""

    mode: Mode
    procedure: str
    peer: str
    request: Request
    follows: str = ""


class Approved(CaseEvent, frozen=True, tag="approved"):
    """A second person approves exactly the request drafted: `request_sha256` is the digest of its JSON; `passkey` is
    their signature over it, without which a live node takes no approval."""

    request_sha256: str
    reasons: str = ""
    passkey: PasskeyApproval | None = None


class Sent(CaseEvent, frozen=True, tag="sent"):
    """The request is signed, sealed and queued."""

    message: str
    doc_sha256: str


class Received(CaseEvent, frozen=True, tag="received"):
    """A request came from `peer`, whose own reference is `their_case`; `findings` is our own assessment."""

    mode: Mode
    procedure: str
    peer: str
    their_case: str
    message: str
    doc_sha256: str
    request: Request
    findings: tuple[str, ...] = ()


class OrderReceived(CaseEvent, frozen=True, tag="order_received"):
    """A domestic order came from the authority of the provider's own State."""

    mode: Mode
    procedure: str
    peer: str
    their_case: str
    message: str
    doc_sha256: str
    measure: str
    data: str
    identifiers: tuple[str, ...]
    since: date
    until: date
    secret_until: date | None = None
    recipients: tuple[str, ...] = ()


class Receipted(CaseEvent, frozen=True, tag="receipted"):
    """What became of a message of ours: the peer's `delivered`, or `rejected` with a code as its receipt has it, which
    may name the field at fault (docs/formats/envelope.md, section 4); or `expired` on the way."""

    message: str
    status: str
    code: str = ""


class InformationAsked(CaseEvent, frozen=True, tag="information_asked"):
    """More is needed before it can go on; not a refusal (arts 40(16), 42(6))."""

    missing: tuple[str, ...]
    message: str
    text: str = ""


class Mended(CaseEvent, frozen=True, tag="mended"):
    """What was asked for is written into the request, which waits for a second person's approval."""

    request: Request


class InformationGiven(CaseEvent, frozen=True, tag="information_given"):
    """The mended request, whole; `passkey`: the second person's signature over it."""

    request: Request
    message: str
    doc_sha256: str
    passkey: PasskeyApproval | None = None


class Decided(CaseEvent, frozen=True, tag="decided"):
    """A person answers a finding that needs one: the rule, whether the request may go on in spite of it, and why.

    A later decision on the same rule takes the place of an earlier one.
    """

    rule: str
    in_favour: bool
    decision: str
    reasons: str
    role: str


class Granted(CaseEvent, frozen=True, tag="granted"):
    """Assistance will be given, under conditions if any (art. 40(28)); in part where it has a scope.

    `scope`: what is granted of the measures asked for, all of it if empty; `left_out`: what is not, and why (40(25)).
    """

    reasons: str
    message: str
    conditions: tuple[str, ...] = ()
    citation: str = ""
    scope: tuple[Sought, ...] = ()
    left_out: str = ""


class Refused(CaseEvent, frozen=True, tag="refused"):
    """Refused, with its ground and reasons (art. 40(25)).

    `consulted`: the two States consulted first; `consulted_how`: by which other means than messages of this case.
    """

    ground: str
    citation: str
    reasons: str
    message: str
    consulted: bool = False
    consulted_how: str = ""


class OrderIssued(CaseEvent, frozen=True, tag="order_issued"):
    """A domestic order went to a provider."""

    provider: str
    until: date
    legal_basis: str
    message: str
    doc_sha256: str


class Objected(CaseEvent, frozen=True, tag="objected"):
    """The provider objects to the order, or cannot comply."""

    ground: str
    reasons: str
    message: str


class Preserved(CaseEvent, frozen=True, tag="preserved"):
    """The data are kept unaltered until a day (arts 25(2), 42(8))."""

    since: date
    until: date
    message: str
    custodian: str = ""


class Answered(CaseEvent, frozen=True, tag="answered"):
    """The requesting State, or the ordering authority, was told."""

    kind: str
    message: str
    doc_sha256: str


class AssistanceArrived(CaseEvent, frozen=True, tag="assistance_arrived"):
    """The request for mutual legal assistance came: preservation is kept pending the decision on it (art. 42(8))."""

    case: str


class EvidenceSealed(CaseEvent, frozen=True, tag="evidence_sealed"):
    """A package was sealed and its custody begun."""

    package: str
    files: int
    size: int


class EvidenceReleased(CaseEvent, frozen=True, tag="evidence_released"):
    """The first signature of a hand-over."""

    package: str
    to: str
    message: str
    doc_sha256: str


class EvidenceArrived(CaseEvent, frozen=True, tag="evidence_arrived"):
    """A package came, whole and with its outer signature and custody holding; nobody has accepted it yet. `limits`: on
    its use, as its sender wrote them."""

    package: str
    sender: str
    message: str
    limits: UseLimits | None = None


class EvidenceAccepted(CaseEvent, frozen=True, tag="evidence_accepted"):
    """The second signature of a hand-over, ours or the peer's."""

    package: str
    holder: str
    message: str


class EvidenceExamined(CaseEvent, frozen=True, tag="evidence_examined"):
    """A named person opened the package for a purpose; every digest was checked."""

    package: str
    purpose: str
    files: int
    size: int


class EvidenceReissued(CaseEvent, frozen=True, tag="evidence_reissued"):
    """Of the package another was made, whose digest is `made`, which more readers of our own State can open.

    `readers`: how many were let in; `sealed_for`: their node.
    """

    package: str
    made: str
    sealed_for: str
    readers: int
    reasons: str


class Withdrawn(CaseEvent, frozen=True, tag="withdrawn"):
    """Help is no longer needed, or was not asked for in the end (art. 40(26))."""

    reasons: str
    message: str = ""


class Lapsed(CaseEvent, frozen=True, tag="lapsed"):
    """The period ended and nothing keeps it open."""

    due: date


Event = (
    Drafted
    | Approved
    | Sent
    | Received
    | OrderReceived
    | Receipted
    | InformationAsked
    | Mended
    | InformationGiven
    | Decided
    | Granted
    | Refused
    | OrderIssued
    | Objected
    | Preserved
    | Answered
    | AssistanceArrived
    | EvidenceSealed
    | EvidenceReleased
    | EvidenceArrived
    | EvidenceAccepted
    | EvidenceExamined
    | EvidenceReissued
    | Withdrawn
    | Lapsed
    | ConsultationOpened
    | ConsultationAnswered
    | ConditionsAccepted
    | ConditionsDeclined
    | Postponed
    | Resumed
    | ClarificationAsked
    | ClarificationGiven
    | Frozen
    | Unfrozen
    | SecrecyExtended
    | SecrecyEnded
    | NoticeGiven
    | NoticeWithheld
    | NoticeWaived
    | OrderLifted
    | CopiesReleased
    | EvidenceReturned
    | EvidenceDestroyed
    | SecrecyLapsed
    | ExculpatoryFound
    | ComplaintRecorded
    | ComplaintForwarded
    | ComplaintAnswered
    | DisclosedToCourt
    | RetentionExtended
    | OnwardAsked
    | OnwardDecided
    | EvidencePassedOn
    | Doubted
    | DoubtSettled
    | FirstApproved
    | EmergencyOpened
    | EmergencyAdmitted
    | CalledBack
    | CallBackChecked
    | AuthorityNotified
    | EmergencyFollowedUp
    | EmergencyReviewed
)

EVENTS: tuple[type[CaseEvent], ...] = Event.__args__
"""Every kind of event, in the order above."""


def tag_of(event: Event | type[CaseEvent]) -> str:
    """The fixed tag, as written and logged."""
    return str(event.__struct_config__.tag)


def write(event: Event) -> bytes:
    """The one encoding of an event: what is stored, linked and committed to."""
    return to_json(event)


def read(data: bytes) -> Event:
    """An event from its bytes; raises Malformed for one of a newer version."""
    value: Event = read_json(data, Event, limit=EVENT_LIMIT, what="the case event")  # type: ignore[arg-type]
    return value
