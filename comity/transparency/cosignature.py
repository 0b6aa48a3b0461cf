"""Cosignatures: a witness's dated signature that it saw a log only grow (C2SP tlog-cosignature).

A cosignature says that at its time the checkpoint was the largest tree the witness had seen of that log, and that it
continued all earlier ones. A quorum of them is what stops a log from showing two people two histories.

Rules: a witness counts once, however many keys it signs with; a public key stands under one name only.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from comity.base.errors import BadSignature, Malformed
from comity.base.instants import Instant
from comity.crypto.mldsa import MldsaSigner
from comity.crypto.signatures import Signer
from comity.transparency.checkpoint import parse_checkpoint
from comity.transparency.note import NoteSignature, SignedNote, VerifierKey, parse_signatures
from comity.transparency.signature_kinds import Kind, dated, ed25519_message, mldsa44_message


@dataclass(frozen=True, slots=True)
class Cosigned:
    """One witness's word: its name and the latest moment it cosigned."""

    witness: str
    at: Instant


def witness_key(name: str, public: bytes) -> VerifierKey:
    """The Ed25519 cosignature key of a witness."""
    return VerifierKey(name, Kind.COSIGNATURE_ED25519, public)


def cosign(note: SignedNote, name: str, signer: Signer, at: Instant) -> NoteSignature:
    """An Ed25519 cosignature (0x04) of the checkpoint in `note`.

    The caller has checked that the checkpoint continues the last one cosigned and has stored it. Raises Malformed if
    the note's text is no checkpoint.
    """
    parse_checkpoint(note.text)
    key = witness_key(name, signer.public)
    return NoteSignature(name, key.key_id, dated(at, signer.sign(ed25519_message(note.text, at.seconds))))


def cosign_mldsa44(note: SignedNote, name: str, signer: MldsaSigner, at: Instant) -> NoteSignature:
    """An ML-DSA-44 cosignature (0x06) of the checkpoint in `note`; a log signs so too, with its origin as `name`."""
    parse_checkpoint(note.text)
    key = VerifierKey(name, Kind.COSIGNATURE_MLDSA44, signer.public)
    return NoteSignature(name, key.key_id, dated(at, signer.sign(mldsa44_message(name, note.text, at.seconds))))


def verify_cosignature(note: SignedNote, key: VerifierKey) -> Instant:
    """When `key` cosigned the checkpoint in `note`: the latest moment, if it did more than once.

    Raises BadSignature if it did not or if one of its signatures does not verify; Malformed if the note's text is no
    checkpoint or the key is not for cosignatures.
    """
    parse_checkpoint(note.text)
    if not key.kind.is_dated:
        raise Malformed("not a cosigner's key", hint="a witness's key has type 0x04 or 0x06")
    found = moments(note, key)
    if not found:
        raise BadSignature("this witness did not cosign the checkpoint", hint="ask the witness, or wait for the next")
    return max(found)


def moments(note: SignedNote, key: VerifierKey) -> list[Instant]:
    """When `key` cosigned the checkpoint in `note`: every signature of its checked, those without a time left out.

    Raises BadSignature if one does not verify.
    """
    found = [key.check(note.text, signature) for signature in note.signatures if signature.is_by(key)]
    return [at for at in found if at is not None]


def verify_quorum(note: SignedNote, witnesses: Sequence[VerifierKey], at_least: int) -> tuple[Cosigned, ...]:
    """The witnesses that cosigned the checkpoint in `note`, if they are `at_least` so many different ones.

    `at_least` 0 asks for none, yet a known witness's bad signature still condemns the note. The log's own signature
    is not looked at. Raises BadSignature; Malformed if the witnesses could never be so many, or share a public key.
    """
    check_witnesses(witnesses, at_least)
    parse_checkpoint(note.text)
    found: dict[str, Instant] = {}
    for key in witnesses:
        for at in moments(note, key):
            found[key.name] = max(at, found.get(key.name, at))
    if len(found) < at_least:
        raise BadSignature(
            f"{len(found)} of the {at_least} witnesses needed cosigned this checkpoint",
            hint="wait for the next checkpoint, or ask the log for one that its witnesses cosigned",
        )
    return tuple(Cosigned(name, at) for name, at in found.items())


def check_witnesses(witnesses: Sequence[VerifierKey], at_least: int) -> None:
    """Malformed unless `witnesses` can make a quorum of `at_least`: cosigners' keys, enough names, no key under two."""
    names = {key.name for key in witnesses}
    holders: dict[bytes, str] = {}
    for key in witnesses:
        if not key.kind.is_dated:
            raise Malformed("not a cosigner's key", hint="a witness's key has type 0x04 or 0x06")
        if holders.setdefault(key.public, key.name) != key.name:
            raise Malformed("two witnesses share a public key", hint="each witness has a key of its own")
    if not 0 <= at_least <= len(names):
        raise Malformed(f"{len(names)} witnesses cannot make a quorum of {at_least}", hint="lower it or add witnesses")


def add_cosignatures(note: SignedNote, answer: bytes, witness: Sequence[VerifierKey]) -> SignedNote:
    """The note with the cosignatures that one witness answered, checked with the keys known of that witness.

    Lines by keys that are not known are left out. Raises TooLarge, Malformed, or BadSignature if none is left or one
    does not verify.
    """
    known = [line for line in parse_signatures(answer) if any(line.is_by(key) for key in witness)]
    if not known:
        raise BadSignature("the witness's answer bears no signature of its known keys", hint="check its key")
    signed = SignedNote(note.text, tuple(known))
    for key in witness:
        if any(line.is_by(key) for line in known):
            verify_cosignature(signed, key)
    return note.signed_also(known)
