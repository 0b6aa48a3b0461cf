"""Time-stamps of three authorities, by the fixtures of the library's authors."""

import contextlib
import tarfile
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from asn1crypto import cms as asn1_cms  # type: ignore[import-untyped]
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from hypothesis import given
from hypothesis import strategies as st

from comity.base.errors import BadSignature, ComityError, TooLarge, Unavailable
from comity.crypto.timestamps import check_response, request_stamp, token_of, verify_response
from tests.simulators.stamping import TimeStampAuthority


@pytest.fixture(scope="module")
def fixtures(vectors: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive = vectors / "rfc3161" / "rfc3161-fixtures.tar.gz"
    if not archive.is_file():
        pytest.skip("the RFC 3161 fixtures are not in the vectors folder")
    folder = tmp_path_factory.mktemp("rfc3161")
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    return folder / "test" / "fixtures"


def roots(folder: Path) -> list[bytes]:
    end = b"-----END CERTIFICATE-----\n"
    return [one + end for one in (folder / "ts_chain.pem").read_bytes().split(end) if one.strip()][-1:]


@pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha512"])
def test_a_good_stamp_says_its_time_whatever_the_digest(fixtures: Path, algorithm: str) -> None:
    folder = fixtures / "sigstage"
    answer = (folder / f"response-{algorithm}.tsr").read_bytes()
    assert verify_response(answer, b"hello", roots(folder)).at == check_response(answer, b"hello").at


@pytest.mark.parametrize("name", ["response-invalid-signature.tsr", "response-no-embedded-cert.tsr"])
def test_a_stamp_whose_authority_cannot_be_checked_is_refused(fixtures: Path, name: str) -> None:
    folder = fixtures / "sigstage"
    with pytest.raises(ComityError):
        verify_response((folder / name).read_bytes(), b"hello", roots(folder))


def test_a_stamp_by_another_authority_or_over_other_bytes_is_refused(fixtures: Path) -> None:
    answer = (fixtures / "sigstage" / "response-sha256.tsr").read_bytes()
    with pytest.raises(BadSignature, match="not by an authority"):
        verify_response(answer, b"hello", roots(fixtures / "sigstore.mock"))
    with pytest.raises(BadSignature, match="other bytes"):
        check_response(answer, b"hello!")


def test_a_stamp_with_certificates_put_in_is_not_believed_on_their_word(fixtures: Path) -> None:
    folder = fixtures / "test_tsa"
    injected = (folder / "response-injected-certs.tsr").read_bytes()
    try:
        verify_response(injected, b"hello", roots(fixtures / "sigstore.mock"))
    except BadSignature:
        return
    raise AssertionError("believed")


@pytest.mark.parametrize("data", [b"", b"0", b"0\x03\x02\x01\x00", bytes(100), bytes(10**6)])
def test_bytes_that_are_no_stamp_are_refused(data: bytes) -> None:
    with pytest.raises(ComityError):
        check_response(data, b"hello")


@pytest.fixture(scope="module")
def stamped(program: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes]:
    """A stamp over b"hello" by a local authority, and its root."""
    program("openssl")
    authority = TimeStampAuthority(tmp_path_factory.mktemp("tsa") / "tsa")
    return request_stamp(b"hello", authority.stamp), authority.root


def refused(answer: bytes, root: bytes) -> None:
    """Typed errors only: warnings are errors here, and an error of a library would pass through."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for check in (lambda: token_of(answer), lambda: verify_response(answer, b"hello", [root])):
            with contextlib.suppress(BadSignature, Unavailable, TooLarge):
                check()


def test_a_stamp_changed_in_any_byte_is_refused_by_a_typed_error(stamped: tuple[bytes, bytes]) -> None:
    answer, root = stamped
    assert verify_response(answer, b"hello", [root])
    for place in range(0, len(answer), 3):
        for change in (1, 0x80):
            refused(answer[:place] + bytes([answer[place] ^ change]) + answer[place + 1 :], root)


@given(st.data())
def test_a_stamp_cut_joined_or_overwritten_is_refused_by_a_typed_error(
    stamped: tuple[bytes, bytes], data: st.DataObject
) -> None:
    answer, root = stamped
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(answer))] * 2)))
    refused(answer[:start] + data.draw(st.binary(max_size=40)) + answer[end:], root)


def with_certificate(answer: bytes, change: Callable[[asn1_x509.Certificate], None]) -> bytes:
    """The stamp with the first certificate in its token changed."""
    response = tsp.TimeStampResp.load(answer)
    signed = response["time_stamp_token"]["content"]
    certificate = signed["certificates"][0].chosen
    change(certificate)
    held = asn1_cms.CertificateSet([asn1_cms.CertificateChoices("certificate", certificate)])
    signed["certificates"] = held
    return bytes(response.dump(force=True))


@pytest.mark.parametrize("serial", [-1, 0, -(2**100)])
def test_a_certificate_whose_serial_number_is_not_positive_is_refused(
    stamped: tuple[bytes, bytes], serial: int
) -> None:
    def change(certificate: asn1_x509.Certificate) -> None:
        certificate["tbs_certificate"]["serial_number"] = serial

    odd = with_certificate(stamped[0], change)
    with warnings.catch_warnings(), pytest.raises(BadSignature, match="not positive"):
        warnings.simplefilter("error")
        verify_response(odd, b"hello", [stamped[1]])


def test_a_token_whose_certificates_are_none_is_refused(stamped: tuple[bytes, bytes]) -> None:
    def change(certificate: asn1_x509.Certificate) -> None:
        certificate["tbs_certificate"]["version"] = 7

    with pytest.raises(BadSignature):
        verify_response(with_certificate(stamped[0], change), b"hello", [stamped[1]])
