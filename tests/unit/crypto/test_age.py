"""age: what it opens and refuses, by others' vectors and by our own mistakes."""

import hashlib
import io
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path

import pyrage  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base.errors import BrokenSeal, ComityError, Malformed
from comity.crypto.age import check_recipient, decrypt_stream, encrypt_stream, recipient_id, recipient_of

ONE = str(pyrage.x25519.Identity.generate())
TWO = str(pyrage.x25519.Identity.generate())

TOLERATED = {"stanza_missing_body", "stanza_missing_final_line"}
"""Old forms of a header that rage still reads; a strict reader of our own is to refuse them."""


def encrypted(data: bytes, *identities: str) -> bytes:
    sink = io.BytesIO()
    encrypt_stream(io.BytesIO(data), sink, [recipient_of(identity) for identity in identities])
    return sink.getvalue()


def decrypted(data: bytes, identity: str) -> bytes:
    sink = io.BytesIO()
    decrypt_stream(io.BytesIO(data), sink, identity, where="data/00001.age")
    return sink.getvalue()


@pytest.mark.parametrize("size", [0, 1, 65535, 65536, 65537, 200_000])
def test_each_recipient_opens_what_was_encrypted(size: int) -> None:
    data = bytes(range(256)) * (size // 256) + b"\1" * (size % 256)
    sealed = encrypted(data, ONE, TWO)
    assert decrypted(sealed, ONE) == data
    assert decrypted(sealed, TWO) == data


def test_a_stranger_cannot_open_it() -> None:
    with pytest.raises(BrokenSeal, match="not for this key") as caught:
        decrypted(encrypted(b"secret", ONE), TWO)
    assert caught.value.where == "data/00001.age"


SHORT = encrypted(b"x" * 100, ONE)


@given(st.integers(0, len(SHORT) - 1), st.integers(1, 255))
def test_a_changed_byte_never_opens(at: int, by: int) -> None:
    sealed = bytearray(SHORT)
    sealed[at] ^= by
    with pytest.raises(BrokenSeal):
        decrypted(bytes(sealed), ONE)


@pytest.mark.parametrize("cut", [0, 10, 22, 100, -1, -16, -17])
def test_a_cut_file_never_opens(cut: int) -> None:
    with pytest.raises(BrokenSeal):
        decrypted(encrypted(b"x" * 70_000, ONE)[:cut], ONE)


def test_a_byte_after_the_end_is_refused() -> None:
    with pytest.raises(BrokenSeal):
        decrypted(encrypted(b"x", ONE) + b"\0", ONE)


def test_armoured_files_are_refused() -> None:
    armoured = pyrage.encrypt(b"x", [pyrage.x25519.Recipient.from_str(recipient_of(ONE))], armored=True)
    assert pyrage.decrypt(armoured, [pyrage.x25519.Identity.from_str(ONE)]) == b"x"
    with pytest.raises(BrokenSeal, match="binary"):
        decrypted(armoured, ONE)


def test_what_a_stream_raises_comes_through_as_it_is() -> None:
    class Failing(io.BytesIO):
        def read(self, _size: int | None = -1, /) -> bytes:
            raise LookupError("the source")

        def write(self, _data: object, /) -> int:
            raise LookupError("the sink")

    with pytest.raises(LookupError, match="the source"):
        encrypt_stream(Failing(), io.BytesIO(), [recipient_of(ONE)])
    with pytest.raises(LookupError, match="the sink"):
        encrypt_stream(io.BytesIO(b"x"), Failing(), [recipient_of(ONE)])
    with pytest.raises(LookupError, match="the sink"):
        decrypt_stream(io.BytesIO(encrypted(b"x", ONE)), Failing(), ONE)
    with pytest.raises(LookupError, match="the source"):
        decrypt_stream(Failing(), io.BytesIO(), ONE)


def test_streams_that_give_a_little_at_a_time_are_read_to_the_end() -> None:
    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(size or 7, 7))

    sink = io.BytesIO()
    decrypt_stream(Slow(encrypted(b"x" * 1000, ONE)), sink, ONE)
    assert sink.getvalue() == b"x" * 1000


@pytest.mark.parametrize("text", ["", "age1", "AGE-SECRET-KEY-1", "age1pq1qqqq", "ssh-ed25519 AAAA"])
def test_what_is_no_key_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        recipient_of(text)
    with pytest.raises(Malformed):
        check_recipient(text)
    with pytest.raises(Malformed):
        encrypt_stream(io.BytesIO(), io.BytesIO(), [text])


def test_a_recipient_is_written_in_one_way() -> None:
    recipient = recipient_of(ONE)
    assert check_recipient(recipient) == recipient
    with pytest.raises(Malformed):
        check_recipient(recipient.upper())


def test_nothing_is_encrypted_to_nobody() -> None:
    with pytest.raises(Malformed, match="no recipient"):
        encrypt_stream(io.BytesIO(b"x"), io.BytesIO(), [])


def test_a_recipient_is_named_by_the_digest_of_its_text() -> None:
    recipient = recipient_of(ONE)
    assert recipient_id(recipient) == hashlib.sha256(recipient.encode()).hexdigest()


def test_the_vectors_of_age_are_opened_and_refused_as_they_say(vectors: Path) -> None:
    folder = vectors / "age" / "cctv"
    if not folder.is_dir():
        pytest.skip("the age vectors (C2SP CCTV) are not in the vectors folder")
    tried = 0
    wrong = []
    for file in sorted(folder.iterdir()):
        head, _, body = file.read_bytes().partition(b"\n\n")
        lines = [line.split(": ", 1) for line in head.decode().splitlines()]
        identities = [value for key, value in lines if key == "identity"]
        fields = dict(lines)
        is_ours = len(identities) == 1 and identities[0].startswith("AGE-SECRET-KEY-1") and "passphrase" not in fields
        if not is_ours or "armored" in fields:
            continue
        tried += 1
        sink = io.BytesIO()
        try:
            decrypt_stream(io.BytesIO(zlib.decompress(body) if "compressed" in fields else body), sink, identities[0])
            opened = True
        except ComityError:
            opened = False
        released = hashlib.sha256(sink.getvalue()).hexdigest()
        if opened != (fields["expect"] == "success") or released != fields.get("payload", released):
            wrong.append(file.name)
    assert tried > 60
    assert set(wrong) == TOLERATED


def test_age_itself_opens_ours_and_we_open_its(program: Callable[[str], str], tmp_path: Path) -> None:
    age = program("age")  # Debian: apt install age
    key = tmp_path / "key.txt"
    key.write_text(ONE + "\n")
    ours = tmp_path / "ours.age"
    ours.write_bytes(encrypted(b"x" * 100_000, ONE))
    opened = subprocess.run([age, "-d", "-i", key, ours], capture_output=True, check=True).stdout
    assert opened == b"x" * 100_000
    theirs = subprocess.run([age, "-r", recipient_of(ONE)], input=b"y" * 9, capture_output=True, check=True).stdout
    assert decrypted(theirs, ONE) == b"y" * 9
