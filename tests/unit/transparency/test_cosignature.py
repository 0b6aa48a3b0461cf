"""Cosignatures: the worked example, both kinds, and how a quorum is counted."""

import pytest

from comity.base.errors import BadSignature, Malformed
from comity.base.instants import Instant
from comity.crypto.merkle import EMPTY_ROOT
from comity.crypto.mldsa import Mldsa44Signer
from comity.crypto.signatures import Ed25519Signer
from comity.transparency.checkpoint import Checkpoint, log_key, parse_checkpoint, sign_checkpoint
from comity.transparency.cosignature import (
    Cosigned,
    add_cosignatures,
    cosign,
    cosign_mldsa44,
    verify_cosignature,
    verify_quorum,
    witness_key,
)
from comity.transparency.note import NoteSignature, SignedNote, VerifierKey, format_signatures, sign_text, verify_note
from comity.transparency.signature_kinds import Kind, mldsa44_message

LOG = Ed25519Signer(bytes.fromhex("355d55ddffe34ecb2fd0aa1a6a4841de6f8a503cd04f373ecf310d0bdef05c15"))
WITNESS = Ed25519Signer(bytes.fromhex("30d618b3e72c6416227f307c2d9c3f6122f46c89366ce3238af4072a13bdf319"))
OTHER = Ed25519Signer(bytes(range(32)))
POST_QUANTUM = Mldsa44Signer(bytes(range(32)))
NAME = "comity.example/witness"
KEY = witness_key(NAME, WITNESS.public)
OTHER_KEY = witness_key("ngo.example/w", OTHER.public)
POST_QUANTUM_KEY = VerifierKey(NAME, Kind.COSIGNATURE_MLDSA44, POST_QUANTUM.public)
AT = Instant.from_seconds(1767225600)
LATER = AT.plus_seconds(3600)
NOTE = sign_checkpoint(parse_checkpoint("comity.example/log\n3\nWdB0o/7iXunPoV8bBLcqtTOFpeEx7Qid4CBLgwwil8c=\n"), LOG)
COSIGNED = NOTE.signed_also((cosign(NOTE, NAME, WITNESS, AT),))


def test_the_cosignature_is_that_of_the_worked_example() -> None:
    assert cosign(NOTE, NAME, WITNESS, AT).line == (
        "— comity.example/witness 6JkDrQAAAABpVbkAtctJ9TGdTYPBYoci0o9lpmNH0uAepwJ8c4CMLhSYWvOdUIeqki2UdqKKxZdFEv"
        "/+7X5KDaTTDFqGsPHPsVNTDA==\n"
    )
    assert verify_cosignature(COSIGNED, KEY) == AT


def test_a_post_quantum_cosignature_verifies_and_is_bound_to_name_time_and_checkpoint() -> None:
    line = cosign_mldsa44(NOTE, NAME, POST_QUANTUM, AT)
    assert verify_cosignature(SignedNote(NOTE.text, (line,)), POST_QUANTUM_KEY) == AT
    renamed = VerifierKey("other.example/w", Kind.COSIGNATURE_MLDSA44, POST_QUANTUM.public)
    other_text = NOTE.text.replace("\n3\n", "\n4\n")
    for text, key, blob in (
        (NOTE.text, renamed, line.blob),
        (other_text, POST_QUANTUM_KEY, line.blob),
        (NOTE.text, POST_QUANTUM_KEY, LATER.seconds.to_bytes(8, "big") + line.blob[8:]),
        (NOTE.text, POST_QUANTUM_KEY, line.blob[:-1]),
    ):
        with pytest.raises(BadSignature):
            verify_cosignature(SignedNote(text, (NoteSignature(key.name, key.key_id, blob),)), key)


def test_the_latest_moment_counts_when_a_witness_signed_twice() -> None:
    both = COSIGNED.signed_also((cosign(NOTE, NAME, WITNESS, LATER),))
    assert verify_cosignature(both, KEY) == LATER


def test_a_changed_time_never_verifies() -> None:
    line = COSIGNED.signatures[1]
    redated = NoteSignature(line.name, line.key_id, LATER.seconds.to_bytes(8, "big") + line.blob[8:])
    with pytest.raises(BadSignature):
        verify_cosignature(SignedNote(NOTE.text, (redated,)), KEY)


@pytest.mark.parametrize("seconds", [0, 2**63, 2**64 - 1, 2**62])
def test_an_impossible_time_is_refused(seconds: int) -> None:
    signature = WITNESS.sign(f"cosignature/v1\ntime {seconds}\n{NOTE.text}".encode())
    line = NoteSignature(NAME, KEY.key_id, seconds.to_bytes(8, "big") + signature)
    with pytest.raises(BadSignature):
        verify_cosignature(SignedNote(NOTE.text, (line,)), KEY)


