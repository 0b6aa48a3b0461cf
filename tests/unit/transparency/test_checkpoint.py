"""Checkpoints: three lines, one spelling, the log's own key."""

import pytest

from comity.base.errors import BadSignature, Malformed
from comity.base.instants import Instant
from comity.crypto.merkle import EMPTY_ROOT, leaf_hash, root
from comity.crypto.mldsa import Mldsa44Signer
from comity.crypto.signatures import Ed25519Signer
from comity.transparency.checkpoint import (
    Checkpoint,
    check_origin,
    log_key,
    open_checkpoint,
    parse_checkpoint,
    sign_checkpoint,
)
from comity.transparency.cosignature import cosign_mldsa44
from comity.transparency.note import SignedNote, VerifierKey, format_note, sign_text
from comity.transparency.signature_kinds import Kind

LOG = Ed25519Signer(bytes.fromhex("355d55ddffe34ecb2fd0aa1a6a4841de6f8a503cd04f373ecf310d0bdef05c15"))
ORIGIN = "comity.example/log"
KEY = log_key(ORIGIN, LOG.public)
CHECKPOINT = Checkpoint(ORIGIN, 3, root([leaf_hash(entry) for entry in (b"", b"\x00", b"comity")]))


def test_the_text_and_signature_are_those_of_the_worked_example() -> None:
    assert CHECKPOINT.text == "comity.example/log\n3\nWdB0o/7iXunPoV8bBLcqtTOFpeEx7Qid4CBLgwwil8c=\n"
    assert sign_checkpoint(CHECKPOINT, LOG).signatures[0].line == (
        "— comity.example/log "
        "D8fj7SECqw4K54iqGWRyUiKNiC0Xxdf7JllW/ppdXyV+2VNMe+CLWuf/Gyt2uQFeDguvfOMqOfCIp3qA14G+VkzaTAs=\n"
    )


def test_what_was_signed_opens_again() -> None:
    assert open_checkpoint(format_note(sign_checkpoint(CHECKPOINT, LOG)), ORIGIN, KEY) == CHECKPOINT
    assert parse_checkpoint(CHECKPOINT.text) == CHECKPOINT


def test_a_checkpoint_under_another_logs_key_is_refused() -> None:
    data = format_note(sign_checkpoint(CHECKPOINT, LOG))
    stranger = log_key(ORIGIN, Ed25519Signer(bytes(32)).public)
    with pytest.raises(BadSignature):
        open_checkpoint(data, ORIGIN, stranger)


def test_a_key_named_for_another_origin_is_refused_before_anything_is_read() -> None:
    with pytest.raises(Malformed):
        open_checkpoint(b"", "comity.example/other", KEY)


def test_a_log_that_signs_another_logs_checkpoint_is_not_believed() -> None:
    other = Checkpoint("comity.example/other", 0, EMPTY_ROOT)
    with pytest.raises(BadSignature):
        open_checkpoint(format_note(sign_text(other.text, ORIGIN, LOG)), ORIGIN, KEY)


def test_a_witness_key_is_no_log_key() -> None:
    with pytest.raises(Malformed):
        open_checkpoint(b"", ORIGIN, VerifierKey(ORIGIN, Kind.COSIGNATURE_ED25519, LOG.public))


def test_a_log_may_sign_with_a_post_quantum_key_as_well() -> None:
    signer = Mldsa44Signer(bytes(32))
    note = sign_checkpoint(CHECKPOINT, LOG)
    note = note.signed_also((cosign_mldsa44(note, ORIGIN, signer, Instant.from_seconds(1767225600)),))
    for key in (KEY, VerifierKey(ORIGIN, Kind.COSIGNATURE_MLDSA44, signer.public)):
        assert open_checkpoint(format_note(note), ORIGIN, key) == CHECKPOINT
    alone = SignedNote(note.text, note.signatures[1:])
    with pytest.raises(BadSignature):
        open_checkpoint(format_note(alone), ORIGIN, KEY)


@pytest.mark.parametrize("origin", ["", "a b", "a+b", "https://a.example/log", "a\nb", "a\u2003b", "é" * 128])
def test_an_origin_is_a_short_name_without_spaces_or_scheme(origin: str) -> None:
    with pytest.raises(Malformed):
        check_origin(origin)


def test_an_origin_of_255_bytes_is_taken() -> None:
    assert check_origin("é" * 127 + "e")


def test_a_checkpoint_with_extension_lines_is_refused() -> None:
    with pytest.raises(Malformed):
        open_checkpoint(format_note(sign_text(CHECKPOINT.text + "more\n", ORIGIN, LOG)), ORIGIN, KEY)


def test_a_size_is_from_0_to_2_to_the_63_less_1() -> None:
    for size in (-1, 2**63):
        with pytest.raises(Malformed):
            Checkpoint(ORIGIN, size, EMPTY_ROOT)
