"""Packs: made by reading, taken apart by writing, and nothing in them but what the manifest lists."""

import hashlib
import io
import tarfile
from collections.abc import Callable
from functools import partial

import pytest

from comity.base.errors import BrokenSeal, Unavailable
from comity.crypto.age import decrypt_stream
from comity.evidence.manifest import Item
from comity.evidence.packing import ItemReader, write_pack
from comity.evidence.parts import PackSink
from comity.evidence.plan import RAW_BYTES, places
from comity.evidence.streams import Tally
from comity.evidence.unpacking import Unpacker
from tests.simulators.packages import IDENTITY, RECIPIENT, MemoryFile, MemoryPackage, chance, tree

FILES = {"a.txt": b"first", "b/c.bin": bytes(70_000), "b/empty": b""}


def sealed(sources: list[MemoryFile], tally: Tally | None = None) -> tuple[bytes, list[Item]]:
    """The ciphertext of the one tar pack of these sources."""
    ordered = sorted(sources, key=lambda source: source.path)
    reader = ItemReader("blake3", chance, tally or Tally(None, 0))
    out = io.BytesIO()
    hashed = PackSink(out, "blake3")
    planned = places((source.path, source.kind, source.size) for source in ordered)
    members = [(number, *pair) for number, pair in enumerate(zip(ordered, planned, strict=True), 1)]
    read = write_pack(partial(reader.read_all, members), hashed.steps, [RECIPIENT], chance)
    items = [one.complete()[0] for one in read]
    assert (hashed.size, hashed.digest.value) == (len(out.getvalue()), hashlib.sha256(out.getvalue()).digest())
    return out.getvalue(), items


def packed(sources: list[MemoryFile]) -> tuple[bytes, list[Item]]:
    data, items = sealed(sources)
    plain = io.BytesIO()
    decrypt_stream(io.BytesIO(data), plain, IDENTITY)
    return plain.getvalue(), items


def unpacked(data: bytes, items: list[Item], step: int = 1000) -> MemoryPackage:
    out = MemoryPackage()
    unpacker = Unpacker(items, out, Tally(None, 0))
    try:
        for at in range(0, len(data), step):
            unpacker.write(data[at : at + step])
        unpacker.finish()
    finally:
        unpacker.close()
    return out


@pytest.mark.parametrize("step", [1, 511, 512, 513, 65536, 10**6])
def test_what_is_packed_comes_out_whatever_the_size_of_the_writes(step: int) -> None:
    out = unpacked(*packed(tree({"a.txt": b"first", "b/c.bin": bytes(3000), "b/empty": b""})), step)
    assert out.files == {"data/a.txt": b"first", "data/b/c.bin": bytes(3000), "data/b/empty": b""}
    assert out.folders == {"data/b"}


@pytest.mark.parametrize("size", [(1 << 20) - 512, (1 << 20) - 511, 1 << 20, 3 << 20, (3 << 20) + 1])
def test_a_file_over_several_blocks_comes_out_and_its_place_is_where_its_content_begins(size: int) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    data, items = packed([MemoryFile("x", content[:size])])
    assert unpacked(data, items).files["data/x"] == content[:size]
    assert data[items[0].offset :][:size] == content[:size]


def test_any_tar_reader_reads_a_pack() -> None:
    data, items = packed(tree(FILES))
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as found:
        assert found.getnames() == [f"data/{item.path}" for item in items]
        assert sum(member.size for member in found.getmembers()) == 70_005


def test_progress_counts_the_bytes_of_the_files() -> None:
    seen: list[tuple[int, int]] = []
    sealed(tree(FILES), Tally(lambda *so_far: seen.append(so_far), 70_005))
    assert seen == sorted(seen)
    assert seen[-1] == (70_005, 70_005)


@pytest.mark.parametrize("actual", [b"", b"shor", b"longer"])
def test_a_file_that_changes_its_size_while_it_is_sealed_stops_the_sealing(actual: bytes) -> None:
    with pytest.raises(Unavailable, match="changed its size"):
        packed([MemoryFile("a", b"short", actual=actual)])


