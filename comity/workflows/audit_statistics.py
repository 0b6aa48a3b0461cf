"""An auditor counts a node's statistics again (oversight.audit): what it is handed, what it signs, what the node logs.

The file of openings is JSON, one object a line: first the head, then a line for each step in the range of entries.
Rows hold no names, but tell each step's month, country and kind: the file goes to the auditor and nobody else. That it
was made stands in the log.
"""

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from comity.base.digests import Digest
from comity.base.encoding import b64u, from_b64u, to_json
from comity.base.errors import BadSignature, Conflict, Malformed, NotFound
from comity.base.ids import NodeId
from comity.base.parsing import check_size, read_json
from comity.crypto import jws
from comity.exchange.directory import Directory, Use
from comity.oversight import audit as auditing
from comity.oversight.audit import Attestation, Audited, Given, Shown
from comity.oversight.books import Month
from comity.oversight.periods import months_of
from comity.oversight.published import ATTESTED
from comity.oversight.release import FOLDER, Release, read_release
from comity.transparency.entry import PAD, STATEMENT, pad_entry, pad_id, stat_salt
from comity.transparency.pairs import LIMIT as PAIR_LIMIT
from comity.transparency.pairs import PairStatement, open_statement, value_of
from comity.workflows.access import permit
from comity.workflows.office import Office, directory
from comity.workflows.publish_statistics import ACTION, write_files
from comity.workflows.record import PADS, log_step, state_publicly
from comity.workflows.statistics_books import AGREED, DIFFERS, UNANSWERED, authorities
from comity.workflows.statistics_store import Kept
from comity.workflows.stores import Transaction

HEAD_LIMIT: Final = 64 * 1024 * 1024
LINE_LIMIT: Final = 4096
_AT_ONCE: Final = 4096


