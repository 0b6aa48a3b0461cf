"""Sealing: what is written, and that it is all or nothing."""

import io
import json

import msgspec
import pytest

from comity.base.digests import Digest
from comity.base.errors import Conflict, Malformed, Unavailable
from comity.crypto import age
from comity.evidence import bag
from comity.evidence.sealing import About, seal
from tests.simulators.packages import (
    ABOUT,
    AT,
    IDENTITY,
    RECIPIENT,
    SIGNER,
    MemoryFile,
    MemoryPackage,
    chance,
    sealed_tree,
    tree,
)

FILES = {"report.pdf": b"names nobody may see", "mail/1.eml": b"x" * 1000}


def sealed_to(package: MemoryPackage, sources: list[MemoryFile], about: About = ABOUT) -> None:
    seal(sources, package, about=about, recipients=[RECIPIENT], signer=SIGNER, at=AT, chance=chance)


def test_a_package_has_these_files_and_no_others() -> None:
    package, _ = sealed_tree(FILES)
    assert sorted(package.files) == [
        "bag-info.txt",
        "bagit.txt",
        "comity/HOW-TO-OPEN.txt",
        "comity/envelope.json",
        "comity/parts",
        "data/00000.age",
        "data/00001.age",
        "manifest-sha256.txt",
        "signatures/tagmanifest-sha256.txt.p7s",
        "tagmanifest-sha256.txt",
    ]
    assert package.is_committed
    assert not package.is_discarded


def test_no_name_and_no_content_stands_in_clear() -> None:
    package, _ = sealed_tree(FILES)
    whole = b"".join(package.files.values())
    for word in (b"report", b"mail", b"nobody", b"case-7", b"clerk-1", b"copied from", RECIPIENT.encode()):
        assert word not in whole


def test_the_package_digest_is_that_of_the_tag_manifest() -> None:
    package, sealed = sealed_tree(FILES)
    assert sealed.package_digest == Digest.of(package.files["tagmanifest-sha256.txt"])


def test_the_manifest_lists_every_file_with_its_digest_in_order() -> None:
    _, sealed = sealed_tree(FILES)
    assert [(item.path, item.kind, item.sha256) for item in sealed.manifest.items] == [
        ("mail", "dir", ""),
        ("mail/1.eml", "file", str(Digest.of(FILES["mail/1.eml"]))),
        ("report.pdf", "file", str(Digest.of(FILES["report.pdf"]))),
    ]
    assert (sealed.manifest.items[2].mtime, sealed.manifest.items[2].mtime_ns) == (1_700_000_000, 123_456_789)
    assert sealed.manifest.items[2].mode == 0o640


def test_the_envelope_names_keys_and_nodes_only() -> None:
    package, sealed = sealed_tree(FILES)
    assert json.loads(package.files[bag.ENVELOPE]) == {
        "v": 1,
        "suite": "modern-1",
        "package": ABOUT.package,
        "mode": "exercise",
        "from": "XB/provider-one",
        "to": "XB/central-authority",
        "sealed_at": AT.seconds,
        "signer": SIGNER.kid,
        "recipients": [age.recipient_id(RECIPIENT)],
        "prior": "",
        "packs": [{"n": n, "size": len(package.files[bag.pack_name(n)])} for n in (0, 1)],
    }
    assert sealed.envelope == bag.read_envelope(package.files[bag.ENVELOPE])


def test_two_seals_of_the_same_files_share_no_ciphertext() -> None:
    one, other = sealed_tree(FILES)[0], sealed_tree(FILES)[0]
    for name in ("data/00000.age", "data/00001.age"):
        assert one.files[name] != other.files[name]


def test_every_recipient_can_open_every_pack() -> None:
    second = age.new_identity(chance)
    package = MemoryPackage()
    seal(
        tree(FILES),
        package,
        about=ABOUT,
        recipients=[RECIPIENT, age.recipient_of(second)],
        signer=SIGNER,
        at=AT,
        chance=chance,
    )
    for identity in (IDENTITY, second):
        for n in (0, 1):
            sink = io.BytesIO()
            age.decrypt_stream(io.BytesIO(package.files[bag.pack_name(n)]), sink, identity)
            assert len(sink.getvalue()) % 512 == 0


@pytest.mark.parametrize("room", [0, 100, 2000, 5000])
def test_a_full_disk_leaves_nothing(room: int) -> None:
    package = MemoryPackage(room=room)
    with pytest.raises(Unavailable, match="full"):
        sealed_to(package, tree(FILES))
    assert package.is_discarded
    assert not package.is_committed
    assert package.files == {}


def test_a_source_that_changes_leaves_nothing() -> None:
    package = MemoryPackage()
    with pytest.raises(Unavailable, match="changed"):
        sealed_to(package, [MemoryFile("a", b"short", actual=b"longer")])
    assert package.is_discarded


@pytest.mark.parametrize("paths", [["../a"], ["/a"], ["a/b"], ["A", "a"], ["a", "a"]])
def test_names_no_package_can_hold_are_refused_before_anything_is_read(paths: list[str]) -> None:
    package = MemoryPackage()
    with pytest.raises(Malformed):
        sealed_to(package, [MemoryFile(path, b"x", actual=b"never read") for path in paths])
    assert package.is_discarded


@pytest.mark.parametrize("field", ["package", "case", "sealed_by", "sealed_for", "collected_by", "how"])
def test_an_empty_field_is_refused_before_anything_is_read(field: str) -> None:
    fields = {name: getattr(ABOUT, name) for name in ABOUT.__slots__}
    with pytest.raises(Malformed):
        sealed_to(MemoryPackage(), [MemoryFile("a", b"x", actual=b"never read")], About(**{**fields, field: ""}))


def test_a_name_taken_at_the_end_leaves_nothing() -> None:
    class Taken(MemoryPackage):
        def commit(self) -> None:
            raise Conflict("the name is taken")

    package = Taken()
    with pytest.raises(Conflict):
        sealed_to(package, tree(FILES))
    assert package.is_discarded


def test_a_folder_of_many_files_is_sealed_and_its_manifest_can_be_read_again() -> None:
    _, sealed = sealed_tree({f"{n:05d}.eml": b"" for n in range(3000)})
    assert len(msgspec.json.encode(sealed.manifest)) > 400_000
