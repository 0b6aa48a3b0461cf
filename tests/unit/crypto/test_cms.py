"""Signatures on manifests: one form, one key an act, under the authority's key; checked by others' programs too."""

import asyncio
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from asn1crypto import cms as asn1_cms  # type: ignore[import-untyped]
from asn1crypto import pem, x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st
from pyhanko.sign.validation import async_validate_detached_cms
from pyhanko_certvalidator import ValidationContext

from comity.base.errors import BadSignature, Malformed
from comity.base.instants import Instant
from comity.crypto.cms import Act, certificate_of, sign_detached, verify_detached
from comity.crypto.signatures import Ed25519Signer
from tests.simulators.packages import chance
from tests.simulators.stamping import TimeStampAuthority

SIGNER = Ed25519Signer(b"seal" * 8)
OTHER = Ed25519Signer(b"else" * 8)
AT = Instant.parse("2026-11-22T03:00:00Z")
CONTENT = b"0" * 64 + b"  bagit.txt\n"


def act(signer: Ed25519Signer = SIGNER, authority: TimeStampAuthority | None = None) -> Act:
    return Act(signer, "XB/provider-one", "a package", AT, chance(40), authority.stamp if authority else None)


SIGNATURE = sign_detached(CONTENT, act())


def test_it_says_who_signed_what_for_and_when() -> None:
    found = verify_detached(SIGNATURE, CONTENT, SIGNER.public)
    assert (found.node, found.purpose, found.at, found.stamp) == ("XB/provider-one", "a package", AT, None)


def test_each_act_has_a_key_of_its_own() -> None:
    loaded = [asn1_cms.ContentInfo.load(sign_detached(CONTENT, act())) for _ in range(3)]
    serials = {one["content"]["signer_infos"][0]["sid"].chosen["serial_number"].native for one in loaded}
    assert len(serials) == 3


@given(st.integers(0, len(SIGNATURE) - 1), st.integers(1, 255))
def test_a_changed_byte_never_verifies(at: int, by: int) -> None:
    changed = bytearray(SIGNATURE)
    changed[at] ^= by
    with pytest.raises(BadSignature):
        verify_detached(bytes(changed), CONTENT, SIGNER.public)


@given(st.binary(max_size=200))
def test_bytes_that_are_no_signature_are_refused(data: bytes) -> None:
    with pytest.raises(BadSignature):
        verify_detached(data, CONTENT, SIGNER.public)


@pytest.mark.parametrize("more", [b"\0", b"0\0"])
def test_nothing_may_stand_after_it(more: bytes) -> None:
    with pytest.raises(BadSignature):
        verify_detached(SIGNATURE + more, CONTENT, SIGNER.public)


def test_another_content_another_key_or_another_authority_is_refused() -> None:
    for data, content, public in (
        (SIGNATURE, CONTENT + b"\n", SIGNER.public),
        (SIGNATURE, CONTENT, OTHER.public),
        (sign_detached(CONTENT, act(OTHER)), CONTENT, SIGNER.public),
    ):
        with pytest.raises(BadSignature):
            verify_detached(data, content, public)
    with pytest.raises(Malformed):
        verify_detached(bytes(10**6), CONTENT, SIGNER.public)


def test_openssl_finds_it_good_under_the_authoritys_certificate(program: Callable[[str], str], tmp_path: Path) -> None:
    openssl = program("openssl")
    (tmp_path / "s.p7s").write_bytes(SIGNATURE)
    (tmp_path / "content").write_bytes(CONTENT)
    files = ["-in", "s.p7s", "-content", "content", "-CAfile", "root.pem", "-out", "/dev/null"]
    command = [openssl, "cms", "-verify", "-binary", "-inform", "DER", "-purpose", "any", *files]
    for signer, is_good in ((SIGNER, True), (OTHER, False)):
        root = certificate_of(signer, "XB/provider-one", AT).public_bytes(Encoding.PEM)
        (tmp_path / "root.pem").write_bytes(root)
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
        assert (done.returncode == 0) == is_good, done.stderr


def test_pyhanko_finds_it_good_and_its_time_stamp_too(program: Callable[[str], str], tmp_path: Path) -> None:
    program("openssl")
    signature = sign_detached(CONTENT, act(authority=TimeStampAuthority(tmp_path / "tsa")))
    stamp = verify_detached(signature, CONTENT, SIGNER.public).stamp
    assert stamp is not None
    signed = asn1_cms.ContentInfo.load(signature)["content"]
    root = certificate_of(SIGNER, "XB/provider-one", AT).public_bytes(Encoding.DER)
    tsa = (tmp_path / "tsa" / "ca.pem").read_bytes()
    trusted = ValidationContext(trust_roots=[x509.Certificate.load(root)], allow_fetching=False, moment=stamp.at.value)
    stamping = ValidationContext(
        trust_roots=[x509.Certificate.load(pem.unarmor(tsa)[2])], allow_fetching=False, moment=stamp.at.value
    )
    status = asyncio.run(
        async_validate_detached_cms(CONTENT, signed, signer_validation_context=trusted, ts_validation_context=stamping)
    )
    assert status.intact
    assert status.valid
    assert status.timestamp_validity is not None
    assert status.timestamp_validity.valid
