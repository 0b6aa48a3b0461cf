"""ML-DSA-44: what is signed verifies, and nothing else does."""

import pytest

from comity.base.errors import BadSignature, Malformed
from comity.crypto.mldsa import PUBLIC_BYTES, SIGNATURE_BYTES, Mldsa44Signer, verify_mldsa44

SIGNER = Mldsa44Signer(bytes(range(32)))


def test_what_is_signed_verifies() -> None:
    signature = SIGNER.sign(b"comity")
    assert (len(SIGNER.public), len(signature)) == (PUBLIC_BYTES, SIGNATURE_BYTES)
    verify_mldsa44(SIGNER.public, b"comity", signature)


def test_a_seed_always_gives_the_same_key() -> None:
    assert Mldsa44Signer(bytes(range(32))).public == SIGNER.public


def test_a_changed_message_signature_or_key_never_verifies() -> None:
    signature = SIGNER.sign(b"comity")
    other = Mldsa44Signer(bytes(32)).public
    for public, message, blob in (
        (SIGNER.public, b"comitY", signature),
        (SIGNER.public, b"comity", bytes((signature[0] ^ 1,)) + signature[1:]),
        (SIGNER.public, b"comity", signature[:-1]),
        (other, b"comity", signature),
        (b"short", b"comity", signature),
    ):
        with pytest.raises(BadSignature):
            verify_mldsa44(public, message, blob)


def test_a_seed_of_another_length_is_refused() -> None:
    with pytest.raises(Malformed):
        Mldsa44Signer(bytes(31))
