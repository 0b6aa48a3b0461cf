"""Opening: the order of the checks, and that nothing is released before the last."""

import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from comity.base.digests import Digest
from comity.base.encoding import to_json
from comity.base.errors import BadSignature, BrokenSeal, Malformed, NotPermitted, Unavailable
from comity.base.instants import Instant
from comity.base.mode import Mode
from comity.crypto import cms
from comity.crypto.age import encrypt_stream, new_identity, recipient_of
from comity.crypto.signatures import Ed25519Signer, Signer
from comity.evidence import bag
from comity.evidence.manifest import Head, Item, make_manifest
from comity.evidence.opening import open_sealed, verify_outer
from comity.evidence.pieces import piece_digest
from comity.evidence.record import Record, build_record
from tests.simulators.packages import ABOUT, AT, IDENTITY, RECIPIENT, SIGNER, MemoryPackage, chance, sealed_tree

FILES = {"report.pdf": b"the evidence", "mail/1.eml": b"x" * 1000, "empty": b""}
PACKAGE, SEALED = sealed_tree(FILES)
OTHER = Ed25519Signer(b"else" * 8)


def opened(package: MemoryPackage, public: bytes = SIGNER.public) -> MemoryPackage:
    out = MemoryPackage()
    try:
        open_sealed(package, IDENTITY, out, signer_key=public)
    except BaseException:
        assert out.is_discarded
        assert not out.is_committed
        raise
    return out


def age_file(data: bytes) -> bytes:
    sink = io.BytesIO()
    encrypt_stream(io.BytesIO(data), sink, [RECIPIENT], chance)
    return sink.getvalue()


def resealed(*, record: bytes | None = None, signer: Signer = SIGNER) -> MemoryPackage:
    """The package with another record inside, and its outside made and signed to match: a dishonest sealer's work."""
    packs = [record or PACKAGE.files["data/00000.age"], PACKAGE.files["data/00001.age"]]
    sizes = tuple(bag.Pack(n, len(pack)) for n, pack in enumerate(packs))
    envelope = msgspec.structs.replace(SEALED.envelope, packs=sizes)
    parts = b"".join(piece_digest(pack, "blake3") for pack in packs)
    files = bag.tag_files(envelope, [Digest.of(pack) for pack in packs], parts)
    return signed_outside({**files, "data/00000.age": packs[0]}, signer)


def signed_outside(changes: dict[str, bytes], signer: Signer = SIGNER) -> MemoryPackage:
    listing = bag.tagmanifest({name: data for name, data in changes.items() if not name.startswith("data/")})
    signature = signature_over(listing, signer)
    return PACKAGE.changed({**changes, bag.TAGMANIFEST: listing, bag.SIGNATURE: signature})


def signature_over(content: bytes, signer: Signer = SIGNER, **changes: Any) -> bytes:
    act = cms.Act(signer, ABOUT.sealed_by, ABOUT.package, AT, chance(40))
    return cms.sign_detached(content, replace(act, **changes))


def with_head(signer: Signer = SIGNER, **changes: Any) -> MemoryPackage:
    """The package with another head in its record, signed as it says."""
    head = msgspec.structs.replace(SEALED.manifest.head, **changes)
    return with_record(head, SEALED.manifest.items, signer)


def with_record(head: Head, items: Sequence[Item], signer: Signer = SIGNER) -> MemoryPackage:
    manifest, lines = make_manifest(head, items)
    data = to_json(manifest.head)
    said = {"node": head.sealed_by, "purpose": head.package, "at": Instant.from_seconds(head.sealed_at)}
    record = Record(manifest, data, lines, signature_over(data, signer, **said), b"")
    return resealed(record=age_file(build_record(record)))


def tags() -> dict[str, bytes]:
    return {name: PACKAGE.files[name] for name in bag.TAG_FILES}


