"""Doubts: what came under a key that was revoked later, or while a directory had ended, is brought back to a person.

A revocation names the moment since when its key is not believed. Whoever stole the key can write any time into a
message, so it is our own clock that says what came since. Every case with such a message gets a doubt, before the list
is in force: in the transaction that adopts it, and where there are many cases some at a time before it (`look_ahead`).
Nothing of it is sent, disclosed or let go until a named person has looked at the message and says, with reasons,
whether it is relied on (`settle`). Its signature goes on to verify all the same.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Final

from comity.base.digests import Digest
from comity.base.encoding import from_b64u
from comity.base.errors import OutOfOrder
from comity.base.ids import CaseId, NodeId, state_of
from comity.base.instants import Instant
from comity.base.parsing import read_json
from comity.cases import events
from comity.cases.case import Case, Doubt
from comity.cases.doubting import Ground
from comity.exchange import document as documents
from comity.exchange import receipt_alone
from comity.exchange.directory import StateList, Use
from comity.exchange.message import RequestBody
from comity.exchange.receipt import Status
from comity.workflows.access import permit
from comity.workflows.dispatch import AUTOMATIC
from comity.workflows.enter_notice import doubt_notices
from comity.workflows.every_case import of_cases
from comity.workflows.hold_messages import hold, release
from comity.workflows.office import Office, directory_of
from comity.workflows.record import ahead, load, record
from comity.workflows.require import require_reasons
from comity.workflows.stores import Incoming, Transaction

STALE: Final = str(Ground.STALE_DIRECTORY)
DOUBT: Final = "doubt"
"""Why a message of ours is not sent."""
_NO_CASE: Final = ""
"""Where a notice of an emergency stands: it belongs to no case of ours."""
_AT_ONCE: Final = 50
"""Cases that get their doubts in one transaction, which takes some hundredths of a second."""
_LEAVES: Final = 1024
_EVERY: Final = 1_000_000_000
_DOUBTED: Final = events.tag_of(events.Doubted)
_SIGNING: Final = (Use.AUTHORITY, Use.APPROVER)
Stored = Sequence[tuple[bytes, Digest]]


@dataclass(frozen=True, slots=True)
class Revoked:
    """A key that a newer list says is not to be believed since a moment, or since an earlier one than before."""

    node: str
    use: Use
    kid: str
    since: Instant


def newly_revoked(old: StateList | None, new: StateList) -> tuple[Revoked, ...]:
    """What the newer of two lists revokes, and the older did not, or not so early."""
    before = {
        (entity.id, key.use, key.kid): key.compromised_since
        for entity in (old.entities if old else ())
        for key in entity.keys
    }
    return tuple(
        Revoked(entity.id, key.use, key.kid, Instant.from_seconds(key.compromised_since))
        for entity in new.entities
        for key in entity.keys
        if key.compromised_since is not None and key.compromised_since != before.get((entity.id, key.use, key.kid))
    )


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found beside the writer before a list is taken in. `revoked`: the keys that were looked for, as the log
    had `size` entries; `cases`: those found by then that have no doubt yet; `notices`: whose came under a key."""

    revoked: frozenset[Revoked] = frozenset()
    size: int = 0
    cases: tuple[str, ...] = ()
    notices: frozenset[str] = frozenset()


NOTHING: Final = Looked()


def look_ahead(office: Office, old: StateList | None, new: StateList) -> Looked:
    """Look, before a list is taken in, what came under the keys that it revokes, and hold up nobody. Where that is in
    many cases, these get their doubts now, some at a time, so that few are left for `doubt_revoked`.

    Only for a list that is as good as taken in. If it is interrupted the list is not in force, and the next try goes
    on: what is in doubt already is passed over.
    """
    revoked = newly_revoked(old, new)
    if not revoked:
        return NOTHING
    with office.store.snapshot() as tx:
        size, found = tx.log.size(), {one: _by_case(_came_under(tx, one)) for one in revoked}
    notices = frozenset(one.node for one, cases in found.items() if cases.pop(_NO_CASE, None))
    ours = set[tuple[str, int]]()
    while sum(len(cases) for cases in found.values()) > _AT_ONCE:
        for one, cases in found.items():
            ours |= _raise_some(office, one, cases)
        with office.store.snapshot() as tx:  # what happened meanwhile is looked at in its turn
            start, size = size, tx.log.size()
            touched = _touched(tx, start, size, ours)
            found = {one: _came_in(tx, one, touched) for one in revoked}
    left = dict.fromkeys(case_id for cases in found.values() for case_id in cases)
    return Looked(frozenset(revoked), size, tuple(left), notices)


