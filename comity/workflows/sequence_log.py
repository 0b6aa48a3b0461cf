"""Publish the log: pad it, sign a checkpoint, have it cosigned, write the tiles, the checkpoint last.

Fail-closed: without the quorum the last cosigned checkpoint stays, and work goes on. Never two trees of one size: what
the log key signs is remembered, compare and swap, on the disk, before the signature leaves. One publisher at a time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from comity.base.digests import Digest
from comity.base.errors import BadProof, ComityError, Conflict, Unavailable
from comity.crypto import merkle
from comity.exchange.directory import Entity, Use
from comity.transparency.checkpoint import Checkpoint, log_key, open_checkpoint, sign_checkpoint
from comity.transparency.cosignature import add_cosignatures, verify_quorum, witness_key
from comity.transparency.note import SignedNote, VerifierKey, format_note, parse_note
from comity.transparency.tiles import files_for
from comity.transparency.witness import AddCheckpoint, format_add_checkpoint
from comity.workflows.office import Office, directory
from comity.workflows.record import pad
from comity.workflows.stores import TreeHead

CHECKPOINT: Final = "checkpoint"


@dataclass(frozen=True, slots=True)
class Published:
    """The checkpoint that now stands, and the witnesses that cosigned it."""

    size: int
    cosigned_by: tuple[str, ...]
    note: bytes


def publish(office: Office) -> Published:
    """Bring the published log up to date. Raises Unavailable without the quorum: the last checkpoint then stays."""
    with office.lock.hold("publish"):
        with office.store.transaction() as tx:
            pad(office, tx)
            entries = tx.log.entries(0, tx.log.size())
            witnesses = [directory(tx).entity(node) for node in office.witnesses]
        leaves = [merkle.leaf_hash(entry) for entry in entries]
        standing = published(office)
        _check_continues(standing, leaves)
        note = _sign(office, Checkpoint(office.origin, len(leaves), merkle.root(leaves)))
        old_size = standing.size if standing else 0
        keys = [cosigner_key(office, witness) for witness in witnesses]
        for witness, key in zip(witnesses, keys, strict=True):
            note = _cosigned(office, note, witness, key, leaves)
        cosigned = _quorum(office, note, keys)
        for path, data in files_for(entries, old_size):
            office.log_folder.write(path, data)
        office.log_folder.write(CHECKPOINT, format_note(note))
        return Published(len(leaves), cosigned, format_note(note))


def published(office: Office) -> Checkpoint | None:
    """The checkpoint in the published folder, if there is one and it is ours. Raises BadSignature for another's."""
    data = office.log_folder.read(CHECKPOINT)
    if data is None:
        return None
    return open_checkpoint(data, office.origin, log_key(office.origin, office.keys.signer(Use.LOG).public))


def _check_continues(standing: Checkpoint | None, leaves: Sequence[Digest]) -> None:
    """Raise Conflict unless the log continues what is published: an older copy of the database has forgotten what was
    signed, the published checkpoint has not."""
    if standing and (standing.size > len(leaves) or merkle.root(leaves[: standing.size]) != standing.root):
        raise Conflict(
            f"the log has {len(leaves)} entries and does not continue the published checkpoint of {standing.size}",
            hint="a backup was restored or the database changed: recover the entries, never sign a fork",
        )


def cosigner_name(origin: str) -> str:
    """The name a node cosigns under: its own log's origin, then /witness. Log and witness keys are never the same."""
    return f"{origin}/witness"


def cosigner_key(office: Office, witness: Entity) -> VerifierKey:
    """The cosignature key of a witness, by the directory."""
    return witness_key(cosigner_name(witness.origin), witness.key(Use.WITNESS, office.clock.now()).public_bytes)


def _sign(office: Office, checkpoint: Checkpoint) -> SignedNote:
    new = TreeHead(checkpoint.size, checkpoint.root)
    with office.store.transaction() as tx:
        last = tx.log.signed()
        if last is not None and (new.size < last.size or (new.size == last.size and new.root != last.root)):
            raise Conflict(
                f"the log has {new.size} entries, but a checkpoint of {last.size} was signed before",
                hint="a backup was restored or the database changed: recover the entries, never sign the smaller tree",
            )
        if new != last:
            tx.log.set_signed(last, new)
    return sign_checkpoint(checkpoint, office.keys.signer(Use.LOG))


def _cosigned(
    office: Office, note: SignedNote, witness: Entity, key: VerifierKey, leaves: Sequence[Digest]
) -> SignedNote:
    """The note with this witness's cosignature, or as it was if it cannot be had: the quorum decides."""
    try:
        answer = _ask(office, note, witness, _start_size(office, key), leaves)
        return add_cosignatures(note, answer, [key])
    except ComityError:
        return note


def _start_size(office: Office, key: VerifierKey) -> int:
    """The size this witness cosigned in the checkpoint that stands; 0 if none: it then answers with its own."""
    data = office.log_folder.read(CHECKPOINT)
    if data is None:
        return 0
    note = parse_note(data)
    cosigned = any(signature.is_by(key) for signature in note.signatures)
    standing = published(office)
    return standing.size if cosigned and standing else 0


def _ask(office: Office, note: SignedNote, witness: Entity, old: int, leaves: Sequence[Digest]) -> bytes:
    url = f"{witness.endpoint.rstrip('/')}/witness/add-checkpoint"
    for _ in range(2):
        path = merkle.consistency_path(leaves, old) if 0 < old <= len(leaves) else ()
        body = format_add_checkpoint(AddCheckpoint(old, path, note))
        answer = office.courier.carry("POST", url, {"content-type": "text/plain; charset=utf-8"}, body)
        if answer.status == 200:
            return answer.body
        if answer.status != 409:
            break
        old = _told_size(answer.body, len(leaves))
    raise Unavailable(f"the witness {witness.id} answered {answer.status}", hint="see its log; it must know ours")


def _told_size(body: bytes, size: int) -> int:
    text = body.decode("ascii", "replace").strip()
    if not text.isdigit() or int(text) > size:
        raise BadProof("the witness knows a larger log than ours", hint="a backup was restored: recover, never fork")
    return int(text)


def _quorum(office: Office, note: SignedNote, keys: Sequence[VerifierKey]) -> tuple[str, ...]:
    try:
        cosigned = verify_quorum(note, keys, office.witnesses_needed)
    except ComityError as error:
        raise Unavailable(
            error.what, hint="the last cosigned checkpoint stays; work goes on; see the witnesses"
        ) from None
    return tuple(one.witness for one in cosigned)
