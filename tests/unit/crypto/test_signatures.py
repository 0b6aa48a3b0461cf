"""Ed25519: the examples of the RFCs, and nothing but the signed bytes under the signing key verifies."""

import pytest

from comity.base.errors import BadSignature, Malformed
from comity.crypto.signatures import PUBLIC_BYTES, SIGNATURE_BYTES, Ed25519Signer, thumbprint, verify_ed25519

SIGNER = Ed25519Signer(bytes(range(32)))
MESSAGE = b"exactly these bytes"

RFC_8032 = [  # section 7.1: secret key, public key, message, signature
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
]


@pytest.mark.parametrize(("private", "public", "message", "signature"), RFC_8032)
def test_the_examples_of_rfc_8032_are_signed_to_the_byte(
    private: str, public: str, message: str, signature: str
) -> None:
    signer = Ed25519Signer(bytes.fromhex(private))
    assert signer.public.hex() == public
    assert signer.sign(bytes.fromhex(message)).hex() == signature
    verify_ed25519(signer.public, bytes.fromhex(message), bytes.fromhex(signature))


def test_a_key_is_named_by_the_thumbprint_of_rfc_8037() -> None:
    """RFC 8037, appendix A.3."""
    assert thumbprint(bytes.fromhex(RFC_8032[0][1])) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    assert Ed25519Signer(bytes.fromhex(RFC_8032[0][0])).kid == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_a_changed_message_signature_or_key_never_verifies() -> None:
    signature = SIGNER.sign(MESSAGE)
    assert (len(SIGNER.public), len(signature)) == (PUBLIC_BYTES, SIGNATURE_BYTES)
    for public, message, blob in (
        (SIGNER.public, MESSAGE + b"\0", signature),
        (SIGNER.public, MESSAGE, bytes((signature[0] ^ 1,)) + signature[1:]),
        (SIGNER.public, MESSAGE, signature[:-1]),
        (SIGNER.public, MESSAGE, signature + b"\0"),
        (SIGNER.public, MESSAGE, b""),
        (Ed25519Signer(bytes(32)).public, MESSAGE, signature),
        (b"short", MESSAGE, signature),
        (bytes(33), MESSAGE, signature),
    ):
        with pytest.raises(BadSignature):
            verify_ed25519(public, message, blob)


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_a_private_key_of_another_length_is_refused(size: int) -> None:
    with pytest.raises(Malformed):
        Ed25519Signer(bytes(size))


def test_a_signer_shows_its_name_and_not_its_key() -> None:
    shown = repr(SIGNER)
    assert SIGNER.kid in shown
    assert bytes(range(32)).hex() not in shown
