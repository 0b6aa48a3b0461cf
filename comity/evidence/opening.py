"""Check a package without keys; open one.

Source: docs/formats/evidence.md. The order of opening is the same for everyone and stands in `open_sealed`.
"""

import hashlib
import io
from contextlib import closing
from dataclasses import dataclass
from typing import Final

from comity.base.digests import Digest, same
from comity.base.errors import BadSignature, BrokenSeal, NotFound, NotPermitted
from comity.base.parsing import check_size
from comity.crypto import age
from comity.crypto.jws import verify_compact
from comity.crypto.signatures import thumbprint
from comity.evidence import bag
from comity.evidence import record as records
from comity.evidence.manifest import Manifest
from comity.evidence.pack import Unpacker
from comity.evidence.streams import CHUNK_BYTES, PackageSink, PackageSource, Progress, Tally

_BROKEN_HINT: Final = "open nothing of it; ask for the package to be sent again"


@dataclass(frozen=True, slots=True)
class Outer:
    """What anyone can know of a package whose outside holds."""

    package_digest: Digest
    envelope: bag.Envelope


def verify_outer(package: PackageSource, public: bytes, *, progress: Progress | None = None) -> Outer:
    """Check a package from outside, without any decryption key: steps 1 and 2 of `open_sealed`.

    public: the sealing authority's Ed25519 key, from its directory.
    Raises BadSignature, BrokenSeal, TooLarge or Malformed.
    """
    return _verify_outer(package, public, Tally(progress))


def open_sealed(
    package: PackageSource,
    identity: str,
    out: PackageSink,
    *,
    signer_key: bytes,
    progress: Progress | None = None,
) -> Manifest:
    """Check and open a package: its files go to `out` under `data/`, with the manifest and its signature beside them.

    1. the outer signature; 2. the digest of every file of the bag; 3. decryption of the record; 4. the inner signature,
    and that inside and outside speak of the same package; 5. decryption of the pack and the digest of every file in it.
    `out` is committed after step 5 and discarded on any error before it.

    progress: called with the bytes of ciphertext checked, then of evidence written, in one sum.
    Raises BadSignature, BrokenSeal, TooLarge, Malformed; NotPermitted if it is not sealed for `identity`; Unavailable
    or Conflict from the disk.
    """
    try:
        manifest = _open(package, identity, out, signer_key, Tally(progress))
        out.commit()
    except BaseException:
        out.discard()
        raise
    return manifest


def _open(package: PackageSource, identity: str, out: PackageSink, public: bytes, tally: Tally) -> Manifest:
    recipient = age.recipient_of(identity)
    envelope = _verify_outer(package, public, tally).envelope  # 1, 2
    if age.recipient_id(recipient) not in envelope.recipients:
        raise NotPermitted(
            "the package is not sealed for this key", hint="comity/envelope.json lists the keys it is sealed for"
        )
    plain = _Bounded(records.RECORD_LIMIT)
    _decrypt(package, 0, plain, identity)  # 3
    signed = records.open_record(plain.getvalue(), public)  # 4
    _check_same(signed.manifest, envelope)
    with closing(Unpacker(signed.manifest.items, out, tally)) as unpacker:  # 5
        _decrypt(package, 1, unpacker, identity)
        unpacker.finish()
    out.make_folder("data")
    contents = (signed.data, signed.token, records.plain_list(signed.manifest))
    for name, data in zip(records.NAMES, contents, strict=True):
        with out.create(name) as sink:
            sink.write(data)
    return signed.manifest


