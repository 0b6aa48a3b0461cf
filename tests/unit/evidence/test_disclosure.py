"""Disclosure of a part: what is shown is what was sealed, what is withheld is counted, and nothing of it is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base.digests import Digest
from comity.base.errors import BrokenSeal, ComityError, NotFound
from comity.evidence.disclosure import ITEMS, check_files, disclose, verify_disclosure
from comity.evidence.opening import read_record
from comity.evidence.outside import verify_tags
from tests.simulators.packages import IDENTITY, SIGNER, sealed_tree

FILES = {"mail/1.eml": b"for the defence", "mail/privileged.eml": b"not for them", "notes.txt": b"nor this"}
PACKAGE, SEALED = sealed_tree(FILES)
RECORD = read_record(PACKAGE, verify_tags(PACKAGE, SIGNER.public), IDENTITY, SIGNER.public)
GIVEN = disclose(RECORD, ["mail/1.eml"])


def test_what_is_shown_is_what_was_sealed_and_the_rest_is_counted() -> None:
    found = verify_disclosure(GIVEN, SIGNER.public)
    assert {item.path for item in found.items.values()} == {"mail", "mail/1.eml"}
    assert found.withheld == 2
    assert found.head == SEALED.manifest.head
    check_files(found, {"mail/1.eml": Digest.of(FILES["mail/1.eml"])})


def test_of_what_is_withheld_neither_name_nor_digest_is_told() -> None:
    told = b"".join(GIVEN.values())
    for path in ("mail/privileged.eml", "notes.txt"):
        assert path.encode() not in told
        assert str(Digest.of(FILES[path])).encode() not in told


def test_what_is_given_later_is_what_was_withheld_before() -> None:
    later = verify_disclosure(disclose(RECORD, ["notes.txt"]), SIGNER.public)
    assert later.head == verify_disclosure(GIVEN, SIGNER.public).head
    assert {item.path for item in later.items.values()} == {"notes.txt"}
    assert verify_disclosure(disclose(RECORD, []), SIGNER.public).withheld == 4
    assert verify_disclosure(disclose(RECORD, list(FILES)), SIGNER.public).withheld == 0


@pytest.mark.parametrize("change", ["left out", "put in", "exchanged", "taken from another"])
def test_a_list_that_was_tampered_with_does_not_hold(change: str) -> None:
    lines = GIVEN[ITEMS].split(b"\n")[:-1]
    other, _ = sealed_tree(FILES)
    theirs = read_record(other, verify_tags(other, SIGNER.public), IDENTITY, SIGNER.public)
    changed = {
        "left out": lines[:-1],
        "put in": [*lines, lines[-1]],
        "exchanged": [lines[1], lines[0], *lines[2:]],
        "taken from another": theirs.items.split(b"\n")[:-1],
    }[change]
    with pytest.raises(BrokenSeal, match="not what was sealed"):
        verify_disclosure({**GIVEN, ITEMS: b"".join(line + b"\n" for line in changed)}, SIGNER.public)


@pytest.mark.parametrize("name", sorted(GIVEN))
def test_each_of_its_files_is_needed(name: str) -> None:
    with pytest.raises(BrokenSeal, match="missing"):
        verify_disclosure({other: data for other, data in GIVEN.items() if other != name}, SIGNER.public)


@given(st.sampled_from(sorted(GIVEN)), st.integers(0, 10**6), st.integers(1, 255))
def test_a_changed_byte_never_holds(name: str, at: int, by: int) -> None:
    data = bytearray(GIVEN[name])
    data[at % len(data)] ^= by
    with pytest.raises(ComityError):
        verify_disclosure({**GIVEN, name: bytes(data)}, SIGNER.public)


def test_files_that_are_not_those_shown_are_refused() -> None:
    found = verify_disclosure(GIVEN, SIGNER.public)
    for files in ({}, {"mail/1.eml": Digest.of(b"other")}, {**dict.fromkeys(["mail/1.eml", "x"], Digest.of(b""))}):
        with pytest.raises(BrokenSeal):
            check_files(found, files)


def test_nothing_is_disclosed_that_is_not_there() -> None:
    with pytest.raises(NotFound):
        disclose(RECORD, ["nothing"])
