"""Every kind of message: its fixed tag, its body, and who may send it.

A tag and the order and meaning of a body's fields never change; new fields go last, with a default.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Final

import msgspec

from comity.crypto.passkey_record import PasskeyApproval
from comity.treaty.request import Request, Sought
from comity.treaty.use_terms import UseLimits


class Role(StrEnum):
    """What a node is."""

    AUTHORITY = "authority"
    PROVIDER = "provider"
    WITNESS = "witness"


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The kind's own closed struct."""


class Approval(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One of the two approvals of an emergency, as its case has it. `request_sha256`: the digest of the request's JSON;
    `at`: POSIX seconds; `passkey`: the person's signature over it, which a live node always gives."""

    person: str
    role: str
    request_sha256: str
    at: int
    passkey: PasskeyApproval | None = None


class RequestBody(Body, frozen=True, kw_only=True):
    """A request for preservation or for assistance, whole. `supersedes`: the message id it mends, if any; `approvals`:
    the two that an emergency takes, the first one first."""

    request: Request
    supersedes: str = ""
    approvals: tuple[Approval, ...] = ()


class AskBody(Body, frozen=True, kw_only=True):
    """What the requested State needs to know before it can go on (arts 40(16), 42(6)): not a refusal."""

    missing: tuple[str, ...]
    text: str = ""


class PreservedBody(Body, frozen=True, kw_only=True):
    """The data are preserved from one day until another. `custodian`: who holds them, if that may be said."""

    since: date
    until: date
    custodian: str = ""
    note: str = ""


class GrantBody(Body, frozen=True, kw_only=True):
    """Assistance will be given, under conditions if any (art. 40(28)). `scope`: what is granted of each measure, all of
    it if empty; `left_out`: what is not given, and why (art. 40(25))."""

    reasons: str
    conditions: tuple[str, ...] = ()
    citation: str = ""
    scope: tuple[Sought, ...] = ()
    left_out: str = ""


class RefusalBody(Body, frozen=True, kw_only=True):
    """Assistance is refused: ground, citation, reasons (art. 40(25)), and whether consultation came first.

    `consulted_how`: by which means, where not by messages of the case.
    """

    ground: str
    citation: str
    reasons: str
    consulted: bool = False
    consulted_how: str = ""


MOST_RECIPIENTS: Final = 16
"""Of a sealed package (docs/formats/evidence.md), and so of an order that asks for one."""
RECIPIENT_CHARACTERS: Final = 2048
"""A hybrid one has 1,959."""
_Recipient = Annotated[str, msgspec.Meta(max_length=RECIPIENT_CHARACTERS)]


class OrderBody(Body, frozen=True, kw_only=True):
    """A domestic order to a service provider (arts 25, 27): the order's own law, what, until when and for whom.

    `recipients`: age recipients to seal to, for a production order, at most as many as a package may have.
    `secret_until`: the last day of confidentiality; the treaty presupposes an end (art. 25(3)). `reference`: the case
    it serves, by the ordering authority's own name.
    """

    measure: str
    data: str
    identifiers: tuple[str, ...]
    legal_basis: str
    reasons: str
    since: date
    until: date
    secret_until: date | None = None
    recipients: Annotated[tuple[_Recipient, ...], msgspec.Meta(max_length=MOST_RECIPIENTS)] = ()
    reference: str = ""


class ObjectionBody(Body, frozen=True, kw_only=True):
    """The provider objects, asks to narrow, or cannot comply."""

    ground: str
    reasons: str


class ReleaseBody(Body, frozen=True, kw_only=True):
    """An evidence package, handed on: the custody chain so far, its last act a release to the recipient. `limits`: on
    its use, where it goes to another State."""

    package: str
    custody: tuple[str, ...]
    note: str = ""
    limits: UseLimits | None = None


class AcceptBody(Body, frozen=True, kw_only=True):
    """The second signature of a hand-over: the custody act of acceptance."""

    package: str
    act: str


class DestroyBody(Body, frozen=True, kw_only=True):
    """The holder destroyed the package: the custody chain to its end, which says why. `copies`: what became of opened
    files and other copies."""

    package: str
    custody: tuple[str, ...]
    copies: str


class WithdrawBody(Body, frozen=True, kw_only=True):
    """Help is no longer needed (art. 40(26))."""

    reasons: str


class ConsultationBody(Body, frozen=True, kw_only=True):
    """One State consults the other, before help is refused, postponed or given on conditions (art. 40(28)), or on costs
    (art. 40(30)). `about`: `refusal`, `postponement`, `conditions` or `costs`."""

    about: Annotated[str, msgspec.Meta(pattern="^(refusal|postponement|conditions|costs)$")]
    text: str
    conditions: tuple[str, ...] = ()


class ReplyBody(Body, frozen=True, kw_only=True):
    """The answer to a message that asked: its id, and what is said."""

    message: str
    text: str


class ConditionsBody(Body, frozen=True, kw_only=True):
    """Whether the requesting State accepts the conditions of a grant; if so it is bound by them (art. 40(28)).

    `grant`: the id of the message that granted.
    """

    grant: str
    accepted: bool
    reasons: str


class PostponementBody(Body, frozen=True, kw_only=True):
    """Execution is put off for a proceeding at home (art. 40(27)); `look_again`: when that is looked at anew."""

    ground: str
    citation: str
    reasons: str
    look_again: date
    consulted: bool = False
    consulted_how: str = ""


class ResumptionBody(Body, frozen=True, kw_only=True):
    """What was postponed is taken up again."""

    reasons: str


class QuestionBody(Body, frozen=True, kw_only=True):
    """The provider asks what its order means."""

    text: str


class LiftBody(Body, frozen=True, kw_only=True):
    """The order binds no longer: what was kept for it is to be let go."""

    reasons: str


class LetGoBody(Body, frozen=True, kw_only=True):
    """The provider keeps nothing any more for the order that was lifted, or says what it keeps and why."""

    text: str


class SecrecyBody(Body, frozen=True, kw_only=True):
    """Confidentiality lasts longer, until a day, by a new decision; or it ends now, if that day is absent.

    `role`: of the person who decided (arts 24(2), 40(20)).
    """

    reasons: str
    role: str
    until: date | None = None


class ExculpatoryBody(Body, frozen=True, kw_only=True):
    """What came from the recipient speaks for an accused, who is shown it (arts 40(5), 40(19)): notice, not a question.
    `exceptional`: the accused was shown it before this."""

    text: str
    exceptional: bool = False


class ComplaintBody(Body, frozen=True, kw_only=True):
    """Somebody complains, or asks that data be corrected or erased: to each that has the data, and on from there.

    `complaint`: the same reference at every node; `origin`: the node that took it; `due`: by when it is answered.
    """

    complaint: Annotated[str, msgspec.Meta(pattern="^[0-9a-f-]{36}$")]
    kind: Annotated[str, msgspec.Meta(pattern="^(complaint|correction|erasure)$")]
    text: str
    reference: str
    origin: str
    due: date


class ComplaintAnswerBody(Body, frozen=True, kw_only=True):
    """What the node `node` did about a complaint: the sender, or one that it passed the complaint on to."""

    complaint: str
    node: str
    outcome: Annotated[str, msgspec.Meta(pattern="^(done|in_part|refused)$")]
    text: str
    role: str


class OnwardAskBody(Body, frozen=True, kw_only=True):
    """Whether what the recipient sent may go on to the node `to` of a third State (art. 36(3))."""

    to: str
    reasons: str


class OnwardAnswerBody(Body, frozen=True, kw_only=True):
    """Whether it may: signed, this is the authorisation in writing. `asked`: the message that asked; `until`: its last
    day, where it is authorised."""

    asked: str
    to: str
    authorised: bool
    reasons: str
    until: date | None = None


class EmergencyNoticeBody(Body, frozen=True, kw_only=True):
    """To a State's central authority, without content: an emergency came in its State's name (`received`), the call
    back said that it is none of theirs (`denied`), or nothing confirmed it afterwards (`unconfirmed`).

    `sender`: the node that asked; `key`: the id of the key that signed; `case`, `their_case`: the numbers of the two
    sides; `came`: POSIX seconds.
    """

    about: Annotated[str, msgspec.Meta(pattern="^(received|denied|unconfirmed)$")]
    sender: str
    key: str
    case: str
    their_case: str
    came: int


class FollowUpBody(Body, frozen=True, kw_only=True):
    """What was asked for at once is confirmed in writing (art. 40(14)). `formal`: the number of the full request."""

    text: str
    formal: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind carries and who may send it. `approved`: needs a second person's approval inside the document."""

    body: type[Body]
    senders: frozenset[Role]
    approved: bool = False


_AUTHORITY = frozenset({Role.AUTHORITY})
_PROVIDER = frozenset({Role.PROVIDER})

KINDS: Final[Mapping[str, Kind]] = {
    "request.preserve": Kind(RequestBody, _AUTHORITY, approved=True),
    "request.produce": Kind(RequestBody, _AUTHORITY, approved=True),
    "ask": Kind(AskBody, _AUTHORITY),
    "preserved": Kind(PreservedBody, _AUTHORITY | _PROVIDER),
    "grant": Kind(GrantBody, _AUTHORITY),
    "refusal": Kind(RefusalBody, _AUTHORITY),
    "order.preserve": Kind(OrderBody, _AUTHORITY),
    "order.produce": Kind(OrderBody, _AUTHORITY),
    "objection": Kind(ObjectionBody, _PROVIDER),
    "evidence.release": Kind(ReleaseBody, _AUTHORITY | _PROVIDER),
    "evidence.accept": Kind(AcceptBody, _AUTHORITY | _PROVIDER),
    "withdraw": Kind(WithdrawBody, _AUTHORITY),
    "consultation": Kind(ConsultationBody, _AUTHORITY),
    "consultation.reply": Kind(ReplyBody, _AUTHORITY),
    "conditions": Kind(ConditionsBody, _AUTHORITY),
    "postponement": Kind(PostponementBody, _AUTHORITY),
    "resumption": Kind(ResumptionBody, _AUTHORITY),
    "order.question": Kind(QuestionBody, _PROVIDER),
    "order.reply": Kind(ReplyBody, _AUTHORITY),
    "order.lift": Kind(LiftBody, _AUTHORITY),
    "order.let_go": Kind(LetGoBody, _PROVIDER),
    "secrecy": Kind(SecrecyBody, _AUTHORITY),
    "evidence.return": Kind(ReleaseBody, _AUTHORITY),
    "evidence.destroy": Kind(DestroyBody, _AUTHORITY | _PROVIDER),
    "emergency.notice": Kind(EmergencyNoticeBody, _AUTHORITY),
    "emergency.follow_up": Kind(FollowUpBody, _AUTHORITY),
    "exculpatory": Kind(ExculpatoryBody, _AUTHORITY),
    "complaint": Kind(ComplaintBody, _AUTHORITY | _PROVIDER),
    "complaint.answer": Kind(ComplaintAnswerBody, _AUTHORITY | _PROVIDER),
    "onward.ask": Kind(OnwardAskBody, _AUTHORITY),
    "onward.answer": Kind(OnwardAnswerBody, _AUTHORITY),
}

PRESERVES: Final = frozenset({"request.preserve", "order.preserve", "preserved"})
"""What goes on where a directory has ended: it discloses nothing, and what is lost meanwhile cannot be had back."""