def _verify_outer(package: PackageSource, public: bytes, tally: Tally) -> Outer:
    listing = _read(package, bag.TAGMANIFEST)
    if not same(verify_compact(_read(package, bag.SIGNATURE), public, bag.TYP, limit=bag.TAG_FILE_LIMIT), listing):
        raise BadSignature("the tag manifest is not the one that was signed", where=bag.TAGMANIFEST, hint=_BROKEN_HINT)
    listed = bag.read_digest_lines(listing, bag.TAGMANIFEST)
    if set(listed) != set(bag.TAG_FILES):
        raise BrokenSeal("lists other files than a package has", where=bag.TAGMANIFEST, hint=_BROKEN_HINT)
    files = {name: _read(package, name) for name in bag.TAG_FILES}
    for name, data in files.items():
        if Digest.of(data) != listed[name]:
            raise BrokenSeal("changed since it was sealed", where=name, hint=_BROKEN_HINT)
    envelope = bag.read_envelope(files[bag.ENVELOPE])
    if envelope.signer != thumbprint(public):
        raise BadSignature("the envelope names another signer", where=bag.ENVELOPE, hint=_BROKEN_HINT)
    digests = bag.read_digest_lines(files[bag.MANIFEST], bag.MANIFEST)
    sizes = {bag.pack_name(pack.n): pack.size for pack in envelope.packs}
    if set(digests) != set(sizes):
        raise BrokenSeal("lists other packs than the envelope", where=bag.MANIFEST, hint=_BROKEN_HINT)
    fixed = bag.tag_files(envelope, list(digests.values()))
    for name in (bag.BAGIT, bag.BAG_INFO):
        if files[name] != fixed[name]:
            raise BrokenSeal("does not agree with the envelope", where=name, hint=_BROKEN_HINT)
    _check_names(package, {*bag.TAG_FILES, bag.TAGMANIFEST, bag.SIGNATURE, *sizes})
    for name, size in sizes.items():
        _check_pack(package, name, size, digests[name], tally)
    return Outer(bag.package_digest(listing), envelope)


def _check_names(package: PackageSource, expected: set[str]) -> None:
    left = set(expected)
    for name in package.names():
        if name not in left:
            raise BrokenSeal("a file that the package does not list, or one twice", hint=_BROKEN_HINT)
        left.remove(name)
    if left:
        raise BrokenSeal("a file is missing", where=min(left), hint=_BROKEN_HINT)


def _check_pack(package: PackageSource, name: str, size: int, digest: Digest, tally: Tally) -> None:
    state = hashlib.sha256()
    left = size
    with package.open(name) as stream:
        while chunk := stream.read(CHUNK_BYTES):
            left -= len(chunk)
            if left < 0:
                break
            state.update(chunk)
            tally.add(len(chunk))
    if left or state.digest() != digest.value:
        raise BrokenSeal("changed, cut or lengthened since it was sealed", where=name, hint=_BROKEN_HINT)


def _check_same(manifest: Manifest, envelope: bag.Envelope) -> None:
    inside = (manifest.package, manifest.mode, manifest.sealed_by, manifest.sealed_for, manifest.sealed_at)
    outside = (envelope.package, envelope.mode, envelope.from_, envelope.to, envelope.sealed_at)
    named = tuple(age.recipient_id(recipient) for recipient in manifest.recipients)
    if inside != outside or named != envelope.recipients:
        raise BrokenSeal("the manifest inside belongs to another package", where=bag.ENVELOPE, hint=_BROKEN_HINT)


def _read(package: PackageSource, name: str) -> bytes:
    """A small file, whole. Raises BrokenSeal if it is missing, TooLarge."""
    found = bytearray()
    try:
        with package.open(name) as stream:
            while len(found) <= bag.TAG_FILE_LIMIT and (chunk := stream.read(CHUNK_BYTES)):
                found += chunk
    except NotFound:
        raise BrokenSeal("a file is missing", where=name, hint=_BROKEN_HINT) from None
    data = bytes(found)
    check_size(data, bag.TAG_FILE_LIMIT, name)
    return data


def _decrypt(package: PackageSource, n: int, sink: age.Writable, identity: str) -> None:
    name = bag.pack_name(n)
    with package.open(name) as stream:
        age.decrypt_stream(stream, sink, identity, where=name)


class _Bounded(io.BytesIO):
    """Memory for a record, and no more than a record may have."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._limit = limit

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        if self.tell() + len(data) > self._limit:
            raise BrokenSeal("the record is larger than one may be", where=bag.pack_name(0), hint=_BROKEN_HINT)
        return super().write(data)
