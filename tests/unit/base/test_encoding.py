"""Bytes and text: one spelling for one value."""

import base64
import binascii
import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base.encoding import b64, b64u, from_b64, from_b64u, to_json
from comity.base.errors import Malformed

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(st.binary())
def test_base64_leads_back_to_the_same_bytes(value: bytes) -> None:
    assert from_b64u(b64u(value)) == value
    assert from_b64(b64(value)) == value
    assert not set(b64u(value)) & set("+/=")


@given(st.text(alphabet="AQgwB-_+/=\n ", max_size=12))
def test_what_is_read_is_written_the_same_way(text: str) -> None:
    for read, write in ((from_b64u, b64u), (from_b64, b64)):
        try:
            value = read(text)
        except Malformed:
            continue
        assert write(value) == text


def read_by_the_standard_library(text: str, *, url: bool) -> bytes | None:
    """What `base64` reads of a text that it would write so itself."""
    padded, altchars = (text + "=" * (-len(text) % 4), b"-_") if url else (text, None)
    try:
        value = base64.b64decode(padded, altchars=altchars, validate=True)
    except (binascii.Error, ValueError):
        return None
    written = base64.urlsafe_b64encode(value).rstrip(b"=") if url else base64.b64encode(value)
    return value if written.decode("ascii") == text else None


def read_by_us(text: str, *, url: bool) -> bytes | None:
    try:
        return from_b64u(text) if url else from_b64(text)
    except Malformed:
        return None


spoiling = st.tuples(
    st.integers(0, 80), st.integers(0, 3), st.text(max_size=3) | st.text("AQgw-_+/=\n \0é", max_size=3)
)


@given(st.binary(max_size=60), st.lists(spoiling, max_size=2), st.booleans())
def test_base64_is_read_as_the_standard_library_reads_it(
    value: bytes, spoilt: list[tuple[int, int, str]], url: bool
) -> None:
    text = b64u(value) if url else b64(value)
    for place, length, other in spoilt:
        text = text[:place] + other + text[place + length :]
    assert read_by_us(text, url=url) == read_by_the_standard_library(text, url=url)


@pytest.mark.parametrize("text", ["QQ==", "QR", "Q", "QQ\n", "Q Q", "+/", "é"])
def test_base64url_in_another_spelling_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        from_b64u(text)


@pytest.mark.parametrize("text", ["QQ", "QR==", "QQ=", "QQ==\n", "-_==", "é"])
def test_base64_in_another_spelling_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        from_b64(text)


def test_the_words_of_rfc_4648_are_written_as_it_writes_them() -> None:
    """RFC 4648, section 10."""
    assert [b64(b"foobar"[:n]) for n in range(7)] == ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"]


@given(json_values)
def test_json_is_read_by_another_reader_as_what_was_written(value: object) -> None:
    assert json.loads(to_json(value)) == value


class Pair(msgspec.Struct, frozen=True):
    second: int
    first: str


def test_a_struct_is_written_in_the_order_of_its_fields_without_spaces() -> None:
    assert to_json(Pair(second=1, first="é")) == '{"second":1,"first":"é"}'.encode()
