"""What answers at a node when a request reaches it: the same workflows as the server's routes, without a server.

`SIGNED` and `OPEN` name the routes; a test compares them with the server's own, so that neither gets a door the other
has not. The limit on the body comes first; limits on slow bodies are a server's affair and are not here. Who asks is
checked as there (RFC 9421 signature, nonce), and an error becomes a problem document with its code.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from comity.base.encoding import to_json
from comity.base.errors import ComityError, Malformed, Unavailable
from comity.base.ids import NodeId
from comity.crypto.request_signature import LONGEST_SECONDS, SKEW_SECONDS, verify_request
from comity.evidence.parts import PART
from comity.exchange import channel_ends, envelope, mailbox, receipt
from comity.exchange.directory import Entity, Use
from comity.exchange.problems import ExchangeProblem, problem_of
from comity.transparency.witness import REQUEST_LIMIT, WitnessRefusal
from comity.workflows import (
    answer_envelopes,
    close_pairs,
    cosign_checkpoint,
    credit,
    deliver_outbox,
    erase_case,
    receive_envelope,
    resume_channels,
    see_logs,
    swap_proofs,
    take_parts,
)
from comity.workflows import mailbox as mailboxes
from comity.workflows.office import Office, directory
from comity.workflows.ports import Answer
from comity.workflows.sequence_log import CHECKPOINT
from comity.workflows.suspend_peer import check_not_suspended

_JSON: Final = {"content-type": "application/json"}
_NONCE_SECONDS: Final = LONGEST_SECONDS + 2 * SKEW_SECONDS


@dataclass
class Doors:
    """One node's. wake: called with the seconds until what came is there; receipted: with the seconds that receipts,
    which are entered now, were on their way; refused: with the body and the status of a checkpoint this node did not
    cosign; closed: with a peer that closed a month."""

    node: NodeId
    url: str
    office: Callable[[], Office]
    wake: Callable[[float], None]
    receipted: Callable[[float], None]
    refused: Callable[[bytes, int], None]
    closed: Callable[[str], None]
    _nonces: dict[tuple[str, str], int] = field(default_factory=dict)

    def knock(self, method: str, url: str, headers: Mapping[str, str], body: bytes, *, after: float) -> Answer:
        """after: how long the request was on its way, seconds."""
        path = urlsplit(url).path
        parts = path.split("/")
        try:
            for (of, template), (limit, open_to_all) in OPEN.items():
                if of == method and (names := _names(template, parts)) is not None:
                    return open_to_all(self, names, body) if len(body) <= limit else _TOO_LARGE
            for (of, template), (limit, work) in SIGNED.items():
                if of == method and (names := _names(template, parts)) is not None:
                    if len(body) > limit:
                        return _TOO_LARGE
                    return work(self, Call(self._caller(method, path, headers, body), names, body, after))
            return Answer(404, _JSON, to_json({"code": "not-found"}))
        except Unavailable as error:
            return Answer(503, _JSON, to_json({"code": error.code}))
        except ComityError as error:
            code, problem = problem_of(error)
            return Answer(problem.status, _JSON, to_json({"code": code}))

    def _caller(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Entity:
        office = self.office()
        now = office.clock.now()
        found: list[Entity] = []
        suspended: list[ExchangeProblem] = []  # told only once the signature holds

        def public_of(kid: str) -> bytes:
            with office.store.transaction() as tx:
                entity, key = directory(tx).by_transport_key(kid)
                try:
                    check_not_suspended(tx, entity.id)
                except ExchangeProblem as problem:
                    suspended.append(problem)
            entity.find(key.use, kid, now)
            found.append(entity)
            return key.public_bytes

        signed = verify_request(method, self.url + path, headers, body, public_of=public_of, now=now)
        used = (signed.kid, signed.nonce)
        if self._nonces.get(used, 0) > now.seconds:
            raise ExchangeProblem("replayed-request", "this signed request was seen before")
        self._nonces[used] = now.seconds + _NONCE_SECONDS
        if len(self._nonces) > 4096:
            self._nonces = {key: until for key, until in self._nonces.items() if until > now.seconds}
        if suspended:
            raise suspended[0]
        return found[0]


@dataclass(frozen=True, slots=True)
class Call:
    """A signed request: who asks, the names in its path, its body, and how long it was on its way, seconds."""

    peer: Entity
    names: Sequence[str]
    body: bytes
    after: float


def _names(template: str, parts: Sequence[str]) -> Sequence[str] | None:
    """What stands in a path's places in braces; None where it is another path."""
    wanted = template.split("/")
    if len(wanted) != len(parts) or any(a != b for a, b in zip(wanted, parts, strict=True) if a[:1] != "{"):
        return None
    return [name for place, name in zip(wanted, parts, strict=True) if place[:1] == "{"]


def _post_envelopes(doors: Doors, call: Call) -> Answer:
    _, envelopes = envelope.parse_batch(call.body)
    done = answer_envelopes.answer(doors.office(), call.peer, envelopes)
    doors.wake(call.after)
    headers = {credit.HEADER: credit.format_credit(*done.credit), "content-type": receipt.MEDIA_TYPE}
    return Answer(200, headers, done.receipts)


