"""Each end of an exchange gets the other's proof that its log holds it: commit, then send; commit, then act; then show.

Asked for every message that was taken, from the peer's node, until the proof is there. What is asked of a proof:

    bad-proof       it is in the peer's log: key, witnesses and path hold
    other-message   its entry commits to this very envelope
    back-dated      it says no earlier moment than a checkpoint that a witness saw without it
    post-dated      nor one that is still to come

A proof that fails, or none by PROOF_DAYS after the message, is a public statement in our log: it names the peer and the
exchange (transparency.pairs), never the case. What we hold of the peer, its signed receipt or its signed message, is
then shown to whoever asks. Where there was none, it is asked for still, and another statement says that it came: a node
that was off the net is not a node that hid something. The days are policy of this program, not treaty.

Who has no address cannot be asked: it brings its proof itself (`bring`, `enter_proof`) when it asks for the peer's.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from comity.base.encoding import b64u, from_b64u, to_json
from comity.base.errors import BadProof, BadSignature, ComityError, NotFound, NotVerified
from comity.base.ids import NodeId
from comity.base.parsing import read_json
from comity.exchange.checks import SKEW_SECONDS
from comity.exchange.directory import Entity
from comity.exchange.envelope import Envelope
from comity.exchange.problems import ExchangeProblem
from comity.transparency.bundle import BUNDLE_LIMIT, Verified, parse_bundle, verify_bundle_by
from comity.transparency.cosignature import verify_quorum
from comity.transparency.entry import BODY_LIMIT, ENTRY_LIMIT
from comity.transparency.pairs import exchange_id
from comity.workflows.call_peer import call
from comity.workflows.log_keys import cosigner_keys, log_keys
from comity.workflows.log_stores import HeldProof, MissingProof, Seen
from comity.workflows.office import Office, directory, directory_of
from comity.workflows.poll_peers import calls_out
from comity.workflows.prove_entry import prove
from comity.workflows.record import LogBody, state_publicly
from comity.workflows.sound_alarm import sound_also
from comity.workflows.stores import Leaf, Transaction

PROOF_DAYS: Final = 2
MISSING: Final = "missing-proof"
LATE: Final = "late-proof"
NO_PROOF: Final = "no-proof"
MEDIA_TYPE: Final = "application/comity-proof+json"
_LOOK_BACK_DAYS: Final = 60
_AT_ONCE: Final = 64
_OWED_AT_ONCE: Final = 8
PROOF_LIMIT: Final = 2 * BUNDLE_LIMIT + 3 * ENTRY_LIMIT


class ProofAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry and its proof, base64url, as one end gives it to the other."""

    index: int
    entry: str
    proof: str


def proof_for(office: Office, peer: str, message_id: str) -> bytes:
    """Our proof for a message between us and `peer`. Raises ExchangeProblem not-found: there is none, or not yet."""
    with office.store.transaction() as tx:
        leaf = _leaf_of(tx, peer, message_id)
    if leaf is None:
        raise ExchangeProblem("not-found", "no entry stands for a message by that id between us")
    try:
        leaf, proof = prove(office, leaf.index, with_opening=True)
    except NotFound:
        raise ExchangeProblem("not-found", "the entry is not published yet") from None
    return to_json(ProofAnswer(leaf.index, b64u(leaf.entry), b64u(proof)))


def _message(tx: Transaction, peer: str, message_id: str) -> tuple[str, Envelope] | None:
    """The case and the envelope of a message that went to the peer or came from it."""
    sent = tx.outbox.get(message_id)
    if sent is not None and sent.peer == peer:
        return sent.case_id, sent.envelope
    came = tx.inbox.get(peer, message_id)
    return (came.case_id, came.envelope) if came else None


def _leaf_of(tx: Transaction, peer: str, message_id: str) -> Leaf | None:
    """The first entry that commits to the message's envelope: that it was sent, or that it was entered."""
    found = _message(tx, peer, message_id)
    if found is None:
        return None
    case_id, envelope = found
    if not case_id:  # a notice, which belongs to no case
        notice = tx.emergencies.notice(message_id)
        return tx.log.leaf(notice.index) if notice else None
    leaves = [leaf for leaf in tx.log.of_case(case_id) if leaf.body]
    digest = str(envelope.digest)
    named = (leaf for leaf in leaves if digest.encode() in leaf.body)  # few of a case's entries are read
    return next((leaf for leaf in named if _body(leaf.body).envelope_sha256 == digest), None)


def _body(data: bytes) -> LogBody:
    return read_json(data, LogBody, limit=BODY_LIMIT, what="what the entry opens to")


def swap(office: Office) -> int:
    """Ask for the proofs that are wanting; how many came. A peer that does not answer is asked again next time."""
    now, brings = office.clock.now(), calls_out(office)
    with office.store.transaction() as tx:
        wanted = tx.proofs.wanted(now.plus_days(-_LOOK_BACK_DAYS), now.plus_seconds(1), _AT_ONCE)
        late = set(tx.proofs.wanted(now.plus_days(-_LOOK_BACK_DAYS), now.plus_days(-PROOF_DAYS), _AT_ONCE))
        owed = tx.proofs.owed(now.plus_days(-_LOOK_BACK_DAYS), NO_PROOF, _OWED_AT_ONCE)
    came = 0
    for message_id, peer in wanted:
        if brings and not _is_brought(office, peer, message_id):
            continue
        try:
            _take(office, peer, message_id)
            came += 1
        except NotVerified as error:
            _miss(office, peer, message_id, error.hint if isinstance(error, _Refused) else "bad-proof")
        except ComityError:
            if (message_id, peer) in late:
                _miss(office, peer, message_id, NO_PROOF)
    return came + sum(_is_made_good(office, peer, message_id) for message_id, peer in owed)


