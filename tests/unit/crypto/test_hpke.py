"""HPKE: opens with the right key and the right info, for a second implementation too, and for nobody else."""

import hashlib

import pytest

from comity.base.encoding import b64u
from comity.base.errors import Malformed, NotVerified
from comity.crypto.hpke import PUBLIC_BYTES, SUITE, CannotOpen, HybridOpener, key_id, seal
from tests.simulators.second_reader import ENCAPSULATED, hpke_open

PRIVATE = bytes(range(96))
OPENER = HybridOpener(PRIVATE)
INFO = b"comity/1/test\0"
TAG_BYTES = 16


def test_what_is_sealed_opens_with_the_key_and_the_info() -> None:
    for plaintext in (b"", b"a", bytes(100_000)):
        sealed = seal(plaintext, OPENER.public, INFO)
        assert OPENER.open_sealed(sealed, INFO) == plaintext
        assert len(sealed) == ENCAPSULATED + len(plaintext) + TAG_BYTES


def test_a_second_implementation_opens_it_from_the_rfc_alone() -> None:
    sealed = seal(b"read by another", OPENER.public, INFO)
    assert hpke_open(PRIVATE, sealed, INFO) == b"read by another"


def test_the_same_words_are_never_sealed_to_the_same_bytes() -> None:
    assert seal(b"again", OPENER.public, INFO) != seal(b"again", OPENER.public, INFO)


def test_other_info_does_not_open_it() -> None:
    sealed = seal(b"bound", OPENER.public, INFO)
    for info in (b"", INFO[:-1], INFO + b"\0"):
        with pytest.raises(CannotOpen):
            OPENER.open_sealed(sealed, info)


@pytest.mark.parametrize(
    "private",
    [bytes(64) + PRIVATE[64:], PRIVATE[:64] + bytes(32), bytes(96)],
    ids=["other ML-KEM half", "other X25519 half", "other key"],
)
def test_both_halves_of_the_key_are_needed(private: bytes) -> None:
    with pytest.raises(CannotOpen):
        HybridOpener(private).open_sealed(seal(b"both", OPENER.public, INFO), INFO)


def test_a_changed_byte_anywhere_does_not_open() -> None:
    sealed = seal(b"short", OPENER.public, INFO)
    for place in (*range(0, ENCAPSULATED, 37), *range(ENCAPSULATED - 32, len(sealed))):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(CannotOpen):
            OPENER.open_sealed(bytes(changed), INFO)


@pytest.mark.parametrize("size", [0, 1, 32, 1088, ENCAPSULATED, ENCAPSULATED + TAG_BYTES - 1, ENCAPSULATED + TAG_BYTES])
def test_bytes_that_were_never_sealed_do_not_open(size: int) -> None:
    with pytest.raises(CannotOpen):
        OPENER.open_sealed(bytes(size), INFO)


def test_a_ciphertext_cut_or_lengthened_does_not_open() -> None:
    sealed = seal(b"whole", OPENER.public, INFO)
    for changed in (sealed[:-1], sealed[1:], sealed + b"\0"):
        with pytest.raises(CannotOpen):
            OPENER.open_sealed(changed, INFO)


def test_not_opening_is_a_failed_verification_with_its_own_code() -> None:
    assert issubclass(CannotOpen, NotVerified)
    assert CannotOpen.code == "cannot-open"


@pytest.mark.parametrize(
    "public",
    [
        b"",
        OPENER.public[:-1],
        OPENER.public + b"\0",
        b"\xff" * PUBLIC_BYTES,  # no ML-KEM key: coefficients out of range
        OPENER.public[:1184] + bytes(32),  # a point of low order: every shared secret would be zero
    ],
    ids=["empty", "short", "long", "out of range", "low order"],
)
def test_what_is_no_public_key_is_refused_before_anything_is_sealed(public: bytes) -> None:
    with pytest.raises(Malformed):
        seal(b"x", public, INFO)


@pytest.mark.parametrize("size", [0, 32, 95, 97])
def test_a_private_key_of_another_length_is_refused(size: int) -> None:
    with pytest.raises(Malformed):
        HybridOpener(bytes(size))


def test_a_key_is_named_by_its_digest() -> None:
    assert (SUITE, len(OPENER.public)) == (1, PUBLIC_BYTES)
    assert OPENER.kid == key_id(OPENER.public) == b64u(hashlib.sha256(OPENER.public).digest())
    assert OPENER.kid in repr(OPENER)
