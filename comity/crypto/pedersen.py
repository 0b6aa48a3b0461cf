"""Pedersen commitments to counts, which add up: P = v*G + r*H in the prime-order group of edwards25519.

Source: T. P. Pedersen, CRYPTO '91; the group and its encoding: RFC 8032 section 5.1; arithmetic by libsodium, through
PyNaCl. G is the base point of RFC 8032. H = crypto_core_ed25519_from_uniform(SHA-256(H_TEXT)): nobody knows its
logarithm to G, for it is made by hashing a fixed text onto the curve.

Rules: a point is 32 bytes in its one encoding, and of prime order; the identity and points of small or mixed order are
refused. A count is 0 to 2^32 - 1; a sum of commitments opens to the sum of counts and, modulo the group's order L, of
blinding factors. A count is hidden while r is secret, and fixed unless somebody finds the logarithm of H.
"""

import hashlib
from collections.abc import Iterable
from typing import Final

from nacl import bindings as sodium

from comity.base.digests import same
from comity.base.errors import BadProof, Malformed

ORDER: Final = 2**252 + 27742317777372353535851937790883648493
"""L, the order of the group."""
POINT_BYTES: Final = 32
SCALAR_BYTES: Final = 32
COUNT_LIMIT: Final = 2**32
H_TEXT: Final = b"comity.pedersen.v1: the second generator, whose logarithm nobody knows"
_IDENTITY: Final = b"\x01" + bytes(31)


def _second_generator() -> bytes:
    return sodium.crypto_core_ed25519_from_uniform(hashlib.sha256(H_TEXT).digest())


H: Final = _second_generator()


def scalar_from(data: bytes) -> bytes:
    """A blinding factor from 64 bytes: their little-endian value modulo L, 32 bytes. Raises Malformed."""
    if len(data) != 64:
        raise Malformed("a blinding factor is made from 64 bytes", hint="SHA-512 of what the two sides share")
    return sodium.crypto_core_ed25519_scalar_reduce(data)


def add_scalars(scalars: Iterable[bytes]) -> bytes:
    """The sum modulo L."""
    total = 0
    for one in scalars:
        total += _scalar(one)
    return (total % ORDER).to_bytes(SCALAR_BYTES, "little")


def commit(count: int, blinding: bytes) -> bytes:
    """P, 32 bytes. Raises Malformed for a count or a blinding factor outside its range."""
    if not 0 <= count < COUNT_LIMIT:
        raise Malformed("a count is 0 to 4294967295", where="count")
    if _scalar(blinding) == 0:
        raise Malformed("a blinding factor is not zero", hint="it would hide nothing")
    hidden = sodium.crypto_scalarmult_ed25519_noclamp(blinding, H)
    if count == 0:
        return hidden
    return sodium.crypto_core_ed25519_add(_counted(count), hidden)


def _counted(count: int) -> bytes:
    return sodium.crypto_scalarmult_ed25519_base_noclamp(count.to_bytes(SCALAR_BYTES, "little"))


def check_point(point: bytes) -> bytes:
    """The point itself. Raises Malformed for another length, another spelling, or an order that is not L."""
    if len(point) != POINT_BYTES or not sodium.crypto_core_ed25519_is_valid_point(point):
        raise Malformed("not a commitment: 32 bytes, a point of prime order", hint="RFC 8032 section 5.1.2")
    return point


def add(points: Iterable[bytes]) -> bytes:
    """The sum of commitments, each of which was checked by `check_point`; the identity for none."""
    total = _IDENTITY
    for one in points:
        total = one if total == _IDENTITY else sodium.crypto_core_ed25519_add(total, one)
    return total


def verify(point: bytes, count: int, blinding: bytes) -> None:
    """Check that a commitment, or a sum of them, opens to `count` and `blinding`. Raises BadProof, Malformed."""
    if not 0 <= count < COUNT_LIMIT:
        raise Malformed("a count is 0 to 4294967295", where="count")
    unblinded = _counted(count) if count else _IDENTITY
    expected = commit(count, blinding) if _scalar(blinding) else unblinded
    if not same(expected, point):
        raise BadProof("the commitments do not add up to this figure", hint="the figure, or a cell, was changed")


def _scalar(data: bytes) -> int:
    value = int.from_bytes(data, "little")
    if len(data) != SCALAR_BYTES or value >= ORDER:
        raise Malformed("a blinding factor is 32 bytes, below the order of the group", hint="little-endian, reduced")
    return value
