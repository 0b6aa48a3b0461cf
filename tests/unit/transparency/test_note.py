"""Signed notes: the worked example, strict reading, and who counts as having signed."""

import pytest

from comity.base.errors import BadSignature, Malformed, TooLarge
from comity.crypto.mldsa import Mldsa44Signer
from comity.crypto.signatures import Ed25519Signer
from comity.transparency.note import (
    NOTE_LIMIT,
    NoteSignature,
    SignedNote,
    VerifierKey,
    format_note,
    parse_note,
    parse_signatures,
    parse_vkey,
    sign_text,
    verify_note,
)
from comity.transparency.signature_kinds import Kind

LOG = Ed25519Signer(bytes.fromhex("355d55ddffe34ecb2fd0aa1a6a4841de6f8a503cd04f373ecf310d0bdef05c15"))
WITNESS = Ed25519Signer(bytes.fromhex("30d618b3e72c6416227f307c2d9c3f6122f46c89366ce3238af4072a13bdf319"))
LOG_VKEY = "comity.example/log+0fc7e3ed+Ac+61qhbx8Jo9DdNrhFIjAVyP44eSqvm4gq7NryEvz4W"
WITNESS_VKEY = "comity.example/witness+e89903ad+BOP+TtT354yIJhgRQaG70xkQxuyKF7l9+Qkkzg1oj501"
NOTE = (
    "comity.example/log\n"
    "3\n"
    "WdB0o/7iXunPoV8bBLcqtTOFpeEx7Qid4CBLgwwil8c=\n"
    "\n"
    "— comity.example/log "
    "D8fj7SECqw4K54iqGWRyUiKNiC0Xxdf7JllW/ppdXyV+2VNMe+CLWuf/Gyt2uQFeDguvfOMqOfCIp3qA14G+VkzaTAs=\n"
    "— comity.example/witness "
    "6JkDrQAAAABpVbkAtctJ9TGdTYPBYoci0o9lpmNH0uAepwJ8c4CMLhSYWvOdUIeqki2UdqKKxZdFEv/+7X5KDaTTDFqGsPHPsVNTDA==\n"
).encode()
LOG_KEY = parse_vkey(LOG_VKEY)
WITNESS_KEY = parse_vkey(WITNESS_VKEY)


def test_verifier_keys_are_those_of_the_worked_example() -> None:
    assert VerifierKey("comity.example/log", Kind.ED25519, LOG.public).vkey == LOG_VKEY
    assert VerifierKey("comity.example/witness", Kind.COSIGNATURE_ED25519, WITNESS.public).vkey == WITNESS_VKEY
    assert LOG_KEY.key_id.hex() == "0fc7e3ed"


def test_the_worked_example_verifies_and_is_written_back_byte_for_byte() -> None:
    note = parse_note(NOTE)
    assert verify_note(note, (WITNESS_KEY, LOG_KEY)) == (WITNESS_KEY, LOG_KEY)
    assert format_note(note) == NOTE
    assert sign_text(note.text, "comity.example/log", LOG).signatures[0] == note.signatures[0]


def test_the_text_ends_at_the_last_empty_line() -> None:
    text = "a verse,\n\n\nand after two empty lines, à la ligne\n"
    note = sign_text(text, "poet.example/é", LOG)
    assert parse_note(format_note(note)) == note
    assert parse_note(format_note(note)).text == text


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "comity.example/log",
        LOG_VKEY[:-1],
        LOG_VKEY.replace("0fc7e3ed", "0fc7e3ee"),
        LOG_VKEY.replace("0fc7e3ed", "0FC7E3ED"),
        LOG_VKEY.replace("comity", "Comity"),
        "a b+00000000+" + LOG_VKEY.rpartition("+")[2],
        "name+00000000+",
        "name+00000000+Ag==",
        "name+00000000+AQ==",
    ],
)
def test_a_key_that_does_not_add_up_is_refused(vkey: str) -> None:
    with pytest.raises(Malformed):
        parse_vkey(vkey)


def test_a_key_of_every_kind_is_read_back_from_its_text() -> None:
    for kind in Kind:
        key = VerifierKey("a/b", kind, bytes(kind.public_bytes))
        assert parse_vkey(key.vkey) == key


def test_signatures_by_unknown_keys_are_ignored() -> None:
    assert verify_note(parse_note(NOTE), (LOG_KEY,)) == (LOG_KEY,)


