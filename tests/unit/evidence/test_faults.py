"""What befalls a package and a sealing: each ends with an error that says where, and nothing unverified is kept."""

import io
import random
from pathlib import Path

import pytest

from comity.base.errors import BrokenSeal, ComityError, Unavailable
from comity.crypto.age import decrypt_stream, encrypt_stream
from comity.crypto.age_header import HeaderFault, NoMatch, Stanza, read_header, write_header
from comity.crypto.age_payload import SEALED_CHUNK
from comity.evidence.opening import open_sealed, verify_outer
from comity.evidence.sealing import seal
from tests.simulators.packages import ABOUT, AT, IDENTITY, RECIPIENT, SIGNER, MemoryPackage, chance, sealed_tree, tree
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
    assert caught.value.where.startswith(PACK)
    with pytest.raises(BrokenSeal):
        verify_outer(changed, SIGNER.public)
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
    assert finished > 0
