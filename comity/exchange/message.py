"""Every kind of message: its fixed tag, its body, and who may send it.

A tag and the order and meaning of a body's fields never change; new fields go last, with a default.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from comity.treaty.request import Request


class Role(StrEnum):
    """What a node is."""

    AUTHORITY = "authority"
    PROVIDER = "provider"
    WITNESS = "witness"


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The kind's own closed struct."""


class RequestBody(Body, frozen=True, kw_only=True):
    """A request for preservation or for assistance, whole. `supersedes`: the message id it mends, if any."""

    request: Request
    supersedes: str = ""


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
    """Assistance will be given, under conditions if any (art. 40(28))."""

    reasons: str
    conditions: tuple[str, ...] = ()
    citation: str = ""


class RefusalBody(Body, frozen=True, kw_only=True):
    """Assistance is refused: ground, citation, reasons (art. 40(25)), and whether consultation came first."""

    ground: str
    citation: str
    reasons: str
    consulted: bool = False


class OrderBody(Body, frozen=True, kw_only=True):
    """A domestic order to a service provider (arts 25, 27): the order's own law, what, until when and for whom.

    `recipients`: age recipients to seal to, for a production order. `secret_until`: the last day of confidentiality;
    the treaty presupposes an end (art. 25(3)). `reference`: the case it serves, by the ordering authority's own name.
    """

    measure: str
    data: str
    identifiers: tuple[str, ...]
    legal_basis: str
    reasons: str
    since: date
    until: date
    secret_until: date | None = None
    recipients: tuple[str, ...] = ()
    reference: str = ""


class ObjectionBody(Body, frozen=True, kw_only=True):
    """The provider objects, asks to narrow, or cannot comply."""

    ground: str
    reasons: str


class ReleaseBody(Body, frozen=True, kw_only=True):
    """An evidence package, handed on: the custody chain so far, its last act a release to the recipient."""

    package: str
    custody: tuple[str, ...]
    note: str = ""


class AcceptBody(Body, frozen=True, kw_only=True):
    """The second signature of a hand-over: the custody act of acceptance."""

    package: str
    act: str


class WithdrawBody(Body, frozen=True, kw_only=True):
    """Help is no longer needed (art. 40(26))."""

    reasons: str


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
    "evidence.accept": Kind(AcceptBody, _AUTHORITY),
    "withdraw": Kind(WithdrawBody, _AUTHORITY),
}