def test_what_was_sealed_comes_out_with_its_manifest_and_signature() -> None:
    out = opened(PACKAGE)
    assert out.is_committed
    assert {name: data for name, data in out.files.items() if name.startswith("data/")} == {
        f"data/{path}": data for path, data in FILES.items()
    }
    assert out.files["comity/manifest.json"] == to_json(SEALED.manifest.head)
    assert set(out.files) - {f"data/{path}" for path in FILES} == {
        "bag-info.txt",
        "bagit.txt",
        "comity/items.jsonl",
        "comity/large-files.txt",
        "comity/manifest.json",
        "comity/manifest.json.p7s",
        "comity/pieces",
        "manifest-sha256.txt",
    }


def test_anyone_can_check_the_outside_without_a_key() -> None:
    outer = verify_outer(PACKAGE, SIGNER.public)
    assert outer.package_digest == SEALED.package_digest
    assert outer.envelope == SEALED.envelope


def test_an_empty_file_and_an_empty_folder_are_evidence_too() -> None:
    assert opened(sealed_tree({"empty": b""})[0]).files["data/empty"] == b""
    assert opened(sealed_tree({}, frozenset({"a/b"}))[0]).folders == {"data", "data/a", "data/a/b"}
    assert opened(sealed_tree({})[0]).folders == {"data"}


def test_a_package_for_somebody_else_is_not_opened() -> None:
    stranger = new_identity(chance)
    out = MemoryPackage()
    with pytest.raises(NotPermitted, match="not sealed for this key"):
        open_sealed(PACKAGE, stranger, out, signer_key=SIGNER.public)
    assert out.is_discarded


def test_a_package_by_somebody_else_is_not_opened() -> None:
    with pytest.raises(BadSignature):
        opened(PACKAGE, OTHER.public)
    with pytest.raises(BadSignature, match="another signer"):
        opened(resealed(signer=OTHER), OTHER.public)


