"""What befalls a package and a sealing: each ends with an error that says where, and nothing unverified is kept."""

import io
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from comity.base.errors import BadSignature, BrokenSeal, ComityError, Malformed, Unavailable
from comity.crypto.age import decrypt_stream, encrypt_stream
from comity.crypto.age_header import HeaderFault, NoMatch, Stanza, read_header, write_header
from comity.crypto.age_payload import SEALED_CHUNK
from comity.evidence import bag, parts
from comity.evidence.opening import open_sealed, verify_outer
from comity.evidence.outside import verify_parts
from comity.evidence.parts import PART
from comity.evidence.pieces import piece_digest
from comity.evidence.sealing import seal
from tests.simulators.packages import (
    ABOUT,
    AT,
    IDENTITY,
    RECIPIENT,
    SIGNER,
    MemoryFile,
    MemoryPackage,
    chance,
    sealed_tree,
    tree,
)
from tests.soak.sealing import run

FILES = {"disk.img": random.Random(1).randbytes(400_000), "note.txt": b"short"}
PACKAGE, SEALED = sealed_tree(FILES)
PACK = "data/00001.age"
DATA = PACKAGE.files[PACK]
HEADER = DATA.index(b"\n--- ") + 1 + 4 + 43 + 1
EDGES = [HEADER, HEADER + 16, *(HEADER + 16 + n * SEALED_CHUNK for n in range(1, 7))]


def refused(pack: bytes) -> BrokenSeal:
    """The error, in opening, and in checking from outside; nothing is left."""
    changed = PACKAGE.changed({PACK: pack})
    out = MemoryPackage()
    with pytest.raises(BrokenSeal) as caught:
        open_sealed(changed, IDENTITY, out, signer_key=SIGNER.public)
    assert (out.is_committed, out.is_discarded, out.files) == (False, True, {})
    with pytest.raises(BrokenSeal) as outside:
        verify_outer(changed, SIGNER.public)
    for error in (caught.value, outside.value):
        assert error.where.startswith(f"{PACK}, bytes "), error.where
    return caught.value


@pytest.mark.parametrize(
    "cut", [0, 1, 21, 22, *(edge + by for edge in EDGES for by in (-1, 0, 1) if edge + by < len(DATA))]
)
def test_a_pack_cut_at_any_boundary_is_refused(cut: int) -> None:
    refused(DATA[:cut])


def test_a_flipped_bit_anywhere_is_refused_and_its_place_named() -> None:
    places = random.Random(2)
    for _ in range(60):
        at = places.randrange(len(DATA))
        data = bytearray(DATA)
        data[at] ^= 1 << places.randrange(8)
        error = refused(bytes(data))
        if at >= HEADER + 16:
            chunk = (at - HEADER - 16) // SEALED_CHUNK
            assert f"bytes {chunk * 65536} to {chunk * 65536 + 65535}" in error.where


def test_a_changed_byte_of_a_header_is_refused() -> None:
    for at in range(0, HEADER + 16, 3):
        refused(DATA[:at] + bytes([DATA[at] ^ 0x20]) + DATA[at + 1 :])


def chunk(number: int) -> bytes:
    start = HEADER + 16 + number * SEALED_CHUNK
    return DATA[start : start + SEALED_CHUNK]


@pytest.mark.parametrize(
    "order", [(1, 0, 2, 3, 4, 5, 6), (0, 1, 1, 2, 3, 4, 5, 6), (0, 2, 3, 4, 5, 6), (0, 1, 2, 3, 4, 5), (6,)]
)
def test_chunks_exchanged_doubled_or_dropped_are_refused(order: tuple[int, ...]) -> None:
    refused(DATA[: HEADER + 16] + b"".join(chunk(number) for number in order))


def test_a_chunk_of_another_file_for_the_same_reader_is_refused() -> None:
    other = sealed_tree(FILES)[0].files[PACK]
    start = HEADER + 16 + SEALED_CHUNK
    refused(DATA[:start] + other[start : start + SEALED_CHUNK] + DATA[start + SEALED_CHUNK :])


