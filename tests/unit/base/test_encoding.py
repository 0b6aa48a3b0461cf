"""Bytes and text: one spelling for one value."""

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
