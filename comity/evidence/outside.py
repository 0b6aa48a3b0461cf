"""A package seen from outside: its signature, its tag files and its ciphertext, without any decryption key.

Source: docs/formats/evidence.md, section 3. A courier stops here; who opens a package begins here.
"""

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from comity.base.digests import Digest
from comity.base.errors import BadSignature, BrokenSeal, NotFound
from comity.base.parsing import check_size
from comity.crypto import cms
from comity.crypto.age_header import read_header
from comity.crypto.signatures import thumbprint
from comity.crypto.timestamps import TimeStamp, check_response
from comity.evidence import bag, parts
from comity.evidence.streams import CHUNK_BYTES, PackageSource, Progress, Tally

BROKEN_HINT: Final = "open nothing of it; ask for the package to be sent again"


@dataclass(frozen=True, slots=True)
class Outer:
    """What anyone can know of a package whose outside holds.

    `packs`: size and SHA-256 of each file of `data/`, by its name; `parts`: the digests of its parts. `stamp`: the time
    that a time-stamp authority gave; whose word that is, and whether it is trusted, is for
    `crypto.timestamps.verify_response`. `prior`: of a package whose headers were written anew, what it keeps of the one
    it was made from.
    """

    package_digest: Digest
    envelope: bag.Envelope
    packs: dict[str, tuple[int, Digest]]
    parts: Mapping[str, Sequence[bytes]]
    stamp: TimeStamp | None
    prior: "Prior | None" = None

    @property
    def sealed(self) -> bag.Envelope:
        """The envelope that the manifest inside belongs to."""
        return self.prior.envelope if self.prior else self.envelope


@dataclass(frozen=True, slots=True)
class Prior:
    """The package that was first sealed. `headers`: of its packs, in order; `digests`: of its packs, as they were."""

    envelope: bag.Envelope
    headers: tuple[bytes, ...]
    digests: tuple[Digest, ...]


def verify_outer(
    package: PackageSource, public: bytes, *, sealer_key: bytes | None = None, progress: Progress | None = None
) -> Outer:
    """Check a package from outside: steps 1 and 2 of `opening.open_sealed`, and the digests of the ciphertext.

    public: the Ed25519 key of the authority that signed it, from its directory. sealer_key: of the one that sealed it
    first, for a package whose headers were written anew by another.
    Raises BadSignature, BrokenSeal, TooLarge or Malformed.
    """
    outer = verify_tags(package, public, sealer_key=sealer_key)
    tally = Tally(progress, sum(size for size, _ in outer.packs.values()))
    for n, (name, (size, digest)) in enumerate(outer.packs.items()):
        before = (outer.prior.headers[n], outer.prior.digests[n]) if outer.prior else None
        try:
            _check_pack(package, name, size, digest, tally, before)
        except BrokenSeal as error:
            raise located(package, outer, name, error) from None
    return outer


def verify_parts(package: PackageSource, outer: Outer, *, progress: Progress | None = None) -> None:
    """Check the packs by the digests of their parts, which are signed as those of the whole packs are, and sooner read.

    Raises BrokenSeal naming pack and bytes.
    """
    tally = Tally(progress, sum(size for size, _ in outer.packs.values()))
    algorithm = bag.PIECES[outer.envelope.suite]
    for name, (size, _) in outer.packs.items():
        with package.open(name) as stream:
            where = parts.damage(stream, size, outer.parts[name], algorithm)
        if where:
            raise BrokenSeal(
                "changed, cut or lengthened since it was sealed", where=f"{name}, {where}", hint=BROKEN_HINT
            )
        tally.add(size)


def located(package: PackageSource, outer: Outer, name: str, error: BrokenSeal) -> BrokenSeal:
    """The error with the bytes of the pack that are not as they were sealed, if it does not say them and some are not.

    Reads the pack anew: where it is whole, the fault is what was sealed, and stays as it was named.
    """
    if "bytes " in error.where:
        return error
    size, _ = outer.packs[name]
    algorithm = bag.PIECES[outer.envelope.suite]
    with package.open(name) as stream:
        where = parts.damage(stream, size, outer.parts[name], algorithm)
    return BrokenSeal(error.what, where=f"{name}, {where}", hint=error.hint) if where else error


def require_package(outer: Outer, digest: str) -> None:
    """Raises BrokenSeal where another package, sound in itself, lies in the place of the one that custody speaks of."""
    if str(outer.package_digest) != digest:
        raise BrokenSeal(
            "the package is not the one that custody speaks of",
            hint="open nothing of it; ask for the package to be sent again",
        )


