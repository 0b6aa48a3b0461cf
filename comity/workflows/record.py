"""The one place that writes a fact: the case event and its log entry, in the caller's transaction.

The entry's body names the node, the event, its link and, where one was sent or came, the document and envelope, so that
both ends of an exchange commit to the same digests. A step without a log entry cannot exist: they are written together.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from comity.base.digests import Digest
from comity.base.encoding import to_json
from comity.base.ids import CaseId
from comity.base.instants import Instant
from comity.cases import events, machine
from comity.cases.case import Case
from comity.cases.deadlines import runs_out
from comity.exchange.envelope import Envelope
from comity.oversight.rows import row_of
from comity.transparency.entry import (
    Opening,
    StatRow,
    body_salt,
    make_entry,
    pad_entry,
    pad_id,
    public_statement,
    stat_salt,
)
from comity.workflows.office import Office
from comity.workflows.stores import Ahead, Leaf, Transaction

_KEY_BYTES: Final = 32
PADS: Final = "pads"
"""The scope of the key of pads."""


class LogBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a log entry commits to: digests and tags, no content. `stamp` is EXERCISE in an exercise, else empty."""

    v: int
    stamp: str
    node: str
    event: str
    event_sha256: str
    at: int
    doc_sha256: str = ""
    envelope_sha256: str = ""


def begin(
    office: Office,
    tx: Transaction,
    case_id: CaseId,
    event: events.Drafted | events.Received | events.OrderReceived,
    *,
    doc_sha256: str = "",
    envelope: Envelope | None = None,
) -> Case:
    """A new case from its first event."""
    data = events.write(event)
    case = machine.begin(case_id, event, data)
    tx.log.put_key(f"case:{case.id}", office.randomness.bytes(_KEY_BYTES))
    _write(office, tx, case, event, data, doc_sha256, envelope)
    tx.cases.enter(case.id, case.peer, case.their_case, runs_out(case))
    return case


def record(
    office: Office,
    tx: Transaction,
    case: Case,
    event: events.Event,
    *,
    doc_sha256: str = "",
    envelope: Envelope | None = None,
) -> Case:
    """The case after `event`, with the event and its log entry written. Raises OutOfOrder, NotPermitted or Conflict."""
    data = events.write(event)
    moved = machine.advance(case, event, data)
    _write(office, tx, moved, event, data, doc_sha256, envelope)
    tx.known_cases.went_on(moved)
    if runs_out(moved) != runs_out(case):
        tx.cases.enter(moved.id, moved.peer, moved.their_case, runs_out(moved))
    return moved


def ahead(office: Office, case_ids: Sequence[str], *, person: str = "") -> Ahead:
    """What `load` and `record` of these cases ask for, and the role of a person."""
    keys = [f"case:{one}" for one in case_ids]
    return Ahead(cases=case_ids, keys=[*keys, _of_month(office)], people=[person] if person else ())


def load(tx: Transaction, case_id: str) -> Case:
    """A case as it stands, its links checked. Raises NotVerified, or NotFound via the fold of nothing."""
    return tx.known_cases.fold(CaseId(case_id), tx.cases.events(case_id))


def _write(
    office: Office,
    tx: Transaction,
    case: Case,
    event: events.Event,
    data: bytes,
    doc_sha256: str,
    envelope: Envelope | None,
) -> None:
    tx.cases.append(case.id, case.events, data, case.head)
    body = to_json(
        LogBody(
            v=1,
            stamp=office.mode.stamp,
            node=office.node,
            event=events.tag_of(event),
            event_sha256=str(case.head),
            at=event.at,
            doc_sha256=doc_sha256,
            envelope_sha256=str(envelope.digest) if envelope else "",
        )
    )
    said = Instant.from_seconds(envelope.read_header().iat if envelope else event.at)
    stat = row_of(office.mode, case, event, said).encode()
    opening = _opening(office, tx, f"case:{case.id}", stat, body, case.head)
    entry = make_entry(opening.stat_row, opening.body, opening.stat_salt, opening.body_salt)
    leaf = Leaf(tx.log.size(), entry, case.id, case.events, stat, body, opening.stat_salt, opening.body_salt)
    tx.log.append(leaf)


def log_step(
    office: Office,
    tx: Transaction,
    kind: str,
    head: Digest,
    at: Instant,
    *,
    doc_sha256: str = "",
    envelope: Envelope | None = None,
) -> int:
    """A log entry for what belongs to no case, as a change of people: it hides the kind, and commits to `head`, and to
    the message that it came with, if any. Its index."""
    body = to_json(
        LogBody(
            v=1,
            stamp=office.mode.stamp,
            node=office.node,
            event=kind,
            event_sha256=str(head),
            at=at.seconds,
            doc_sha256=doc_sha256,
            envelope_sha256=str(envelope.digest) if envelope else "",
        )
    )
    stat = StatRow(mode=office.mode, kind=kind, category="none", outcome="none", delay="none", peer="none").encode()
    opening = _opening(office, tx, "people", stat, body, head)
    entry = make_entry(opening.stat_row, opening.body, opening.stat_salt, opening.body_salt)
    index = tx.log.size()
    tx.log.append(Leaf(index, entry, "", 0, stat, body, opening.stat_salt, opening.body_salt))
    return index


def _opening(office: Office, tx: Transaction, scope: str, stat: bytes, body: bytes, head: Digest) -> Opening:
    """What the entry of an event hides; its salts come from the keys of the month and of `scope`."""
    return Opening(
        stat,
        body,
        stat_salt(_key(office, tx, _of_month(office)), head.value),
        body_salt(_key(office, tx, scope), head.value),
    )


def _of_month(office: Office) -> str:
    return f"period:{office.clock.now().month}"


def _key(office: Office, tx: Transaction, scope: str) -> bytes:
    key = tx.log.key(scope)
    if key is None:
        key = office.randomness.bytes(_KEY_BYTES)
        tx.log.put_key(scope, key)
    return key


def state_publicly(office: Office, tx: Transaction, kind: str, fields: dict[str, object]) -> int:
    """Append a public statement to the log; its index. Its mode and the stamp EXERCISE stand in it in clear."""
    entry = public_statement({"kind": kind, "mode": office.mode, "stamp": office.mode.stamp, **fields})
    index = tx.log.size()
    tx.log.append(Leaf(index, entry))
    return index


def pad(office: Office, tx: Transaction) -> None:
    """Append pads until the log's size is a multiple of `pad_to`, so that its growth says little."""
    if office.pad_to > 1:
        key = _key(office, tx, PADS)
        size = tx.log.size()
        places = range(size, size + -size % office.pad_to)
        tx.log.append_all([Leaf(n, pad_entry(key, pad_id(key, n))) for n in places])
