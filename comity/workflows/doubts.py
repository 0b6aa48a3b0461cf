"""Doubts: what came under a key that was revoked later, or while a directory had ended, is brought back to a person.

A revocation names the moment since when its key is not believed. Whoever stole the key can write any time into a
message, so it is our own clock that says what came since. Every case with such a message gets a doubt, in the
transaction that adopts the list: nothing of it is sent, disclosed or let go until a named person has looked at the
message and says, with reasons, whether it is relied on (`settle`). Its signature goes on to verify all the same.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from comity.base.encoding import from_b64u
from comity.base.errors import OutOfOrder
from comity.base.ids import NodeId, state_of
from comity.base.instants import Instant
from comity.base.parsing import read_json
from comity.cases import events
from comity.cases.case import Case, Doubt
from comity.cases.doubting import Ground
from comity.exchange import document as documents
from comity.exchange import receipt_alone
from comity.exchange.directory import StateList, Use
from comity.exchange.message import RequestBody
from comity.workflows.access import permit
from comity.workflows.dispatch import AUTOMATIC
from comity.workflows.enter_notice import doubt_notices
from comity.workflows.every_case import of_every_case
from comity.workflows.hold_messages import hold, release
from comity.workflows.office import Office, directory_of
from comity.workflows.record import load, record
from comity.workflows.require import require_reasons
from comity.workflows.stores import Incoming, Transaction

STALE: Final = str(Ground.STALE_DIRECTORY)
DOUBT: Final = "doubt"
"""Why a message of ours is not sent."""
_NO_CASE: Final = ""
"""Where a notice of an emergency stands: it belongs to no case of ours."""


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


def doubt_revoked(office: Office, tx: Transaction, old: StateList | None, new: StateList) -> int:
    """Raise a doubt in every case that holds a message or a receipt which came under a key since it is not believed; in
    how many."""
    doubted = 0
    for revoked in newly_revoked(old, new):
        found: dict[str, list[str]] = defaultdict(list)
        for case_id, message_id in _came_under(tx, revoked):
            found[case_id].append(message_id)
        if found.pop(_NO_CASE, None):
            doubt_notices(office, tx, revoked.node)
        for case_id, messages in found.items():
            doubted += _raise(
                office,
                tx,
                load(tx, case_id),
                Doubt(str(Ground.REVOKED_KEY), revoked.node, revoked.kid, revoked.since.seconds, tuple(messages)),
            )
    return doubted


def _came_under(tx: Transaction, revoked: Revoked) -> Iterator[tuple[str, str]]:
    """The case and the id of each message, in the order they came."""
    match revoked.use:
        case Use.AUTHORITY:
            for message in tx.inbox.entered_since(revoked.node, revoked.since):
                if message.document and documents.kid_of(message.document) == revoked.kid:  # an erased one has none
                    yield message.case_id, message.id
        case Use.APPROVER:
            for message in tx.inbox.entered_since(revoked.node, revoked.since):
                if message.document and revoked.kid in _approved_with(message.document):
                    yield message.case_id, message.id
        case Use.RECEIPT:
            yield from _receipted_under(tx, revoked)
        case _:
            return  # a request's signature gives no message its force, and the others have rules of their own


def _approved_with(token: bytes) -> frozenset[str]:
    """The passkeys that signed the approvals of an emergency, by their ids; none of other messages."""
    document = _document(token)
    if document.kind != "request.produce":
        return frozenset()
    both = document.read_body(RequestBody).approvals
    return frozenset(one.passkey.credential for one in both if one.passkey is not None)


def _receipted_under(tx: Transaction, revoked: Revoked) -> Iterator[tuple[str, str]]:
    """Messages of ours of which the key said what became of them."""
    shown = tx.kept_receipts.of_settled(revoked.node)
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


def _raise(office: Office, tx: Transaction, case: Case, doubt: Doubt) -> int:
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
    record(office, tx, case, event)
    hold(tx, case, now, DOUBT)
    return 1


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
    """Every doubt that stands, by case, oldest case first."""
    return tuple(one for found in of_every_case(office, _standing_in) for one in found)


def _standing_in(tx: Transaction, case_id: str) -> list[Standing]:
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
