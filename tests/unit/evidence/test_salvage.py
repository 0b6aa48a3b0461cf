"""Salvage: what is not damaged comes out, what is damaged is named to the byte, and it is never called verified."""

import pytest

from comity.base.errors import BrokenSeal
from comity.crypto.age_payload import CHUNK, SEALED_CHUNK
from comity.evidence.salvage import NOTICE, Damage, salvage
from tests.simulators.packages import IDENTITY, SIGNER, MemoryPackage, sealed_tree

CONTENT = bytes(range(256)) * 1200
PACKAGE, SEALED = sealed_tree({"a.bin": CONTENT, "b.txt": b"after it"})
PACK = "data/00001.age"
START = len(PACKAGE.files[PACK]) - 5 * SEALED_CHUNK + (CHUNK - (512 + 307_200 + 512 + 512 + 1024) % CHUNK)


def saved(pack: bytes) -> tuple[MemoryPackage, tuple[Damage, ...]]:
    out = MemoryPackage()
    _, lost = salvage(PACKAGE.changed({PACK: pack}), IDENTITY, out, signer_key=SIGNER.public)
    assert out.is_committed
    return out, lost


def flipped(chunk: int) -> bytes:
    data = bytearray(PACKAGE.files[PACK])
    data[START + chunk * SEALED_CHUNK + 9] ^= 1
    return bytes(data)


def test_a_whole_package_is_saved_whole_and_no_notice_is_written() -> None:
    out, lost = saved(PACKAGE.files[PACK])
    assert (lost, NOTICE in out.files) == ((), False)
    assert (out.files["data/a.bin"], out.files["data/b.txt"]) == (CONTENT, b"after it")


def test_a_flipped_bit_costs_one_chunk_which_is_named() -> None:
    out, lost = saved(flipped(1))
    start, end = CHUNK - 512, 2 * CHUNK - 512
    assert lost == (Damage(PACK, "a.bin", start, end),)
    assert out.files["data/a.bin"] == CONTENT[:start] + bytes(CHUNK) + CONTENT[end:]
    assert out.files["data/b.txt"] == b"after it"
    assert f"bytes {start} to {end - 1} of a.bin".encode() in out.files[NOTICE]


def test_damage_side_by_side_is_one_range() -> None:
    data = bytearray(flipped(1))
    data[START + 2 * SEALED_CHUNK] ^= 1
    assert saved(bytes(data))[1] == (Damage(PACK, "a.bin", CHUNK - 512, 3 * CHUNK - 512),)


@pytest.mark.parametrize("left", [1, 2, 4])
def test_a_lost_end_is_named_and_the_beginning_saved(left: int) -> None:
    out, lost = saved(PACKAGE.files[PACK][: START + left * SEALED_CHUNK])
    assert [one.path for one in lost] == ["a.bin", "b.txt"]
    assert out.files["data/a.bin"] == CONTENT[: left * CHUNK - 512].ljust(len(CONTENT), b"\0")


def test_chunks_put_in_each_others_place_are_lost_both() -> None:
    data = bytearray(PACKAGE.files[PACK])
    one, two = (slice(START + n * SEALED_CHUNK, START + (n + 1) * SEALED_CHUNK) for n in (1, 2))
    data[one], data[two] = data[two], data[one]
    assert saved(bytes(data))[1] == (Damage(PACK, "a.bin", CHUNK - 512, 3 * CHUNK - 512),)


@pytest.mark.parametrize("name", ["data/00000.age", "tagmanifest-sha256.txt"])
def test_without_record_and_signature_there_is_nothing_to_save(name: str) -> None:
    data = bytearray(PACKAGE.files[name])
    data[-1] ^= 1
    out = MemoryPackage()
    with pytest.raises(Exception, match=r".") as caught:
        salvage(PACKAGE.changed({name: bytes(data)}), IDENTITY, out, signer_key=SIGNER.public)
    assert getattr(caught.value, "code", "") in ("broken-seal", "bad-signature")
    assert isinstance(caught.value, BrokenSeal) or name != "data/00000.age"
    assert out.is_discarded
