"""Whose keys are whose: those our log signs with, those a peer's log and witness are known by."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from comity.base.errors import ComityError, NotFound
from comity.base.instants import Instant
from comity.crypto.signatures import Signer
from comity.exchange.directory import Entity, Use
from comity.transparency.checkpoint import Checkpoint, log_key, sign_checkpoint
from comity.transparency.cosignature import cosign_mldsa44, witness_key
from comity.transparency.note import SignedNote, VerifierKey
from comity.transparency.signature_kinds import Kind
from comity.workflows.office import Office
from comity.workflows.stores import Transaction

FIRST: Final = str(Use.LOG)
"""The name of the key a log begins with."""


@dataclass(frozen=True, slots=True)
class OwnKey:
    """A key of our log: `name` of its private half, the entry that added it and the one that retired it, if any."""

    name: str
    key: VerifierKey
    added: int = 0
    added_at: Instant | None = None
    retired: int | None = None


def own_keys(office: Office, tx: Transaction) -> tuple[OwnKey, ...]:
    """Every Ed25519 key our log has had, in order; the last that is not retired is the newest."""
    later = tx.log_signers.all()
    first = next((one for one in later if one.name == FIRST), None)
    public = office.keys.signer(Use.LOG).public
    found = [OwnKey(FIRST, log_key(office.origin, public), retired=first.retired if first else None)]
    for one in later:
        if one.name != FIRST:
            key = log_key(office.origin, office.keys.signer(one.name).public)
            found.append(OwnKey(one.name, key, one.added, one.added_at, one.retired))
    return tuple(found)


def signer_of(office: Office, one: OwnKey) -> Signer:
    return office.keys.signer(one.name)


def sign(office: Office, checkpoint: Checkpoint, keys: Sequence[OwnKey]) -> SignedNote:
    """The checkpoint signed with every key that is not retired, and with ML-DSA-44 beside where there is such a key.

    The caller has stored that this tree is signed: a signature once made may leave.
    """
    first, *more = [one for one in keys if one.retired is None]
    note = sign_checkpoint(checkpoint, signer_of(office, first))
    for one in more:
        note = note.signed_also(sign_checkpoint(checkpoint, signer_of(office, one)).signatures)
    try:
        quantum_safe = office.keys.mldsa(Use.LOG_MLDSA44)
    except NotFound:
        return note
    return note.signed_also([cosign_mldsa44(note, office.origin, quantum_safe, office.clock.now())])


def log_keys(entity: Entity, at: Instant) -> tuple[VerifierKey, ...]:
    """The keys a node's log is known by, by the directory: while one takes over from another, both."""
    found = [log_key(entity.origin, key.public_bytes) for key in entity.keys if key.use is Use.LOG and key.is_valid(at)]
    kind = Kind.COSIGNATURE_MLDSA44
    found += [
        VerifierKey(entity.origin, kind, key.public_bytes)
        for key in entity.keys
        if key.use is Use.LOG_MLDSA44 and key.is_valid(at)
    ]
    return tuple(found)


def cosigner_name(origin: str) -> str:
    """The name a node cosigns under: its own log's origin, then /witness. Log and witness keys are never the same."""
    return f"{origin}/witness"


def cosigner_key(office: Office, witness: Entity) -> VerifierKey:
    """The Ed25519 cosignature key of a witness, by the directory. Raises NotFound."""
    return witness_key(cosigner_name(witness.origin), witness.key(Use.WITNESS, office.clock.now()).public_bytes)


def cosigner_keys(witness: Entity, at: Instant) -> tuple[VerifierKey, ...]:
    """Every key a witness is known to cosign with, of both kinds. None raises: a witness without a key gives none."""
    name = cosigner_name(witness.origin)
    kinds = {Use.WITNESS: Kind.COSIGNATURE_ED25519, Use.WITNESS_MLDSA44: Kind.COSIGNATURE_MLDSA44}
    found = []
    for key in witness.keys:
        if key.use in kinds and key.is_valid(at):
            try:
                found.append(VerifierKey(name, kinds[key.use], key.public_bytes))
            except ComityError:
                continue  # a directory that lists what is no key: it is then no key
    return tuple(found)
