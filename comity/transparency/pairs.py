"""Closing a period between two nodes: what both say they exchanged, as one value that stands in both logs.

    X      = SHA-256("comity.xchg.v1", 0x00, digest of the envelope)
    value  = SHA-256("comity.pair.v1", 0x00, salt[32], statement)

The statement is JSON: version, mode, period, the two nodes in order of their ids, how many messages went each way, and
the root over all X in order. The salt is known to the two alone, so that the value tells nobody how much there was, or
whether there was anything. Every pair closes every period: one that does not is seen, as is one whose values differ.

The days below are policy of this program, not treaty: a message lives 14 days, so that after 15 what was exchanged is
settled for both.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec

from comity.base.digests import Digest, commit
from comity.base.encoding import to_json
from comity.base.errors import BadSignature, Malformed
from comity.base.instants import Instant
from comity.base.mode import Mode
from comity.base.parsing import read_json
from comity.crypto import jws, merkle
from comity.crypto.signatures import Signer

CLOSE: Final = "pair-close"
DUE_DAYS: Final = 15
LATE_DAYS: Final = 21
TYP: Final = "comity-pair+jws"
LIMIT: Final = 64 * 1024
_PAIR_TAG: Final = b"comity.pair.v1"
_EXCHANGE_TAG: Final = b"comity.xchg.v1\0"


class PairStatement(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """What one node says the pair exchanged in a period. `first` and `second`: the nodes in order of their ids.

    `first_asks`, `second_asks`: of what each asked the other, how many in each category of the statistics, in order of
    the categories' names and without zeros (docs/formats/statistics.md).
    """

    v: int
    mode: Mode
    period: str
    first: str
    second: str
    first_to_second: int
    second_to_first: int
    root: str
    first_asks: tuple[tuple[str, int], ...] = ()
    second_asks: tuple[tuple[str, int], ...] = ()

    def asked_by(self, node: str) -> dict[str, int]:
        """What a node of the pair asked the other, by category."""
        return dict(self.first_asks if node == self.first else self.second_asks)


def exchange_id(envelope: Digest) -> Digest:
    """What stands for a message: nobody who has not seen the envelope can tell which."""
    return Digest.of(_EXCHANGE_TAG, envelope.value)


def start_of(period: str) -> Instant:
    """The first second of a month written 2026-11. Raises Malformed."""
    try:
        year, month = period.split("-")
        found = datetime(int(year), int(month), 1, tzinfo=UTC)
    except (ValueError, OverflowError):
        found = None
    if found is None or f"{found:%Y-%m}" != period:
        raise Malformed("not a period", hint="a month, as 2026-11")
    return Instant(found)


def end_of(period: str) -> Instant:
    """The first second after the month."""
    start = start_of(period).value
    year, month = divmod(start.year * 12 + start.month, 12)
    return start_of(f"{year:04}-{month + 1:02}")


def due_from(period: str) -> Instant:
    """When a month's pair may be closed."""
    return end_of(period).plus_days(DUE_DAYS)


def late_after(period: str) -> Instant:
    """When a month's pair that is not closed is late."""
    return end_of(period).plus_days(LATE_DAYS)


def last_due(at: Instant) -> str:
    """The latest period that may be closed at that moment."""
    before = at.plus_days(-DUE_DAYS).value
    year, month = divmod(before.year * 12 + before.month - 2, 12)
    return f"{year:04}-{month + 1:02}"


def make_statement(
    mode: Mode,
    period: str,
    us: str,
    peer: str,
    sent: Sequence[Digest],
    received: Sequence[Digest],
    *,
    asked: Mapping[str, int] | None = None,
    asked_of_us: Mapping[str, int] | None = None,
) -> PairStatement:
    """sent, received: the digests of the envelopes that went to the peer and came from it. asked, asked_of_us: what we
    asked the peer and it asked us, by category of the statistics."""
    first, second = sorted((us, peer))
    there, back = (sent, received) if first == us else (received, sent)
    ours, theirs = _listed(asked or {}), _listed(asked_of_us or {})
    leaves = [merkle.leaf_hash(one.value) for one in sorted(exchange_id(digest) for digest in (*there, *back))]
    return PairStatement(
        v=1,
        mode=mode,
        period=period,
        first=first,
        second=second,
        first_to_second=len(there),
        second_to_first=len(back),
        root=str(merkle.root(leaves)),
        first_asks=ours if first == us else theirs,
        second_asks=theirs if first == us else ours,
    )


def _listed(counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted((category, count) for category, count in counts.items() if count))


def value_of(statement: PairStatement, salt: bytes) -> str:
    """What stands in the log, in hexadecimal."""
    return str(commit(_PAIR_TAG, salt, to_json(statement)))


def sign_statement(statement: PairStatement, signer: Signer) -> bytes:
    """Signed with the authority key: who holds it can show it to anyone."""
    return jws.sign_compact(to_json(statement), signer, TYP)


def open_statement(token: bytes, public: bytes) -> PairStatement:
    """Raises BadSignature, TooLarge or Malformed."""
    statement = read_json(
        jws.verify_compact(token, public, TYP, limit=LIMIT), PairStatement, limit=LIMIT, what="the pair"
    )
    if statement.v != 1:
        raise Malformed("a pair statement of another version", hint="ask the peer which version it speaks")
    start_of(statement.period)
    for counts in (statement.first_asks, statement.second_asks):
        if _listed(dict(counts)) != counts or any(count < 0 for _, count in counts):
            raise Malformed(
                "the counts of a pair are positive, each category once and in order", hint="ask for another"
            )
    if not statement.first < statement.second:
        raise BadSignature("a pair names its nodes in the order of their ids", hint="ask the peer for another")
    return statement
