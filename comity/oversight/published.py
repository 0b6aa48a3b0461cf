"""Statistics as their published files show them: the release, the log's word on it, and when witnesses saw that.

Level 0 of three: what anyone checks with nothing but the files. The counterpart checks its own cells beside (level 1:
`checks.check_pair` with its own release), and an auditor opens every entry (level 2: `audit`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

import msgspec

from comity.base.errors import BadProof, BadSignature, ComityError, Malformed, NotFound
from comity.base.instants import Instant
from comity.base.parsing import read_json
from comity.oversight.checks import Fault, Stated, check_figures, check_range, check_stated, check_time, stated
from comity.oversight.release import Release, path_of, read_release
from comity.transparency.bundle import parse_bundle, verify_bundle_by
from comity.transparency.checkpoint import Checkpoint, parse_checkpoint
from comity.transparency.cosignature import verify_quorum
from comity.transparency.entry import STATEMENT, read_statement
from comity.transparency.log_keys import keys_at, read_terms
from comity.transparency.note import VerifierKey, parse_note, parse_vkey
from comity.transparency.published import (
    LogSource,
    Quorum,
    Standing,
    new_entries,
    open_standing,
    read_note,
    statements_of,
)

T = TypeVar("T")
INDEX: Final = "stats/index.json"
ATTESTED: Final = "statistics-audit"
"""The kind of the public statement that names an auditor's attestation."""
INDEX_LIMIT: Final = 1024 * 1024


class Listed(msgspec.Struct, frozen=True):
    """A release in the list of a node's releases. A later version may say more of it."""

    period: str
    index: int
    published: str


class _Index(msgspec.Struct, frozen=True):
    node: str
    releases: tuple[Listed, ...]


@dataclass(frozen=True, slots=True)
class Trust:
    """The keys a log is believed by, and who must have seen it."""

    keys: tuple[VerifierKey, ...]
    quorum: Quorum


@dataclass(frozen=True, slots=True)
class Looked:
    """`index`: the log's statement, None where it names no such file; `seen`: when witnesses had seen it there.

    `entry`: the statement as the log holds it; `audits`: what the log says that auditors attested of the period, oldest
    first, as their fields.
    """

    release: Release
    index: int | None
    seen: Instant | None
    standing: Standing | None
    faults: tuple[Fault, ...]
    entry: bytes = b""
    audits: tuple[Mapping[str, object], ...] = ()


def listed(source: LogSource) -> tuple[Listed, ...]:
    """Which releases a node lists. Raises NotFound, Malformed."""
    data = source.read(INDEX)
    if data is None:
        raise NotFound("no statistics are published there", hint="the address of a log: .../log, or its folder")
    return read_json(data, _Index, limit=INDEX_LIMIT, what="the list of statistics").releases


def release_at(source: LogSource, period: str) -> tuple[Release, bytes]:
    """A release and its bytes; nothing of it is checked but its form. Raises NotFound, Malformed."""
    data = source.read(path_of(period))
    if data is None:
        raise NotFound(f"no statistics of {period} are published there", hint="see its stats/index.json")
    release = read_release(data)
    if release.period != period:
        raise Malformed(f"the file of {period} is about {release.period}", hint="it was misplaced")
    return release, data


def look(source: LogSource, period: str, trust_of: Callable[[Release], Trust]) -> Looked:
    """Everything that can be seen of one node's release. Raises NotFound, Malformed, Unavailable without one."""
    release, data = release_at(source, period)
    faults = list(check_figures(release, source.read(path_of(period, "csv"))))
    trust = trust_of(release)
    try:
        standing = _standing(source, release, trust)
        entries = new_entries(source, release.start, standing.checkpoint)
    except (ComityError, ValueError) as error:
        what = error.what if isinstance(error, ComityError) else "the log is shorter than the figures say"
        return Looked(release, None, None, None, (*faults, Fault(release.node, "hash", f"its log: {what}")))
    public = [(index, one) for index, one in entries if one[:1] == bytes((STATEMENT,))]
    every = stated(public, release.node)
    said = [one for one in every if one.fields.get("period") == period]
    faults += [*check_stated(release, data, said), *check_range(release, every)]
    seen = _seen(source, release, trust, said, dict(entries)) if said else None
    faults += check_time(release, seen) if said else ()
    entry = dict(public)[said[-1].index] if said else b""
    audits = [one for one in map(read_statement, dict(public).values()) if _attests(one, release)]
    return Looked(release, said[-1].index if said else None, seen, standing, tuple(faults), entry, tuple(audits))


def _attests(said: Mapping[str, object], release: Release) -> bool:
    named = (said.get("kind"), said.get("node"), said.get("period"))
    return named == (ATTESTED, release.node, release.period)


def as_named(release: Release) -> Trust:
    """The keys that the file itself names: false ones look as good as true ones. Raises Malformed."""
    keys = tuple(parse_vkey(one) for one in release.vkeys)
    witnesses = [parse_vkey(one) for one in release.witnesses]
    if not keys or any(one.name != release.origin for one in keys):
        raise Malformed("the file names no key of its own log", where=release.node, hint="--vkey KEY, or --policy FILE")
    return Trust(keys, lambda note: verify_quorum(note, witnesses, 1 if witnesses else 0))


def _standing(source: LogSource, release: Release, trust: Trust) -> Standing:
    data = read_note(source)
    claimed = parse_checkpoint(parse_note(data).text)
    if claimed.origin != release.origin or claimed.size < release.end:
        raise BadProof("it is another log, or shorter than the figures say")
    return _by_keys(source, trust, claimed, lambda keys: open_standing(data, keys, trust.quorum))


def _by_keys(source: LogSource, trust: Trust, claimed: Checkpoint, check: Callable[[tuple[VerifierKey, ...]], T]) -> T:
    """With the keys trusted; where none of them signed, with those that the log has named since."""
    try:
        return check(trust.keys)
    except BadSignature:
        terms = read_terms(claimed.origin, trust.keys[0], list(statements_of(source, 0, claimed.size)))
        return check(keys_at(terms, claimed.size))


def _seen(
    source: LogSource, release: Release, trust: Trust, said: list[Stated], entries: dict[int, bytes]
) -> Instant | None:
    """When the witnesses of the proof beside the file had seen the statement: the last of those the quorum takes."""
    data = source.read(path_of(release.period, "tlog-proof"))
    if data is None:
        return None
    try:
        bundle = parse_bundle(data)
        if bundle.index != said[-1].index:
            return None
        claimed = parse_checkpoint(parse_note(bundle.checkpoint_note).text)
        entry = entries[bundle.index]
        verified = _by_keys(
            source,
            trust,
            claimed,
            lambda keys: verify_bundle_by(bundle, entry, release.origin, keys, trust.quorum),
        )
    except (BadProof, BadSignature, Malformed, NotFound, KeyError):
        return None
    return max((one.at for one in verified.cosigned), default=None)
