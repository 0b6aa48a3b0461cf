"""Time-stamps of three authorities, by the fixtures of the library's authors."""

import tarfile
from pathlib import Path

import pytest

from comity.base.errors import BadSignature, ComityError
from comity.crypto.timestamps import check_response, verify_response


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
