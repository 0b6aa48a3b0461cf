"""Give a peer that calls us what waits for it: messages, second receipts, and the parts of evidence they name.

What is given is leased, as for a push: two that call at once never get the same, and what was given and not receipted
is given again when the lease ends. Nothing is settled by giving: a message by its receipts, which the peer posts, and a
receipt by the peer's next question, which names it.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from comity.base.ids import NodeId
from comity.base.instants import Instant
from comity.exchange import envelope as envelopes
from comity.exchange import receipt
from comity.exchange.directory import Entity
from comity.exchange.mailbox import GIVEN_LIMIT, Asked, Given, PartName, format_given
from comity.exchange.message import PRESERVES
from comity.exchange.problems import ExchangeProblem
from comity.workflows import peer_line, send_parts
from comity.workflows.channel_places import missing_from
from comity.workflows.deliver_outbox import LEASE_SECONDS
from comity.workflows.office import Office, directory_of
from comity.workflows.receive_envelope import sign_receipts
from comity.workflows.stores import Outgoing, Transaction

_FOR_PARTS: Final = 512 * 1024
_ENVELOPES_MOST_BYTES: Final = GIVEN_LIMIT - receipt.LIMIT - _FOR_PARTS - 4 * envelopes.BATCH_FRAME
_PARTS_MOST: Final = 3000
_RECEIPTS_MOST: Final = 128


def give(office: Office, peer: Entity, asked: Asked) -> bytes:
    """What waits for the peer now, as the body of an answer; b'' for nothing."""
    now = office.clock.now()
    lease_until = now.plus_seconds(LEASE_SECONDS)
    with office.store.transaction() as tx:
        peer_line.called(tx, peer.id, now)
        tx.receipts.taken(peer.id, asked.taken)
        is_over = directory_of(tx, NodeId(peer.id)).is_over(NodeId(peer.id), now)
        claimed = tx.outbox.claim(
            now, lease_until=lease_until, most=asked.most, peer=peer.id, kinds=PRESERVES if is_over else None
        )
        messages = _what_fits(tx, claimed, now)
        rows = [row for _, _, row in tx.receipts.claim(now, lease_until=lease_until, most=_RECEIPTS_MOST, peer=peer.id)]
        missing = missing_from(tx, peer.id, now) if rows else ()
    given = Given(
        batch=_batch(office, messages),
        receipts=msgspec.Raw(sign_receipts(office, peer.id, rows, missing) if rows else b"null"),
        parts=tuple(part for one in messages if one.package for part in _parts(office, one)),
    )
    return b"" if given.is_empty else format_given(given)


def _batch(office: Office, messages: Sequence[Outgoing]) -> msgspec.Raw:
    if not messages:
        return msgspec.Raw(b"null")
    batch_id = office.randomness.bytes(16).hex()
    return msgspec.Raw(envelopes.format_batch(batch_id, [one.envelope for one in messages]))


def _what_fits(tx: Transaction, claimed: Sequence[Outgoing], now: Instant) -> list[Outgoing]:
    """The first of them that one answer holds, with at most one package; the others go back to who asks next."""
    found: list[Outgoing] = []
    size = 0
    for message in claimed:
        size += envelopes.size_in_batch(message.envelope)
        if size > _ENVELOPES_MOST_BYTES or (message.package and any(one.package for one in found)):
            tx.outbox.wait(message.id, next_attempt=now, reason=message.code)
        else:
            found.append(message)
    return found


def _parts(office: Office, message: Outgoing) -> list[PartName]:
    """The parts the message needs. Raises ExchangeProblem `too-large` where no answer could name them all."""
    channel = message.envelope.read_header().channel
    found = [PartName(channel, digest, size) for digest, size in send_parts.names_of(office, message)]
    if len(found) > _PARTS_MOST:
        raise ExchangeProblem("too-large", "the evidence has more parts than a mailbox names", hint="carry its package")
    return found


def part_of(office: Office, peer: str, channel: str, digest: str) -> bytes:
    """A part of evidence that is on its way to the peer in this channel. Raises ExchangeProblem `not-found`."""
    with office.store.transaction() as tx:
        messages = [one for one in tx.outbox.of_channel(peer, channel) if one.package]
    for message in messages:
        data = send_parts.part_of(office, message, digest)
        if data is not None:
            return data
    raise ExchangeProblem("not-found", "no part by that name is on its way to you")


def waits(office: Office, peer: str) -> bool:
    """Whether something could be given to the peer now: asked again and again while an answer is held back."""
    now = office.clock.now()
    with office.store.transaction() as tx:
        return peer in tx.outbox.due_peers(now) or tx.receipts.is_due(peer, now)
