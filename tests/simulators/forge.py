"""What a sender could make that keeps no rule: any document, header, envelope or request, with keys it holds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import msgspec

from comity.base.encoding import b64u
from comity.base.ids import MessageId, NodeId, uuid7
from comity.base.parsing import read_json
from comity.cases import events
from comity.cases.case import Case
from comity.crypto import hpke
from comity.crypto.request_signature import sign_request
from comity.crypto.signatures import Signer
from comity.exchange import document as documents
from comity.exchange import envelope as envelopes
from comity.exchange import receipt
from comity.exchange.directory import Use, open_list, sign_list
from comity.exchange.envelope import Envelope
from comity.exchange.message import Body, RequestBody
from comity.exchange.receipt_code import read_fault
from comity.workflows import receive_envelope
from comity.workflows.dispatch import Letter, post
from comity.workflows.ports import Answer
from comity.workflows.record import load, record
from tests.simulators.wire import ask
from tests.simulators.world import XA, XB, Node, SmallWorld, preservation, share_directories

ACTOR: Final = documents.Actor("anna", "duty_officer", approved_by="bo")
_COMMON: Final = ("v", "id", "mode", "from_", "to", "channel", "seq", "prev", "iat", "exp")


@dataclass(frozen=True)
class Forged:
    """A message to be made by `sender` for `to`; `document` and `header` are fields put in place of the right ones."""

    kind: str = "request.preserve"
    body: Body = field(default_factory=lambda: RequestBody(request=preservation()))
    sender: NodeId = XA
    to: NodeId = XB
    document: Mapping[str, Any] = field(default_factory=dict)
    header: Mapping[str, Any] = field(default_factory=dict)
    actor: documents.Actor = ACTOR
    signer: Signer | None = None
    attachments: tuple[documents.AttachedFile, ...] = ()

    def make(self, world: SmallWorld) -> Envelope:
        """The envelope, sealed to the recipient's own key."""
        sender, now = world.nodes[self.sender], world.nodes[self.sender].clock.now()
        right = documents.Document(
            v=envelopes.VERSION,
            id=uuid7(now, sender.randomness.bytes(10)),
            mode=sender.office.mode,
            from_=self.sender,
            to=self.to,
            iat=now.seconds,
            exp=now.plus_days(14).seconds,
            channel=b64u(sender.randomness.bytes(16)),
            seq=1,
            prev="",
            case="forged",
            kind=self.kind,
            actor=self.actor,
            log=documents.LogPlace(sender.office.origin, 0),
            attachments=self.attachments,
            body=documents.body_bytes(self.body),
        )
        document = msgspec.structs.replace(right, **self.document)
        signed = documents.sign(document, self.signer or sender.keys.signer(Use.AUTHORITY))
        return self.wrap(world, signed)

    def wrap(self, world: SmallWorld, signed: documents.Signed) -> Envelope:
        """Seal a document, whoever signed it, to the recipient."""
        opener = world.nodes[self.to].keys.opener()
        same = {name: getattr(signed.document, name) for name in _COMMON}
        fields = {**same, "pri": 0, "suite": hpke.SUITE, "rkid": opener.kid, **self.header}
        return envelopes.seal(signed.token, envelopes.Header(**fields), opener.public)


def next_in_channel(node: Node, case_id: str, peer: NodeId) -> dict[str, Any]:
    """The fields that put a document in its right place after all that `node` sent to `peer` in a case."""
    with node.office.store.transaction() as tx:
        channel = tx.channels.of_case(case_id, peer)
    assert channel is not None
    return {"channel": channel.id, "seq": channel.sent.seq + 1, "prev": channel.sent.prev, "case": case_id}


def request_to(
    world: SmallWorld,
    sender: Node,
    to: NodeId,
    path: str,
    body: bytes,
    *,
    method: str = "POST",
    media_type: str = envelopes.MEDIA_TYPE,
    signer: Signer | None = None,
) -> Answer:
    """A signed request, with the sender's transport key if no other is given."""
    return ask(
        world.wire.apps[world.nodes[to].host],
        method,
        world.nodes[to].url + path,
        headers_for(world, sender, to, path, body, method=method, media_type=media_type, signer=signer),
        body,
    )


