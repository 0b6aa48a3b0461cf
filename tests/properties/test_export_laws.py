"""Laws of the case export: files and bytes are each other's only form, and no changed byte is ever taken."""

import zlib
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.base.errors import ComityError, NotVerified
from comity.workflows import export_case, export_format, letters, verify_export
from tests.simulators import story

NAMES = st.from_regex(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,20}(/[A-Za-z0-9_-][A-Za-z0-9._-]{0,20}){0,2}", fullmatch=True)
FILES = st.dictionaries(NAMES, st.binary(max_size=200), min_size=1, max_size=6)


@cache
def exported() -> bytes:
    world = story.at("arrived at XA")
    world.publish()
    return export_case.export(world.xa.office, "bo", story.case_at(world, "xa", "stored_data").id).data


@given(files=FILES)
def test_what_is_written_is_read_back(files: dict[str, bytes]) -> None:
    assert export_format.read(export_format.write(files)) == dict(sorted(files.items()))


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_a_changed_byte_never_verifies_and_is_named(data: st.DataObject) -> None:
    whole = exported()
    at = data.draw(st.integers(0, len(whole) - 1))
    changed = bytearray(whole)
    changed[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(NotVerified) as caught:
        verify_export.verify(bytes(changed), {})
    assert caught.value.where or at < 4


@given(data=st.data())
@settings(max_examples=80, deadline=None)
def test_a_changed_file_with_its_checksum_mended_never_verifies_and_is_named(data: st.DataObject) -> None:
    files = export_format.read(exported())
    name = data.draw(st.sampled_from(sorted(files)))
    at = data.draw(st.integers(0, len(files[name]) - 1))
    changed = bytearray(files[name])
    changed[at] ^= data.draw(st.integers(1, 255))
    files[name] = bytes(changed)
    assert zlib.crc32(files[name])
    with pytest.raises(NotVerified) as caught:
        verify_export.verify(export_format.write(files), {})
    assert caught.value.where in {name, export_format.MANIFEST, export_format.SIGNATURE}


@given(cut=st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_what_was_cut_short_never_verifies(cut: int) -> None:
    whole = exported()
    with pytest.raises(NotVerified):
        verify_export.verify(whole[: cut * (len(whole) - 1) // 10_000], {})


@given(data=st.binary(max_size=400))
def test_any_bytes_at_all_are_refused_by_a_typed_error(data: bytes) -> None:
    with pytest.raises(ComityError):
        verify_export.verify(b"PK\x03\x04" + data, {})


@given(code=st.binary(min_size=16, max_size=16))
def test_a_check_code_is_read_as_it_was_printed_however_it_is_typed(code: bytes) -> None:
    printed = letters.write_code(code)
    assert letters.read_code(printed) == code
    assert letters.read_code(printed.lower().replace("-", " ").replace("0", "o").replace("1", "l")) == code