@pytest.mark.parametrize("more", [b"\0", DATA])
def test_bytes_after_the_end_are_refused(more: bytes) -> None:
    refused(DATA + more)


def test_a_reader_with_the_file_key_cannot_put_other_content_under_the_signature() -> None:
    forged = io.BytesIO()
    encrypt_stream(io.BytesIO(bytes(405_000)), forged, [RECIPIENT], chance)
    refused(forged.getvalue())


@pytest.mark.parametrize(
    ("stanzas", "fault"),
    [
        ([Stanza(("scrypt", "A" * 22, "10"), bytes(32)), Stanza(("grease",), b"")], HeaderFault),
        ([Stanza(("grease", "x"), b"anything")], NoMatch),
        ([Stanza(("X25519", "A" * 43), bytes(32))], HeaderFault),
        ([Stanza(("X25519", "A" * 42), bytes(32))], HeaderFault),
        ([Stanza(("X25519", "A" * 43, "more"), bytes(32))], HeaderFault),
    ],
)
def test_headers_made_to_test_a_reader_are_refused(stanzas: list[Stanza], fault: type[ComityError]) -> None:
    data = write_header(stanzas, bytes(16)) + bytes(32)
    assert read_header(io.BytesIO(data)).stanzas == tuple(stanzas)
    with pytest.raises(fault):
        decrypt_stream(io.BytesIO(data), io.BytesIO(), IDENTITY)


LARGE, _ = sealed_tree({"disk.img": random.Random(3).randbytes(3 * PART)})
LARGE_PACK = LARGE.files[PACK]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda data: flip(data, 5), f"bytes 0 to {PART - 1}"),
        (lambda data: flip(flip(data, 5), PART), f"bytes 0 to {2 * PART - 1}"),
        (lambda data: flip(flip(data, 5), 2 * PART), f"bytes 0 to {PART - 1}, {2 * PART} to {3 * PART - 1}"),
        (lambda data: data[: PART + 9], f"bytes {PART} to {len(LARGE_PACK) - 1}"),
        (lambda data: data[:-1], f"bytes {3 * PART} to {len(LARGE_PACK) - 1}"),
        (lambda data: data + b"x", f"bytes {len(LARGE_PACK)} and on, behind its end"),
        (lambda _: b"", f"bytes 0 to {len(LARGE_PACK) - 1}"),
    ],
)
def test_without_any_key_damage_is_named_by_pack_and_bytes(change: Callable[[bytes], bytes], where: str) -> None:
    with pytest.raises(BrokenSeal) as caught:
        verify_outer(LARGE.changed({PACK: change(LARGE_PACK)}), SIGNER.public)
    assert caught.value.where == f"{PACK}, {where}"
    outer = verify_outer(LARGE, SIGNER.public)
    verify_parts(LARGE, outer)
    with pytest.raises(BrokenSeal) as by_parts:
        verify_parts(LARGE.changed({PACK: change(LARGE_PACK)}), outer)
    assert by_parts.value.where == caught.value.where


