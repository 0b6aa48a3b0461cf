"""Seal files into a package: one reading of the sources, two signatures by one act.

Source: docs/formats/evidence.md. A seal is never resumed: what was begun and broken off is thrown away.
"""

import io
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass

import msgspec

from comity.base.digests import Digest
from comity.base.encoding import to_json
from comity.base.ids import ActorId, NodeId, PackageId
from comity.base.instants import Instant
from comity.base.mode import Mode
from comity.crypto import age
from comity.crypto.age import Readable
from comity.crypto.jws import sign_compact
from comity.crypto.signatures import Signer
from comity.evidence import bag
from comity.evidence.manifest import Manifest, read_manifest, sign_manifest
from comity.evidence.pack import PackStream
from comity.evidence.paths import check_tree
from comity.evidence.record import build_record
from comity.evidence.streams import HashingSink, PackageSink, Progress, Source, Tally


@dataclass(frozen=True, slots=True)
class About:
    """What people say of the evidence: which case, who collected it and how, who seals it for whom.

    `request`: the id of the message it answers, or ''.
    """

    package: PackageId
    case: str
    request: str
    mode: Mode
    sealed_by: NodeId
    sealed_for: NodeId
    collected_by: ActorId
    how: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """A package as it was sealed. `package_digest` is what custody and the log refer to."""

    package_digest: Digest
    manifest: Manifest
    envelope: bag.Envelope


def seal(
    sources: Iterable[Source],
    sink: PackageSink,
    *,
    about: About,
    recipients: Sequence[str],
    signer: Signer,
    at: Instant,
    progress: Progress | None = None,
) -> Sealed:
    """Seal `sources` (read once) into `sink`, for the holders of `recipients`; committed on return, discarded on error.

    progress: called with the bytes of evidence read so far.
    Raises Malformed (a path, a recipient, a field), Unavailable (a source changed, the disk refused), Conflict.
    """
    try:
        ordered = sorted(sources, key=lambda source: source.path)
        check_tree((source.path, source.kind) for source in ordered)
        empty = read_manifest(to_json(_manifest(about, recipients, at)))  # mistakes, before hours of reading
        sealed = _seal(ordered, sink, empty, signer, Tally(progress))
        sink.commit()
    except BaseException:
        sink.discard()
        raise
    return sealed


def _seal(sources: Sequence[Source], sink: PackageSink, empty: Manifest, signer: Signer, tally: Tally) -> Sealed:
    with closing(PackStream(sources, tally)) as plain:
        pack = _write_pack(sink, 1, plain, empty.recipients)
    manifest = msgspec.structs.replace(empty, items=tuple(plain.items))
    signed = sign_manifest(manifest, signer)
    record = _write_pack(sink, 0, io.BytesIO(build_record(signed)), manifest.recipients)
    envelope = bag.Envelope(
        package=manifest.package,
        mode=manifest.mode,
        from_=manifest.sealed_by,
        to=manifest.sealed_for,
        sealed_at=manifest.sealed_at,
        signer=signer.kid,
        recipients=tuple(age.recipient_id(recipient) for recipient in manifest.recipients),
        packs=(bag.Pack(0, record.size), bag.Pack(1, pack.size)),
    )
    files = bag.tag_files(envelope, [record.digest, pack.digest])
    listing = bag.tagmanifest(files)
    files[bag.TAGMANIFEST] = listing
    files[bag.SIGNATURE] = sign_compact(listing, signer, bag.TYP)
    for name, data in files.items():
        with sink.create(name) as out:
            out.write(data)
    return Sealed(bag.package_digest(listing), manifest, envelope)


def _manifest(about: About, recipients: Sequence[str], at: Instant) -> Manifest:
    return Manifest(
        package=about.package,
        case=about.case,
        request=about.request,
        mode=about.mode,
        sealed_at=at.seconds,
        sealed_by=about.sealed_by,
        sealed_for=about.sealed_for,
        collected_by=about.collected_by,
        how=about.how,
        recipients=tuple(recipients),
        items=(),
    )


def _write_pack(sink: PackageSink, n: int, plain: Readable, recipients: Sequence[str]) -> HashingSink:
    with sink.create(bag.pack_name(n)) as out:
        hashed = HashingSink(out)
        age.encrypt_stream(plain, hashed, recipients)
    return hashed
