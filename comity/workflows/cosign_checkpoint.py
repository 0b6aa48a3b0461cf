"""As a witness: decide, remember, answer; in one transaction, so that a crash never forgets a size that was signed."""

from comity.base.digests import Digest
from comity.exchange.directory import Entity, Use
from comity.transparency.checkpoint import log_key
from comity.transparency.cosignature import cosign
from comity.transparency.note import VerifierKey, format_note, format_signatures
from comity.transparency.witness import Known, decide, parse_add_checkpoint
from comity.workflows.office import Office, directory
from comity.workflows.sequence_log import cosigner_name
from comity.workflows.stores import TreeHead


def cosign_checkpoint(office: Office, data: bytes) -> bytes:
    """Our cosignature line for an add-checkpoint request. Raises WitnessRefusal with its status, or Malformed."""
    request = parse_add_checkpoint(data)
    with office.store.transaction() as tx:
        known = tx.witness.known(request.origin)
        last = Known(known[0].size, known[0].root) if known else None
        entity = directory(tx).by_origin(request.origin)
        checkpoint = decide(request, last, _log_key(office, entity))
        at = office.clock.now()
        name = cosigner_name(office.origin)
        signature = cosign(request.note, name, office.keys.signer(Use.WITNESS), at)
        note = format_note(request.note.signed_also([signature]))
        tx.witness.remember(checkpoint.origin, TreeHead(checkpoint.size, checkpoint.root), note)
    return format_signatures([signature])


def _log_key(office: Office, entity: Entity | None) -> VerifierKey | None:
    if entity is None:
        return None
    return log_key(entity.origin, entity.key(Use.LOG, office.clock.now()).public_bytes)


def last_cosigned(office: Office, origin_digest: str) -> bytes | None:
    """The last checkpoint we cosigned of the log whose origin has this SHA-256 (hex): for monitors."""
    with office.store.transaction() as tx:
        for entity in directory(tx).all():
            if str(Digest.of(entity.origin.encode())) == origin_digest:
                known = tx.witness.known(entity.origin)
                return known[1] if known else None
    return None
