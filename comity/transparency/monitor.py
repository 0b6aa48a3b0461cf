"""Watching logs from outside: what a log showed last is kept, and what it shows now must continue it.

    rollback       a smaller tree than was shown before
    fork           a tree that does not continue the one shown before: two histories
    stale          no witness has said for too long that its checkpoint still stands
    unsigned       the checkpoint's signature, or its quorum, does not hold
    unreachable    nobody answers, or files are missing
    unproven       entries or tiles do not lead to the signed root
    pair           two logs closed a period with different values, or one of them not at all

Rules: a checkpoint that does not continue the last good one never takes its place, so a fork is told for as long as it
lasts, and both are kept. Nothing here knows a case; a pair's value says only whether the two agree.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from comity.base.digests import Digest
from comity.base.encoding import b64, to_json
from comity.base.errors import BadProof, BadSignature, ComityError, Malformed, NotFound, Unavailable
from comity.base.instants import Instant
from comity.base.parsing import read_json
from comity.transparency.checkpoint import parse_checkpoint
from comity.transparency.entry import STATEMENT, read_statement
from comity.transparency.log_keys import ADD, RETIRE, keys_at, read_terms
from comity.transparency.note import VerifierKey, parse_note
from comity.transparency.pairs import CLOSE, late_after
from comity.transparency.published import (
    LogSource,
    Quorum,
    Standing,
    check_growth,
    new_entries,
    open_standing,
    read_note,
    statements_of,
)

STATE_LIMIT: Final = 64 * 1024 * 1024
AFTER_SECONDS: Final = 86_400
"""How much later than the one value a log must be seen without the other. Policy."""


class Closed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A period that a log closed with a peer: the value both should have. seen: when witnesses had cosigned the
    checkpoint in which it was first found here, POSIX seconds; 0 where that was not kept."""

    node: str
    peer: str
    period: str
    value: str
    index: int
    seen: int = 0


