"""The numbered checks on what arrives, in their order. Each failure is its own problem.

 1 size and type; 2 request signature, digest, time        (node.envelopes, crypto.request_signature)
 3 the peer is known and not suspended                     (directory, workflows.receive_envelope)
 4 header closed, addressed to us, version, suite, key     `check_header`
 5 its times are possible                                  `check_header`
 6 known id: same digest, the same receipt; else conflict  `check_known`
 7 stored durably; `stored` is answered                    (workflows.receive_envelope)
 8 it opens                                                `envelope.open_sealed`
 9 the signing key belongs to the sender, then, for this   `check_signer`
10 the signature holds                                     `document.verify`
11 the inside equals the header                            `check_inside`
12 its place in the channel, then that it came in time     `check_order`, `check_in_time`
13 what is listed is not over; the kind, who may send it   `check_listed`, `check_kind`
14 the treaty                                              (treaty.assess)
15 one transaction: event, custody, receipt, log leaf      (workflows.record)
16 `delivered` or `rejected` goes to our own outbox        (workflows.receive_envelope)
"""

from collections.abc import Callable
from typing import Final

import msgspec

from comity.base.digests import Digest
from comity.base.ids import check_uuid, node_id
from comity.base.instants import Instant
from comity.base.mode import Mode
from comity.crypto import hpke
from comity.exchange.directory import Entity, KeyEntry, Use
from comity.exchange.document import LONGEST_LIFE_DAYS, Document
from comity.exchange.envelope import VERSION, Header
from comity.exchange.message import KINDS, PRESERVES, Body
from comity.exchange.problems import ExchangeProblem

SKEW_SECONDS: Final = 300
_IN_BOTH: Final = ("v", "id", "mode", "from_", "to", "channel", "seq", "prev", "iat", "exp")


def check_header(
    header: Header, *, sender: Entity, us: str, mode: Mode, our_kids: Callable[[str], bool], now: Instant
) -> None:
    """Checks 4 and 5. our_kids: whether an encryption key id is ours and still opens."""
    check_uuid(header.id)
    node_id(header.from_)
    if header.v != VERSION or header.suite != hpke.SUITE:
        raise ExchangeProblem("version", f"version {header.v}, suite {header.suite}")
    if header.mode is not mode:
        raise ExchangeProblem("wrong-mode", f"a message for {header.mode} reached a node for {mode}")
    if header.to != us:
        raise ExchangeProblem("wrong-recipient", "addressed to another node")
    if header.from_ != sender.id:
        raise ExchangeProblem("not-allowed", "sent with the transport key of another node")
    if not our_kids(header.rkid):
        raise ExchangeProblem("unknown-key", "encrypted to a key that is not ours, or no longer")
    if header.seq < 1 or header.pri not in (0, 1, 2):
        field = "seq" if header.seq < 1 else "pri"
        raise ExchangeProblem("invalid-field", "sequence from 1, priority 0, 1 or 2", where=f"header.{field}")
    if header.iat > now.seconds + SKEW_SECONDS:
        raise ExchangeProblem("clock-skew", f"made in the future; our time is {now}")
    if not 0 < header.exp - header.iat <= LONGEST_LIFE_DAYS * 86400:
        raise ExchangeProblem("invalid-field", f"a life of at most {LONGEST_LIFE_DAYS} days", where="header.exp")


def check_known(known: Digest | None, arrived: Digest) -> bool:
    """Check 6: True if this very envelope is here already; raises `conflict` if its id stands for other bytes."""
    if known is None:
        return False
    if known != arrived:
        raise ExchangeProblem("conflict", "this id came before with other bytes; nothing was taken from the second")
    return True


def check_signer(sender: Entity, kid: str, header: Header, now: Instant) -> KeyEntry:
    """Check 9: the authority key that signed is the sender's, was good when the message was made, and is not revoked by
    now: whoever stole it can write any time into a message.
    """
    key = sender.find(Use.AUTHORITY, kid, Instant.from_seconds(header.iat))
    if key.compromised_since is not None and now.seconds >= key.compromised_since:
        raise ExchangeProblem("revoked-key", f"the authority key was revoked by {sender.id}")
    if header.pri == 2 and "emergency" not in key.rights:
        raise ExchangeProblem("not-allowed", "threat to life needs a key with the emergency right")
    return key


def check_inside(document: Document, header: Header) -> None:
    """Check 11: what the signed document says of its way is what the envelope said."""
    for field in _IN_BOTH:
        if getattr(document, field) != getattr(header, field):
            what = "the document was not made for this envelope"
            raise ExchangeProblem("inside-differs", what, where=field.rstrip("_"))


class ChannelEnd(msgspec.Struct, frozen=True, gc=False):
    """How far one direction of a channel has come: the last sequence number and its envelope's digest."""

    seq: int = 0
    prev: str = ""


def check_order(end: ChannelEnd, header: Header) -> None:
    """Check 12: the next of its channel and direction, joined to the last.

    Raises `out-of-order` for one that came early (keep it) and `broken-channel` where the chain forks.
    """
    if header.seq > end.seq + 1:
        raise ExchangeProblem("out-of-order", f"number {header.seq} came, {end.seq + 1} is missing")
    if header.seq <= end.seq or header.prev != end.prev:
        raise ExchangeProblem("broken-channel", f"number {header.seq} does not join number {end.seq}")


def check_in_time(header: Header, came: Instant) -> None:
    """Check 12, after its place: it came before its end. Judged this late because one that came too late has its place
    in the channel all the same: it is rejected, and what follows it can be taken."""
    if header.exp < came.seconds:
        raise ExchangeProblem("expired", f"it was to be used before {Instant.from_seconds(header.exp)}")


def check_listed(document: Document, is_over: bool) -> None:
    """Check 13, before the kind's own: where the sender's list has ended, only preservation is entered. Raises
    `stale-directory` for all else, which waits. is_over: whether it has."""
    if is_over and document.kind not in PRESERVES:
        raise ExchangeProblem(
            "stale-directory",
            f"the directory that lists {document.from_} has ended",
            hint="both operators: sign the list anew, hand it over, and take it in; it goes on by itself then",
        )


def check_kind(document: Document, sender: Entity) -> Body:
    """Check 13: a kind we know, from a role that may send it, approved where it must be; its body read."""
    kind = KINDS.get(document.kind)
    if kind is None:
        raise ExchangeProblem("version", f"a message of kind {document.kind!r} is not known here")
    if sender.role not in kind.senders:
        raise ExchangeProblem("not-allowed", f"a {sender.role} may not send {document.kind}")
    if kind.approved and document.actor.approved_by in ("", document.actor.id):
        what = f"{document.kind} needs the approval of a second person"
        raise ExchangeProblem("not-allowed", what, where="actor.approved_by")
    return document.any_body()
