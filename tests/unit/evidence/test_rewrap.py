"""More readers for a sealed package: the content as it was signed, the readers as they are now."""

from dataclasses import replace

import msgspec
import pytest

from comity.base.digests import Digest
from comity.base.encoding import to_json
from comity.base.errors import BadSignature, BrokenSeal, Malformed, NotPermitted
from comity.base.ids import PackageId
from comity.crypto.age import new_identity, recipient_of
from comity.crypto.signatures import Ed25519Signer
from comity.evidence import bag
from comity.evidence.opening import open_sealed, verify_outer
from comity.evidence.rewrap import rewrap
from comity.evidence.sealing import Sealed, Sealing
from tests.simulators.packages import (
    ABOUT,
    AT,
    AUTHORITY,
    COURT,
    IDENTITY,
    RECIPIENT,
    SIGNER,
    MemoryPackage,
    chance,
    sealed_tree,
)

FILES = {"a.bin": bytes(range(256)) * 1000, "b/c": b"x"}
PACKAGE, SEALED = sealed_tree(FILES)
HOLDER = Ed25519Signer(b"hold" * 8)
READER = new_identity(chance)


def act(*recipients: str) -> Sealing:
    about = replace(
        ABOUT, package=PackageId("01934f5e-7c00-7000-8000-0000000000aa"), sealed_by=AUTHORITY, sealed_for=COURT
    )
    return Sealing(about, (RECIPIENT, *recipients), HOLDER, AT.plus_seconds(60), chance, None)


def rewrapped(*recipients: str, package: MemoryPackage = PACKAGE) -> tuple[MemoryPackage, Sealed]:
    out = MemoryPackage()
    return out, rewrap(package, out, IDENTITY, act(*recipients), signer_key=SIGNER.public)


MADE, NEW = rewrapped(recipient_of(READER))


def content(package: MemoryPackage, identity: str) -> dict[str, bytes]:
    out = MemoryPackage()
    manifest = open_sealed(package, identity, out, signer_key=HOLDER.public, sealer_key=SIGNER.public)
    assert manifest == SEALED.manifest
    return {name.removeprefix("data/"): data for name, data in out.files.items() if name.startswith("data/")}


def test_old_and_new_readers_read_the_same_and_the_manifest_is_the_first_sealers() -> None:
    assert content(MADE, READER) == content(MADE, IDENTITY) == FILES


def test_a_courier_sees_that_the_content_is_the_one_first_sealed() -> None:
    outer = verify_outer(MADE, HOLDER.public, sealer_key=SIGNER.public)
    assert outer.package_digest == NEW.package_digest != SEALED.package_digest
    assert outer.envelope.prior == str(SEALED.package_digest)
    assert outer.prior is not None
    assert outer.prior.envelope == SEALED.envelope


def test_it_can_be_done_again_and_still_goes_back_to_the_first() -> None:
    third = new_identity(chance)
    out = MemoryPackage()
    again = act(recipient_of(READER), recipient_of(third))
    rewrap(MADE, out, READER, again, signer_key=HOLDER.public, sealer_key=SIGNER.public)
    assert content(out, third) == FILES
    assert verify_outer(out, HOLDER.public, sealer_key=SIGNER.public).envelope.prior == str(SEALED.package_digest)


def test_who_cannot_read_it_cannot_let_others_in() -> None:
    out = MemoryPackage()
    with pytest.raises(NotPermitted):
        rewrap(PACKAGE, out, READER, act(), signer_key=SIGNER.public)
    assert out.is_discarded


def test_a_reader_of_another_kind_is_not_let_in() -> None:
    with pytest.raises(Malformed, match="different kinds"):
        rewrapped(recipient_of(new_identity(chance, hybrid=True)))


def test_without_the_first_sealers_key_nothing_is_believed() -> None:
    with pytest.raises(BadSignature):
        verify_outer(MADE, HOLDER.public)
    with pytest.raises(BadSignature):
        verify_outer(MADE, SIGNER.public, sealer_key=SIGNER.public)


def resigned(**files: bytes) -> MemoryPackage:
    """The rewrapped package with some files changed, and signed anew by a dishonest holder."""
    changed = {**MADE.files, **files}
    tags = {name: changed[name] for name in (*bag.TAG_FILES, *bag.PRIOR_FILES)}
    listing = bag.tagmanifest(tags)
    return MADE.changed({**files, bag.TAGMANIFEST: listing, bag.SIGNATURE: act().sign(listing)})


@pytest.mark.parametrize("name", bag.PRIOR_FILES)
def test_a_holder_cannot_change_what_is_kept_of_the_first_package(name: str) -> None:
    data = bytearray(MADE.files[name])
    data[len(data) // 2] ^= 1
    with pytest.raises((BrokenSeal, BadSignature, Malformed)):
        verify_outer(resigned(**{name: bytes(data)}), HOLDER.public, sealer_key=SIGNER.public)


def test_a_holder_cannot_put_other_content_under_the_first_signature() -> None:
    other, _ = sealed_tree({"a.bin": bytes(256_000), "b/c": b"y"})
    packs = {name: other.files[name] for name in ("data/00000.age", "data/00001.age")}
    lines = bag.read_digest_lines(MADE.files[bag.MANIFEST], "x")
    envelope = msgspec.structs.replace(
        NEW.envelope, packs=tuple(bag.Pack(n, len(data)) for n, data in enumerate(packs.values()))
    )
    fixed = bag.tag_files(envelope, [Digest.of(data) for data in packs.values()], MADE.files[bag.PARTS])
    assert list(lines) == list(packs)
    assert fixed[bag.ENVELOPE] == to_json(envelope)
    with pytest.raises(BrokenSeal, match="not that of the first package"):
        verify_outer(resigned(**{**fixed, **packs}), HOLDER.public, sealer_key=SIGNER.public)
