"""Who is asking: whether a request or an order that came is from the node it says, checked again each time.

What is shown comes from the directory that is trusted here, never from the message: a forged request brings its own
telephone number (articles 40(14), 41). The checks are those of exchange.checks, made anew with today's directory.
"""

from dataclasses import dataclass

from comity.base.digests import Digest
from comity.base.errors import ComityError
from comity.base.ids import NodeId, StateCode, state_of
from comity.base.instants import Instant
from comity.base.mode import Mode
from comity.cases.case import Case, Position
from comity.exchange import document as documents
from comity.exchange.directory import Entity, KeyEntry, Use, open_list, spoken
from comity.exchange.document import Document
from comity.exchange.message import OrderBody
from comity.workflows.office import Office
from comity.workflows.stores import Trust


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at now, by its name, and whether it holds."""

    name: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Asker:
    """Who signed what came. `key` and `document` are None where the signature does not hold; `order`: what the order
    says of its law and reasons; `confirmed_by`: who compared the fingerprint of the list's roots here; `trust`: who
    took the newest list, and when."""

    entity: Entity
    state: StateCode
    sequence: int
    issued: Instant
    ends: Instant
    fingerprint: Digest
    confirmed_by: tuple[str, ...]
    trust: Trust | None
    mode: Mode
    checks: tuple[Check, ...]
    key: KeyEntry | None
    document: Document | None
    order: OrderBody | None

    @property
    def spoken(self) -> str:
        """The fingerprint as it is read aloud."""
        return spoken(self.fingerprint)

    @property
    def holds(self) -> bool:
        return all(check.holds for check in self.checks)


def who_asks(office: Office, case: Case) -> Asker | None:
    """Who sent the request or order of a case; None where we are the ones who ask, or they are in no directory now."""
    if case.position is Position.REQUESTING or not case.request_message:
        return None
    state, now = state_of(NodeId(case.peer)), office.clock.now()
    with office.store.transaction() as tx:
        data, trust = tx.directory.get(state), tx.directory.trust(state)
        came = tx.inbox.get(case.peer, case.request_message)
        if data is None or came is None:
            return None
        signed_list = open_list(data)
        compared = tuple(tx.directory.confirmed_by(state, signed_list.fingerprint))
    value = signed_list.value
    entity = next((one for one in value.entities if one.id == case.peer), None)
    if entity is None:
        return None
    checks, key, document = _checked(office, entity, came.document, now)
    ends = Instant.from_seconds(value.next_update)
    checks.append(Check("list", now <= ends))
    is_order = document is not None and document.kind.startswith("order.")
    return Asker(
        entity=entity,
        state=state,
        sequence=value.sequence,
        issued=Instant.from_seconds(value.issued),
        ends=ends,
        fingerprint=signed_list.fingerprint,
        confirmed_by=compared,
        trust=trust,
        mode=value.mode,
        checks=tuple(checks),
        key=key,
        document=document,
        order=document.read_body(OrderBody) if document is not None and is_order else None,
    )


def _checked(
    office: Office, entity: Entity, token: bytes, now: Instant
) -> tuple[list[Check], KeyEntry | None, Document | None]:
    try:
        kid = documents.kid_of(token)
        key = next((one for one in entity.keys if (one.use, one.kid) == (Use.AUTHORITY, kid)), None)
        if key is None:
            return [Check("key listed", False)], None, None
        document = documents.verify(token, key.public_bytes).document
    except ComityError:
        return [Check("signature", False)], None, None
    then = Instant.from_seconds(document.iat)
    return (
        [
            Check("signature", True),
            Check("key listed", True),
            Check("key then", key.is_valid(then)),
            Check("key now", key.is_valid(now)),
            Check("sender", document.from_ == entity.id),
            Check("recipient", document.to == office.node),
            Check("mode", document.mode is office.mode),
            *_second_person(document),
        ],
        key,
        document,
    )


def _second_person(document: Document) -> list[Check]:
    """Where the kind needs an approval: whether somebody else than its author gave it."""
    if not document.kind.startswith("request."):
        return []
    approver = document.actor.approved_by
    return [Check("second person", approver not in ("", document.actor.id))]
