"""Parts of evidence that a peer brings: only in a channel of a case that we have with it, and no more than a case may.

A part is counted for its case before its bytes are read, and for as long as they lie here. Counted are too the packages
that the case has here already. Several channels may count on one part; its bytes go when none does.
"""

from collections.abc import Sequence
from typing import Final

from comity.base.digests import Digest
from comity.evidence.parts import check_part
from comity.evidence.streams import bytes_in
from comity.exchange.document import LONGEST_LIFE_DAYS
from comity.exchange.problems import ExchangeProblem
from comity.workflows.office import Office
from comity.workflows.part_stores import ComingPart
from comity.workflows.record import load
from comity.workflows.stores import Transaction

_DROPPED_AT_ONCE: Final = 1000


def has(office: Office, peer: str, channel: str, digest: str) -> bool:
    """Whether a part came in this channel and is here. Raises ExchangeProblem not-allowed."""
    with office.store.transaction() as tx:
        _case_of(tx, peer, channel)
        is_counted = tx.parts_come.has(channel, digest)
    return is_counted and office.parts.has(digest)


def let_in(office: Office, peer: str, channel: str, digest: str, size: int) -> None:
    """Count a part of `size` bytes, before any of them is read.

    Raises Malformed, ExchangeProblem not-allowed, or too-large where its case would have more than a case may.
    """
    Digest.from_hex(digest)
    with office.store.transaction() as tx:
        case_id = _case_of(tx, peer, channel)
        if not tx.parts_come.has(channel, digest):
            check_quota(office, tx, case_id, size)
        tx.parts_come.add(ComingPart(channel, digest, case_id, size, office.clock.now()))


def take(office: Office, channel: str, digest: str, data: bytes) -> None:
    """Keep a part that was let in. Raises Malformed for other bytes, Unavailable; then it is not counted."""
    try:
        check_part(digest, data)
        office.parts.put(digest, data)
    except BaseException:
        not_come(office, channel, digest)
        raise


def not_come(office: Office, channel: str, digest: str) -> None:
    """Count a part no more that was let in and did not come whole."""
    if not office.parts.has(digest):
        drop(office, channel, [digest])


def check_quota(office: Office, tx: Transaction, case_id: str, size: int, *, besides: str = "") -> None:
    """Raise ExchangeProblem too-large where `size` bytes more are more evidence than a case may have here.

    besides: a channel whose parts are not counted, because `size` does.
    """
    most = office.most_evidence_bytes
    if most and tx.parts_come.bytes_of(case_id, besides) + _kept(office, tx, case_id) + size > most:
        raise ExchangeProblem("too-large", f"more than the {most} bytes of evidence a case may have")


def drop(office: Office, channel: str, digests: Sequence[str] | None = None) -> None:
    """Parts of a channel, or all of them, that nobody waits for any more. One that another channel counts on stays."""
    with office.store.transaction() as tx:
        left = list(tx.parts_come.of_channel(channel) if digests is None else digests)
    for start in range(0, len(left), _DROPPED_AT_ONCE):
        # Within the transaction: a peer that brings one of them just now has it counted before, or after they are gone.
        with office.store.transaction() as tx:
            office.parts.drop(tx.parts_come.remove(channel, left[start : start + _DROPPED_AT_ONCE]))


def drop_abandoned(office: Office) -> int:
    """Parts whose message can no more come: nothing came in their channel for longer than a message lives. How many
    channels that were."""
    before = office.clock.now().plus_days(-LONGEST_LIFE_DAYS)
    with office.store.transaction() as tx:
        channels = tx.parts_come.channels_before(before)
    for channel in channels:
        drop(office, channel)
    return len(channels)


def _case_of(tx: Transaction, peer: str, channel: str) -> str:
    known = tx.channels.get(channel)
    if known is None or known.peer != peer:
        raise ExchangeProblem("not-allowed", "evidence is brought in a channel of a case that we have with the sender")
    return known.case_id


def _kept(office: Office, tx: Transaction, case_id: str) -> int:
    """The bytes of the case's package, where it is here."""
    package = load(tx, case_id).package
    return bytes_in(office.packages.source(package)) if package and office.packages.has(package) else 0