def test_a_key_with_the_same_name_and_another_id_is_unknown() -> None:
    other = VerifierKey("comity.example/log", Kind.ED25519, WITNESS.public)
    assert verify_note(parse_note(NOTE), (other, LOG_KEY)) == (LOG_KEY,)
    with pytest.raises(BadSignature):
        verify_note(parse_note(NOTE), (other,))


def test_without_any_known_signature_the_note_is_refused() -> None:
    with pytest.raises(BadSignature):
        verify_note(parse_note(NOTE), ())


def test_one_bad_signature_of_a_known_key_condemns_the_note() -> None:
    note = parse_note(NOTE)
    log, witness = note.signatures
    forged = NoteSignature(log.name, log.key_id, witness.blob)
    for signatures in ((forged, witness), (log, forged), (log, NoteSignature(witness.name, witness.key_id, log.blob))):
        with pytest.raises(BadSignature):
            verify_note(SignedNote(note.text, signatures), (LOG_KEY, WITNESS_KEY))


def test_a_signature_of_another_kind_of_key_does_not_stand_in() -> None:
    """The same private key under both types: a note signature is no cosignature."""
    note = sign_text("comity.example/log\n", "name", LOG)
    key = VerifierKey("name", Kind.COSIGNATURE_ED25519, LOG.public)
    passed_off = SignedNote(note.text, (NoteSignature("name", key.key_id, note.signatures[0].blob),))
    with pytest.raises(BadSignature):
        verify_note(passed_off, (key,))


def test_a_post_quantum_signature_on_what_is_no_checkpoint_is_refused() -> None:
    key = VerifierKey("name", Kind.COSIGNATURE_MLDSA44, Mldsa44Signer(bytes(32)).public)
    note = SignedNote("no checkpoint\n", (NoteSignature("name", key.key_id, bytes(7) + b"\x01" + bytes(2420)),))
    with pytest.raises(Malformed):
        verify_note(note, (key,))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"\n\n", b"\n"),  # no empty line
        ("— ".encode(), b"- "),  # no em dash
        ("— ".encode(), "—  ".encode()),
        ("— comity.example/log ".encode(), "— comity.example/log".encode()),
        ("— comity.example/log ".encode(), "— comity.exa+ple/log ".encode()),
        ("— comity.example/log ".encode(), "— comity.exa\u00a0ple/log ".encode()),
        ("— comity.example/log ".encode(), "—  ".encode()),
        (b"TAs=\n", b"TAs\n"),  # padding
        (b"TAs=\n", b"TAt=\n"),  # a second spelling of the same bytes
        (b"TAs=\n", b"TAs= \n"),
        (b"TAs=\n", b"TAs=\r\n"),
        (b"DA==\n", b"DA=="),  # no last line feed
        (b"DA==\n", b"DA==\n\n"),
        (b"example/log\n3", b"example/log\t\n3"),  # a control character
        (b"example/log\n3", b"example/log\xff\n3"),  # not UTF-8
    ],
)
def test_a_note_is_read_strictly(old: bytes, new: bytes) -> None:
    assert old in NOTE
    with pytest.raises(Malformed):
        parse_note(NOTE.replace(old, new))


def test_a_note_needs_a_signature_and_a_whole_text() -> None:
    with pytest.raises(Malformed):
        parse_note(b"text\n\n")
    for text in ("", "no line feed", "a\x00\n", "\ud800\n"):
        with pytest.raises(Malformed):
            SignedNote(text, parse_note(NOTE).signatures)


def test_sixty_four_signatures_are_read_and_one_more_is_refused() -> None:
    line = parse_note(NOTE).signatures[0].line.encode()
    assert len(parse_signatures(line * 64)) == 64
    with pytest.raises(Malformed):
        parse_signatures(line * 65)


def test_nothing_is_read_of_a_note_above_the_limit() -> None:
    with pytest.raises(TooLarge):
        parse_note(b"x" * (NOTE_LIMIT + 1))


def test_sixteen_post_quantum_signatures_fit() -> None:
    many = tuple(NoteSignature(f"witness/{n}", bytes(4), bytes(2428)) for n in range(16))
    note = SignedNote("text\n", many)
    assert parse_note(format_note(note)) == note


def test_a_signature_the_note_already_has_is_not_added_twice() -> None:
    note = parse_note(NOTE)
    assert note.signed_also(note.signatures) == note
