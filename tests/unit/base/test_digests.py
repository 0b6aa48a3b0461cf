"""Digests and commitments."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base.digests import Digest, commit, keyed, same
from comity.base.errors import Malformed

salts = st.binary(min_size=32, max_size=32)


def test_the_digest_of_abc_is_the_standards_own() -> None:
    """FIPS 180-2, appendix B.1."""
    assert str(Digest.of(b"abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_keyed_is_hmac_as_in_its_first_test_case() -> None:
    """RFC 4231, section 4.2."""
    assert keyed(b"\x0b" * 20, b"Hi There").hex() == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"


@given(st.lists(st.binary()))
def test_parts_are_hashed_one_after_another(parts: list[bytes]) -> None:
    assert Digest.of(*parts).value == hashlib.sha256(b"".join(parts)).digest()
    assert keyed(b"key", *parts) == keyed(b"key", b"".join(parts))


@given(st.binary(min_size=32, max_size=32))
def test_the_text_of_a_digest_leads_back_to_it(value: bytes) -> None:
    assert Digest.from_hex(str(Digest(value))) == Digest(value)


@given(st.binary(max_size=80).filter(lambda value: len(value) != 32))
def test_a_digest_is_32_bytes_and_no_other_number(value: bytes) -> None:
    with pytest.raises(Malformed):
        Digest(value)
    with pytest.raises(Malformed):
        Digest.from_hex(value.hex())


@pytest.mark.parametrize("text", ["AB" * 32, "ab" * 31 + "a", " " + "ab" * 32, "zz" * 32, "ab " * 32, "٠" * 64])
def test_other_spellings_of_a_digest_are_refused(text: str) -> None:
    with pytest.raises(Malformed):
        Digest.from_hex(text)


@given(st.binary(), st.binary())
def test_same_is_equality(left: bytes, right: bytes) -> None:
    assert same(left, right) == (left == right)
    assert same(left, bytes(left))


@given(st.binary(max_size=8).filter(lambda tag: 0 not in tag), salts, st.binary())
def test_a_commitment_hashes_tag_zero_salt_and_content(tag: bytes, salt: bytes, content: bytes) -> None:
    assert commit(tag, salt, content).value == hashlib.sha256(tag + b"\0" + salt + content).digest()


@given(salts, st.binary(min_size=1), st.data())
def test_a_changed_byte_changes_the_commitment(salt: bytes, content: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(content) - 1))
    changed = bytearray(content)
    changed[place] ^= data.draw(st.integers(1, 255))
    assert commit(b"tag", salt, bytes(changed)) != commit(b"tag", salt, content)


@given(st.binary(max_size=64).filter(lambda salt: len(salt) != 32))
def test_a_salt_is_32_bytes_and_no_other_number(salt: bytes) -> None:
    with pytest.raises(Malformed):
        commit(b"tag", salt, b"content")
