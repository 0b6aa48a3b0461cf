"""A message's place in its channel: whether it is free, what is missing before it, and what is passed over.

In each direction of a channel numbers have no gap, and each message names the one before it (checks 4 to 6 and 12 are
listed in exchange.checks).
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import islice
from typing import Final

from comity.base.instants import Instant
from comity.exchange import receipt
from comity.exchange.checks import ChannelEnd, check_order
from comity.exchange.envelope import Envelope, Header
from comity.exchange.problems import ExchangeProblem
from comity.workflows.stores import Channel, Incoming, Transaction

GAP_SECONDS: Final = 60
"""How long a message that came early waits before its forerunners are asked for."""
_EARLY_MOST: Final = 128


def check_place(tx: Transaction, header: Header) -> Channel | None:
    """Check 12; its channel, None before its first message."""
    channel = tx.channels.get(header.channel)
    if channel is not None and channel.peer != header.from_:
        raise ExchangeProblem("broken-channel", "this channel belongs to another pair")
    check_order(channel.received if channel else ChannelEnd(), header)
    return channel


def in_place(tx: Transaction, messages: Sequence[Incoming]) -> Sequence[Sequence[Incoming]]:
    """By channel and in their order, those whose place is free, or is once those before them are opened. The others
    came early: opened at each look, they would cost more the longer they wait. What else is wrong, check 12 says."""
    channels: dict[str, list[tuple[int, int, Incoming]]] = defaultdict(list)
    for message in messages:
        header = message.envelope.read_header()
        channels[header.channel].append((header.seq, message.number, message))
    found = []
    for channel, came in channels.items():
        known = tx.channels.get(channel)
        end = known.received.seq if known else 0
        free: list[Incoming] = []
        for seq, _, message in sorted(came, key=lambda one: one[:2]):
            if seq > end + 1 and (known is None or known.peer == message.sender):
                break
            free.append(message)
            end = max(end, seq)
        found.append(free)
    return found


def pass_over(tx: Transaction, envelope: Envelope, header: Header) -> None:
    """What its sender signed and we reject had its place in the channel all the same: the next message follows it."""
    channel = tx.channels.get(header.channel)
    place = (channel.peer, channel.received.seq + 1, channel.received.prev) if channel else None
    if place == (header.from_, header.seq, header.prev):
        tx.channels.set_received(header.channel, ChannelEnd(header.seq, str(envelope.digest)))


def missing_from(tx: Transaction, sender: str, now: Instant) -> tuple[receipt.Missing, ...]:
    """The places that a sender's later messages have waited for, for a minute or more."""
    found: dict[str, set[int]] = defaultdict(set)
    for message in tx.inbox.early(sender, now.plus_seconds(-GAP_SECONDS))[:_EARLY_MOST]:
        header = message.envelope.read_header()
        found[header.channel].add(header.seq)
    ends = {one: known.received.seq if (known := tx.channels.get(one)) else 0 for one in found}
    gaps = {one: _gap(ends[one], came) for one, came in found.items()}
    return tuple(receipt.Missing(one, seqs) for one, seqs in sorted(gaps.items()) if seqs)


def _gap(end: int, came: set[int]) -> tuple[int, ...]:
    """The first places after `end` that are missing before the last that came, which may be any number at all."""
    return tuple(islice((seq for seq in range(end + 1, max(came)) if seq not in came), _EARLY_MOST))