def headers_for(
    world: SmallWorld,
    sender: Node,
    to: NodeId,
    path: str,
    body: bytes,
    *,
    method: str = "POST",
    media_type: str = envelopes.MEDIA_TYPE,
    signer: Signer | None = None,
) -> dict[str, str]:
    return sign_request(
        method,
        world.nodes[to].url + path,
        media_type,
        body,
        signer=signer or sender.keys.signer(Use.TRANSPORT),
        at=sender.clock.now(),
        nonce=sender.randomness.bytes(16),
    )


def code_of(answer: Answer) -> str:
    """The code of a problem document."""
    return str(read_json(answer.body, dict[str, object], limit=65536, what="the problem")["code"])


def bring(world: SmallWorld, envelopes_: Sequence[Envelope], *, sender: NodeId = XA, to: NodeId = XB) -> list[str]:
    """Bring envelopes in one batch: the code of the problem, or for each its receipt's code or status."""
    body = envelopes.format_batch("forged", envelopes_)
    answer = request_to(world, world.nodes[sender], to, "/v1/envelopes", body)
    if answer.status != 200:
        return [code_of(answer)]
    public = world.nodes[to].keys.signer(Use.RECEIPT).public
    return [read_fault(row.code).code or str(row.status) for row in receipt.verify(answer.body, public).rows]


def outcome(world: SmallWorld, envelope: Envelope, *, sender: NodeId = XA, to: NodeId = XB) -> str:
    """What becomes of an envelope in the end: a code, or its state."""
    (said,) = bring(world, [envelope], sender=sender, to=to)
    if said != "stored":
        return said
    receive_envelope.open_waiting(world.nodes[to].office)
    kept = world.nodes[to].incoming(sender, envelope.read_header().id)
    assert kept is not None
    return read_fault(kept.code).code or str(kept.state)


def facts(node: Node) -> dict[str, list[dict[str, Any]]]:
    """What a message can change at a node, apart from its own row and receipt."""
    rows = node.dump()
    return {name: rows[name] for name in ("case_event", "channel", "outbox", "log_entry", "custody")}


def send_unchecked(
    node: Node,
    case: Case,
    kind: str,
    body: Body,
    event_of: Callable[[MessageId, str], events.Event],
    *,
    actor: documents.Actor = ACTOR,
    peer: str = "",
    approve: bool = False,
) -> Case:
    """Queue a message as the real workflow would, with no rule asked and no right looked at."""
    office = node.office
    with office.store.transaction() as tx:
        found = load(tx, case.id)
        if approve:
            approved = events.Approved(at=office.clock.now().seconds, by="bo", request_sha256=found.request_sha256)
            found = record(office, tx, found, approved)
        return post(office, tx, found, Letter(kind, body, actor, peer or found.peer), event_of)


def send_request_unchecked(world: SmallWorld, case: Case, *, actor: documents.Actor = ACTOR) -> Case:
    """What a sender does whose rules were taken out: approve and send, without the check between."""
    assert case.request is not None
    kind = "request.preserve" if case.procedure == "preservation" else "request.produce"
    at = world.xa.clock.now().seconds
    return send_unchecked(
        world.xa,
        case,
        kind,
        RequestBody(request=case.request),
        lambda message, digest: events.Sent(at=at, by="bo", message=message, doc_sha256=digest),
        actor=actor,
        approve=True,
    )


def revoke(world: SmallWorld, node: NodeId, use: Use, since: int) -> None:
    """The node's State lists its key as compromised since then, and everybody takes the new list."""
    keeper = world.xa if node[:2] == "XA" else world.xb if node[:2] == "XB" else world.witness
    with keeper.office.store.transaction() as tx:
        old = tx.directory.get(keeper.office.state)
        assert old is not None
        value = open_list(old).value
        entities = tuple(
            msgspec.structs.replace(
                one,
                keys=tuple(
                    msgspec.structs.replace(key, compromised_since=since) if one.id == node and key.use is use else key
                    for key in one.keys
                ),
            )
            for one in value.entities
        )
        new = msgspec.structs.replace(value, sequence=value.sequence + 1, entities=entities)
        signed = sign_list(new, [keeper.keys.root])
        tx.directory.put(value.state, signed.data, fingerprint=signed.fingerprint, by="test", at=keeper.clock.now())
    share_directories(world)


def tampered(envelope: Envelope) -> Envelope:
    """The envelope with one bit of its ciphertext changed."""
    return replace(envelope, ct=envelope.ct[:-1] + bytes([envelope.ct[-1] ^ 1]))
