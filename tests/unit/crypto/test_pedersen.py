"""Pedersen commitments to counts."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl import bindings as sodium

from comity.base.errors import BadProof, Malformed
from comity.crypto import pedersen

IDENTITY = b"\x01" + bytes(31)
SMALL_ORDER = [
    IDENTITY,
    bytes(32),
    b"\xec" + b"\xff" * 30 + b"\x7f",
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
]
"""Points of order 1, 4, 2, 8 and 8 (as in the blocklist of libsodium)."""
COUNTS = st.integers(0, pedersen.COUNT_LIMIT - 1)
BLINDING = st.binary(min_size=64, max_size=64).map(pedersen.scalar_from).filter(any)


def test_the_second_generator_is_the_hash_of_a_fixed_text() -> None:
    made = sodium.crypto_core_ed25519_from_uniform(hashlib.sha256(pedersen.H_TEXT).digest())
    assert made == pedersen.H
    assert pedersen.H.hex() == "3fd9490f8645a334f7adf595461e05b7d0b0630fbbf48da4607cf80a0d7ff5c2"


def test_the_vectors_of_the_format_page_come_out() -> None:
    blinding = pedersen.scalar_from(bytes(range(64)))
    assert blinding.hex() == "7a3c6282f02d37a05023b60d5428e6cc5961d4c31221937adae0b574e4d07205"
    found = {count: pedersen.commit(count, blinding).hex() for count in (0, 1, 7)}
    assert found[7] == "b8d55bfa367666af0e2a41a907ab60b51a3732bcca42cd8c48636090a466f46e"
    assert len(set(found.values())) == 3


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 10_000), BLINDING), min_size=1, max_size=6))
def test_commitments_add_up_to_the_commitment_of_the_sum(parts: list[tuple[int, bytes]]) -> None:
    total = pedersen.add(pedersen.commit(count, blinding) for count, blinding in parts)
    blinding = pedersen.add_scalars(one for _, one in parts)
    pedersen.verify(total, sum(count for count, _ in parts), blinding)


@settings(max_examples=30)
@given(COUNTS, BLINDING, st.integers(1, 100))
def test_a_commitment_opens_to_no_other_count(count: int, blinding: bytes, more: int) -> None:
    other = (count + more) % pedersen.COUNT_LIMIT
    with pytest.raises(BadProof):
        pedersen.verify(pedersen.commit(count, blinding), other, blinding)


def test_the_sum_of_nothing_opens_to_nothing() -> None:
    pedersen.verify(pedersen.add(()), 0, bytes(32))
    with pytest.raises(BadProof):
        pedersen.verify(pedersen.add(()), 1, bytes(32))


@pytest.mark.parametrize("point", SMALL_ORDER)
def test_points_of_small_order_are_refused(point: bytes) -> None:
    with pytest.raises(Malformed, match="prime order"):
        pedersen.check_point(point)


def test_points_of_mixed_order_and_other_spellings_are_refused() -> None:
    good = pedersen.commit(3, pedersen.scalar_from(bytes(range(64))))
    assert pedersen.check_point(good) == good
    mixed = sodium.crypto_core_ed25519_add(good, SMALL_ORDER[3])
    not_reduced = (2**255 - 19 + 4).to_bytes(32, "little")
    for point in (mixed, not_reduced, good[:31], good + b"\0", b"\xff" * 32):
        with pytest.raises(Malformed):
            pedersen.check_point(point)


@pytest.mark.parametrize("count", [-1, pedersen.COUNT_LIMIT, 2**255])
def test_a_count_out_of_range_is_refused(count: int) -> None:
    with pytest.raises(Malformed, match="count"):
        pedersen.commit(count, pedersen.scalar_from(bytes(range(64))))
    with pytest.raises(Malformed, match="count"):
        pedersen.verify(IDENTITY, count, bytes(32))


def test_a_blinding_factor_is_reduced_and_not_zero() -> None:
    for wrong in (bytes(32), pedersen.ORDER.to_bytes(32, "little"), bytes(31)):
        with pytest.raises(Malformed):
            pedersen.commit(1, wrong)
    with pytest.raises(Malformed):
        pedersen.scalar_from(bytes(32))