def test_large_files_are_packs_by_themselves_and_the_rest_is_filled_up_in_order() -> None:
    entries = [("a", RAW_BYTES - 1), ("b", RAW_BYTES), ("c", 0), ("d", RAW_BYTES + 1)]
    found = places((path, "file", size) for path, size in entries)
    assert [(one.pack, one.offset, one.is_raw) for one in found] == [
        (1, 512, False),
        (2, 0, True),
        (1, 512 + RAW_BYTES + 512, False),
        (3, 0, True),
    ]
    many = places((f"{n:03}", "file", RAW_BYTES - 1) for n in range(40))
    assert [one.pack for one in many] == [1] * 15 + [2] * 15 + [3] * 10


def with_member(make: Callable[[tarfile.TarInfo], None], content: bytes = b"") -> bytes:
    """A tar that begins with a member of another's making."""
    member = tarfile.TarInfo("data/a.txt")
    member.size = len(content)
    make(member)
    return member.tobuf(tarfile.PAX_FORMAT) + content


def symlink(member: tarfile.TarInfo) -> None:
    member.type, member.linkname = tarfile.SYMTYPE, "/etc"


def hardlink(member: tarfile.TarInfo) -> None:
    member.type, member.linkname = tarfile.LNKTYPE, "/etc/passwd"


def device(member: tarfile.TarInfo) -> None:
    member.type = tarfile.CHRTYPE


def fifo(member: tarfile.TarInfo) -> None:
    member.type = tarfile.FIFOTYPE


def goes_up(member: tarfile.TarInfo) -> None:
    member.name = "data/../../a.txt"


def absolute(member: tarfile.TarInfo) -> None:
    member.name = "/etc/cron.d/x"


def another_name(member: tarfile.TarInfo) -> None:
    member.name = "data/unlisted"


def huge(member: tarfile.TarInfo) -> None:
    member.size = 2**60


def sparse(member: tarfile.TarInfo) -> None:
    member.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": str(2**60)}


def other_size(member: tarfile.TarInfo) -> None:
    member.size = 6


def setuid(member: tarfile.TarInfo) -> None:
    member.mode = 0o4755


@pytest.mark.parametrize(
    "make",
    [symlink, hardlink, device, fifo, goes_up, absolute, another_name, huge, sparse, other_size, setuid],
)
def test_a_hostile_member_is_refused_before_anything_is_written(make: Callable[[tarfile.TarInfo], None]) -> None:
    _, items = packed(tree({"a.txt": b"first"}))
    out = MemoryPackage()
    with pytest.raises(BrokenSeal):
        Unpacker(items, out, Tally(None, 0)).write(with_member(make, b"first"))
    assert (out.files, out.folders) == ({}, set())


def test_a_member_that_the_manifest_does_not_list_is_refused() -> None:
    data, _ = packed(tree({"a": b"1", "b": b"2"}))
    _, items = packed(tree({"a": b"1"}))
    with pytest.raises(BrokenSeal, match="does not list"):
        unpacked(data, items)


def test_a_member_that_is_missing_is_noticed() -> None:
    data, _ = packed(tree({"a": b"1"}))
    _, items = packed(tree({"a": b"1", "b": b"2"}))
    with pytest.raises(BrokenSeal):
        unpacked(data, items)


def test_a_file_with_other_content_of_the_same_size_is_refused() -> None:
    data, _ = packed(tree({"a": b"1"}))
    _, items = packed(tree({"a": b"2"}))
    with pytest.raises(BrokenSeal, match="signed for"):
        unpacked(data, items)


def test_a_pack_that_goes_on_or_stops_early_is_refused() -> None:
    data, items = packed(tree(FILES))
    with pytest.raises(BrokenSeal, match="after its end"):
        unpacked(data + b"\0", items)
    for cut in (0, 100, 512, 600, len(data) - 1):
        with pytest.raises(BrokenSeal, match="before all"):
            unpacked(data[:cut], items)
