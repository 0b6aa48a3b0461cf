"""Sign, seal and queue a document, in the transaction of the event that says so. Nothing is sent here.

The document names the log entry that is written with it, so the entry's index is taken inside the same transaction.
"""

from collections.abc import Callable
from typing import Final

import msgspec

from comity.base.encoding import b64u
from comity.base.errors import Conflict
from comity.base.ids import MessageId, NodeId, uuid7
from comity.base.instants import Instant
from comity.cases.case import Case
from comity.cases.events import Event
from comity.crypto import hpke
from comity.exchange import document as documents
from comity.exchange import envelope as envelopes
from comity.exchange.checks import ChannelEnd
from comity.exchange.directory import Use
from comity.exchange.message import Body
from comity.workflows.office import Office, directory_of
from comity.workflows.record import record
from comity.workflows.stores import Ahead, Channel, Outgoing, Transaction

LIFE_DAYS: Final = 14
AUTOMATIC: Final = documents.Actor("automatic", "node")
"""Who acts where nobody had to decide: shown as such."""
_CHANNEL_BYTES: Final = 16


class Letter(msgspec.Struct, frozen=True):
    """What is to be sent. `priority`: 0 routine, 1 urgent, 2 threat to life; `package`: evidence that goes with it.
    `apart`: in a channel of its own, because the peer may know nothing of the case."""

    kind: str
    body: Body
    actor: documents.Actor
    peer: str
    priority: int = 0
    in_reply_to: documents.InReplyTo | None = None
    attachments: tuple[documents.AttachedFile, ...] = ()
    package: str = ""
    apart: bool = False


def post(
    office: Office, tx: Transaction, case: Case, letter: Letter, event_of: Callable[[MessageId, str], Event]
) -> Case:
    """The case after the event, with the sealed message in the outbox.

    event_of: makes the event from the message's id and the digest of its JWS. Raises ExchangeProblem for an unknown
    peer, NotFound where it has no valid key.
    """
    now = office.clock.now()
    tx.ahead(Ahead(peers=[letter.peer]))
    peer = directory_of(tx, NodeId(letter.peer)).entity(NodeId(letter.peer))
    recipient = peer.key(Use.ENCRYPTION, now)
    _require_asked(tx, peer.id)
    message_id = MessageId(uuid7(now, office.randomness.bytes(10)))
    known = None if letter.apart else tx.channels.of_case(case.id, peer.id)
    channel = known or _new_channel(office, message_id if letter.apart else case.id, peer.id)
    value = _document(office, tx, case, letter, channel, message_id, now)
    signed = documents.sign(value, office.keys.signer(Use.AUTHORITY))
    header = envelopes.Header(
        v=envelopes.VERSION,
        id=value.id,
        mode=value.mode,
        from_=value.from_,
        to=value.to,
        channel=value.channel,
        seq=value.seq,
        prev=value.prev,
        iat=value.iat,
        exp=value.exp,
        pri=letter.priority,
        suite=hpke.SUITE,
        rkid=recipient.kid,
    )
    envelope = envelopes.seal(signed.token, header, recipient.public_bytes)
    doc_sha256 = str(signed.digest)
    moved = record(office, tx, case, event_of(message_id, doc_sha256), doc_sha256=doc_sha256, envelope=envelope)
    sent = ChannelEnd(value.seq, str(envelope.digest))
    if known:
        tx.channels.set_sent(channel.id, sent)
    else:
        tx.channels.add(msgspec.structs.replace(channel, sent=sent))
    tx.outbox.queue(
        Outgoing(
            id=message_id,
            peer=peer.id,
            kind=letter.kind,
            case_id=case.id,
            priority=letter.priority,
            envelope=envelope,
            document=signed.token,
            expires=Instant.from_seconds(value.exp),
            package=letter.package,
        ),
        now,
    )
    if office.came.is_awaited:
        tx.followed()  # by the worker's claim of this very message
    office.came.set()
    return moved


def _document(
    office: Office, tx: Transaction, case: Case, letter: Letter, channel: Channel, message_id: MessageId, now: Instant
) -> documents.Document:
    return documents.Document(
        v=envelopes.VERSION,
        id=message_id,
        mode=office.mode,
        from_=office.node,
        to=letter.peer,
        iat=now.seconds,
        exp=now.plus_days(LIFE_DAYS).seconds,
        channel=channel.id,
        seq=channel.sent.seq + 1,
        prev=channel.sent.prev,
        case=case.id,
        kind=letter.kind,
        actor=letter.actor,
        log=documents.LogPlace(office.origin, tx.log.size()),
        in_reply_to=letter.in_reply_to,
        attachments=letter.attachments,
        body=documents.body_bytes(letter.body),
    )


def _require_asked(tx: Transaction, peer: str) -> None:
    """After a backup was restored (`resume_channels`): which numbers of its channels are used, only the peer knows."""
    if tx.resume.is_unasked(peer):
        raise Conflict(
            f"{peer} was not asked yet what it has: this node was restored from a backup",
            hint="a running node asks by itself; or: comity exchange resume",
        )


def _new_channel(office: Office, case_id: str, peer: str) -> Channel:
    return Channel(b64u(office.randomness.bytes(_CHANNEL_BYTES)), case_id, peer, ChannelEnd(), ChannelEnd())
