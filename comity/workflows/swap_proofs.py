"""Each end of an exchange gets the other's proof that its log holds it: commit, then send; commit, then act; then show.

Asked for every message that was taken, from the peer's node, until the proof is there. What is asked of a proof:

    bad-proof       it is in the peer's log: key, witnesses and path hold
    other-message   its entry commits to this very envelope
    back-dated      it says no earlier moment than a checkpoint that a witness saw without it
    post-dated      nor one that is still to come

A proof that fails is a public statement in our log, and so is that there is none: it names the peer and the exchange
(transparency.pairs), never the case. What we hold of the peer, its signed receipt or its signed message, is then shown
to whoever asks. How long we wait depends on what the peer says, because a node that is off the net, or whose log cannot
be published for a while, is not a node that hides something:

    no-proof        it answers that it has no such entry: PROOF_DAYS after the message
    no-answer       it does not answer, or its entry is not published yet: SILENT_DAYS after the message
    bad-proof       its log or its witnesses signed with keys not known here, which a newer list may name: the same

Where there was none, it is asked for still, and another statement says that it came. The days are policy of this
program, not treaty. A peer that does not answer once is not asked again in the same round, and holds up no other.

Who has no address cannot be asked: it brings its proof itself (`bring`, `enter_proof`) when it asks for the peer's.
"""

from typing import Final

import msgspec

from comity.base.encoding import b64u, from_b64u, to_json
from comity.base.errors import BadProof, BadSignature, ComityError, Malformed, NotFound, NotVerified, Unavailable
from comity.base.ids import NodeId
from comity.base.instants import Instant
from comity.base.parsing import read_json
from comity.exchange.checks import SKEW_SECONDS
from comity.exchange.directory import Entity
from comity.exchange.envelope import Envelope
from comity.exchange.problems import ExchangeProblem
from comity.exchange.receipt import Status
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
SILENT_DAYS: Final = 14
"""As long as a message lives: who is off the net for longer has missed messages too."""
MISSING: Final = "missing-proof"
LATE: Final = "late-proof"
ALARM: Final = "proof"
NO_PROOF: Final = "no-proof"
NO_ANSWER: Final = "no-answer"
BAD_PROOF: Final = "bad-proof"
MEDIA_TYPE: Final = "application/comity-proof+json"
_LOOK_BACK_DAYS: Final = 60
_AT_ONCE: Final = 64
_OWED_AT_ONCE: Final = 8
_DAY: Final = 86_400
_NOT_NOW: Final = frozenset({"busy", "unavailable", "internal"})
PROOF_LIMIT: Final = 2 * BUNDLE_LIMIT + 3 * ENTRY_LIMIT


class ProofAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry and its proof, base64url, as one end gives it to the other."""

    index: int
    entry: str
    proof: str


def proof_for(office: Office, peer: str, message_id: str) -> bytes:
    """Our proof for a message between us and `peer`. Raises ExchangeProblem: `not-found` where there is none,
    `unavailable` where the message is not opened, or the entry not published, yet."""
    with office.store.transaction() as tx:
        leaf = _leaf_of(tx, peer, message_id)
        came = tx.inbox.get(peer, message_id)
    if leaf is None and came is not None and came.state is Status.STORED:
        raise ExchangeProblem("unavailable", "the message is here, and not opened yet")
    if leaf is None:
        raise ExchangeProblem("not-found", "no entry stands for a message by that id between us")
    try:
        leaf, proof = prove(office, leaf.index, with_opening=True)
    except NotFound:
        raise ExchangeProblem("unavailable", "the entry is not published yet") from None
    return to_json(ProofAnswer(leaf.index, b64u(leaf.entry), b64u(proof)))


def _message(tx: Transaction, peer: str, message_id: str) -> tuple[str, Envelope] | None:
    """The case and the envelope of a message that went to the peer or came from it."""
    sent = tx.outbox.get(message_id)
    if sent is not None and sent.peer == peer:
        return sent.case_id, sent.envelope
    came = tx.inbox.get(peer, message_id)
    return (came.case_id, came.envelope) if came else None


def _exchanged_at(tx: Transaction, peer: str, message_id: str) -> Instant | None:
    """When it was queued here, or came."""
    came = tx.inbox.get(peer, message_id)
    if came is not None:
        return came.at
    found = _message(tx, peer, message_id)
    return Instant.from_seconds(found[1].read_header().iat) if found else None


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
    return _Round(office).go()


class _Round:
    """One round of asking. `silent`: the peers that gave no answer in it."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._now = office.clock.now()
        self._brings = calls_out(office)
        self._asked: set[tuple[str, str]] = set()
        self._silent: set[str] = set()

    def go(self) -> int:
        came = 0
        while wanted := self._wanted():
            came += sum(self._ask(message_id, peer) for message_id, peer in wanted if peer not in self._silent)
        return came + sum(self._is_made_good(message_id, peer) for message_id, peer in self._owed())

    def _wanted(self) -> list[tuple[str, str]]:
        """Some that were not asked for in this round; none once that many were."""
        if len(self._asked) >= _AT_ONCE:
            return []
        with self._office.store.snapshot() as tx:  # all messages of two months are looked through
            since, until = self._now.plus_days(-_LOOK_BACK_DAYS), self._now.plus_seconds(1)
            found = tx.proofs.wanted(since, until, _AT_ONCE, without=sorted(self._silent))
        return [one for one in found if one not in self._asked]

    def _owed(self) -> list[tuple[str, str]]:
        since = self._now.plus_days(-_LOOK_BACK_DAYS)
        with self._office.store.snapshot() as tx:
            return [one for code in (NO_PROOF, NO_ANSWER) for one in tx.proofs.owed(since, code, _OWED_AT_ONCE)]

    def _is_made_good(self, message_id: str, peer: str) -> bool:
        """Whether a proof came after we said that there was none; our log then says that too."""
        if peer in self._silent:
            return False
        try:
            _take(self._office, peer, message_id)
        except ComityError as error:
            if not _says_none(error):
                self._silent.add(peer)
            return False
        with self._office.store.transaction() as tx:
            _state_late(self._office, tx, peer, message_id)
        return True

    def _ask(self, message_id: str, peer: str) -> bool:
        """Whether the proof came."""
        self._asked.add((message_id, peer))
        office = self._office
        try:
            if self._brings and not _is_brought(office, peer, message_id):
                return False
            _take(office, peer, message_id)
        except BadSignature:
            self._wait(message_id, peer, BAD_PROOF, SILENT_DAYS)
        except NotVerified as error:
            _miss(office, peer, message_id, _word_for(error))
        except ComityError as error:
            if _says_none(error):
                self._wait(message_id, peer, NO_PROOF, PROOF_DAYS)
            else:
                self._wait(message_id, peer, NO_ANSWER, SILENT_DAYS)
        else:
            return True
        return False

    def _wait(self, message_id: str, peer: str, code: str, days: int) -> None:
        """State what is wrong with a proof only so many days after the message."""
        with self._office.store.transaction() as tx:
            at = _exchanged_at(tx, peer, message_id)
            is_here = tx.proofs.get(message_id, peer) is not None  # the peer brought it meanwhile
            is_late = not is_here and at is not None and at < self._now.plus_days(-days)
        if is_late:
            _miss(self._office, peer, message_id, code)
        if code != NO_PROOF:
            self._silent.add(peer)  # it would be the same with its other proofs


def _says_none(error: ComityError) -> bool:
    """Whether the peer answered that it has no such entry, or with what is no proof at all."""
    return isinstance(error, Malformed) or (isinstance(error, ExchangeProblem) and error.code == "not-found")


def _state_late(office: Office, tx: Transaction, peer: str, message_id: str) -> None:
    found = _message(tx, peer, message_id)
    if found is not None:
        state_publicly(office, tx, LATE, {"node": office.node, "peer": peer, "exchange": _exchange(found[1])})


def bring(office: Office, peer: str, message_id: str) -> None:
    """Bring a peer that cannot ask us our own proof for a message. Raises ExchangeProblem `unavailable` while it is not
    published, and what the peer says of it."""
    _bring(office, peer, message_id, proof_for(office, peer, message_id))