class MonthGiven(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a month was closed with a peer: the salt, base64url, and what both signed; `theirs` is '' if none came."""

    month: str
    peer: str
    salt: str
    ours: str
    theirs: str


class Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The first line of a file of openings."""

    v: int
    kind: str
    node: str
    period: str
    sha256: str
    months: tuple[MonthGiven, ...]


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry: its row and salt, base64url."""

    index: int
    row: str
    salt: str


def hand_over(office: Office, person: str, period: str) -> Iterator[bytes]:
    """The file of openings of a published period, a line at a time. That it is made is logged first.

    Raises NotFound, NotPermitted at once.
    """
    permit(office, person, ACTION)
    with office.store.transaction() as tx:
        kept = _kept(tx, period)
        release = read_release(kept.data)
        head = _head(office, tx, release)
        log_step(office, tx, "openings_given", Digest.of(kept.data, person.encode()), office.clock.now())
    return _lines(office, release, head)


def _kept(tx: Transaction, period: str) -> Kept:
    kept = tx.statistics.get(period)
    if kept is None:
        raise NotFound(f"{period} is not published", hint="see: comity statistics draft")
    return kept


def _head(office: Office, tx: Transaction, release: Release) -> Head:
    months = []
    for month in months_of(release.period):
        for peer in authorities(office, tx):
            close = tx.pairs.get(month, peer)
            if close is not None:
                ours, theirs = close.ours.decode("ascii"), close.theirs.decode("ascii")
                months.append(MonthGiven(month=month, peer=peer, salt=b64u(close.salt), ours=ours, theirs=theirs))
    return Head(
        v=1,
        kind="statistics-openings",
        node=release.node,
        period=release.period,
        sha256=release.sha256,
        months=tuple(months),
    )


def _lines(office: Office, release: Release, head: Head) -> Iterator[bytes]:
    yield to_json(head) + b"\n"
    for first in range(release.start, release.end, _AT_ONCE):
        with office.store.snapshot() as tx:
            key = tx.log.key(PADS)
            moved = [(one.first, one.count, one.was) for one in tx.log.moves()]
            entries = list(tx.statistics.entries(first, min(release.end, first + _AT_ONCE)))
        for one in entries:
            if one.entry[:1] == bytes((STATEMENT,)):
                continue
            if one.stat:
                yield to_json(Line(one.index, b64u(one.stat), b64u(one.stat_salt))) + b"\n"
            elif key is not None:
                made_at = next((was + one.index - at for at, count, was in moved if at <= one.index < at + count), None)
                place = pad_id(key, one.index if made_at is None else made_at)
                if pad_entry(key, place) == one.entry:
                    yield to_json(Line(one.index, b64u(PAD), b64u(stat_salt(key, place)))) + b"\n"


def read_openings(lines: Iterable[bytes], known: Directory) -> tuple[Head, Given]:
    """What a node handed over, its signatures checked by the keys that are known here. The openings are read a line at
    a time, as they are asked for, and what is wrong with one is told then.

    Raises TooLarge, Malformed, BadSignature, NotFound.
    """
    source = iter(lines)
    head = read_json(next(source, b""), Head, limit=HEAD_LIMIT, what="the head of the openings")
    if head.v != 1 or head.kind != "statistics-openings":
        raise Malformed("not a file of openings", hint="as comity statistics openings writes it")
    months, values = [], {}
    for one in head.months:
        month, value = _month(head.node, one, known)
        months.append(month)
        values[one.month, one.peer] = value
    return head, Given(_openings(source), months, values)


def _openings(source: Iterator[bytes]) -> Iterator[tuple[int, Shown]]:
    last = -1
    for data in source:
        check_size(data, LINE_LIMIT, "a line of the openings")
        try:
            line = msgspec.json.decode(data, type=Line)
        except msgspec.DecodeError:
            raise Malformed("a line of the openings does not parse", hint="as the node wrote it") from None
        if line.index <= last:
            raise Malformed(
                f"entry {line.index} stands after entry {last} in the openings",
                hint="in the order of the log, each once",
            )
        last = line.index
        yield line.index, Shown(from_b64u(line.row), from_b64u(line.salt))


def _month(node: str, given: MonthGiven, known: Directory) -> tuple[Month, str]:
    salt = from_b64u(given.salt)
    ours = _signed(given.ours, node, known)
    _check_about(ours, node, given)
    theirs = _signed(given.theirs, given.peer, known) if given.theirs else None
    state = UNANSWERED if theirs is None else AGREED if theirs == ours else DIFFERS
    month = Month(given.month, given.peer, salt, ours.asked_by(node), ours.asked_by(given.peer), state)
    return month, value_of(ours, salt)


def _check_about(statement: PairStatement, node: str, given: MonthGiven) -> None:
    if {statement.first, statement.second} != {node, given.peer} or statement.period != given.month:
        raise Malformed("a statement about another pair or month", where=given.month, hint="ask for the openings again")


def _signed(token: str, node: str, known: Directory) -> PairStatement:
    data = token.encode("ascii", "replace")
    kid = jws.read_header(data, limit=PAIR_LIMIT).kid
    keys = [key for key in known.entity(NodeId(node)).keys if key.use is Use.AUTHORITY and key.kid == kid]
    if not keys:
        raise BadSignature(f"signed with a key that {node} does not list", hint="take in its State's newest directory")
    return open_statement(data, keys[0].public_bytes)


def attest(office: Office, release: Release, data: bytes, found: Audited) -> bytes:
    """The auditor's signed word on a release: what opened, and all that was found against it."""
    said = auditing.attestation(release, str(Digest.of(data)), office.node, found)
    return jws.sign_compact(to_json(said), office.keys.signer(Use.AUTHORITY), auditing.TYP)


def open_attestation(token: bytes, known: Directory) -> Attestation:
    """Raises BadSignature, TooLarge, Malformed."""
    kid = jws.read_header(token, limit=auditing.LIMIT).kid
    for entity in known.all():
        for key in entity.keys:
            if key.use is Use.AUTHORITY and key.kid == kid:
                data = jws.verify_compact(token, key.public_bytes, auditing.TYP, limit=auditing.LIMIT)
                said = auditing.read_attestation(data)
                if said.auditor == entity.id:
                    return said
    raise BadSignature("signed by nobody whose key is known here", hint="take in the auditor's directory")


def enter_attestation(office: Office, person: str, token: bytes) -> int:
    """Log and publish what an auditor signed about our figures, whatever it says; the index of the statement.

    Raises BadSignature, Conflict where it is about other figures than those that stand.
    """
    permit(office, person, ACTION)
    with office.store.transaction() as tx:
        said = open_attestation(token, directory(tx))
        kept = _kept(tx, said.period)
        if (said.node, said.sha256) != (office.node, str(Digest.of(kept.data))) or said.auditor == office.node:
            raise Conflict("it attests other figures than those published here", hint="the auditor counts again")
        index = state_publicly(office, tx, ATTESTED, _stated(said, token))
    office.log_folder.write(attestation_path(said.period, said.auditor), token)
    write_files(office)  # the list of releases names who attested them
    return index


def attestation_path(period: str, auditor: str) -> str:
    return f"{FOLDER}/{period}.audit.{auditor.replace('/', '.').lower()}.jws"


def _stated(said: Attestation, token: bytes) -> dict[str, object]:
    return {
        "node": said.node,
        "period": said.period,
        "auditor": said.auditor,
        "statistics": said.sha256,
        "sha256": str(Digest.of(token)),
        "faults": len(said.faults),
    }
