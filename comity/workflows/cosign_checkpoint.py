"""As a witness: decide, remember, answer; in one transaction, so that a crash never forgets a size that was signed."""

from contextlib import suppress

from comity.base.digests import Digest
from comity.base.errors import NotFound
from comity.exchange.directory import Use
from comity.transparency.cosignature import cosign, cosign_mldsa44
from comity.transparency.note import NoteSignature, SignedNote, format_note, format_signatures
from comity.transparency.witness import Known, decide, parse_add_checkpoint
from comity.workflows.log_keys import cosigner_name, log_keys
from comity.workflows.log_stores import Seen
from comity.workflows.office import Office, directory
from comity.workflows.stores import TreeHead


def cosign_checkpoint(office: Office, data: bytes) -> bytes:
    """Our cosignature lines for an add-checkpoint request. Raises WitnessRefusal with its status, or Malformed."""
    request = parse_add_checkpoint(data)
    with office.store.transaction() as tx:
        known = tx.witness.known(request.origin)
        last = Known(known[0].size, known[0].root) if known else None
        entity = directory(tx).by_origin(request.origin)
        at = office.clock.now()
        checkpoint = decide(request, last, *(log_keys(entity, at) if entity else ()))
        signatures = _sign(office, request.note)
        note = format_note(request.note.signed_also(signatures))
        tx.witness.remember(checkpoint.origin, TreeHead(checkpoint.size, checkpoint.root), note)
        tx.seen.remember(checkpoint.origin, Seen(checkpoint.size, checkpoint.root, at, note))
    return format_signatures(signatures)


def _sign(office: Office, note: SignedNote) -> list[NoteSignature]:
    """Ed25519, and ML-DSA-44 beside it where this witness has such a key: it counts as one witness all the same."""
    name, at = cosigner_name(office.origin), office.clock.now()
    found = [cosign(note, name, office.keys.signer(Use.WITNESS), at)]
    with suppress(NotFound):
        found.append(cosign_mldsa44(note, name, office.keys.mldsa(Use.WITNESS_MLDSA44), at))
    return found


def last_cosigned(office: Office, origin_digest: str) -> bytes | None:
    """The last checkpoint we cosigned of the log whose origin has this SHA-256 (hex): for monitors."""
    with office.store.transaction() as tx:
        for entity in directory(tx).all():
            if str(Digest.of(entity.origin.encode())) == origin_digest:
                known = tx.witness.known(entity.origin)
                return known[1] if known else None
    return None
