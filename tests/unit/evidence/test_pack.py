"""Packs: made by reading, taken apart by writing, and nothing in them but what the manifest lists."""

import io
import tarfile
from collections.abc import Callable

import pytest

from comity.base.errors import BrokenSeal, Unavailable
from comity.evidence.manifest import Item
from comity.evidence.pack import PackStream, Unpacker
from comity.evidence.streams import Tally
from tests.simulators.packages import MemoryFile, MemoryPackage, tree

FILES = {"a.txt": b"first", "b/c.bin": bytes(70_000), "b/empty": b""}


def packed(sources: list[MemoryFile]) -> tuple[bytes, list[Item]]:
    stream = PackStream(sorted(sources, key=lambda source: source.path), Tally(None))
    data = stream.read()
    return data, stream.items


def unpacked(data: bytes, items: list[Item], step: int = 1000) -> MemoryPackage:
    out = MemoryPackage()
    unpacker = Unpacker(items, out, Tally(None))
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


@pytest.mark.parametrize("size", [1, 7, 512, 8192, 10**6])
def test_the_bytes_are_the_same_whatever_the_size_of_the_reads(size: int) -> None:
    sources = sorted(tree({"a": b"x" * 2000, "b": b"y"}), key=lambda source: source.path)
    stream = PackStream(sources, Tally(None))
    assert b"".join(iter(lambda: stream.read(size), b"")) == packed(list(sources))[0]
    assert stream.read(size) == b""


def test_any_tar_reader_reads_a_pack() -> None:
    data, items = packed(tree(FILES))
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as found:
        assert found.getnames() == [f"data/{item.path}" for item in items]
        assert sum(member.size for member in found.getmembers()) == 70_005


def test_progress_counts_the_bytes_of_the_files() -> None:
    seen: list[int] = []
    PackStream(sorted(tree(FILES), key=lambda source: source.path), Tally(seen.append)).read()
    assert seen == sorted(seen)
    assert seen[-1] == 70_005


@pytest.mark.parametrize("actual", [b"", b"shor", b"longer"])
def test_a_file_that_changes_its_size_while_it_is_sealed_stops_the_sealing(actual: bytes) -> None:
    with pytest.raises(Unavailable, match="changed its size"):
        packed([MemoryFile("a", b"short", actual=actual)])


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
        Unpacker(items, out, Tally(None)).write(with_member(make, b"first"))
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
