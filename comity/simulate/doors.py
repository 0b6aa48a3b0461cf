"""What answers at a node's address: the requests that its server would take, handed to the same workflows.

No server and no socket: the layers above are not here. Who asks is checked as there (RFC 9421 signature, nonce), and an
error becomes a problem document with its code.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from comity.base.encoding import to_json
from comity.base.errors import ComityError, Malformed, Unavailable
from comity.base.ids import NodeId
from comity.crypto.request_signature import LONGEST_SECONDS, SKEW_SECONDS, verify_request
from comity.exchange import envelope
from comity.exchange.directory import Entity
from comity.exchange.problems import ExchangeProblem, problem_of
from comity.exchange.receipt import Receipts
from comity.transparency.witness import WitnessRefusal
from comity.workflows import (
    close_pairs,
    cosign_checkpoint,
    credit,
    deliver_outbox,
    receive_envelope,
    resume_channels,
    swap_proofs,
    take_parts,
)
from comity.workflows.office import Office, directory
from comity.workflows.ports import Answer
from comity.workflows.suspend_peer import check_not_suspended

_LIMIT: Final = envelope.BATCH_LIMIT
_JSON: Final = {"content-type": "application/json"}
_NONCE_SECONDS: Final = LONGEST_SECONDS + 2 * SKEW_SECONDS


@dataclass
class Doors:
    """One node's. wake: called with the seconds until what came is there; receipted: with receipts that were entered;
    refused: with the origin and the status of a checkpoint this node did not cosign."""

    node: NodeId
    url: str
    office: Callable[[], Office]
    wake: Callable[[float], None]
    receipted: Callable[[Receipts, float], None]
    refused: Callable[[bytes, int], None]
    closed: Callable[[str], None]
    _nonces: dict[tuple[str, str], int] = field(default_factory=dict)

    def knock(self, method: str, url: str, headers: Mapping[str, str], body: bytes, *, after: float) -> Answer:
        """after: how long the request was on its way, seconds."""
        path = urlsplit(url).path
        if len(body) > _LIMIT:
            return Answer(413, _JSON, to_json({"code": "too-large"}))
        try:
            if path.startswith("/witness/"):
                return self._witness(method, path, body)
            peer = self._caller(method, path, headers, body)
            return self._signed(peer, method, path, body, after)
        except Unavailable as error:
            return Answer(503, _JSON, to_json({"code": error.code}))
        except ComityError as error:
            code, problem = problem_of(error)
            return Answer(problem.status, _JSON, to_json({"code": code}))

    def _caller(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Entity:
        office = self.office()
        now = office.clock.now()
        with office.store.transaction() as tx:
            known = directory(tx)
        found: list[Entity] = []

        def public_of(kid: str) -> bytes:
            entity, key = known.by_transport_key(kid)
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
        with office.store.transaction() as tx:
            check_not_suspended(tx, found[0].id)
        return found[0]

    def _signed(self, peer: Entity, method: str, path: str, body: bytes, after: float) -> Answer:
        office = self.office()
        match method, path.split("/")[2:]:
            case "POST", ["envelopes"]:
                return self._envelopes(peer, body, after)
            case "POST", ["receipts"]:
                self.receipted(deliver_outbox.enter_receipts(office, peer, body), after)
                return Answer(204, {}, b"")
            case "GET", ["receipts", message]:
                return Answer(200, {}, receive_envelope.receipt_for(office, peer.id, message))
            case "HEAD", ["parts", channel, digest]:
                return Answer(200 if take_parts.has(office, peer.id, channel, digest) else 404, {}, b"")
            case "PUT", ["parts", channel, digest]:
                take_parts.let_in(office, peer.id, channel, digest, len(body))
                take_parts.take(office, channel, digest, body)
                return Answer(204, {}, b"")
            case "GET", ["proofs", message]:
                return Answer(200, {}, swap_proofs.proof_for(office, peer.id, message))
            case "POST", ["pairs"]:
                said = close_pairs.enter_statement(office, peer, body)
                self.closed(peer.id)
                return Answer(200, {}, said)
            case "POST", ["channels"]:
                return Answer(200, {}, resume_channels.answer(office, peer, body))
            case _:
                return Answer(404, _JSON, to_json({"code": "not-found"}))

    def _envelopes(self, peer: Entity, body: bytes, after: float) -> Answer:
        office = self.office()
        _, envelopes = envelope.parse_batch(body)
        answer = receive_envelope.accept(office, peer, envelopes)
        self.wake(after)
        with office.store.transaction() as tx:
            left = credit.format_credit(*credit.credit_of(tx, peer.id))
        return Answer(200, {credit.HEADER: left}, answer)

    def _witness(self, method: str, path: str, body: bytes) -> Answer:
        office = self.office()
        if method == "GET":
            data = cosign_checkpoint.last_cosigned(office, path.split("/")[2])
            return Answer(404, {}, b"") if data is None else Answer(200, {}, data)
        try:
            return Answer(200, {}, cosign_checkpoint.cosign_checkpoint(office, body))
        except WitnessRefusal as refusal:
            self.refused(body, refusal.status)
            return Answer(refusal.status, {}, refusal.body)
        except Malformed as error:
            return Answer(400, {}, error.what.encode())