def _post_receipts(doors: Doors, call: Call) -> Answer:
    deliver_outbox.enter_receipts(doors.office(), call.peer, call.body)
    doors.receipted(call.after)
    doors.wake(call.after)
    return Answer(204, {}, b"")


def _get_receipt(doors: Doors, call: Call) -> Answer:
    return Answer(200, {}, receive_envelope.receipt_for(doors.office(), call.peer.id, *call.names))


def _head_part(doors: Doors, call: Call) -> Answer:
    return Answer(200 if take_parts.has(doors.office(), call.peer.id, *call.names) else 404, {}, b"")


def _put_part(doors: Doors, call: Call) -> Answer:
    office, (channel, digest) = doors.office(), call.names
    take_parts.let_in(office, call.peer.id, channel, digest, len(call.body))
    take_parts.take(office, channel, digest, call.body)
    return Answer(204, {}, b"")


def _post_mailbox(doors: Doors, call: Call) -> Answer:
    """Never held back: who calls here asks again later."""
    office = doors.office()
    given = mailboxes.give(office, call.peer, mailbox.parse_asked(call.body))
    if not given:
        return Answer(204, {}, b"")
    signer = office.keys.signer(Use.TRANSPORT)
    seal = mailbox.seal_given(given, by=office.node, to=call.peer.id, at=office.clock.now(), signer=signer)
    return Answer(200, {mailbox.SEAL_HEADER: seal, "content-type": mailbox.ASKED_TYPE}, given)


def _get_mailbox_part(doors: Doors, call: Call) -> Answer:
    return Answer(200, {}, mailboxes.part_of(doors.office(), call.peer.id, *call.names))


def _get_proof(doors: Doors, call: Call) -> Answer:
    return Answer(200, {}, swap_proofs.proof_for(doors.office(), call.peer.id, *call.names))


def _post_proof(doors: Doors, call: Call) -> Answer:
    swap_proofs.enter_proof(doors.office(), call.peer, call.names[0], call.body)
    return Answer(204, {}, b"")


def _post_pair(doors: Doors, call: Call) -> Answer:
    said = close_pairs.enter_statement(doors.office(), call.peer, call.body)
    doors.closed(call.peer.id)
    return Answer(200, {}, said)


def _post_erasure(doors: Doors, call: Call) -> Answer:
    erase_case.enter_notice(doors.office(), call.peer, call.body)
    return Answer(204, {}, b"")


def _post_channels(doors: Doors, call: Call) -> Answer:
    return Answer(200, {}, resume_channels.answer(doors.office(), call.peer, call.body))


def _add_checkpoint(doors: Doors, _: Sequence[str], body: bytes) -> Answer:
    try:
        return Answer(200, {}, cosign_checkpoint.cosign_checkpoint(doors.office(), body))
    except WitnessRefusal as refusal:
        doors.refused(body, refusal.status)
        return Answer(refusal.status, {}, refusal.body)
    except Malformed as error:
        return Answer(400, {}, error.what.encode())


def _checkpoint(doors: Doors, _: Sequence[str], __: bytes) -> Answer:
    data = doors.office().log_folder.read(CHECKPOINT)
    return Answer(404, {}, b"") if data is None else Answer(200, {}, data)


def _last_cosigned(doors: Doors, names: Sequence[str], _: bytes) -> Answer:
    data = cosign_checkpoint.last_cosigned(doors.office(), *names)
    return Answer(404, {}, b"") if data is None else Answer(200, {}, data)


_TOO_LARGE: Final = Answer(413, _JSON, to_json({"code": "too-large"}))

SIGNED: Final[Mapping[tuple[str, str], tuple[int, Callable[[Doors, Call], Answer]]]] = {
    ("POST", "/v1/envelopes"): (envelope.BATCH_LIMIT, _post_envelopes),
    ("POST", "/v1/receipts"): (receipt.LIMIT, _post_receipts),
    ("GET", "/v1/receipts/{message}"): (0, _get_receipt),
    ("GET", "/v1/proofs/{message}"): (0, _get_proof),
    ("POST", "/v1/proofs/{message}"): (swap_proofs.PROOF_LIMIT, _post_proof),
    ("HEAD", "/v1/parts/{channel}/{digest}"): (0, _head_part),
    ("PUT", "/v1/parts/{channel}/{digest}"): (PART, _put_part),
    ("POST", mailbox.PATH): (mailbox.ASKED_LIMIT, _post_mailbox),
    ("GET", mailbox.PATH + "/parts/{channel}/{digest}"): (0, _get_mailbox_part),
    ("POST", "/v1/pairs"): (close_pairs.LIMIT, _post_pair),
    ("POST", "/v1/erasures"): (erase_case.LIMIT, _post_erasure),
    ("POST", channel_ends.PATH): (channel_ends.ASK_LIMIT, _post_channels),
}
"""Routes for peers: the most bytes of a body, and what answers."""
OPEN: Final[Mapping[tuple[str, str], tuple[int, Callable[[Doors, Sequence[str], bytes], Answer]]]] = {
    ("GET", "/witness/{digest}/checkpoint"): (0, _last_cosigned),
    ("GET", see_logs.PATH): (0, _checkpoint),
    ("POST", "/witness/add-checkpoint"): (REQUEST_LIMIT, _add_checkpoint),
}
"""Routes for anybody."""
