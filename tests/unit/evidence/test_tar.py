"""Tar headers: fixed bytes that every tar reader understands."""

import io
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.evidence import tar

NAMES = st.lists(
    st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="/\\"), min_size=1, max_size=60).filter(
        lambda name: name not in (".", "..")
    ),
    min_size=1,
    max_size=6,
).map("/".join)


@given(NAMES, st.binary(max_size=1500), st.integers(0, 8**11 - 1))
def test_python_reads_back_name_content_and_time(name: str, content: bytes, mtime: int) -> None:
    data = tar.header(name, len(content), mtime=mtime) + content + tar.padding(len(content)) + tar.END
    assert len(data) % tar.BLOCK == 0
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as found:
        member = found.next()
        assert member is not None
        stream = found.extractfile(member)
        assert (member.name, member.mtime, member.isreg()) == (name, mtime, True)
        assert stream is not None
        assert stream.read() == content
        assert found.next() is None


@given(NAMES)
def test_python_reads_back_a_folder(name: str) -> None:
    with tarfile.open(fileobj=io.BytesIO(tar.header(name, 0, folder=True) + tar.END), mode="r:") as found:
        member = found.next()
        assert member is not None
        assert (member.name, member.isdir(), member.mode, member.uid, member.uname) == (name, True, 0o755, 0, "")


@pytest.mark.parametrize("size", [8**11 - 1, 8**11, 10**12])
def test_sizes_beyond_eight_gibibytes_stand_in_the_pax_header(size: int) -> None:
    header = tar.header("data/disk.E01", size)
    assert len(header) == (512 if size < 8**11 else 3 * 512)
    with tarfile.open(fileobj=io.BytesIO(header), mode="r|") as found:
        member = found.next()
        assert member is not None
        assert member.size == size


def test_the_ordinary_header_is_one_block_of_known_bytes() -> None:
    block = tar.header("data/a.txt", 5, mtime=1_700_000_000)
    assert block[:10] == b"data/a.txt"
    assert block[100:156] == b"0000644\x000000000\x000000000\x0000000000005\x0014524770400\x00011134\x00 "
    assert block[156:265] == b"0" + bytes(100) + b"ustar\x0000"
    assert len(block) == 512


@pytest.mark.parametrize("length", range(80, 120))
def test_the_length_of_a_pax_record_counts_itself(length: int) -> None:
    name = "é" * (length // 2)
    header = tar.header(name, 0)
    record = header[512:].split(b"\n")[0] + b"\n"
    assert int(record.split(b" ")[0]) == len(record)


@pytest.mark.parametrize("mtime", [-1, -(10**12), 8**11, 10**15])
def test_times_that_ustar_cannot_write_are_held_within_it(mtime: int) -> None:
    field = tar.header("a", 0, mtime=mtime)[136:148]
    assert field in (b"00000000000\0", b"77777777777\0")
