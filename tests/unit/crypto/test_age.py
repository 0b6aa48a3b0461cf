"""age: what it opens and refuses, by others' vectors and by our own mistakes."""

import hashlib
import io

import pyrage  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base.errors import BrokenSeal, Malformed
from comity.crypto.age import (
    check_recipient,
    check_recipients,
    decrypt_stream,
    encrypt_stream,
    new_identity,
    recipient_id,
    recipient_of,
    rewrapped,
    seekable,
)
from comity.crypto.age_header import HeaderFault
from comity.crypto.age_payload import CHUNK, PayloadFault, PayloadWriter
from tests.simulators.packages import chance

ONE = new_identity(chance)
TWO = new_identity(chance)
HYBRID = new_identity(chance, hybrid=True)


def encrypted(data: bytes, *identities: str) -> bytes:
    sink = io.BytesIO()
    encrypt_stream(io.BytesIO(data), sink, [recipient_of(identity) for identity in identities], chance)
    return sink.getvalue()


def decrypted(data: bytes, identity: str) -> bytes:
    sink = io.BytesIO()
    decrypt_stream(io.BytesIO(data), sink, identity, where="data/00001.age")
    return sink.getvalue()


@pytest.mark.parametrize("size", [0, 1, 65535, 65536, 65537, 200_000, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3 << 20])
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
        encrypt_stream(Failing(), io.BytesIO(), [recipient_of(ONE)], chance)
    with pytest.raises(LookupError, match="the sink"):
        encrypt_stream(io.BytesIO(b"x"), Failing(), [recipient_of(ONE)], chance)
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
        encrypt_stream(io.BytesIO(), io.BytesIO(), [text], chance)


def test_a_recipient_is_written_in_one_way() -> None:
    recipient = recipient_of(ONE)
    assert check_recipient(recipient) == recipient
    with pytest.raises(Malformed):
        check_recipient(recipient.upper())


def test_nothing_is_encrypted_to_nobody() -> None:
    with pytest.raises(Malformed, match="no recipient"):
        encrypt_stream(io.BytesIO(b"x"), io.BytesIO(), [], chance)


def test_a_recipient_is_named_by_the_digest_of_its_text() -> None:
    recipient = recipient_of(ONE)
    assert recipient_id(recipient) == hashlib.sha256(recipient.encode()).hexdigest()


def test_a_hybrid_reader_opens_what_was_encrypted_and_never_stands_beside_a_classical_one() -> None:
    assert decrypted(encrypted(b"for long", HYBRID), HYBRID) == b"for long"
    assert check_recipients([recipient_of(HYBRID)]) == "mlkem768x25519"
    with pytest.raises(Malformed, match="different kinds"):
        encrypted(b"x", HYBRID, ONE)


WHERE = "data/00001.age"


@given(st.integers(0, 5 * CHUNK), st.integers(0, 5 * CHUNK))
def test_any_stretch_is_read_alone_and_is_what_was_encrypted(one: int, other: int) -> None:
    start, end = sorted((one, other))
    reader = seekable(io.BytesIO(LONG), len(LONG), ONE)
    assert (reader.size, reader.chunks) == (5 * CHUNK, 5)
    assert reader.read_at(start, end - start) == CONTENT[start:end]
    assert reader.chunks_read <= 1 + (end - start + CHUNK - 2) // CHUNK + 1


CONTENT = bytes(range(256)) * (5 * CHUNK // 256)
LONG = encrypted(CONTENT, ONE)


def test_a_reader_that_seeks_finds_a_lost_end_at_once_and_names_a_damaged_place() -> None:
    for cut in (1, 16, CHUNK + 16, CHUNK + 17):
        with pytest.raises(PayloadFault, match=r"last chunk|cut short"):
            seekable(io.BytesIO(LONG[:-cut]), len(LONG) - cut, ONE, where=WHERE)
    damaged = bytearray(LONG)
    damaged[-2 * (CHUNK + 16) - 5] ^= 1
    reader = seekable(io.BytesIO(bytes(damaged)), len(damaged), ONE, where=WHERE)
    assert reader.chunk(2) is None
    with pytest.raises(PayloadFault) as caught:
        reader.read_at(2 * CHUNK, 1)
    assert caught.value.where == "data/00001.age, bytes 131072 to 196607 of the content"
    assert reader.read_at(3 * CHUNK, 2 * CHUNK) == CONTENT[3 * CHUNK :]


def test_a_header_written_anew_lets_others_read_and_leaves_the_payload_alone() -> None:
    source = io.BytesIO(LONG)
    header = rewrapped(source, ONE, [recipient_of(TWO)], chance)
    payload = source.read()
    assert LONG.endswith(payload)
    assert decrypted(header + payload, TWO) == CONTENT
    with pytest.raises(BrokenSeal, match="not for this key"):
        decrypted(header + payload, ONE)


def test_no_block_follows_the_last_and_only_the_last_may_be_short() -> None:
    writer, out = PayloadWriter(bytes(16), bytes(16)), memoryview(bytearray(100))
    with pytest.raises(ValueError, match="size of one"):
        writer.block(memoryview(b"x"), out, last=False)
    writer.block(memoryview(b""), out, last=True)
    with pytest.raises(ValueError, match="after the last"):
        writer.block(memoryview(b""), out, last=True)


def test_no_two_files_have_a_key_or_nonce_in_common() -> None:
    shares = {line for _ in range(50) for line in encrypted(b"", ONE).split(b"\n") if line.startswith(b"-> X25519")}
    assert len(shares) == 50


def test_a_header_is_read_only_so_far() -> None:
    endless = b"age-encryption.org/v1\n" + b"-> grease\n\n" * 1_000_000
    source = io.BytesIO(endless)
    with pytest.raises(HeaderFault, match="more than 64"):
        decrypt_stream(source, io.BytesIO(), ONE)
    assert source.tell() < 2000
    with pytest.raises(HeaderFault):
        decrypt_stream(io.BytesIO(b"age-encryption.org/v1\n-> " + b"a" * (10 << 20)), io.BytesIO(), ONE)
