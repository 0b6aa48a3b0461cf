"""The record: three members in one fixed form."""

import io
import tarfile

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base.errors import BrokenSeal, Malformed, NotVerified
from comity.evidence import tar
from comity.evidence.manifest import SignedManifest, sign_manifest
from comity.evidence.record import NAMES, build_record, open_record, plain_list
from tests.simulators.packages import SIGNER, sealed_tree

MANIFEST = sealed_tree({"a%b.txt": b"1", "folder/c": b"2"})[1].manifest
SIGNED = sign_manifest(MANIFEST, SIGNER)
RECORD = build_record(SIGNED)


def members(*pairs: tuple[str, bytes]) -> bytes:
    return b"".join(tar.header(n, len(c)) + c + tar.padding(len(c)) for n, c in pairs) + tar.END


def test_a_record_opens_to_what_was_put_in() -> None:
    assert open_record(RECORD, SIGNER.public) == SIGNED


def test_any_tar_reader_finds_the_three_members() -> None:
    with tarfile.open(fileobj=io.BytesIO(RECORD), mode="r:") as found:
        assert tuple(found.getnames()) == NAMES


def test_the_plain_list_names_every_file_and_no_folder() -> None:
    lines = plain_list(MANIFEST).decode().splitlines()
    assert [line[66:] for line in lines] == ["data/a%25b.txt", "data/folder/c"]


@given(st.integers(0, len(RECORD) - 1), st.integers(1, 255))
def test_a_changed_byte_never_opens(at: int, by: int) -> None:
    changed = bytearray(RECORD)
    changed[at] ^= by
    with pytest.raises((NotVerified, Malformed)):
        open_record(bytes(changed), SIGNER.public)


@pytest.mark.parametrize("cut", [0, 1, 511, 512, 700, len(RECORD) - 1024, len(RECORD) - 1])
def test_a_cut_record_is_broken(cut: int) -> None:
    with pytest.raises(BrokenSeal):
        open_record(RECORD[:cut], SIGNER.public)


@pytest.mark.parametrize(
    "data",
    [
        RECORD + b"\0",
        RECORD[:-1024] + tar.header("comity/more", 0) + tar.END,
        members((NAMES[0], SIGNED.data), (NAMES[2], plain_list(MANIFEST)), (NAMES[1], SIGNED.token)),
        members((NAMES[0], SIGNED.data), (NAMES[1], SIGNED.token)),
        members(("../manifest.json", SIGNED.data), (NAMES[1], SIGNED.token), (NAMES[2], plain_list(MANIFEST))),
        members((NAMES[0], SIGNED.data), (NAMES[1], SIGNED.token), (NAMES[2], b"")),
    ],
    ids=["longer", "a fourth member", "another order", "two members", "another name", "another list"],
)
def test_another_form_of_the_same_is_refused(data: bytes) -> None:
    with pytest.raises(BrokenSeal):
        open_record(data, SIGNER.public)


def test_a_member_that_claims_to_be_huge_costs_nothing() -> None:
    with pytest.raises(BrokenSeal):
        open_record(tar.header(NAMES[0], tar.LARGEST_USTAR) + SIGNED.data, SIGNER.public)


def test_a_manifest_with_another_signature_is_refused() -> None:
    other = sign_manifest(msgspec.structs.replace(MANIFEST, case="case-8"), SIGNER)
    with pytest.raises(NotVerified):
        open_record(build_record(SignedManifest(MANIFEST, SIGNED.data, other.token)), SIGNER.public)
