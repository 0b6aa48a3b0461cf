"""Seal files into a package: one reading of the sources, two signatures by one act.

Source: docs/formats/evidence.md. A seal is never resumed: what was begun and broken off is thrown away, so no key and
no nonce is ever used for two contents.
"""

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from comity.base.digests import Digest
from comity.base.encoding import to_json
from comity.base.ids import ActorId, NodeId, PackageId
from comity.base.instants import Instant
from comity.base.mode import Mode
from comity.crypto import age, cms
from comity.crypto.signatures import Signer
from comity.crypto.timestamps import Stamper, request_stamp
from comity.evidence import bag
from comity.evidence.manifest import Head, Item, Manifest, make_manifest, read_head
from comity.evidence.packing import ItemReader, write_pack
from comity.evidence.parts import PackSink
from comity.evidence.paths import check_tree
from comity.evidence.plan import Place, places
from comity.evidence.record import Record, build_record
from comity.evidence.streams import PackageSink, Progress, Source, Tally


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


@dataclass(frozen=True, slots=True)
class Sealing:
    """What one act of sealing is given. chance: unpredictable bytes. stamper: the time-stamp authority, or None."""

    about: About
    recipients: tuple[str, ...]
    signer: Signer
    at: Instant
    chance: age.Chance
    stamper: Stamper | None

    @property
    def suite(self) -> str:
        return bag.SUITES[age.check_recipients(self.recipients)]

    def sign(self, content: bytes) -> bytes:
        about = self.about
        act = cms.Act(self.signer, about.sealed_by, about.package, self.at, self.chance(40), self.stamper)
        return cms.sign_detached(content, act)


def seal(
    sources: Iterable[Source],
    sink: PackageSink,
    *,
    about: About,
    recipients: Sequence[str],
    signer: Signer,
    at: Instant,
    chance: age.Chance,
    stamper: Stamper | None = None,
    progress: Progress | None = None,
) -> Sealed:
    """Seal `sources` (read once) into `sink`, for the holders of `recipients`; committed on return, discarded on error.

    chance: gives unpredictable bytes, for the keys. stamper: confirms the time, where there is one. progress: called
    with the bytes of evidence read, and in all.
    Raises Malformed (a path, a recipient, a field), Unavailable (a source changed, the disk refused), Conflict.
    """
    try:
        ordered = sorted(sources, key=lambda source: source.path)
        check_tree((source.path, source.kind) for source in ordered)
        sealing = Sealing(about, tuple(recipients), signer, at, chance, stamper)
        planned = places((source.path, source.kind, source.size) for source in ordered)
        head = read_head(to_json(_head(sealing)))  # mistakes, before hours of reading

        tally = Tally(progress, sum(source.size for source in ordered))
        sealed = _seal(zip(ordered, planned, strict=True), sink, head, sealing, tally)
        sink.commit()
    except BaseException:
        sink.discard()
        raise
    return sealed


def _seal(
    planned: Iterable[tuple[Source, Place]], sink: PackageSink, head: Head, sealing: Sealing, tally: Tally
) -> Sealed:
    algorithm = bag.PIECES[sealing.suite]
    reader = ItemReader(algorithm, sealing.chance, tally)
    items: dict[int, Item] = {}
    digests: dict[int, bytes] = {}
    packs: list[PackSink] = []
    numbered = sorted(((number, *pair) for number, pair in enumerate(planned, 1)), key=lambda one: one[2].pack)
    for n, members in groupby(numbered, key=lambda one: one[2].pack):
        held = list(members)
        with sink.create(bag.pack_name(n)) as out:
            packs.append(PackSink(out, algorithm))
            read = write_pack(partial(reader.read_all, held), packs[-1].steps, head.recipients, sealing.chance)
        for (number, _, _), one in zip(held, read, strict=True):
            items[number], digests[number] = one.complete()
    manifest, lines = make_manifest(head, [items[number] for number in sorted(items)])
    signed = to_json(manifest.head)
    pieces = b"".join(digests[number] for number in sorted(digests))
    record = Record(manifest, signed, lines, sealing.sign(signed), pieces)
    with sink.create(bag.pack_name(0)) as out:
        packs.insert(0, PackSink(out, algorithm))
        age.encrypt_stream(io.BytesIO(build_record(record)), packs[0], head.recipients, sealing.chance)
    envelope = envelope_of(sealing, [pack.size for pack in packs])
    digest = write_tags(sink, envelope, packs, sealing.sign, sealing.stamper)
    return Sealed(digest, manifest, envelope)


def envelope_of(sealing: Sealing, sizes: Sequence[int], prior: str = "") -> bag.Envelope:
    about = sealing.about
    return bag.Envelope(
        suite=sealing.suite,  # type: ignore[arg-type]  # the table has no others
        package=about.package,
        mode=about.mode,
        from_=about.sealed_by,
        to=about.sealed_for,
        sealed_at=sealing.at.seconds,
        signer=sealing.signer.kid,
        recipients=tuple(age.recipient_id(recipient) for recipient in sealing.recipients),
        prior=prior,
        packs=tuple(bag.Pack(n, size) for n, size in enumerate(sizes)),
    )


def write_tags(
    sink: PackageSink,
    envelope: bag.Envelope,
    packs: Sequence[PackSink],
    sign: Callable[[bytes], bytes],
    stamper: Stamper | None,
    more: Mapping[str, bytes] | None = None,
) -> Digest:
    """Write every file of a package but `data/`, sign, and have the signature stamped; the package digest.

    more: tag files beside those of every package.
    """
    parts = b"".join(pack.parts for pack in packs)
    files = {**bag.tag_files(envelope, [pack.digest for pack in packs], parts), **(more or {})}
    listing = bag.tagmanifest(files)
    files[bag.TAGMANIFEST] = listing
    files[bag.SIGNATURE] = sign(listing)
    if stamper is not None:
        files[bag.STAMP] = request_stamp(files[bag.SIGNATURE], stamper)
    for name, data in files.items():
        with sink.create(name) as out:
            out.write(data)
    return bag.package_digest(listing)


def _head(sealing: Sealing) -> Head:
    about = sealing.about
    return Head(
        package=about.package,
        case=about.case,
        request=about.request,
        mode=about.mode,
        sealed_at=sealing.at.seconds,
        sealed_by=about.sealed_by,
        sealed_for=about.sealed_for,
        collected_by=about.collected_by,
        how=about.how,
        recipients=sealing.recipients,
        items=0,
        bytes=0,
        root=str(Digest(bytes(32))),
    )