class Watched(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is kept of one log: its last good checkpoint, what its statements said, and a note that contradicts it."""

    origin: str
    size: int = 0
    root: str = ""
    note: str = ""
    cosigned: int = 0
    key_statements: tuple[tuple[int, str], ...] = ()
    closed: tuple[Closed, ...] = ()
    against: str = ""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    logs: tuple[Watched, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something against a log, in a word and a line."""

    origin: str
    kind: str
    what: str


def read_state(data: bytes) -> dict[str, Watched]:
    """What was kept, by origin. Raises TooLarge, Malformed."""
    return {one.origin: one for one in read_json(data, _File, limit=STATE_LIMIT, what="the monitor's state").logs}


def write_state(state: Mapping[str, Watched]) -> bytes:
    return to_json(_File(tuple(state[origin] for origin in sorted(state))))


def look(
    before: Watched, source: LogSource, trusted: VerifierKey, quorum: Quorum, now: Instant, stale_seconds: int
) -> tuple[Watched, tuple[Fault, ...]]:
    """What is kept after a look at a log, and what is against it now."""
    data = b""
    try:
        data = read_note(source)
        standing = _opened(data, before, source, trusted, quorum)
        after = _taken(before, source, standing, data)
        read_terms(before.origin, trusted, _key_statements(after))
    except _Against as found:
        return msgspec.structs.replace(before, against=b64(data)), (Fault(before.origin, found.kind, found.what),)
    except (Unavailable, NotFound) as error:
        return before, (Fault(before.origin, "unreachable", error.what),)
    except (BadSignature, Malformed) as error:
        return before, (Fault(before.origin, "unsigned", error.what),)
    except BadProof as error:
        return before, (Fault(before.origin, "unproven", error.what),)
    if now.seconds - after.cosigned > stale_seconds:
        since = str(Instant.from_seconds(after.cosigned)) if after.cosigned else "it began"
        return after, (Fault(before.origin, "stale", f"no witness has cosigned it since {since}"),)
    return after, ()


class _Against(Exception):
    """A signed checkpoint that contradicts the one kept."""

    def __init__(self, kind: str, what: str) -> None:
        self.kind, self.what = kind, what
        super().__init__(what)


def _key_statements(watched: Watched) -> list[tuple[int, bytes]]:
    return [(index, bytes.fromhex(entry)) for index, entry in watched.key_statements]


def _opened(data: bytes, before: Watched, source: LogSource, trusted: VerifierKey, quorum: Quorum) -> Standing:
    """The checkpoint, by the keys known so far; by one that the log has added since, if they do not do."""
    size = parse_checkpoint(parse_note(data).text).size
    statements = _key_statements(before)
    try:
        return open_standing(data, keys_at(read_terms(before.origin, trusted, statements), size), quorum)
    except BadSignature as refused:
        if size <= before.size:
            raise
        try:
            new = list(statements_of(source, before.size, size))
        except (NotFound, BadProof, Malformed):
            raise refused from None
    statements += [one for one in new if _kind(one[1]) in (ADD, RETIRE)]
    return open_standing(data, keys_at(read_terms(before.origin, trusted, statements), size), quorum)


def _taken(before: Watched, source: LogSource, standing: Standing, data: bytes) -> Watched:
    found = standing.checkpoint
    if found.size < before.size:
        raise _Against("rollback", f"it showed {before.size} entries before and {found.size} now")
    if before.size:
        try:
            check_growth(source, before.size, Digest.from_hex(before.root), found)
        except BadProof as error:
            raise _Against("fork", error.what) from None
    new = new_entries(source, before.size, found)
    keys = [(index, entry.hex()) for index, entry in new if _kind(entry) in (ADD, RETIRE)]
    latest = max((one.at.seconds for one in standing.cosigned), default=0)
    return Watched(
        origin=before.origin,
        size=found.size,
        root=str(found.root),
        note=b64(data),
        cosigned=max(latest, before.cosigned),
        key_statements=(*before.key_statements, *keys),
        closed=(*before.closed, *_closes(new, latest)),
        against=before.against,
    )


def _kind(entry: bytes) -> str:
    fields = _fields(entry)
    return str(fields.get("kind", ""))


def _fields(entry: bytes) -> Mapping[str, object]:
    if entry[:1] != bytes((STATEMENT,)):
        return {}
    try:
        return read_statement(entry)
    except ComityError:
        return {}


def _closes(entries: Iterable[tuple[int, bytes]], seen: int) -> list[Closed]:
    found = []
    for index, entry in entries:
        fields = _fields(entry)
        words = [fields.get(name) for name in ("node", "peer", "period", "value")]
        if fields.get("kind") == CLOSE and all(isinstance(word, str) for word in words):
            node, peer, period, value = (str(word) for word in words)
            found.append(Closed(node, peer, period, value, index, seen))
    return found


def unmatched(watched: Iterable[Watched], now: Instant) -> tuple[Fault, ...]:
    """Pairs whose two logs are both watched and do not agree on a period.

    A missing value counts once it is late, and the log that lacks it was itself seen as it was a day after the other's:
    the two write theirs together and publish each at its own time, and what was not looked at says nothing.
    """
    logs = list(watched)
    origin_of = {one.node: log.origin for log in logs for one in log.closed}
    cosigned = {log.origin: log.cosigned for log in logs}
    values: dict[tuple[str, str, str], list[Closed]] = {}
    for log in logs:
        for one in log.closed:
            if origin_of[one.node] == log.origin:  # a log speaks for its own node only
                first, second = sorted((one.node, one.peer))
            values.setdefault((one.period, first, second), []).append(one)
    found: list[Fault] = []
    for (period, first, second), ones in sorted(values.items()):
        said = {one.node: one.value for one in ones}
        if len({*said.values()}) > 1 or len(ones) > len(said):
            what = f"{first} and {second} closed {period} with different values"
            found += [Fault(origin_of[node], "pair", what) for node in sorted(said)]
        elif len(said) == 1:
            (silent,) = {first, second} - said.keys()
            origin, (other,) = origin_of.get(silent, ""), ones
            if origin and _is_late(period, now) and cosigned[origin] >= other.seen + AFTER_SECONDS:
                found.append(Fault(origin, "pair", f"{silent} has not closed {period} with {other.node}"))
    return tuple(found)


def _is_late(period: str, now: Instant) -> bool:
    try:
        return late_after(period) < now
    except Malformed:
        return False
