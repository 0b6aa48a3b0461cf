"""The record: its members in one fixed form."""

import io
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base.errors import BadSignature, BrokenSeal, Malformed, NotVerified
from comity.evidence import tar
from comity.evidence.opening import read_record
from comity.evidence.outside import verify_tags
from comity.evidence.record import NAMES, PIECES, SIGNATURE, Record, build_record, open_record, plain_list
from tests.simulators.packages import IDENTITY, SIGNER, sealed_tree


def record_of(files: dict[str, bytes]) -> Record:
    package, _ = sealed_tree(files)
    return read_record(package, verify_tags(package, SIGNER.public), IDENTITY, SIGNER.public)


GOOD = record_of({"a%b.txt": b"1", "folder/c": bytes(2_500_000)})
RECORD = build_record(GOOD)


def members(*pairs: tuple[str, bytes]) -> bytes:
    return b"".join(tar.header(n, len(c)) + c + tar.padding(len(c)) for n, c in pairs) + tar.END


def test_a_record_opens_to_what_was_put_in() -> None:
    assert open_record(RECORD, SIGNER.public) == GOOD


def test_any_tar_reader_finds_the_members() -> None:
    with tarfile.open(fileobj=io.BytesIO(RECORD), mode="r:") as found:
        assert tuple(found.getnames()) == NAMES


def test_the_plain_list_names_every_file_and_no_folder() -> None:
    lines = plain_list(GOOD.manifest.items).decode().splitlines()
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


FILES = list(GOOD.files.items())


@pytest.mark.parametrize(
    "data",
    [
        RECORD + b"\0",
        RECORD[:-1024] + tar.header("comity/more", 0) + tar.END,
        members(*FILES[1:], FILES[0]),
        members(*FILES[:-1]),
        members(("../bag-info.txt", FILES[0][1]), *FILES[1:]),
        members(*FILES[:-1], (FILES[-1][0], b"")),
        members(*[(name, data[:-32] if name == PIECES else data) for name, data in FILES]),
        members(*[(name, bytes(len(data)) if name == PIECES else data) for name, data in FILES]),
    ],
    ids=["longer", "one more", "another order", "one less", "another name", "another list", "a piece less", "pieces"],
)
def test_another_form_of_the_same_is_refused(data: bytes) -> None:
    with pytest.raises(BrokenSeal):
        open_record(data, SIGNER.public)


def test_a_member_that_claims_to_be_huge_costs_nothing() -> None:
    with pytest.raises(BrokenSeal):
        open_record(tar.header(NAMES[0], tar.LARGEST_USTAR) + b"x", SIGNER.public)


def test_a_manifest_with_the_signature_of_another_is_refused() -> None:
    other = record_of({"a": b"1"})
    changed = members(*[(name, other.files[name] if name == SIGNATURE else data) for name, data in FILES])
    with pytest.raises(BadSignature):
        open_record(changed, SIGNER.public)


def test_the_digests_of_a_files_pieces_are_found_by_its_number() -> None:
    items = GOOD.manifest.items
    assert [len(GOOD.pieces_of(number)) // 32 for number in range(len(items))] == [0, 0, 3]
    assert items[2].pieces