def _bring(office: Office, peer: str, message_id: str, ours: bytes) -> None:
    with office.store.transaction() as tx:
        entity = directory_of(tx, NodeId(peer)).entity(NodeId(peer))
    call(office, entity, "POST", f"/v1/proofs/{message_id}", MEDIA_TYPE, ours)


def _is_brought(office: Office, peer: str, message_id: str) -> bool:
    """Whether the peer was shown ours: that it was not, as long as we publish nothing, is not the peer's fault. What it
    refuses, or says it knows nothing of, is asked for all the same. Raises what `call` does where it cannot answer."""
    try:
        ours = proof_for(office, peer, message_id)
    except ExchangeProblem:
        return False
    try:
        _bring(office, peer, message_id, ours)
    except ExchangeProblem as problem:
        if problem.code in _NOT_NOW:
            raise
    return True


def enter_proof(office: Office, peer: Entity, message_id: str, data: bytes) -> None:
    """A peer's proof for a message between us, as it brought it: checked as one that was asked for, and kept.

    Raises what the proof lacks, after it was stated as missing; BadSignature, and states nothing, for keys not known
    here; ExchangeProblem not-found for no message of ours.
    """
    try:
        _keep(office, peer.id, message_id, data)
    except NotFound:
        raise ExchangeProblem("not-found", "no message by that id is between us") from None
    except BadSignature:
        raise  # it is brought again, and our lists may be newer by then
    except NotVerified as error:
        _miss(office, peer.id, message_id, _word_for(error))
        raise
    with office.store.transaction() as tx:
        if tx.proofs.missed(message_id, peer.id) in (NO_PROOF, NO_ANSWER):
            _state_late(office, tx, peer.id, message_id)


def _exchange(envelope: Envelope) -> str:
    return str(exchange_id(envelope.digest))


class _Refused(BadProof):
    """A proof that holds and is none of this message; `hint` is the word for it."""


def _word_for(error: NotVerified) -> str:
    return error.hint if isinstance(error, _Refused) else BAD_PROOF


def _take(office: Office, peer: str, message_id: str) -> None:
    with office.store.transaction() as tx:
        entity = directory_of(tx, NodeId(peer)).entity(NodeId(peer))
    _keep(office, peer, message_id, call(office, entity, "GET", f"/v1/proofs/{message_id}", MEDIA_TYPE, b"").body)


def _keep(office: Office, peer: str, message_id: str, data: bytes) -> None:
    with office.store.transaction() as tx:
        known = directory(tx)
        entity = known.entity(NodeId(peer))
        found = _message(tx, peer, message_id)
    if found is None:
        raise NotFound("no message by that id is here", hint="it was erased")
    value = read_json(data, ProofAnswer, limit=PROOF_LIMIT, what="the proof")
    entry, proof = from_b64u(value.entry), from_b64u(value.proof)
    verified = _verified(office, entity, known.all(), entry, proof)
    with office.store.transaction() as tx:
        without = tx.seen.last_without(entity.origin, verified.index)
    _check(office, verified, found[1], without)
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
    if not keys or not witnesses:  # our own lists are too old to judge by
        raise Unavailable("no key is known here to check the proof with", hint="take the States' newer directories")
    return verify_bundle_by(
        parse_bundle(proof), entry, peer.origin, keys, lambda note: verify_quorum(note, witnesses, 1)
    )


def _check(office: Office, verified: Verified, envelope: Envelope, without: Instant | None) -> None:
    """without: when a witness last saw the log without this entry, as far as is known here."""
    if verified.opening is None:
        raise _Refused("the proof does not say what its entry stands for", hint="other-message")
    body = _body(verified.opening.body)
    if body.envelope_sha256 != str(envelope.digest):
        raise _Refused("the entry stands for another message", hint="other-message")
    if without is not None and body.at < without.seconds - SKEW_SECONDS:
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
        sound_also(tx, ALARM, f"{peer} gave no good proof for a message: {code}", office.clock.now())