def test_one_flipped_byte_in_the_evidence_is_a_broken_seal_and_named() -> None:
    data = bytearray(PACKAGE.files["data/00001.age"])
    data[len(data) // 2] ^= 1
    with pytest.raises(BrokenSeal) as caught:
        opened(PACKAGE.changed({"data/00001.age": bytes(data)}))
    assert caught.value.code == "broken-seal"
    assert caught.value.where == "data/00001.age, bytes 0 to 65535 of the content"


@pytest.mark.parametrize("name", sorted(PACKAGE.files))
def test_a_missing_file_is_a_broken_seal(name: str) -> None:
    with pytest.raises(BrokenSeal, match="missing"):
        verify_outer(PACKAGE.without(name), SIGNER.public)


@pytest.mark.parametrize(
    "name", ["fetch.txt", "data/00002.age", "manifest-sha512.txt", "comity/more", "custody.jws", "data/x", ".hidden"]
)
def test_a_file_that_is_not_listed_is_a_broken_seal(name: str) -> None:
    with pytest.raises(BrokenSeal, match="does not list"):
        verify_outer(PACKAGE.changed({name: b""}), SIGNER.public)


def test_a_file_that_is_there_twice_is_a_broken_seal() -> None:
    class Doubled(MemoryPackage):
        def names(self) -> Any:
            return [*self.files, "bagit.txt"]

    with pytest.raises(BrokenSeal, match="twice"):
        verify_outer(Doubled(dict(PACKAGE.files)), SIGNER.public)


def test_packs_put_in_each_others_place_are_a_broken_seal() -> None:
    swapped = {"data/00000.age": PACKAGE.files["data/00001.age"], "data/00001.age": PACKAGE.files["data/00000.age"]}
    with pytest.raises(BrokenSeal):
        verify_outer(PACKAGE.changed(swapped), SIGNER.public)


def test_the_signature_of_another_package_is_refused() -> None:
    other, _ = sealed_tree(FILES)
    with pytest.raises(BadSignature):
        verify_outer(PACKAGE.changed({bag.SIGNATURE: other.files[bag.SIGNATURE]}), SIGNER.public)


def test_a_tag_manifest_signed_for_another_purpose_is_refused() -> None:
    for changes in ({"purpose": "another package"}, {"node": "XB/other"}, {"at": AT.plus_seconds(1)}):
        signature = signature_over(PACKAGE.files[bag.TAGMANIFEST], **changes)
        with pytest.raises(BadSignature, match="another signer"):
            verify_outer(PACKAGE.changed({bag.SIGNATURE: signature}), SIGNER.public)


def test_a_huge_tag_file_is_not_read_to_its_end() -> None:
    with pytest.raises(Malformed):
        verify_outer(PACKAGE.changed({bag.TAGMANIFEST: bytes(10**7)}), SIGNER.public)


def test_a_full_disk_releases_nothing() -> None:
    out = MemoryPackage(room=500)
    with pytest.raises(Unavailable, match="full"):
        open_sealed(PACKAGE, IDENTITY, out, signer_key=SIGNER.public)
    assert out.is_discarded


def test_progress_counts_ciphertext_when_checking_and_evidence_when_opening() -> None:
    seen: list[tuple[int, int]] = []
    verify_outer(PACKAGE, SIGNER.public, progress=lambda *so_far: seen.append(so_far))
    whole = sum(pack.size for pack in SEALED.envelope.packs)
    assert seen == sorted(seen)
    assert seen[-1] == (whole, whole)
    seen.clear()
    open_sealed(PACKAGE, IDENTITY, MemoryPackage(), signer_key=SIGNER.public, progress=lambda *n: seen.append(n))
    assert seen == sorted(seen)
    assert seen[-1] == (SEALED.manifest.content_bytes, SEALED.manifest.content_bytes)


# From here on the sealer is dishonest: outside and signatures are in order, the inside is not.


def test_a_manifest_signed_by_somebody_else_is_refused() -> None:
    with pytest.raises(BadSignature):
        opened(with_head(OTHER))


@pytest.mark.parametrize(
    "change",
    [
        {"package": "01934f5e-7c00-7000-8000-00000000000f"},
        {"mode": Mode.LIVE},
        {"sealed_by": "XB/provider-two"},
        {"sealed_for": "XA/central-authority"},
        {"sealed_at": 1},
        {"recipients": (recipient_of(new_identity(chance)),)},
    ],
)
def test_inside_and_outside_speak_of_the_same_package(change: dict[str, Any]) -> None:
    with pytest.raises(BrokenSeal, match="another package"):
        opened(with_head(**change))


def test_a_file_that_is_not_the_one_signed_for_is_refused() -> None:
    items = list(SEALED.manifest.items)
    items[-1] = msgspec.structs.replace(items[-1], sha256="00" * 32)
    with pytest.raises(BrokenSeal, match="signed for"):
        opened(with_record(SEALED.manifest.head, items))


def test_a_file_that_the_manifest_leaves_out_is_refused() -> None:
    with pytest.raises(BrokenSeal, match="does not list"):
        opened(with_record(SEALED.manifest.head, SEALED.manifest.items[:-1]))


@pytest.mark.parametrize("record", [b"", b"x" * 512, bytes(2000)])
def test_a_record_of_another_form_is_refused(record: bytes) -> None:
    with pytest.raises(BrokenSeal, match="record"):
        opened(resealed(record=age_file(record)))


def test_a_tag_file_that_disagrees_with_the_envelope_is_refused() -> None:
    files = tags()
    files[bag.BAG_INFO] += b"Contact-Name: Somebody\n"
    with pytest.raises(BrokenSeal, match="does not agree"):
        verify_outer(signed_outside(files), SIGNER.public)


def test_a_tag_manifest_that_lists_more_or_less_is_refused() -> None:
    for listed in ({**tags(), "comity/more": b""}, {bag.BAGIT: b""}):
        with pytest.raises(BrokenSeal, match="other files"):
            verify_outer(signed_outside(listed), SIGNER.public)


def test_a_list_of_packs_that_is_not_the_envelopes_is_refused() -> None:
    files = tags()
    files[bag.MANIFEST] = files[bag.MANIFEST].replace(b"00001.age", b"00002.age")
    with pytest.raises(BrokenSeal, match="other packs"):
        verify_outer(signed_outside(files), SIGNER.public)