def doubt_revoked(office: Office, tx: Transaction, old: StateList | None, new: StateList, looked: Looked) -> int:
    """Raise a doubt in every case that holds a message or a receipt which came under a key since it is not believed; in
    how many. looked: what was found ahead; what came since is looked for here, and all of it where nothing was."""
    doubted = 0
    for one in newly_revoked(old, new):
        if one in looked.revoked:
            since = tx.log.cases_between(looked.size, tx.log.size())
            found = _came_in(tx, one, list(dict.fromkeys((*looked.cases, *since))))
            has_notices = one.node in looked.notices or _has_notices(tx, one)
        else:
            found = _by_case(_came_under(tx, one))
            has_notices = bool(found.pop(_NO_CASE, None))
        if has_notices:
            doubt_notices(office, tx, one.node)
        doubted += len(_raise_revoked(office, tx, one, found))
    return doubted


def _by_case(came: Iterator[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for case_id, message_id in came:
        found[case_id].append(message_id)
    return found


def _raise_some(office: Office, revoked: Revoked, found: Mapping[str, Sequence[str]]) -> set[tuple[str, int]]:
    """Doubts in these cases, some in a transaction; the case and the number of each event."""
    done, cases = set[tuple[str, int]](), list(found)
    for first in range(0, len(cases), _AT_ONCE):
        some = cases[first : first + _AT_ONCE]
        with office.store.snapshot() as tx:
            read = {case_id: tx.cases.events(case_id) for case_id in some}
            left = {case_id: ids for case_id in some if (ids := _not_told(read[case_id], revoked, found[case_id]))}
        if left:
            with office.store.transaction() as tx:
                done |= _raise_revoked(office, tx, revoked, left)
    return done


def _raise_revoked(
    office: Office, tx: Transaction, revoked: Revoked, found: Mapping[str, Sequence[str]]
) -> set[tuple[str, int]]:
    """A doubt in each case about what it was not told of; the case and the number of each event."""
    done = set[tuple[str, int]]()
    tx.ahead(ahead(office, list(found)))
    for case_id, ids in found.items():
        stored = tx.cases.events(case_id)
        if messages := _not_told(stored, revoked, ids):
            case = tx.known_cases.fold(CaseId(case_id), stored)
            doubt = Doubt(str(Ground.REVOKED_KEY), revoked.node, revoked.kid, revoked.since.seconds, messages)
            done.add((case_id, _raise(office, tx, case, doubt).events))
    return done


def _not_told(stored: Stored, revoked: Revoked, messages: Sequence[str]) -> tuple[str, ...]:
    """Those of which the case has no doubt by this revocation; none of a case that was erased. stored: its events."""
    told = set[str]()
    for event in (events.read(data) for data, _ in stored):
        if isinstance(event, events.Doubted) and (event.node, event.kid, event.since) == (
            revoked.node,
            revoked.kid,
            revoked.since.seconds,
        ):
            told.update(event.messages)
    return tuple(one for one in messages if one not in told) if stored else ()


def _touched(tx: Transaction, start: int, end: int, ours: Set[tuple[str, int]]) -> list[str]:
    """The cases to which something happened between two sizes of the log, but for these events."""
    found: dict[str, None] = {}
    for first in range(start, end, _LEAVES):
        leaves = tx.log.leaves(first, min(end, first + _LEAVES))
        found |= {one.case_id: None for one in leaves if one.case_id and (one.case_id, one.event) not in ours}
    return list(found)


def _came_in(tx: Transaction, revoked: Revoked, case_ids: Sequence[str]) -> dict[str, list[str]]:
    """As `_came_under`, of some cases and without asking for others; those that have their doubt are left out."""
    if revoked.use is Use.RECEIPT:
        found = _by_case(_receipted_under(tx, revoked, case_ids))
    else:
        found = _by_case(
            (case_id, message.id)
            for case_id in case_ids
            if (channel := tx.channels.of_case(case_id, revoked.node)) is not None
            for message in tx.inbox.opened_in(revoked.node, channel.id)
            if message.state is Status.DELIVERED and message.at >= revoked.since and _signed(revoked, message.document)
        )
    return {case_id: ids for case_id, ids in found.items() if _not_told(tx.cases.events(case_id), revoked, ids)}


def _has_notices(tx: Transaction, revoked: Revoked) -> bool:
    """Whether one of the latest notices came under the key."""
    theirs = (one.message for one in tx.emergencies.notices(_AT_ONCE) if one.sender == revoked.node)
    came = (tx.inbox.get(revoked.node, message_id) for message_id in theirs)
    return any(one and one.at >= revoked.since and one.document and _signed(revoked, one.document) for one in came)


def _came_under(tx: Transaction, revoked: Revoked) -> Iterator[tuple[str, str]]:
    """The case and the id of each message, in the order they came."""
    if revoked.use is Use.RECEIPT:
        yield from _receipted_under(tx, revoked)
    elif revoked.use in _SIGNING:
        for message in tx.inbox.entered_since(revoked.node, revoked.since):
            if message.document and _signed(revoked, message.document):  # an erased one has none
                yield message.case_id, message.id


def _signed(revoked: Revoked, token: bytes) -> bool:
    """Whether the key gives a message its force. A request's signature does not, and the others have rules of their
    own."""
    match revoked.use:
        case Use.AUTHORITY:
            return documents.kid_of(token) == revoked.kid
        case Use.APPROVER:
            return revoked.kid in _approved_with(token)
        case _:
            return False


def _approved_with(token: bytes) -> frozenset[str]:
    """The passkeys that signed the approvals of an emergency, by their ids; none of other messages."""
    document = _document(token)
    if document.kind != "request.produce":
        return frozenset()
    both = document.read_body(RequestBody).approvals
    return frozenset(one.passkey.credential for one in both if one.passkey is not None)


def _receipted_under(
    tx: Transaction, revoked: Revoked, case_ids: Sequence[str] | None = None
) -> Iterator[tuple[str, str]]:
    """Messages of ours of which the key said what became of them; of some cases, or of all."""
    shown = tx.kept_receipts.of_settled(revoked.node, case_ids)
    signed = {message_id: case_id for message_id, case_id, one in shown if receipt_alone.kid_of(one) == revoked.kid}
    for message_id, case_id in signed.items():
        told = (events.read(data) for data, _ in tx.cases.events(case_id))
        if any(_says(one, message_id) and one.at >= revoked.since.seconds for one in told):
            yield case_id, message_id


def _says(event: events.Event, message_id: str) -> bool:
    return isinstance(event, events.Receipted) and event.message == message_id


def doubt_stale(office: Office, tx: Transaction, case_id: str, message: Incoming) -> None:
    """Raise a doubt about a message that was entered although its sender's list has ended."""
    state = state_of(NodeId(message.sender))
    known = directory_of(tx, NodeId(message.sender)).lists.get(state)
    since = known.next_update if known else 0
    _raise(office, tx, load(tx, case_id), Doubt(STALE, message.sender, "", since, (message.id,)))


def _raise(office: Office, tx: Transaction, case: Case, doubt: Doubt) -> Case:
    now = office.clock.now()
    event = events.Doubted(
        at=now.seconds,
        by=AUTOMATIC.id,
        ground=Ground(doubt.ground),
        node=doubt.node,
        messages=doubt.messages,
        since=doubt.since,
        kid=doubt.kid,
    )
    moved = record(office, tx, case, event)
    hold(tx, case, now, DOUBT)
    return moved


def settle(office: Office, person: str, case_id: str, *, keep: bool, reasons: str) -> Case:
    """Say of all doubts that stand in a case that what came is relied on (`keep`), or that it is not.

    What was held goes out where it is kept and oversight has not frozen the case. Raises OutOfOrder where no doubt
    stands, NotPermitted for who may not.
    """
    role = permit(office, person, "settle_doubt")
    why = require_reasons(reasons)
    now = office.clock.now()
    with office.store.transaction() as tx:
        case = load(tx, case_id)
        if not case.doubts:
            raise OutOfOrder("no doubt stands in this case", hint="see: comity exchange doubts")
        event = events.DoubtSettled(at=now.seconds, by=person, keep=keep, reasons=why, role=role)
        moved = record(office, tx, case, event)
        if keep and not moved.is_held:
            release(tx, moved, now)
        return moved


@dataclass(frozen=True, slots=True)
class Standing:
    """A doubt that no person has settled, with the kinds of the messages it is about."""

    case: str
    doubt: Doubt
    kinds: tuple[str, ...]


def standing(office: Office) -> tuple[Standing, ...]:
    """Every doubt that stands, by case, oldest case first. Only those cases are read in which one was ever raised."""
    with office.store.snapshot() as tx:
        raised = tx.log_search.of_kinds((_DOUBTED,), most=_EVERY)
    case_ids = sorted({case_id for case_id, _ in raised})
    return tuple(one for found in of_cases(office, case_ids, _standing_in) for one in found)


def _standing_in(tx: Transaction, case_id: str) -> list[Standing]:
    if tx.erasures.get(case_id) is not None:
        return []
    return [
        Standing(case_id, doubt, tuple(_kind(tx, doubt, one) for one in doubt.messages))
        for doubt in load(tx, case_id).doubts
    ]


def _kind(tx: Transaction, doubt: Doubt, message_id: str) -> str:
    """What the message is, '' where it is erased; a receipt for one of ours is told as such."""
    ours = tx.outbox.get(message_id)
    if ours is not None:
        return f"receipt of {ours.kind}"
    came = tx.inbox.get(doubt.node, message_id)
    if came is None or not came.document:
        return ""
    return _document(came.document).kind


def _document(token: bytes) -> documents.Document:
    """What was verified when it came."""
    payload = from_b64u(token.split(b".")[1].decode("ascii"))
    return read_json(payload, documents.Document, limit=documents.PAYLOAD_LIMIT, what="the message")