def _is_made_good(office: Office, peer: str, message_id: str) -> bool:
    """Whether a proof came after we said that there was none; our log then says that too."""
    try:
        _take(office, peer, message_id)
    except ComityError:
        return False
    with office.store.transaction() as tx:
        _state_late(office, tx, peer, message_id)
    return True


def _state_late(office: Office, tx: Transaction, peer: str, message_id: str) -> None:
    found = _message(tx, peer, message_id)
    if found is not None:
        state_publicly(office, tx, LATE, {"node": office.node, "peer": peer, "exchange": _exchange(found[1])})


def bring(office: Office, peer: str, message_id: str) -> None:
    """Bring a peer that cannot ask us our own proof for a message. Raises ExchangeProblem not-found while it is not
    published, and what the peer says of it."""
    with office.store.transaction() as tx:
        entity = directory_of(tx, NodeId(peer)).entity(NodeId(peer))
    call(office, entity, "POST", f"/v1/proofs/{message_id}", MEDIA_TYPE, proof_for(office, peer, message_id))


def _is_brought(office: Office, peer: str, message_id: str) -> bool:
    """Whether the peer has ours by now: that it has not, as long as we publish nothing, is not the peer's fault."""
    try:
        bring(office, peer, message_id)
    except ComityError:
        return False
    return True


def enter_proof(office: Office, peer: Entity, message_id: str, data: bytes) -> None:
    """A peer's proof for a message between us, as it brought it: checked as one that was asked for, and kept.

    Raises what the proof lacks, after it was stated as missing; ExchangeProblem not-found for no message of ours.
    """
    try:
        _keep(office, peer.id, message_id, data)
    except NotFound:
        raise ExchangeProblem("not-found", "no message by that id is between us") from None
    except NotVerified as error:
        _miss(office, peer.id, message_id, error.hint if isinstance(error, _Refused) else "bad-proof")
        raise
    with office.store.transaction() as tx:
        if any((one.message_id, one.peer, one.code) == (message_id, peer.id, NO_PROOF) for one in tx.proofs.missing()):
            _state_late(office, tx, peer.id, message_id)


def _exchange(envelope: Envelope) -> str:
    return str(exchange_id(envelope.digest))


class _Refused(BadProof):
    """A proof that holds and is none of this message; `hint` is the word for it."""


def _take(office: Office, peer: str, message_id: str) -> None:
    with office.store.transaction() as tx:
        entity = directory_of(tx, NodeId(peer)).entity(NodeId(peer))
    _keep(office, peer, message_id, call(office, entity, "GET", f"/v1/proofs/{message_id}", MEDIA_TYPE, b"").body)


def _keep(office: Office, peer: str, message_id: str, data: bytes) -> None:
    with office.store.transaction() as tx:
        known = directory(tx)
        entity = known.entity(NodeId(peer))
        found = _message(tx, peer, message_id)
        seen = tx.seen.of(entity.origin)
    if found is None:
        raise NotFound("no message by that id is here", hint="it was erased")
    value = read_json(data, ProofAnswer, limit=PROOF_LIMIT, what="the proof")
    entry, proof = from_b64u(value.entry), from_b64u(value.proof)
    verified = _verified(office, entity, known.all(), entry, proof)
    _check(office, verified, found[1], seen)
    now = office.clock.now()
    at = max((one.at for one in verified.cosigned), default=now)
    note = parse_bundle(proof).checkpoint_note
    checkpoint = verified.checkpoint
    with office.store.transaction() as tx:
        tx.proofs.keep(HeldProof(message_id, peer, verified.index, entry, proof, now))
        tx.seen.remember(entity.origin, Seen(checkpoint.size, checkpoint.root, at, note))


def _verified(office: Office, peer: Entity, others: tuple[Entity, ...], entry: bytes, proof: bytes) -> Verified:
    """The proof, by the keys of the directory; one witness at least must have seen it, other than the peer itself."""
    now = office.clock.now()
    witnesses = [key for other in others if other.id != peer.id for key in cosigner_keys(other, now)]
    keys = log_keys(peer, now)
    if not keys:
        raise BadSignature("the peer's log has no valid key", hint="ask that State for a newer directory")
    return verify_bundle_by(
        parse_bundle(proof), entry, peer.origin, keys, lambda note: verify_quorum(note, witnesses, 1)
    )


def _check(office: Office, verified: Verified, envelope: Envelope, seen: Sequence[Seen]) -> None:
    if verified.opening is None:
        raise _Refused("the proof does not say what its entry stands for", hint="other-message")
    body = _body(verified.opening.body)
    if body.envelope_sha256 != str(envelope.digest):
        raise _Refused("the entry stands for another message", hint="other-message")
    before = [one.at for one in seen if one.size <= verified.index]
    if before and body.at < max(before).seconds - SKEW_SECONDS:
        raise _Refused("the entry says an earlier moment than a checkpoint without it", hint="back-dated")
    if body.at > office.clock.now().seconds + SKEW_SECONDS:
        raise _Refused("the entry says a moment that is still to come", hint="post-dated")


def _miss(office: Office, peer: str, message_id: str, code: str) -> None:
    with office.store.transaction() as tx:
        found = _message(tx, peer, message_id)
        if found is None:
            return
        fields: dict[str, object] = {"node": office.node, "peer": peer, "why": code}
        fields["exchange"] = _exchange(found[1])
        index = state_publicly(office, tx, MISSING, fields)
        tx.proofs.miss(MissingProof(message_id, peer, code, index))
        sound_also(tx, "proof", f"{peer} gave no good proof for a message: {code}", office.clock.now())
