"""Back-pressure: how many more envelopes a peer may bring, so that what waits here stays bounded.

A node tells it with every answer (docs/formats/envelope.md, section 1), the sender heeds it, and whoever does not is
refused with `busy`. A fifth is kept for what is urgent, which a flood of routine messages so never shuts out. All
figures are policy.
"""

from collections.abc import Sequence
from typing import Final

from comity.base.instants import Instant
from comity.exchange.envelope import Header
from comity.exchange.problems import ExchangeProblem
from comity.workflows.peer_stores import Credit
from comity.workflows.ports import Answer
from comity.workflows.stores import Transaction

HEADER: Final = "comity-credit"
MOST: Final = 2560
"""Messages of one peer that are stored here and not opened yet: some 20 batches, at most 800 MiB on the disk."""
FOR_URGENT: Final = MOST // 5
HEEDED_SECONDS: Final = 30
"""How long what a peer said is heeded: what it said long ago says nothing of now."""
_DIGITS: Final = 6


def credit_of(tx: Transaction, peer: str) -> tuple[int, int]:
    """How many more routine messages a peer may bring, and how many others."""
    return left_of(*tx.inbox.backlog(peer))


def left_of(whole: int, routine: int) -> tuple[int, int]:
    """The same, where so many of its messages wait here, and so many of those are routine."""
    left = max(0, MOST - whole)
    return max(0, min(MOST - FOR_URGENT - routine, left)), left


def within_credit(tx: Transaction, peer: str, headers: Sequence[Header], now: Instant) -> list[bool]:
    """Which of these are taken: all, where no more of them are new here than the peer has credit for. Else only the
    forerunners that messages here have waited for: were they shut out, those would fill their place for ever. Raises
    ExchangeProblem `busy` where there is none of them.
    """
    routine, urgent = credit_of(tx, peer)
    if sum(one.pri == 0 for one in headers) <= routine and len(headers) <= urgent:
        return [True] * len(headers)  # also where none of them were here before
    new = [one for one in headers if tx.inbox.get(peer, one.id) is None]
    if sum(one.pri == 0 for one in new) <= routine and len(new) <= urgent:
        return [True] * len(headers)
    awaited = _forerunners(tx, peer, new, now)
    if not awaited:
        raise ExchangeProblem(
            "busy", "more messages wait here than are taken", hint="send them later, urgent ones first"
        )
    return [one.id in awaited for one in headers]


def _forerunners(tx: Transaction, peer: str, new: Sequence[Header], now: Instant) -> set[str]:
    """Of the new ones, those that come next in a channel in which later ones are stored: they are opened at once."""
    early = tx.inbox.early(peer, now.plus_seconds(1))
    waited_for = {one.envelope.read_header().channel for one in early}
    found, ends = set[str](), dict[str, int]()
    for header in sorted(new, key=lambda one: one.seq):
        if header.channel in waited_for:
            known = tx.channels.get(header.channel)
            end = ends.setdefault(header.channel, known.received.seq if known else 0)
            if header.seq == end + 1:
                found.add(header.id)
                ends[header.channel] = header.seq
    return found


def format_credit(routine: int, urgent: int) -> str:
    """The header's value, as in `800, urgent=1024`."""
    return f"{routine}, urgent={urgent}"


def heed(tx: Transaction, peer: str, answer: Answer, now: Instant) -> None:
    """Remember what a peer's answer says of credit. An answer that says nothing, or nonsense, changes nothing."""
    routine, _, urgent = answer.headers.get(HEADER, "").partition(", urgent=")
    if all(one.isascii() and one.isdigit() and len(one) <= _DIGITS for one in (routine, urgent)):
        tx.credits.put(Credit(peer, int(routine), int(urgent), now.plus_seconds(HEEDED_SECONDS)))