def flip(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def test_many_damaged_places_are_named_in_one_line() -> None:
    digests = [piece_digest(bytes([n]), "blake3") for n in range(2)] * 5
    said = parts.damage(io.BytesIO(bytes(10 * PART)), 10 * PART, digests, "blake3")
    assert said == f"bytes 0 to {10 * PART - 1}"
    zeros = piece_digest(bytes(PART), "blake3")
    said = parts.damage(io.BytesIO(bytes(10 * PART)), 10 * PART, [zeros, digests[0]] * 5, "blake3")
    assert said.endswith(", and 2 stretches more")
    assert said.count(" to ") == 3


class Failing(MemoryPackage):
    """A sink whose call numbered `at` fails, as a disk with a bad block, or one that was pulled out."""

    def __init__(self, at: int) -> None:
        super().__init__()
        self.left = at

    def tick(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise Unavailable("the disk failed")

    @contextmanager
    def create(self, name: str) -> Iterator[Any]:
        self.tick()
        with super().create(name) as stream:
            write = stream.write

            def ticking(data: bytes) -> int:
                self.tick()
                return write(data)

            stream.write = ticking  # type: ignore[assignment, method-assign]
            yield stream
            self.tick()  # as the flush to the disk

    def commit(self) -> None:
        self.tick()
        super().commit()


def test_a_disk_that_fails_at_any_call_keeps_nothing() -> None:
    def sealing(sink: Failing) -> None:
        seal(tree(FILES), sink, about=ABOUT, recipients=[RECIPIENT], signer=SIGNER, at=AT, chance=chance)

    def opening(sink: Failing) -> None:
        open_sealed(PACKAGE, IDENTITY, sink, signer_key=SIGNER.public)

    for work in (sealing, opening):
        calls = 0
        for at in range(1, 200):
            sink = Failing(at)
            try:
                work(sink)
            except Unavailable:
                assert (sink.files, sink.is_discarded, sink.is_committed) == ({}, True, False)
            else:
                calls = at - 1
                break
        assert calls > 12


class Drip(io.BytesIO):
    """A stream that gives seven bytes at a time, as a call that signals interrupt."""

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        return super().readinto(buffer[:7])

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(7 if size is None or size < 0 else min(7, size))


def test_a_source_that_gives_little_at_a_time_is_sealed_whole() -> None:
    class Dripping(MemoryFile):
        @contextmanager
        def open(self) -> Iterator[Any]:
            yield Drip(self.data)

    package = MemoryPackage()
    content = bytes(range(256)) * 20
    seal([Dripping("a", content)], package, about=ABOUT, recipients=[RECIPIENT], signer=SIGNER, at=AT, chance=chance)
    out = MemoryPackage()
    open_sealed(package, IDENTITY, out, signer_key=SIGNER.public)
    assert out.files["data/a"] == content


@pytest.mark.parametrize("stamped", [b"", b"0", bytes(100)])
def test_a_stamp_that_is_none_or_of_something_else_is_refused(stamped: bytes) -> None:
    with pytest.raises(BadSignature):
        verify_outer(PACKAGE.changed({bag.STAMP: stamped}), SIGNER.public)


@pytest.mark.parametrize("suite", ["modern-0", "p256-1", "modern-pq-1", "", "MODERN-1"])
def test_another_suite_than_the_one_it_was_sealed_in_is_refused(suite: str) -> None:
    envelope = PACKAGE.files[bag.ENVELOPE].replace(b'"modern-1"', b'"' + suite.encode() + b'"')
    with pytest.raises((BrokenSeal, Malformed)):
        verify_outer(PACKAGE.changed({bag.ENVELOPE: envelope}), SIGNER.public)


@pytest.mark.parametrize("percent", range(0, 100, 4))
def test_a_disk_that_is_full_after_any_share_of_it_keeps_nothing(percent: int) -> None:
    whole = sum(map(len, PACKAGE.files.values()))
    package = MemoryPackage(room=whole * percent // 100)
    with pytest.raises(Unavailable, match="full"):
        seal(tree(FILES), package, about=ABOUT, recipients=[RECIPIENT], signer=SIGNER, at=AT, chance=chance)
    assert (package.files, package.is_discarded) == ({}, True)
    opened = MemoryPackage(room=400_000 * percent // 100)
    with pytest.raises(Unavailable, match="full"):
        open_sealed(PACKAGE, IDENTITY, opened, signer_key=SIGNER.public)
    assert (opened.files, opened.is_discarded) == ({}, True)


def test_a_sealing_killed_at_any_moment_leaves_nothing_that_does_not_verify(tmp_path: Path) -> None:
    finished, _ = run(tmp_path, kills=2, seed=8)
    assert finished > 0  # the second is killed after its first