def test_a_post_quantum_signature_without_a_time_may_be_a_logs_but_is_no_witness() -> None:
    undated = bytes(8) + POST_QUANTUM.sign(mldsa44_message(NAME, NOTE.text, 0))
    note = SignedNote(NOTE.text, (NoteSignature(NAME, POST_QUANTUM_KEY.key_id, undated),))
    assert verify_note(note, (POST_QUANTUM_KEY,)) == (POST_QUANTUM_KEY,)
    assert verify_quorum(note, (POST_QUANTUM_KEY,), 0) == ()
    with pytest.raises(BadSignature):
        verify_cosignature(note, POST_QUANTUM_KEY)


def test_nothing_is_cosigned_before_1970_or_over_what_is_no_checkpoint() -> None:
    with pytest.raises(Malformed):
        cosign(NOTE, NAME, WITNESS, Instant.from_seconds(0))
    for note in (sign_text("a poem\n", "a", LOG), sign_text(NOTE.text + "extension\n", "a", LOG)):
        with pytest.raises(Malformed):
            cosign(note, NAME, WITNESS, AT)
        with pytest.raises(Malformed):
            cosign_mldsa44(note, NAME, POST_QUANTUM, AT)


def test_a_missing_cosignature_and_a_log_key_are_refused() -> None:
    with pytest.raises(BadSignature):
        verify_cosignature(NOTE, KEY)
    with pytest.raises(Malformed):
        verify_cosignature(NOTE, log_key("comity.example/log", LOG.public))


def test_a_quorum_names_who_cosigned_and_when() -> None:
    note = COSIGNED.signed_also((cosign(NOTE, OTHER_KEY.name, OTHER, LATER),))
    assert verify_quorum(note, (KEY, OTHER_KEY), 2) == (Cosigned(NAME, AT), Cosigned(OTHER_KEY.name, LATER))


def test_a_witness_counts_once_whatever_it_signs_with() -> None:
    note = COSIGNED.signed_also(
        (cosign(NOTE, NAME, WITNESS, LATER), cosign_mldsa44(NOTE, NAME, POST_QUANTUM, AT)),
    )
    keys = (KEY, POST_QUANTUM_KEY, OTHER_KEY)
    assert verify_quorum(note, keys, 1) == (Cosigned(NAME, LATER),)
    with pytest.raises(BadSignature):
        verify_quorum(note, keys, 2)


def test_unknown_witnesses_do_not_count() -> None:
    note = COSIGNED.signed_also((cosign(NOTE, "stranger.example", OTHER, AT),))
    with pytest.raises(BadSignature):
        verify_quorum(note, (KEY, OTHER_KEY), 2)


def test_a_known_witness_whose_cosignature_is_bad_condemns_the_note_even_without_a_quorum() -> None:
    line = COSIGNED.signatures[1]
    bad = SignedNote(NOTE.text, (NoteSignature(line.name, line.key_id, line.blob[:-1] + b"\x00"),))
    with pytest.raises(BadSignature):
        verify_quorum(bad, (KEY,), 0)


def test_a_quorum_that_could_never_be_or_with_a_shared_key_is_refused() -> None:
    for keys, at_least in (((KEY,), 2), ((), 1), ((KEY, POST_QUANTUM_KEY), 2), ((KEY,), -1)):
        with pytest.raises(Malformed):
            verify_quorum(COSIGNED, keys, at_least)
    log_as_witness = log_key("comity.example/log", LOG.public)
    for keys in ((KEY, witness_key("second.example", WITNESS.public)), (KEY, log_as_witness)):
        with pytest.raises(Malformed):
            verify_quorum(COSIGNED, keys, 1)


def test_no_witnesses_asked_for_means_none_needed() -> None:
    assert verify_quorum(NOTE, (), 0) == ()


def test_a_witness_answer_is_checked_and_added() -> None:
    line = cosign(NOTE, NAME, WITNESS, AT)
    stranger = cosign(NOTE, "stranger.example", OTHER, AT)
    assert add_cosignatures(NOTE, format_signatures((stranger, line)), (KEY,)) == COSIGNED


def test_a_witness_answer_that_is_not_about_this_checkpoint_is_refused() -> None:
    other = sign_checkpoint(Checkpoint("comity.example/log", 0, EMPTY_ROOT), LOG)
    for answer in (cosign(other, NAME, WITNESS, AT), cosign(NOTE, "stranger.example", OTHER, AT)):
        with pytest.raises(BadSignature):
            add_cosignatures(NOTE, format_signatures((answer,)), (KEY,))
    with pytest.raises(Malformed):
        add_cosignatures(NOTE, b"", (KEY,))
