"""The signed documents of a case, as they were sent and as they came. Reads only."""

from dataclasses import dataclass

from comity.base.encoding import from_b64u
from comity.base.errors import NotFound
from comity.base.parsing import read_json
from comity.cases import events
from comity.cases.case import Case
from comity.exchange.document import PAYLOAD_LIMIT, Document
from comity.workflows.office import Office
from comity.workflows.stores import Transaction


@dataclass(frozen=True, slots=True)
class CaseDocument:
    """One document. `direction`: sent or received; `peer`: to or from whom; `at`: when it was signed, POSIX seconds;
    `state`: how far it has come; `token`: the JWS."""

    id: str
    direction: str
    peer: str
    kind: str
    at: int
    state: str
    code: str
    token: bytes


def documents_of(office: Office, case: Case) -> tuple[CaseDocument, ...]:
    """In the order in which the case names them."""
    with office.store.transaction() as tx:
        told = [events.read(data) for data, _ in tx.cases.events(case.id)]
        found: dict[str, CaseDocument] = {}
        for event in told:
            message = getattr(event, "message", "")
            if message and message not in found:
                document = _find(tx, case, message, event.by)
                if document is not None:
                    found[message] = document
    return tuple(found.values())


def document_of(office: Office, case: Case, message: str) -> CaseDocument:
    """One document of the case. Raises NotFound."""
    for one in documents_of(office, case):
        if one.id == message:
            return one
    raise NotFound("the case has no such document", hint="see the list of its documents")


def _find(tx: Transaction, case: Case, message: str, by: str) -> CaseDocument | None:
    sent = tx.outbox.get(message)
    if sent is not None:
        return _read(message, "sent", sent.peer, sent.state, sent.code, sent.document)
    for sender in dict.fromkeys((by, case.peer, case.provider)):
        came = tx.inbox.get(sender, message) if sender else None
        if came is not None and came.document:
            return _read(message, "received", sender, came.state, came.code, came.document)
    return None


def _read(message: str, direction: str, peer: str, state: str, code: str, token: bytes) -> CaseDocument:
    payload = from_b64u(token.split(b".")[1].decode("ascii"))
    document = read_json(payload, Document, limit=PAYLOAD_LIMIT, what="a stored document")
    return CaseDocument(message, direction, peer, document.kind, document.iat, str(state), code, token)
