"""The bag's text files: one way to write them, and nothing else is read."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base.digests import Digest
from comity.base.encoding import to_json
from comity.base.errors import Malformed
from comity.base.mode import Mode
from comity.evidence.bag import (
    BAG_INFO,
    BAGIT,
    Envelope,
    Pack,
    digest_lines,
    package_digest,
    read_digest_lines,
    read_envelope,
    tag_files,
    tagmanifest,
)
from tests.simulators.packages import ABOUT, AT

ENVELOPE = Envelope(
    package=ABOUT.package,
    suite="modern-1",
    mode=Mode.EXERCISE,
    from_=ABOUT.sealed_by,
    to=ABOUT.sealed_for,
    sealed_at=AT.seconds,
    signer="a" * 43,
    recipients=("ab" * 32,),
    packs=(Pack(0, 700), Pack(1, 300)),
)
ZERO = Digest(bytes(32))


def test_an_envelope_is_read_back() -> None:
    assert read_envelope(to_json(ENVELOPE)) == ENVELOPE


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"suite": "none"},
        {"package": "x"},
        {"from": "nobody"},
        {"recipients": []},
        {"recipients": ["AB" * 32]},
        {"packs": []},
        {"packs": [{"n": 1, "size": 1}, {"n": 0, "size": 1}]},
        {"packs": [{"n": 0, "size": -1}, {"n": 1, "size": 1}]},
        {"more": True},
    ],
)
def test_an_envelope_of_another_form_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        read_envelope(msgspec.json.encode({**msgspec.to_builtins(ENVELOPE), **change}))


def test_the_bag_says_what_bagit_asks_and_whether_it_is_an_exercise() -> None:
    files = tag_files(ENVELOPE, [ZERO, ZERO], bytes(64))
    assert files[BAGIT] == b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    assert files[BAG_INFO].decode().splitlines() == [
        "Bagging-Date: 2026-11-22",
        "External-Description: EXERCISE. Not a live request.",
        "External-Identifier: urn:uuid:01934f5e-7c00-7000-8000-000000000000",
        "Payload-Oxum: 1000.2",
    ]
    assert (
        b"EXERCISE"
        not in tag_files(msgspec.structs.replace(ENVELOPE, mode=Mode.LIVE), [ZERO, ZERO], bytes(64))[BAG_INFO]
    )


def test_the_package_is_named_by_the_digest_of_its_tag_manifest() -> None:
    listing = tagmanifest(tag_files(ENVELOPE, [ZERO, ZERO], bytes(64)))
    assert package_digest(listing) == Digest.of(listing)
    assert list(read_digest_lines(listing, "x")) == sorted(tag_files(ENVELOPE, [ZERO, ZERO], bytes(64)))


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.binary(max_size=4)))
def test_digest_lines_are_read_back_whatever_the_paths(files: dict[str, bytes]) -> None:
    entries = {path: Digest.of(data) for path, data in sorted(files.items())}
    assert read_digest_lines(digest_lines(entries.items()), "x") == entries


def test_a_line_end_or_a_per_cent_sign_in_a_path_is_written_as_bagit_says() -> None:
    assert digest_lines([("a%\r\nb", ZERO)]).endswith(b"  a%25%0D%0Ab\n")


@pytest.mark.parametrize(
    "data",
    [
        b"0" * 64 + b"  a",
        b"0" * 64 + b" a\n",
        b"0" * 64 + b" *a\n",
        b"0" * 64 + b"  \n",
        b"0" * 63 + b"  a\n",
        b"A" * 64 + b"  a\n",
        b"0" * 64 + b"  a\r\n",
        b"0" * 64 + b"  a%41\n",
        b"0" * 64 + b"  a%0a\n",
        b"0" * 64 + b"  a%\n",
        b"\n",
        b"\xef\xbb\xbf" + b"0" * 64 + b"  a\n",
        b"0" * 64 + b"  \xff\n",
        (b"0" * 64 + b"  a\n") * 2,
        b"0" * 64 + b"  b\n" + b"0" * 64 + b"  a\n",
    ],
)
def test_lines_written_in_another_way_are_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        read_digest_lines(data, "x")