def verify_tags(package: PackageSource, public: bytes, *, sealer_key: bytes | None = None) -> Outer:
    """All of `verify_outer` but the reading of `data/`. Raises as it does."""
    listing = read_tag(package, bag.TAGMANIFEST)
    signature = read_tag(package, bag.SIGNATURE)
    signed = cms.verify_detached(signature, listing, public)
    listed = bag.read_digest_lines(listing, bag.TAGMANIFEST)
    tags = (*bag.TAG_FILES, *bag.PRIOR_FILES) if bag.PRIOR_ENVELOPE in listed else bag.TAG_FILES
    if set(listed) != set(tags):
        raise BrokenSeal("lists other files than a package has", where=bag.TAGMANIFEST, hint=BROKEN_HINT)
    files = {name: read_tag(package, name) for name in tags}
    for name, data in files.items():
        if Digest.of(data) != listed[name]:
            raise BrokenSeal("changed since it was sealed", where=name, hint=BROKEN_HINT)
    envelope = bag.read_envelope(files[bag.ENVELOPE])
    said = (signed.node, signed.purpose, signed.at.seconds)
    if envelope.signer != thumbprint(public) or said != (envelope.from_, envelope.package, envelope.sealed_at):
        raise BadSignature("the envelope names another signer", where=bag.ENVELOPE, hint=BROKEN_HINT)
    digests = bag.read_digest_lines(files[bag.MANIFEST], bag.MANIFEST)
    sizes = {bag.pack_name(pack.n): pack.size for pack in envelope.packs}
    if list(digests) != list(sizes):
        raise BrokenSeal("lists other packs than the envelope", where=bag.MANIFEST, hint=BROKEN_HINT)
    fixed = bag.tag_files(envelope, list(digests.values()), files[bag.PARTS])
    for name in (bag.BAGIT, bag.BAG_INFO):
        if files[name] != fixed[name]:
            raise BrokenSeal("does not agree with the envelope", where=name, hint=BROKEN_HINT)
    names = {*tags, bag.TAGMANIFEST, bag.SIGNATURE, *sizes}
    is_stamped = _check_names(package, names)
    stamp = check_response(read_tag(package, bag.STAMP), signature) if is_stamped else None
    packs = {name: (size, digests[name]) for name, size in sizes.items()}
    prior = (
        _prior(files, envelope, public if sealer_key is None else sealer_key)
        if len(tags) > len(bag.TAG_FILES)
        else None
    )
    known = parts.of_packs(files[bag.PARTS], sizes, bag.PARTS)
    return Outer(bag.package_digest(listing), envelope, packs, known, stamp, prior)


def _prior(files: Mapping[str, bytes], envelope: bag.Envelope, public: bytes) -> Prior:
    """What is kept of the package this one was made from, its signature checked."""
    listing = files[bag.PRIOR_TAGMANIFEST]
    if str(bag.package_digest(listing)) != envelope.prior:
        raise BrokenSeal("made from another package than it says", where=bag.PRIOR_TAGMANIFEST, hint=BROKEN_HINT)
    signed = cms.verify_detached(files[bag.PRIOR_SIGNATURE], listing, public)
    listed = bag.read_digest_lines(listing, bag.PRIOR_TAGMANIFEST)
    for now, then in ((bag.PRIOR_ENVELOPE, bag.ENVELOPE), (bag.PRIOR_MANIFEST, bag.MANIFEST)):
        if listed.get(then) != Digest.of(files[now]):
            raise BrokenSeal("not as it was in the first package", where=now, hint=BROKEN_HINT)
    first = bag.read_envelope(files[bag.PRIOR_ENVELOPE])
    said = (signed.node, signed.purpose, signed.at.seconds)
    if first.signer != thumbprint(public) or said != (first.from_, first.package, first.sealed_at):
        raise BadSignature("the first package names another signer", where=bag.PRIOR_ENVELOPE, hint=BROKEN_HINT)
    digests = bag.read_digest_lines(files[bag.PRIOR_MANIFEST], bag.PRIOR_MANIFEST)
    if len(first.packs) != len(envelope.packs) or len(digests) != len(first.packs):
        raise BrokenSeal("has other packs than the first package", where=bag.PRIOR_ENVELOPE, hint=BROKEN_HINT)
    stream = io.BytesIO(files[bag.PRIOR_HEADERS])
    headers = tuple(read_header(stream, bag.PRIOR_HEADERS).data for _ in first.packs)
    if stream.read(1):
        raise BrokenSeal("more headers than packs", where=bag.PRIOR_HEADERS, hint=BROKEN_HINT)
    return Prior(first, headers, tuple(digests.values()))


def read_tag(package: PackageSource, name: str) -> bytes:
    """A small file, whole. Raises BrokenSeal if it is missing, TooLarge."""
    found = bytearray()
    limit = parts.PARTS_LIMIT if name == bag.PARTS else bag.TAG_FILE_LIMIT
    try:
        with package.open(name) as stream:
            while len(found) <= limit and (chunk := stream.read(CHUNK_BYTES)):
                found += chunk
    except NotFound:
        raise BrokenSeal("a file is missing", where=name, hint=BROKEN_HINT) from None
    data = bytes(found)
    check_size(data, limit, name)
    return data


def _check_names(package: PackageSource, expected: set[str]) -> bool:
    """Whether there is a time-stamp; all else must be there, once, and nothing more."""
    left = {*expected, bag.STAMP}
    for name in package.names():
        if name not in left:
            raise BrokenSeal("a file that the package does not list, or one twice", hint=BROKEN_HINT)
        left.remove(name)
    if left - {bag.STAMP}:
        raise BrokenSeal("a file is missing", where=min(left - {bag.STAMP}), hint=BROKEN_HINT)
    return bag.STAMP not in left


def _check_pack(
    package: PackageSource,
    name: str,
    size: int,
    digest: Digest,
    tally: Tally,
    before: tuple[bytes, Digest] | None = None,
) -> None:
    """Check a pack's digest; with `before`, also that with this header in place of its own it has that digest."""
    state = hashlib.sha256()
    first = hashlib.sha256()
    left = size
    with package.open(name) as stream:
        if before is not None:
            header = read_header(stream, name).data
            first.update(before[0])
            state.update(header)
            left -= len(header)
        while chunk := stream.read(CHUNK_BYTES):
            left -= len(chunk)
            if left < 0:
                break
            state.update(chunk)
            if before is not None:
                first.update(chunk)
            tally.add(len(chunk))
    bag.check_unchanged(name, b"" if left else state.digest(), digest)
    if before is not None and first.digest() != before[1].value:
        raise BrokenSeal("its content is not that of the first package", where=name, hint=BROKEN_HINT)
