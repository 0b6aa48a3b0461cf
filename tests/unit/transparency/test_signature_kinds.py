"""The exact bytes that each kind of signature covers."""

import pytest

from comity.base.errors import Malformed
from comity.base.instants import Instant
from comity.transparency.signature_kinds import Kind, dated, ed25519_message, mldsa44_message

AT = Instant.from_seconds(1767225600)
TEXT = "comity.example/log\n3\nWdB0o/7iXunPoV8bBLcqtTOFpeEx7Qid4CBLgwwil8c=\n"


def test_an_ed25519_cosignature_covers_header_time_and_text() -> None:
    assert ed25519_message(TEXT, AT.seconds) == b"cosignature/v1\ntime 1767225600\n" + TEXT.encode()


def test_a_post_quantum_cosignature_covers_names_time_and_the_whole_tree() -> None:
    assert mldsa44_message("w", TEXT, AT.seconds) == (
        b"subtree/v1\n\x00"
        + b"\x01w"
        + (1767225600).to_bytes(8, "big")
        + b"\x12comity.example/log"
        + bytes(8)
        + (3).to_bytes(8, "big")
        + bytes.fromhex("59d074a3fee25ee9cfa15f1b04b72ab53385a5e131ed089de0204b830c2297c7")
    )


def test_a_name_too_long_for_its_length_byte_is_refused() -> None:
    with pytest.raises(Malformed):
        mldsa44_message("w" * 256, TEXT, AT.seconds)


def test_a_dated_signature_begins_with_its_time() -> None:
    assert dated(AT, b"s") == bytes.fromhex("000000006955b900") + b"s"


def test_only_cosignatures_are_dated() -> None:
    assert [kind.is_dated for kind in Kind] == [False, True, True]
